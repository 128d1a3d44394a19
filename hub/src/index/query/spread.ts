/**
 * Spreads a page: maximal marginal relevance (Carbonell and Goldstein, "The use of MMR", SIGIR 1998).
 *
 * @module
 */

/** Weight of the score against likeness to what is on the page already. */
const LAMBDA = 0.7;

/** How alike two documents are by being of one center; what they say makes up the rest. */
export const SAME_CENTER = 0.5;

/**
 * Takes `limit` of the pool, one after the other: each time the one with the most score that is least like those taken.
 *
 * @param pool In the order that decides between equals. Scores are at most 1.
 * @param likeness 0 to 1.
 */
export function spread<P extends { readonly score: number }>(
  pool: readonly P[],
  limit: number,
  likeness: (a: P, b: P) => number,
): P[] {
  const rest = pool.map((found) => ({ found, alike: 0 }));
  const taken: P[] = [];
  while (taken.length < limit && rest.length > 0) {
    let best = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (const [i, { found, alike }] of rest.entries()) {
      const value = LAMBDA * found.score - (1 - LAMBDA) * alike;
      if (value <= most) continue;
      best = i;
      most = value;
    }
    const [next] = rest.splice(best, 1) as [(typeof rest)[number]];
    taken.push(next.found);
    for (const other of rest) {
      other.alike = Math.max(other.alike, likeness(other.found, next.found));
    }
  }
  return taken;
}
