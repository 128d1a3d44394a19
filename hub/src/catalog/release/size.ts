/**
 * H4: a bucket has at least k records, each of another enterprise group, and so has every figure in it.
 *
 * @module
 */

import type { RecordFinding } from "@tributary/proto";
import type { ReceivedRelease, ReleaseContext } from "./context.ts";
import { bucketName, finding } from "./finding.ts";

export function* checkSizes(
  { release: { policy, buckets = [] } }: ReceivedRelease,
  { rules }: ReleaseContext,
): Iterable<RecordFinding> {
  const { k, kSatisfaction = 0 } = policy;
  if (k < rules.k) {
    yield problem(
      "k",
      "policy.k",
      `is ${k}; at least ${rules.k} is required`,
      `为 ${k}，至少须为 ${rules.k}`,
    );
  }
  if (kSatisfaction < rules.kSatisfaction) {
    yield problem(
      "k_satisfaction",
      "policy.kSatisfaction",
      `is ${kSatisfaction}; at least ${rules.kSatisfaction} is required`,
      `为 ${kSatisfaction}，至少须为 ${rules.kSatisfaction}`,
    );
  }
  const least = Math.max(k, rules.k);
  const leastSatisfaction = Math.max(kSatisfaction, rules.kSatisfaction);
  for (const [i, { bucketId, n, distinct, kpi = {}, satisfied }] of buckets.entries()) {
    const name = bucketName(i, bucketId);
    if (n < least) {
      yield problem(
        "n",
        name,
        `n is ${n}; at least k = ${least} records are required`,
        `n 为 ${n}，至少须有 k = ${least} 条`,
      );
    }
    if (distinct !== n) {
      yield problem(
        "distinct",
        name,
        `distinct is ${distinct} and n is ${n}: one record of each enterprise group`,
        `distinct 为 ${distinct}，n 为 ${n}：每个企业集团只能有一条`,
      );
    }
    for (const [code, { n: contributing = 0 }] of Object.entries(kpi)) {
      if (contributing >= least && contributing <= n) continue;
      yield problem(
        "kpi_n",
        `${name} ${code}`,
        `n is ${contributing}; it must be from k = ${least} to ${n}`,
        `n 为 ${contributing}，须在 k = ${least} 与 ${n} 之间`,
      );
    }
    if (satisfied === undefined) continue;
    if (n < leastSatisfaction) {
      yield problem(
        "satisfied",
        name,
        `satisfied is shown with n = ${n}; it needs ${leastSatisfaction}`,
        `n = ${n} 时给出了满意数，至少须有 ${leastSatisfaction} 条`,
      );
    }
    if (satisfied > n) {
      yield problem(
        "satisfied",
        name,
        `satisfied is ${satisfied}; there are ${n} records`,
        `满意数为 ${satisfied}，多于 ${n} 条记录`,
      );
    }
  }
}

function problem(code: string, subject: string, message: string, messageZh: string): RecordFinding {
  return finding("H4", code, subject, message, messageZh);
}
