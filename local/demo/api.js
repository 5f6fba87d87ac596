// The HTTP API, and the guest's session: made at the first need, kept on this device, renewed.
import { load, save } from "./storage.js";

const ROOT = "/v1";
const KEY = "session";
const MARGIN = 30_000; // an access token is renewed this many milliseconds before its end

/** An answer that is no success. `status` is 0 when there was no answer at all. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail ?? body.title ?? body.message ?? `The server answered ${status}.`);
    this.status = status;
    this.title = body.title ?? "Something went wrong";
    this.code = body.code ?? null;
    this.price = body.price ?? null;
    this.balance = body.balance ?? null;
  }
}

export class Api {
  #session = load(KEY, null);
  #pending = null;

  /** Whether this device has been a viewer before. */
  get knowsViewer() {
    return this.#session !== null;
  }

  /** Who this device is to the API: a guest, made now if there was none. */
  async viewerId() {
    await this.#token();
    return this.#session.viewer_id;
  }

  /** Every item of a list route, whatever its pages. */
  async list(path, { viewer = false } = {}) {
    const items = [];
    let cursor = null;
    do {
      const query = cursor ? `?cursor=${encodeURIComponent(cursor)}` : "";
      const page = await this.request(path + query, { viewer });
      items.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor);
    return items;
  }

  /**
   * One request. Throws a Problem; a viewer's 401 is answered by a new token first. `key` makes a
   * POST the same one when it is sent again later.
   */
  async request(path, { method = "GET", body, viewer = false, keepalive = false, key } = {}) {
    const headers = { Accept: "application/json" };
    if (body) headers["Content-Type"] = "application/json";
    if (method === "POST" && viewer) headers["Idempotency-Key"] = key ?? randomKey();
    const send = async (token) => {
      if (token) headers.Authorization = `Bearer ${token}`;
      return fetchJson(path, { method, headers, keepalive, body: body && JSON.stringify(body) });
    };
    if (!viewer) return send(null);
    const token = await this.#token();
    try {
      return await send(token);
    } catch (problem) {
      if (problem.status !== 401) throw problem;
      return send(await this.#token(token));
    }
  }

  /** A token that should work; `refused` is one that the API has just turned down. */
  async #token(refused = null) {
    const kept = this.#session;
    const good = kept && kept.access_token !== refused && Date.now() < kept.ends_at - MARGIN;
    if (good) return kept.access_token;
    this.#pending ??= this.#renew().finally(() => (this.#pending = null));
    return (await this.#pending).access_token;
  }

  async #renew() {
    const kept = this.#session;
    let fresh = null;
    if (kept) {
      const body = { refresh_token: kept.refresh_token };
      try {
        fresh = { ...kept, ...(await fetchJson("/sessions/refresh", json(body))) };
      } catch (problem) {
        // Only a refusal ends a guest; a server that is down must not cost them their coins.
        if (![400, 401, 403, 404].includes(problem.status)) throw problem;
      }
    }
    fresh ??= await fetchJson("/guests", { method: "POST" });
    this.#session = { ...fresh, ends_at: Date.now() + fresh.expires_in * 1000 };
    save(KEY, this.#session);
    return this.#session;
  }
}

async function fetchJson(path, init) {
  let response;
  try {
    response = await fetch(ROOT + path, init);
  } catch {
    throw new Problem(0, { title: "No connection", detail: "The server does not answer." });
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, body);
  return body;
}

function json(body) {
  const headers = { "Content-Type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify(body) };
}

function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
