// One sitting in front of one drama: a playback token opens every episode that the viewer may
// see, so the API is asked again only when the known paths run out or the token nears its end.

const MARGIN = 60; // seconds before its end at which a token is renewed; a fifth of a short one
const LEAST = 10; // seconds that a token counts as good, whatever this device's clock says

export class Sitting {
  #api;
  #paths = new Map(); // episode id -> path below the base
  #posters = new Map(); // episode id -> path of a picture below the base
  #sessions = new Map(); // episode id -> the session that opened it first
  #bases = []; // newest first: media requests under an old one are moved to the newest
  #renewAt = 0;
  #last = null;
  #pending = new Map(); // episode id -> the call under way

  constructor(api) {
    this.#api = api;
  }

  /** The address of an episode's HLS manifest. Throws a Problem, 402 when it is locked. */
  async url(episode) {
    if (!this.#paths.has(episode.id) || Date.now() >= this.#renewAt) await this.renew(episode);
    return this.#bases[0] + this.#paths.get(episode.id);
  }

  /** The address of a picture of an episode, or null while it is not known. */
  poster(episode) {
    const path = this.#posters.get(episode.id);
    return path ? this.#bases[0] + path : null;
  }

  /** The session that an episode is watched in: a renewed token does not make it another play. */
  session(episode) {
    return this.#sessions.get(episode.id);
  }

  /** Asks the API for a new token, with the paths from this episode on. */
  renew(episode) {
    if (!this.#pending.has(episode.id)) {
      const call = this.#ask(episode).finally(() => this.#pending.delete(episode.id));
      this.#pending.set(episode.id, call);
    }
    return this.#pending.get(episode.id);
  }

  /** Pays for a locked episode with coins and opens it. Throws a Problem, 402 when they are too few. */
  unlock(episode) {
    return this.#ask(episode, "coins");
  }

  /** A media address under the newest token, renewed when it nears its end. */
  async fresh(url) {
    const base = this.#bases.find((known) => url.startsWith(known));
    if (!base) return url;
    if (Date.now() >= this.#renewAt) await this.#renewQuietly();
    return this.#bases[0] + url.slice(base.length);
  }

  async #renewQuietly() {
    try {
      const [underWay] = this.#pending.values();
      await (underWay ?? this.renew(this.#last));
    } catch {
      // The edge decides: it answers 403 if the old token is over, and the player tells that.
      this.#renewAt = Date.now() + 5000;
    }
  }

  async #ask(episode, unlock = "none") {
    const path = `/episodes/${episode.id}/playback`;
    const asked = Date.now();
    const body = { unlock };
    const answer = await this.#api.request(path, { method: "POST", viewer: true, body });
    const base = new URL(answer.base_url, location.href).href;
    const url = new URL(answer.url, location.href).href;
    this.#paths.set(episode.id, url.slice(base.length));
    for (const open of answer.episodes) {
      this.#paths.set(open.episode_id, open.path);
      if (open.poster) this.#posters.set(open.episode_id, open.poster);
      if (!this.#sessions.has(open.episode_id)) this.#sessions.set(open.episode_id, answer.session_id);
    }
    this.#bases = [base, ...this.#bases.filter((known) => known !== base)].slice(0, 4);
    // A device whose clock is ahead must not ask before every segment.
    const seconds = Math.max((Date.parse(answer.expires_at) - asked) / 1000, LEAST);
    this.#renewAt = asked + (seconds - Math.min(MARGIN, seconds / 5)) * 1000;
    this.#last = episode;
  }
}
