// The progress bar: shows where the video is, and moves it by pointer or keyboard.

const STEP = 2; // seconds an arrow key moves
const PAGE = 0.1; // the part of the video that PageUp and PageDown move

/** Seconds as m:ss. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export class Seekbar {
  #element;
  #text;
  #video = null;
  #spare = 0; // the episode's length as the catalogue tells it, until the video knows better
  #held = null; // the part of the bar under the finger

  constructor(element, text) {
    this.#element = element;
    this.#text = text;
    element.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the focus stays: arrow keys go on changing the episode
      element.setPointerCapture(event.pointerId);
      this.#hold(event);
    });
    element.addEventListener("pointermove", (event) => this.#held !== null && this.#hold(event));
    element.addEventListener("pointerup", () => {
      if (this.#held !== null) this.seekTo(this.#held * this.#duration);
      this.#release();
    });
    element.addEventListener("pointercancel", () => this.#release());
    element.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Follows a video element; `duration` in seconds stands in until its own is known. */
  follow(video, duration) {
    this.#video = video;
    this.#spare = duration;
    this.update();
  }

  update() {
    const duration = this.#duration;
    const now = this.#held === null ? (this.#video?.currentTime ?? 0) : this.#held * duration;
    this.#element.style.setProperty("--played", duration ? now / duration : 0);
    this.#element.setAttribute("aria-valuemax", Math.round(duration));
    this.#element.setAttribute("aria-valuenow", Math.round(now));
    this.#element.setAttribute("aria-valuetext", `${clock(now)} of ${clock(duration)}`);
    this.#text.textContent = `${clock(now)} / ${clock(duration)}`;
  }

  seekTo(seconds) {
    if (!this.#video || !Number.isFinite(this.#video.duration)) return;
    // The very end would end the episode and play the next one.
    const last = this.#video.duration - 0.1;
    this.#video.currentTime = Math.min(Math.max(seconds, 0), last);
    this.update();
  }

  seekBy(seconds) {
    if (this.#video) this.seekTo(this.#video.currentTime + seconds);
  }

  get #duration() {
    const own = this.#video?.duration;
    return Number.isFinite(own) ? own : this.#spare;
  }

  #hold(event) {
    const { left, width } = this.#element.getBoundingClientRect();
    this.#held = Math.min(Math.max((event.clientX - left) / width, 0), 1);
    this.#element.classList.add("held");
    this.update();
  }

  #release() {
    this.#held = null;
    this.#element.classList.remove("held");
    this.update();
  }

  #key(event) {
    const page = this.#duration * PAGE;
    const moves = {
      ArrowRight: STEP, ArrowUp: STEP, ArrowLeft: -STEP, ArrowDown: -STEP,
      PageUp: page, PageDown: -page, Home: -Infinity, End: Infinity,
    };
    if (!(event.key in moves)) return;
    event.preventDefault();
    this.seekBy(moves[event.key]);
  }
}
