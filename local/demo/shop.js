// The shop: a bottom sheet with the wallet, what there is to buy, and what was bought.
import { productCard, receiptRow } from "./shopcards.js";
import { sells } from "./storefront.js";
import { load, save } from "./storage.js";
import { on, write } from "./template.js";
import { coins, day } from "./words.js";

/**
 * `desk` does what the buttons say: `products()`, `receipts()`, `buy(store, product)`,
 * `send(receipt)`, `refund(receipt)` and `cancel(receipt)`. Each of the last four resolves to the
 * words that tell what came of it.
 */
export class Shop {
  #dialog;
  #wallet;
  #desk;
  #products = [];
  #receipts = [];
  #busy = false;

  constructor(dialog, wallet, desk) {
    this.#dialog = dialog;
    this.#wallet = wallet;
    this.#desk = desk;
    on(dialog, "close", () => dialog.close());
    dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
    const chosen = dialog.querySelector(`[name=store][value="${load("store", "apple")}"]`);
    if (chosen) chosen.checked = true;
    dialog.addEventListener("change", () => {
      save("store", this.#store);
      this.#show();
    });
    wallet.addEventListener("change", () => this.#showWallet());
  }

  get #store() {
    return this.#dialog.querySelector("[name=store]:checked").value;
  }

  /** Opens the sheet, and shows what there is once the API has told. */
  async open() {
    this.#say("");
    this.#show();
    this.#dialog.showModal();
    await this.#do(null, async () => {
      this.#products = await this.#desk.products();
      this.#receipts = await this.#desk.receipts();
      await this.#wallet.refresh();
      return "";
    });
  }

  /** One thing at a time: the buttons wait, and the sheet says what came of it. */
  async #do(pressed, work) {
    if (this.#busy) return;
    this.#busy = true;
    this.#dialog.setAttribute("aria-busy", "true");
    if (pressed) pressed.dataset.busy = "true";
    try {
      this.#say(await work());
    } catch (problem) {
      this.#say(problem.message, "problem");
    }
    this.#receipts = await this.#desk.receipts().catch(() => []);
    this.#busy = false;
    this.#dialog.setAttribute("aria-busy", "false");
    this.#show();
  }

  #show() {
    const held = document.activeElement?.dataset.focus; // its button is about to be made anew
    this.#showWallet();
    this.#showProducts();
    const rows = this.#receipts.map((receipt) => this.#row(receipt));
    this.#dialog.querySelector(".receipts").replaceChildren(...rows);
    this.#dialog.querySelector(".bought").hidden = rows.length === 0;
    const again = held && this.#dialog.querySelector(`[data-focus="${held}"]:enabled`);
    if (held) (again || this.#dialog.querySelector("[data-action=close]")).focus();
  }

  #showWallet() {
    const { balance, vip } = this.#wallet;
    if (!balance) return;
    write(this.#dialog, {
      coins: balance.paid + balance.bonus,
      kinds: `${balance.paid} paid · ${balance.bonus} bonus`,
      debt: balance.debt ? `You owe ${coins(balance.debt)}. The next ones pay them.` : null,
      vip: vipWords(vip),
    });
    this.#dialog.querySelector("[data-word=vip]").dataset.active = String(vip.active);
  }

  #showProducts() {
    const offered = this.#products.filter((product) => sells(this.#store, product));
    for (const kind of ["coins", "vip"]) {
      const cards = offered
        .filter((product) => product.kind === kind)
        .sort((a, b) => a.coins - b.coins)
        .map((product) => this.#card(product));
      this.#dialog.querySelector(`.${kind}`).replaceChildren(...cards);
    }
    this.#dialog.querySelector(".empty").hidden = this.#busy || offered.length > 0;
  }

  #card(product) {
    const owned = product.kind === "vip" && this.#wallet.vip?.active;
    return productCard(product, {
      owned,
      onBuy: ({ currentTarget }) =>
        this.#do(currentTarget, () => this.#desk.buy(this.#store, product)),
    });
  }

  #row(receipt) {
    const does = (work) => ({ currentTarget }) => this.#do(currentTarget, () => work(receipt));
    return receiptRow(receipt, {
      onSend: does(this.#desk.send),
      onCancel: does(this.#desk.cancel),
      onRefund: does(this.#desk.refund),
    });
  }

  #say(words, kind = "news") {
    const place = this.#dialog.querySelector("[data-word=said]");
    place.textContent = words;
    place.dataset.kind = kind;
    if (words) place.scrollIntoView({ block: "nearest" }); // the pressed button may be far below
  }
}

function vipWords({ active, expires_at: end }) {
  if (!active) return "No VIP";
  return end ? `VIP until ${day(end)}` : "VIP";
}
