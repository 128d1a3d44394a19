/**
 * X6: the co-member. One enterprise of a bucket takes its own delta off the published moments and asks what the others'
 * can be. The p % rule of statistical disclosure control, for a value that may be negative: nobody's delta may be known
 * to lie within p % of itself.
 *
 * The interval is that of the values of one other member for which values of the rest exist that agree with the sum, the
 * sum of squares and the histogram, or with those of them that were published.
 *
 * @module
 */

import { bandOf, clipDelta, DELTA_BANDS } from "@tributary/proto";
import type { SeenKpi } from "../outbox.ts";
import type { AttackResult, Scene } from "./attack.ts";
import { type Moments, possibleValues } from "./moments.ts";

const P = 0.1;

/** Lets each member of each bucket attack all the others. */
export function coMember({ buckets, members, engagements }: Scene): AttackResult {
  let pairs = 0;
  let known = 0;
  let narrowest = Number.POSITIVE_INFINITY;
  for (const [i, bucket] of buckets.entries()) {
    const [kpi] = bucket.kpis;
    const records = members[i] as readonly number[];
    if (kpi === undefined || kpi.n !== records.length) continue;
    const deltas = records.map((record) => clipDelta(engagements[record]?.kpiDelta ?? 0));
    for (const own of new Set(deltas)) {
      const { low, high } = possibleValues(without(kpi, own));
      narrowest = Math.min(narrowest, high - low);
      const owners = deltas.filter((delta) => delta === own).length;
      for (const other of deltas) {
        // Each owner of the value attacks everybody but itself.
        const attacks = other === own ? owners - 1 : owners;
        const margin = P * Math.abs(other);
        pairs += attacks;
        if (low >= other - margin && high <= other + margin) known += attacks;
      }
    }
  }
  return {
    id: "X6",
    name: "co-member",
    passed: known === 0,
    bar: `nobody's delta known within ${P * 100} %`,
    figures: { pairs, known, narrowest_interval: pairs === 0 ? 0 : narrowest },
  };
}

/** What is left of the moments without one's own delta. */
function without({ n, sum, sumOfSquares, histogram }: SeenKpi, own: number): Moments {
  const band = bandOf(own, DELTA_BANDS);
  return {
    n: n - 1,
    sum: sum - own,
    sumOfSquares: sumOfSquares === undefined ? undefined : sumOfSquares - own * own,
    histogram: histogram.map((count, i) => (i === band ? count - 1 : count)),
  };
}
