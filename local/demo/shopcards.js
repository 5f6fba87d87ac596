// The pieces of the shop: a product, and something that was bought.
import { button, fill, on } from "./template.js";
import { coins, price } from "./words.js";

const STORES = { apple: "Apple", google: "Google" };
const STATES = { paid: "not confirmed", bought: "bought", canceled: "not renewing", refunded: "refunded" };

/** A product and its price. `owned`: it is VIP, and the viewer has it. */
export function productCard(product, { owned, onBuy }) {
  const card = product.kind === "vip" ? vipCard() : packCard(product);
  const buy = button(card, "buy");
  buy.dataset.id = product.id;
  buy.dataset.focus = `buy ${product.id}`;
  buy.disabled = owned;
  card.querySelector("[data-word=price]").textContent = owned ? "Yours" : price(product);
  on(card, "buy", onBuy);
  return card;
}

function packCard({ coins: paid, bonus_coins: bonus, first_purchase_bonus: first }) {
  return fill("pack-card", {
    coins: paid.toLocaleString(),
    bonus: bonus ? `+${bonus} bonus` : null,
    first: first ? `First time +${first}` : null,
    price: "",
  });
}

const vipCard = () => fill("vip-card", { price: "" });

/** Something that was bought, and what the store can still do with it. */
export function receiptRow(receipt, { onSend, onCancel, onRefund }) {
  const { id, kind, name, state, store } = receipt;
  const row = fill("receipt-row", { name, note: `${STORES[store]} · ${STATES[state]}` });
  Object.assign(row.dataset, { kind, state, store });
  const shown = {
    send: state === "paid",
    cancel: kind === "vip" && state === "bought",
    refund: state === "bought" || state === "canceled",
  };
  const reactions = { send: onSend, cancel: onCancel, refund: onRefund };
  for (const [action, react] of Object.entries(reactions)) {
    const one = button(row, action);
    one.hidden = !shown[action];
    one.dataset.focus = `${action} ${id}`;
    one.setAttribute("aria-label", `${one.textContent.trim()}: ${name}, ${STORES[store]}`);
    on(row, action, react);
  }
  return row;
}

/** What a purchase brought, in words: the API's own account of it. */
export function newsOf({ kind, state, coins: paid, bonus_coins: bonus }) {
  if (state === "granted") return `You got ${coins(paid + bonus)}.`;
  if (kind === "vip" && state === "active") return "VIP is open: every episode plays.";
  if (state === "pending") return "The store waits for the money.";
  if (state === "held") return "The purchase is kept. It counts as soon as the shop knows it.";
  return `The purchase is ${state}.`;
}
