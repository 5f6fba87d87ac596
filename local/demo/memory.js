// Where the viewer stopped, per drama, kept on this device; the API remembers it for the others.
import { load, save } from "./storage.js";

const KEY = "watched";
const KEPT = 50; // dramas

/** Notes that `number` (an episode) of a drama was left at `position` seconds. */
export function remember(dramaId, number, position) {
  const watched = { ...load(KEY, {}), [dramaId]: { number, position, at: Date.now() } };
  const latest = Object.entries(watched).sort(([, a], [, b]) => b.at - a.at);
  save(KEY, Object.fromEntries(latest.slice(0, KEPT)));
}

/** Takes over what the API remembers of a viewer, when this device remembers nothing. */
export async function takeOver(api) {
  if (load(KEY, null) !== null || !api.knowsViewer) return;
  const { items } = await api.request("/history", { viewer: true });
  const places = items.map((row) => {
    const { episode_id: episodeId, position_seconds: position } = row;
    return [row.drama_id, { episodeId, position, at: Date.parse(row.at) }];
  });
  save(KEY, Object.fromEntries(places));
}

/** `{number or episodeId, position}` of a drama; its first episode when it was never watched. */
export function recall(dramaId) {
  return load(KEY, {})[dramaId] ?? { number: 1, position: 0 };
}

/** The drama of `dramas` that was watched last; the first one when none was. */
export function latestOf(dramas) {
  const watched = load(KEY, {});
  const at = (drama) => watched[drama.id]?.at ?? 0;
  return dramas.reduce((best, drama) => (at(drama) > at(best) ? drama : best), dramas[0]);
}
