// The phone's own store. On a phone this is StoreKit or Play Billing; here the page asks the
// stand-in stores, which the local edge alone lets it reach.
import { Problem } from "./api.js";
import { priceOf } from "./words.js";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's, of a ULID

/** What Apple calls appAccountToken: the viewer's ULID, written as a UUID. */
export function accountToken(viewerId) {
  const letters = [...viewerId.replace(/^vwr_/, "")];
  const number = letters.reduce((sum, one) => sum * 32n + BigInt(ALPHABET.indexOf(one)), 0n);
  const hex = number.toString(16).padStart(32, "0");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const STORES = {
  apple: {
    sell: (product, price, viewerId) => ({
      product_id: product.apple_product_id,
      account_token: accountToken(viewerId),
      ...(price && { price: price.amount_micros / 1000, currency: price.currency }),
      ...(product.period && { period: product.period }),
    }),
    claim: (sold) => ({ store: "apple", signed_transaction: sold.signed_transaction }),
    handle: (sold) => ({ transaction_id: sold.transaction_id }),
  },
  google: {
    sell: (product, price, viewerId) => ({
      product_id: product.google_product_id,
      buyer: {
        account_id: viewerId,
        ...(price && { price_micros: price.amount_micros, currency: price.currency, region: price.market }),
      },
      ...(product.period && { period: product.period }),
    }),
    claim: ({ product_id, purchase_token }) => ({ store: "google", product_id, purchase_token }),
    handle: (sold) => ({ purchase_token: sold.purchase_token }),
  },
};

/** Whether a store has a product. */
export const sells = (store, product) => Boolean(product[`${store}_product_id`]);

/**
 * Has a store sell a product to a viewer. Returns `{claim, handle}`: what the app sends to the
 * API, and what the store knows the purchase by. Throws a Problem.
 */
export async function sell(store, product, viewerId) {
  const { sell: body, claim, handle } = STORES[store];
  const operation = product.kind === "vip" ? "subscribe" : "buy";
  const sold = await ask(store, operation, body(product, priceOf(product), viewerId));
  return { claim: claim(sold), handle: handle(sold) };
}

/** Gives the money of a purchase back. */
export const refund = (store, handle) => ask(store, "refund", handle);

/** Ends a subscription with the period that is paid. */
export const cancel = (store, handle) => ask(store, "cancel", handle);

async function ask(store, operation, body) {
  const headers = { "Content-Type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  const response = await fetch(`/_stores/${store}/${operation}`, init).catch(() => null);
  const answer = (await response?.json().catch(() => null)) ?? {};
  if (response?.ok) return answer;
  const detail = answer.errorMessage ?? answer.error?.message ?? "The store does not answer.";
  throw new Problem(response?.status ?? 0, { title: "The store refused", detail });
}
