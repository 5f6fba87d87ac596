// What this viewer has: coins, debt and VIP, as the API last told.

const PATIENCE = 12_000; // milliseconds in which a store's notification should have arrived
const PAUSE = 400;

/** Event: "change", when it was told anew. */
export class Wallet extends EventTarget {
  balance = null; // {paid, bonus, debt}; null until it is known
  vip = null; // {active, state, expires_at, store}
  #api;

  constructor(api) {
    super();
    this.#api = api;
  }

  /** Coins that can be spent. */
  get coins() {
    return this.balance ? this.balance.paid + this.balance.bonus : 0;
  }

  /** Asks the API. Throws a Problem. */
  async refresh() {
    const [wallet, entitlements] = await Promise.all([
      this.#api.request("/wallet", { viewer: true }),
      this.#api.request("/entitlements", { viewer: true }),
    ]);
    this.take({ wallet, entitlements });
  }

  /** Takes what an answer says of the wallet and of VIP. */
  take({ wallet, entitlements }) {
    this.balance = wallet;
    this.vip = entitlements.vip;
    this.dispatchEvent(new CustomEvent("change"));
  }

  /**
   * Does something that a store will tell the API of, and waits until the API knows. False when
   * nothing has moved within some seconds.
   */
  async after(action) {
    await this.refresh();
    const before = this.#told;
    await action();
    const end = Date.now() + PATIENCE;
    while (Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      await this.refresh();
      if (this.#told !== before) return true;
    }
    return false;
  }

  get #told() {
    return JSON.stringify([this.balance, this.vip]);
  }
}
