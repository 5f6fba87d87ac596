// Tells the API where the viewer is: every ten seconds, and whenever they stop or go.
const EVERY = 10_000; // milliseconds
const LONGEST_STEP = 2; // seconds between two positions of a playing video; more is a seek
const MOST_ITEMS = 25; // of one batch

export class Progress {
  #api;
  #unsent = new Map(); // session and episode -> the newest report
  #watched = new Map(); // session and episode -> seconds, which only grow
  #last = { key: null, position: 0 };

  constructor(api) {
    this.#api = api;
    setInterval(() => this.send(), EVERY);
  }

  /** Notes a position in an episode; `session` is that of the playback answer that opened it. */
  note(session, episodeId, position) {
    const key = `${session} ${episodeId}`;
    const step = this.#last.key === key ? position - this.#last.position : 0;
    this.#last = { key, position };
    const watched = this.#watched.get(key) ?? 0;
    this.#watched.set(key, step > 0 && step < LONGEST_STEP ? watched + step : watched);
    this.#unsent.set(key, {
      session_id: session,
      episode_id: episodeId,
      position_seconds: position,
      watched_seconds: this.#watched.get(key),
      at: new Date().toISOString(),
    });
  }

  /** Sends what is new. The browser finishes the request even when the page is left meanwhile. */
  async send() {
    const batch = [...this.#unsent].slice(0, MOST_ITEMS);
    if (batch.length === 0) return;
    for (const [key] of batch) this.#unsent.delete(key);
    const body = { items: batch.map(([, report]) => report) };
    try {
      await this.#api.request("/progress", { method: "POST", viewer: true, body, keepalive: true });
    } catch (problem) {
      // A refused report would be refused again. What did not arrive is tried with the next batch.
      if (problem.status >= 400 && problem.status < 500) return;
      for (const [key, report] of batch) {
        if (!this.#unsent.has(key)) this.#unsent.set(key, report);
      }
    }
  }
}
