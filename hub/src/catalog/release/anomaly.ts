/**
 * H12: what is odd about a release and forbidden by no rule: for a curator to look at.
 *
 * @module
 */

import type { RecordFinding } from "@tributary/proto";
import type { ReceivedRelease, ReleaseContext } from "./context.ts";
import { finding } from "./finding.ts";

/** Times that a release may be larger or smaller than the one before without being odd. */
const MAX_CHANGE = 5;
/** Buckets or sums from which a pattern is no accident: 5^-6 is below 1 in 10,000. */
const MIN_PATTERN = 6;

export function* findAnomalies(
  { release: { policy, buckets = [] } }: ReceivedRelease,
  { past: { chain } }: ReleaseContext,
): Iterable<RecordFinding> {
  const records = buckets.reduce((sum, { n }) => sum + n, 0);
  const before = chain.records;
  if (before > 0 && (records > MAX_CHANGE * before || records * MAX_CHANGE < before)) {
    yield odd(
      "size_change",
      `${records} records, ${before} in the release before: more than ${MAX_CHANGE} times`,
      `${records} 条记录，上次为 ${before} 条，变化超过 ${MAX_CHANGE} 倍`,
    );
  }
  if (buckets.length >= MIN_PATTERN && buckets.every(({ n }) => n === policy.k)) {
    yield odd(
      "all_k",
      `all ${buckets.length} buckets have exactly k = ${policy.k} records`,
      `全部 ${buckets.length} 个桶恰好都是 k = ${policy.k} 条`,
    );
  }
  const sums = buckets.flatMap(({ kpi = {} }) => Object.values(kpi).map(({ sum = 0 }) => sum));
  if (sums.length >= MIN_PATTERN && sums.every((sum) => sum % 5 === 0)) {
    yield odd(
      "round_sums",
      `all ${sums.length} sums are multiples of 5`,
      `全部 ${sums.length} 个合计都是 5 的倍数`,
    );
  }
}

function odd(code: string, message: string, messageZh: string): RecordFinding {
  return finding("H12", code, "release", message, messageZh);
}
