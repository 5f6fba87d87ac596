// What covers a screen that has no picture: a locked episode, a failure, an empty catalogue.
import { button, fill, on } from "./template.js";
import { coins } from "./words.js";

/**
 * The wall: what a locked episode costs, the ways past it, and the way back. `problem` may still
 * be on its way; until it says that the coins suffice, the main way is to get some.
 */
export function wallCard(episode, problem, { onUnlock, onShop, onBack, onList }) {
  const price = problem?.price ?? episode.price;
  const balance = problem?.balance ?? null;
  const card = fill("wall-card", {
    headline: `Episode ${episode.number} is locked — ${coins(price)}`,
    title: episode.title,
    balance: balance === null ? null : `You have ${coins(balance)}.`,
    unlock: `Unlock for ${coins(price)}`,
  });
  const enough = balance !== null && balance >= price;
  const unlock = button(card, "unlock");
  unlock.hidden = !enough;
  button(card, "shop").className = enough ? "plain" : "main";
  on(card, "unlock", () => {
    unlock.disabled = true;
    unlock.textContent = "Unlocking …";
    onUnlock();
  });
  on(card, "shop", onShop);
  on(card, "back", onBack);
  on(card, "list", onList);
  return card;
}

/** Something failed: the server's own words, and another try. */
export function errorCard(problem, onRetry) {
  const card = fill("error-card", { headline: problem.title, detail: problem.message });
  on(card, "retry", onRetry);
  return card;
}

/** The catalogue has no drama yet. */
export function emptyCard(onReload) {
  const card = fill("empty-card", {});
  on(card, "reload", onReload);
  return card;
}
