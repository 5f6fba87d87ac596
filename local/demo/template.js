// What is cut from a <template> of index.html: words put in by name, and buttons wired by name.

/** A copy of a template; `words` go to its `data-word` places, null hides a place. */
export function fill(id, words) {
  const copy = document.getElementById(id).content.firstElementChild.cloneNode(true);
  write(copy, words);
  return copy;
}

/** Writes words into the `data-word` places of an element; null hides a place. */
export function write(element, words) {
  for (const [name, text] of Object.entries(words)) {
    const place = element.querySelector(`[data-word="${name}"]`);
    place.textContent = text ?? "";
    place.hidden = text === null;
  }
}

/** The button of an action in an element. */
export const button = (element, action) => element.querySelector(`[data-action="${action}"]`);

/** Does something whenever the button of an action is pressed. */
export const on = (element, action, react) => button(element, action).addEventListener("click", react);
