// Wires the wallet, its chip on the player and the shop together.
import { Desk } from "./desk.js";
import { Shop } from "./shop.js";
import { Wallet } from "./wallet.js";

/**
 * Calls `moved()` whenever coins or VIP have become other than they were: locks may have opened or
 * closed. Returns `{open, refresh}`: the shop, and the wallet asked again.
 */
export function commerce(api, { chip, dialog, moved }) {
  const wallet = new Wallet(api);
  const shop = new Shop(dialog, wallet, new Desk(api, wallet));
  let told = null;

  wallet.addEventListener("change", () => {
    show(chip, wallet);
    const now = JSON.stringify([wallet.balance, wallet.vip]);
    if (told !== null && told !== now) moved();
    told = now;
  });
  chip.addEventListener("click", () => shop.open());
  return {
    open: () => shop.open(),
    refresh: () => wallet.refresh().catch(() => {}), // the player plays on without its chip
  };
}

function show(chip, wallet) {
  const { coins, vip, balance } = wallet;
  const amount = balance.debt ? -balance.debt : coins;
  chip.querySelector("[data-word=amount]").textContent = amount.toLocaleString();
  chip.dataset.vip = String(vip.active);
  const owed = balance.debt ? `, ${balance.debt} owed` : "";
  chip.setAttribute("aria-label", `${coins} coins${owed}${vip.active ? ", VIP" : ""}. Open the shop`);
  chip.hidden = false;
}
