/**
 * H11: what the hub itself shows of a center cannot be subtracted down to a few records.
 *
 * It holds by construction, since every view is a union of whole buckets and no record is in two of them. It is asserted
 * all the same, where the views are made: a figure made of anything else would fail here.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";

/** A bucket as far as its size matters. */
export interface SizedBucket {
  /** Lower-case hex. */
  readonly id: string;
  /** Records. */
  readonly n: number;
}

/** A figure that is shown, and what it is made of. */
export interface AggregateView {
  readonly name: string;
  readonly buckets: readonly SizedBucket[];
}

/**
 * Sees to it that two views of one center, and each alone, differ by no record or by at least k.
 *
 * @throws {TributaryError} `ERR_INTERNAL` if they do not: then nothing may be shown.
 */
export function assertSafeDifferences(views: readonly AggregateView[], k: number): void {
  const sets = views.map(({ name, buckets }) => ({
    name,
    sizes: new Map(buckets.map(({ id, n }) => [id, n])),
    isOnce: new Set(buckets.map(({ id }) => id)).size === buckets.length,
  }));
  const nothing = { name: "nothing", sizes: new Map<string, number>(), isOnce: true };
  for (const a of sets) {
    if (!a.isOnce) throw unsafe(`${a.name} counts a bucket twice`);
    for (const b of [nothing, ...sets]) {
      let difference = 0;
      for (const [id, n] of a.sizes) if (!b.sizes.has(id)) difference += n;
      if (difference > 0 && difference < k) {
        throw unsafe(
          `${a.name} without ${b.name} is ${difference} records; at least ${k} are required`,
        );
      }
    }
  }
}

function unsafe(what: string): TributaryError {
  return new TributaryError("ERR_INTERNAL", `an aggregate cannot be shown: ${what}`, {
    messageZh: `汇总结果不能展示：${what}`,
  });
}
