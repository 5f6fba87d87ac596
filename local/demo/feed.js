// What there is to watch: the dramas, and the episodes of one with this viewer's access.

/** The dramas on the first page of the catalogue. */
export async function dramasOf(api) {
  return (await api.request("/dramas")).items;
}

/**
 * The episodes of a drama in order, each with `access` (free, vip, unlocked or locked) for this
 * viewer. An episode that the access list does not name counts as locked.
 */
export async function episodesOf(api, dramaId) {
  const [episodes, rights] = await Promise.all([
    api.list(`/dramas/${dramaId}/episodes`),
    api.list(`/dramas/${dramaId}/access`, { viewer: true }),
  ]);
  const access = new Map(rights.map((right) => [right.episode_id, right.access]));
  return episodes
    .map((episode) => ({ ...episode, access: access.get(episode.id) ?? "locked" }))
    .sort((a, b) => a.number - b.number);
}
