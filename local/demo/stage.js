// Three screens above one another, used again and again: the episode before, this one, the next.
import { errorCard, wallCard } from "./cards.js";
import { Problem } from "./api.js";
import { Slot } from "./slot.js";

const RENEWAL_REST = 30_000; // milliseconds: a token refused sooner again is refused for good

/**
 * Events, all of the current screen: "change" (another episode), "state", "playable", "time",
 * "ended", "rungs", "captions", "sound" (the browser allowed no sound), "list" (show the episodes),
 * "shop" (the viewer wants coins) and "unlocked" (coins were paid).
 */
export class Stage extends EventTarget {
  quality = null; // the wanted short side; null is automatic
  language = null; // of the wanted captions; null is none
  muted = false;
  #element;
  #slots;
  #sitting = null;
  #drama = null;
  #episodes = [];
  #index = 0;

  constructor(element, template) {
    super();
    this.#element = element;
    this.#slots = [0, 1, 2].map(() => this.#build(template));
    element.append(...this.#slots.map((slot) => slot.element));
  }

  #build(template) {
    const slot = new Slot(template);
    for (const type of ["playable", "time", "ended", "rungs", "captions"]) {
      slot.addEventListener(type, () => slot === this.current && this.#tell(type));
    }
    slot.addEventListener("playable", () => slot === this.current && this.#prefetch());
    slot.addEventListener("refused", () => this.#loadAgain(slot));
    slot.addEventListener("broken", ({ detail }) => this.#fail(slot, new Problem(0, { detail })));
    return slot;
  }

  get current() {
    return this.#slotAt(this.#index);
  }

  get index() {
    return this.#index;
  }

  get hasNext() {
    return this.#index + 1 < this.#episodes.length && this.current.state !== "wall";
  }

  get hasPrevious() {
    return this.#index > 0;
  }

  /** Starts on a drama: its episodes, the sitting that opens them, and where to begin. */
  start({ drama, episodes, sitting, index, at }) {
    for (const slot of this.#slots) slot.hold(null, null, null);
    this.#drama = drama;
    this.#episodes = episodes;
    this.#sitting = sitting;
    this.go(index, { at });
  }

  /** One episode on (1) or back (-1); false at either end. */
  step(by) {
    if (by > 0 ? !this.hasNext : !this.hasPrevious) return false;
    this.go(this.#index + by);
    return true;
  }

  /** Shows an episode and plays it, from `at` seconds if it is not already on a screen. */
  go(index, { at = 0 } = {}) {
    for (const slot of this.#slots) slot.video.pause();
    this.#index = index;
    for (const offset of [0, 1, -1]) this.#place(index + offset);
    const slot = this.current;
    for (const each of this.#slots) each.current = each === slot;
    this.#tell("change");
    if (slot.state === "open") {
      if (slot.video.ended) slot.video.currentTime = 0;
      this.play();
      if (slot.video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA) this.#prefetch();
    } else if (slot.state !== "loading") this.#load(slot, { at });
  }

  async play() {
    const { video } = this.current;
    if (this.current.state !== "open" || document.hidden) return;
    video.muted = this.muted;
    try {
      await video.play();
    } catch (error) {
      if (error.name !== "NotAllowedError" || this.muted) return;
      this.muted = true; // no sound before the viewer's first touch: a browser's rule
      this.#tell("sound");
      await this.play();
    }
  }

  toggle() {
    if (this.current.video.paused) this.play();
    else this.current.video.pause();
  }

  mute(muted) {
    this.muted = this.current.video.muted = muted;
  }

  choose(quality) {
    this.quality = quality;
    for (const slot of this.#slots) slot.choose(quality);
  }

  caption(language) {
    this.language = language;
    for (const slot of this.#slots) slot.caption(language);
  }

  /** Moves the screens with a finger by `y` pixels; null lets them settle. */
  drag(y) {
    this.#element.classList.toggle("dragged", y !== null);
    const end = y < 0 ? !this.hasNext : !this.hasPrevious;
    this.#element.style.setProperty("--drag", `${(y ?? 0) * (end ? 0.25 : 1)}px`);
  }

  fit() {
    for (const slot of this.#slots) slot.fit();
  }

  #slotAt(index) {
    return this.#slots[((index % 3) + 3) % 3];
  }

  /** Puts the screen of `index` where it belongs; one that takes another episode jumps there. */
  #place(index) {
    const slot = this.#slotAt(index);
    const episode = this.#episodes[index] ?? null;
    const jumps = slot.index !== index;
    slot.element.classList.toggle("jumps", jumps);
    slot.element.style.setProperty("--place", index - this.#index);
    if (!jumps) return;
    slot.hold(index, episode, episode && this.#sitting.poster(episode));
    if (episode?.access === "locked") this.#wall(slot, null);
    void slot.element.offsetHeight; // the jump happens now, before transitions are back
    slot.element.classList.remove("jumps");
  }

  /** Makes the next swipe instant. A locked episode is asked for only when it is reached. */
  #prefetch() {
    const slot = this.#slotAt(this.#index + 1);
    if (slot.state === "empty" && slot.episode) this.#load(slot);
  }

  /** Looks behind the walls again: what was bought may have opened them. */
  askAgain() {
    for (const slot of this.#slots.filter(({ state }) => state === "wall")) {
      if (slot === this.current) this.#load(slot);
      else if (slot.episode.access !== "locked") slot.show("empty");
    }
  }

  async #load(slot, { at = 0, renew = false, unlock = false } = {}) {
    const { episode, index } = slot;
    const sitting = this.#sitting;
    const gone = () => slot.episode !== episode || sitting !== this.#sitting;
    if (slot.state !== "wall") slot.show("loading");
    this.#changed(slot);
    try {
      if (renew) await sitting.renew(episode);
      if (unlock) await this.#unlock(sitting, episode);
      const url = await sitting.url(episode);
      if (gone()) return;
      if (episode.access === "locked") episode.access = "unlocked"; // bought elsewhere meanwhile
      const current = index === this.#index;
      const fresh = (address) => sitting.fresh(address);
      const { quality, language } = this;
      slot.open(url, { at, current, quality, language, fresh });
      this.#changed(slot);
      if (current) await this.play();
    } catch (problem) {
      if (gone()) return;
      if (problem.status === 402) this.#wall(slot, problem);
      else this.#fail(slot, problem);
    }
  }

  /** The edge refused the token: one new one, at the same place. */
  #loadAgain(slot) {
    if (slot.state !== "open") return;
    if (Date.now() - slot.renewedAt < RENEWAL_REST) {
      this.#fail(slot, new Problem(403, { detail: "This video may not be played right now." }));
      return;
    }
    slot.renewedAt = Date.now();
    this.#load(slot, { at: slot.position, renew: true });
  }

  async #unlock(sitting, episode) {
    await sitting.unlock(episode);
    episode.access = "unlocked";
    this.#tell("unlocked");
  }

  #wall(slot, problem) {
    const reactions = {
      onUnlock: () => this.#load(slot, { unlock: true }),
      onShop: () => this.#tell("shop"),
      onBack: () => this.step(-1),
      onList: () => this.#tell("list"),
    };
    slot.show("wall", wallCard(slot.episode, problem, reactions));
    this.#changed(slot);
  }

  #fail(slot, problem) {
    const at = slot.position;
    slot.close();
    slot.show("error", errorCard(problem, () => this.#load(slot, { at })));
    this.#changed(slot);
  }

  #changed(slot) {
    if (slot === this.current) this.#tell("state");
  }

  #tell(type) {
    this.dispatchEvent(new CustomEvent(type));
  }
}
