// What the shop's buttons do: a sale goes store, receipt, API; what a store takes back is waited for.
import { keep, receiptsOf } from "./receipts.js";
import { newsOf } from "./shopcards.js";
import { cancel, refund, sell } from "./storefront.js";
import { nameOf } from "./words.js";

const LATE = "The store has done it. The news of it is still on its way.";

export class Desk {
  #api;
  #wallet;

  constructor(api, wallet) {
    this.#api = api;
    this.#wallet = wallet;
  }

  products = () => this.#api.list("/products", { viewer: true });

  receipts = async () => receiptsOf(await this.#api.viewerId());

  /** Buys a product: the store takes the money, and the API learns of it from the app. */
  buy = async (store, product) => {
    const viewer = await this.#api.viewerId();
    const sold = await sell(store, product, viewer);
    const receipt = {
      id: crypto.randomUUID(),
      viewer,
      store,
      kind: product.kind,
      name: nameOf(product),
      state: "paid",
      ...sold,
    };
    keep(receipt);
    return this.send(receipt);
  };

  /** Tells the API of a sale. Telling it again is harmless. */
  send = async (receipt) => {
    const init = { method: "POST", viewer: true, body: receipt.claim, key: receipt.id };
    const answer = await this.#api.request("/purchases", init);
    keep({ ...receipt, claim: null, state: "bought" });
    this.#wallet.take(answer);
    return newsOf(answer.purchase);
  };

  refund = async (receipt) => {
    const moved = await this.#wallet.after(async () => {
      await refund(receipt.store, receipt.handle);
      keep({ ...receipt, state: "refunded" });
    });
    return moved ? `${receipt.name}: refunded.` : LATE;
  };

  /** Ends VIP with what is paid: until then nothing changes, so nothing is waited for. */
  cancel = async (receipt) => {
    await cancel(receipt.store, receipt.handle);
    keep({ ...receipt, state: "canceled" });
    return `${receipt.name}: it will not renew.`;
  };
}
