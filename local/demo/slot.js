// One screen of the stage: a video element, what feeds it, and what covers it.
import Hls from "/vendor/hls.min.mjs";

const NATIVE = "application/vnd.apple.mpegurl";
const AHEAD = {
  current: { maxBufferLength: 30, maxMaxBufferLength: 60 }, // seconds
  next: { maxBufferLength: 4, maxMaxBufferLength: 4 }, // enough to start at once
};
const CAPTIONS_AT = 68; // percent from the top: the words of the page stand below
const MOST_CROPPED = 0.3; // the part of a picture that filling the screen may cut off

let estimate = 1_500_000; // bits a second, learned by whichever slot played last

/** The height that a rung is known by: the short side of the picture. */
export const shortSide = (level) => Math.min(level.width, level.height);

/**
 * Events: "playable", "time", "ended", "rungs" (the ladder or the chosen rung changed),
 * "captions" (which there are is known), "refused" (the token was turned down) and "broken" (`detail` says why).
 */
export class Slot extends EventTarget {
  index = null; // the place in the drama that this slot holds
  episode = null;
  state = "empty"; // empty, loading, open, wall or error
  renewedAt = 0; // when a refused token was last replaced, in milliseconds
  #hls = null;
  #repaired = false;
  #at = 0;
  #language = null; // of the captions that are wanted; null is none

