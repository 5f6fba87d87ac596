// The bottom sheet: the episodes of this drama with their locks, and the other dramas.
import { clock } from "./seekbar.js";

const icon = (name) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
};

const text = (className, words) => {
  const span = document.createElement("span");
  span.className = className;
  span.textContent = words;
  return span;
};

const WORDS = { free: "Free", vip: "VIP", unlocked: "Unlocked" };

export class Sheet {
  #dialog;
  #pick;
  #pickDrama;

  /** `pick(index)` and `pickDrama(drama)` are called with what the viewer chose. */
  constructor(dialog, { pick, pickDrama }) {
    this.#dialog = dialog;
    this.#pick = pick;
    this.#pickDrama = pickDrama;
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-action=close]")) dialog.close();
    });
  }

  /** Opens the list of a drama, with the episode at `index` marked and in view. */
  open({ drama, dramas, episodes, index }) {
    const dialog = this.#dialog;
    dialog.querySelector("[data-word=title]").textContent = drama.title;
    dialog.querySelector("[data-word=synopsis]").textContent = drama.synopsis ?? "";
    dialog.querySelector("[data-word=count]").textContent = this.#count(episodes);
    const rows = episodes.map((episode, i) => this.#row(episode, i, i === index));
    dialog.querySelector(".rows").replaceChildren(...rows);
    const others = dramas.filter((other) => other.id !== drama.id);
    dialog.querySelector(".more").hidden = others.length === 0;
    dialog.querySelector(".posters").replaceChildren(...others.map((other) => this.#poster(other)));
    dialog.showModal();
    const current = rows[index]?.firstElementChild;
    current?.focus();
    current?.scrollIntoView({ block: "nearest" });
  }

  #count(episodes) {
    const locked = episodes.filter((episode) => episode.access === "locked").length;
    const all = `${episodes.length} ${episodes.length === 1 ? "episode" : "episodes"}`;
    return locked ? `${all} · ${locked} locked` : all;
  }

  #row(episode, index, current) {
    const row = document.createElement("button");
    row.type = "button";
    row.className = "row";
    Object.assign(row.dataset, { testid: "episode-row", access: episode.access });
    row.dataset.number = episode.number;
    if (current) row.setAttribute("aria-current", "true");
    const names = document.createElement("span");
    names.className = "names";
    names.append(text("name", episode.title), text("length", clock(episode.duration_seconds)));
    row.append(text("number", episode.number), names, this.#mark(episode, current));
    row.addEventListener("click", () => this.#close(() => this.#pick(index)));
    const item = document.createElement("li");
    item.append(row);
    return item;
  }

  #mark(episode, current) {
    const mark = text("mark", "");
    if (current) mark.append(text("bars", ""), text("said", "Now showing"));
    if (episode.access === "locked") {
      mark.append(icon("lock"), text("price", `${episode.price} coins`), text("said", "Locked"));
    } else if (!current) mark.append(WORDS[episode.access] ?? episode.access);
    return mark;
  }

  #poster(drama) {
    const card = document.createElement("button");
    card.type = "button";
    card.className = "poster-card";
    card.dataset.testid = "drama-card";
    const frame = text("frame", "");
    if (drama.poster_url) {
      const image = document.createElement("img");
      image.alt = "";
      image.src = drama.poster_url;
      frame.append(image);
    } else frame.append(drama.title.slice(0, 1));
    card.append(frame, text("name", drama.title));
    card.addEventListener("click", () => this.#close(() => this.#pickDrama(drama)));
    return card;
  }

  #close(then) {
    this.#dialog.close();
    then();
  }
}
