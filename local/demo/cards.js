// What covers a screen that has no picture: a locked episode, a failure, an empty catalogue.

const fill = (id, words) => {
  const card = document.getElementById(id).content.firstElementChild.cloneNode(true);
  for (const [name, text] of Object.entries(words)) {
    const place = card.querySelector(`[data-word="${name}"]`);
    place.textContent = text ?? "";
    place.hidden = text === null;
  }
  return card;
};

const on = (card, name, action) =>
  card.querySelector(`[data-action="${name}"]`).addEventListener("click", action);

/** The wall: what a locked episode costs, and the way back. `problem` may still be on its way. */
export function wallCard(episode, problem, { onBack, onList }) {
  const price = problem?.price ?? episode.price;
  const card = fill("wall-card", {
    headline: `Episode ${episode.number} is locked — ${price}\u00a0coins`, // coins stay with price
    title: episode.title,
    balance: problem && problem.balance !== null ? `You have ${problem.balance} coins.` : null,
  });
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