  constructor(template) {
    super();
    this.element = template.content.firstElementChild.cloneNode(true);
    this.video = this.element.querySelector("video");
    this.poster = this.element.querySelector("img");
    this.cover = this.element.querySelector(".cover");
    const { video } = this;
    video.addEventListener("canplay", () => this.#tell("playable"));
    video.addEventListener("loadeddata", () => (this.element.dataset.picture = "true"));
    video.addEventListener("timeupdate", () => this.#tell("time"));
    video.addEventListener("ended", () => this.#tell("ended"));
    video.addEventListener("resize", () => this.fit());
    video.textTracks.addEventListener("addtrack", ({ track }) => {
      track.addEventListener("cuechange", () => lift(track.activeCues ?? []));
    });
    for (const event of ["waiting", "seeking"]) video.addEventListener(event, () => this.#busy(true));
    for (const event of ["playing", "seeked", "canplay", "pause"])
      video.addEventListener(event, () => this.#busy(false));
  }

  /** Takes an episode without loading it, with a poster (or none) until there is a picture. */
  hold(index, episode, posterUrl) {
    this.close();
    this.index = index;
    this.episode = episode;
    this.renewedAt = 0;
    this.element.hidden = !episode;
    this.poster.hidden = !posterUrl;
    if (posterUrl) this.poster.src = posterUrl;
  }

  /** Loads a manifest; `fresh` maps each media address to one under a living token. */
  open(url, { at = 0, current, quality, language, fresh }) {
    this.#release();
    this.#at = at;
    this.#language = language;
    this.show("open");
    this.#busy(true);
    if (Hls.isSupported()) this.#openHls(url, at, current, quality, fresh);
    else if (this.video.canPlayType(NATIVE)) this.#openNative(url, at);
    else this.#tell("broken", "This browser cannot play HLS video.");
  }

  #openHls(url, at, current, quality, fresh) {
    const hls = new Hls({
      ...(current ? AHEAD.current : AHEAD.next),
      startPosition: at,
      capLevelToPlayerSize: true,
      abrEwmaDefaultEstimate: estimate,
      enableWorker: false, // a worker from a blob: address is refused by a strict CSP
      xhrSetup: async (xhr, address) => xhr.open("GET", await fresh(address), true),
    });
    this.#hls = hls;
    hls.on(Hls.Events.MANIFEST_PARSED, () => {
      if (quality !== null) hls.loadLevel = this.#rungFor(quality);
      this.#tell("rungs");
    });
    hls.on(Hls.Events.SUBTITLE_TRACKS_UPDATED, () => {
      this.caption(this.#language);
      this.#tell("captions");
    });
    hls.on(Hls.Events.LEVEL_SWITCHED, () => this.#tell("rungs"));
    hls.on(Hls.Events.FRAG_LOADED, () => (estimate = hls.bandwidthEstimate || estimate));
    hls.on(Hls.Events.ERROR, (_, error) => this.#failed(hls, error));
    hls.loadSource(url);
    hls.attachMedia(this.video);
  }

  #openNative(url, at) {
    this.video.onerror = () => this.#tell("refused"); // it does not tell a 403 from the rest
    this.video.onloadedmetadata = () => (this.video.currentTime = at);
    this.video.src = url;
  }

  #failed(hls, error) {
    if (error.response?.code === 403) this.#tell("refused");
    else if (!error.fatal) return;
    else if (error.type === Hls.ErrorTypes.MEDIA_ERROR && !this.#repaired) {
      this.#repaired = true;
      hls.recoverMediaError();
    } else this.#tell("broken", reason(error));
  }

  /** Lets the slot on show buffer ahead; a slot that waits keeps to a few seconds. */
  set current(current) {
    if (this.#hls) Object.assign(this.#hls.config, current ? AHEAD.current : AHEAD.next);
    this.element.inert = !current;
    if (current) this.video.dataset.testid = "video-current";
    else delete this.video.dataset.testid;
  }

  /** Seconds into the episode: where it is, or where it is about to start. */
  get position() {
    const started = this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    return started ? this.video.currentTime : this.#at;
  }

  /** The ladder as `{rungs, playing}`, both as short sides; no rungs when it is not known. */
  get ladder() {
    const levels = this.#hls?.levels ?? [];
    const playing = levels[this.#hls?.currentLevel];
    return {
      rungs: [...new Set(levels.map(shortSide))].sort((a, b) => b - a),
      playing: playing ? shortSide(playing) : null,
    };
  }

  /** Plays at a short side in pixels at once; null lets the network decide from here on. */
  choose(quality) {
    if (!this.#hls) return;
    if (quality === null) this.#hls.nextLevel = -1;
    else this.#hls.currentLevel = this.#rungFor(quality);
  }

  /** The captions that there are, as `{language, name}`. */
  get captions() {
    return (this.#hls?.subtitleTracks ?? []).map(({ lang, name }) => ({ language: lang, name }));
  }

  /** Shows the captions of a language; null, or a language that is not there, shows none. */
  caption(language) {
    this.#language = language;
    if (!this.#hls) return;
    const track = this.#hls.subtitleTracks.findIndex(({ lang }) => lang === language);
    this.#hls.subtitleDisplay = track >= 0;
    this.#hls.subtitleTrack = track;
  }

  #rungFor(quality) {
    const distance = (level) => Math.abs(shortSide(level) - quality);
    const levels = this.#hls.levels;
    return levels.reduce((best, level, i) => (distance(level) < distance(levels[best]) ? i : best), 0);
  }

  /** Fills the screen, unless that would cut off too much: then the whole picture shows. */
  fit() {
    const { videoWidth, videoHeight, clientWidth, clientHeight } = this.video;
    if (!videoWidth || !clientWidth) return;
    const ratio = videoWidth / videoHeight / (clientWidth / clientHeight);
    const cropped = 1 - Math.min(ratio, 1 / ratio);
    this.element.dataset.fit = cropped > MOST_CROPPED ? "contain" : "cover";
  }

  /** Puts a card (or nothing) over the picture, and says what the slot now shows. */
  show(state, card = null) {
    this.state = state;
    this.element.dataset.state = state;
    this.cover.replaceChildren(...(card ? [card] : []));
  }

  close() {
    this.#release();
    delete this.element.dataset.picture;
    delete this.element.dataset.busy;
    this.show("empty");
  }

  #release() {
    this.#hls?.destroy();
    this.#hls = null;
    this.#repaired = false;
    this.video.onerror = this.video.onloadedmetadata = null;
    this.video.pause();
    this.video.removeAttribute("src");
    this.video.load();
  }

  #busy(busy) {
    this.element.dataset.busy = String(busy);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** Moves captions that name no place of their own up from the bottom. */
function lift(cues) {
  for (const cue of cues) {
    if (cue.line !== "auto") continue;
    cue.snapToLines = false;
    cue.line = CAPTIONS_AT;
  }
}

function reason(error) {
  if (error.type === Hls.ErrorTypes.NETWORK_ERROR) return "The video could not be loaded.";
  return "This browser could not decode the video.";
}
