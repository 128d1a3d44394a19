/**
 * H14: when there is evidence enough to rank a provider.
 *
 * @module
 */

/** Fewest records, and fewest buckets, that a rank rests on. */
const MIN_RECORDS = 10;
const MIN_BUCKETS = 2;

/**
 * True if a provider may be ranked by these buckets; otherwise the answer is "insufficient evidence".
 *
 * @param buckets Different ones; `n` is the number of records.
 */
export function mayRank(buckets: readonly { readonly n: number }[]): boolean {
  return buckets.length >= MIN_BUCKETS && buckets.reduce((sum, { n }) => sum + n, 0) >= MIN_RECORDS;
}

/** True if a single bucket may be shown beside a provider's name where everybody can see it. */
export function mayShowAlone({ n }: { readonly n: number }): boolean {
  return n >= MIN_RECORDS;
}
