/**
 * Assessments as the double of the hub answers them: every center is alike.
 *
 * @module
 */

import type {
  Assessment,
  AssessmentsAnswer,
  BenchmarksAnswer,
  Coverage,
  GradesAnswer,
  VouchersAnswer,
} from "@tributary/proto";

const COMPUTED_MS = 1_790_000_000_000;

/** @param centerId Empty for all. @returns Undefined for a center that is none of `ids`. */
export function assessmentsOf(
  ids: readonly string[],
  centerId: string,
  coverage: Coverage,
): AssessmentsAnswer | undefined {
  const wanted = ids.filter((id) => centerId === "" || id === centerId);
  if (wanted.length === 0) return undefined;
  return {
    rule: {
      version: "assessment/1",
      indicators: [
        {
          code: "releases",
          name: { zh: "按季发布成效", en: "quarters with a release" },
          unit: "count",
          minOf: 0,
          targets: [{ centerType: "region", target: 4, weight: 100 }],
        },
      ],
      grades: [
        { grade: "A", minPoints: 85 },
        { grade: "D", minPoints: 0 },
      ],
      minCompleteness: 0.6,
      minPeers: 5,
      minEnterprises: 5,
    },
    assessments: wanted.map(assessmentOf),
    computedAtMs: COMPUTED_MS,
    coverage,
  };
}

/** @param centerId Empty for all. @returns Undefined for a center that is none of `ids`. */
export function gradesOf(
  ids: readonly string[],
  centerId: string,
  coverage: Coverage,
): GradesAnswer | undefined {
  const wanted = ids.filter((id) => centerId === "" || id === centerId);
  if (wanted.length === 0) return undefined;
  return {
    grades: wanted.map((id, i) => ({
      centerId: id,
      centerName: id,
      centerType: "region",
      tier: "provincial",
      grade: "A",
      points: 100,
      completeness: 1,
      rule: "assessment/1",
      logSize: 7,
      digest: "ab".repeat(32),
      actor: "operator",
      reason: "年度评估",
      position: 8 + i,
      publishedAtMs: COMPUTED_MS,
    })),
    benchmarks: [],
    coverage,
  };
}

/** Every center is a candidate that one expert recommends. */
export function benchmarksOf(
  ids: readonly string[],
  centerId: string,
  coverage: Coverage,
): BenchmarksAnswer {
  return {
    rule: {
      version: "benchmark/1",
      quarters: 8,
      minBuckets: 5,
      minEngagements: 30,
      minEnterprises: 5,
      interval: 0.8,
      minReviews: 2,
    },
    benchmarks: ids
      .filter((id) => centerId === "" || id === centerId)
      .map((id) => ({
        centerName: id,
        estimate: {
          centerId: id,
          candidate: true,
          engagements: 60,
          difference: 0.4,
          low: 0.2,
          high: 0.6,
          because: { zh: "可入选", en: "candidate" },
          buckets: [],
          bucketCount: 10,
          digest: "cd".repeat(32),
        },
        reviews: [
          {
            verdict: "recommend",
            actor: "account 王评",
            reason: "成效稳定",
            position: 9,
            reviewedAtMs: COMPUTED_MS,
          },
        ],
      })),
    computedAtMs: COMPUTED_MS,
    coverage,
  };
}

/** One programme with one effect. */
export function vouchersOf(centerId: string, coverage: Coverage): VouchersAnswer {
  const gain = { mean: 12.5, low: 10, high: 15, engagements: 8 };
  return {
    rule: "vouchers/1",
    minEnterprises: 5,
    programmes: [
      {
        urn: `urn:dth:${centerId}:voucher_programme:1`,
        centerId,
        centerName: centerId,
        title: "转型券",
        province: "360000",
        issued: 100,
        redeemed: 60,
        validUntil: "2026-12-31",
      },
    ],
    effects: [
      {
        centerId,
        centerName: centerId,
        province: "360000",
        vouchers: 8,
        engagements: 20,
        effects: [
          {
            kpi: "PRODUCTION_EFFICIENCY",
            withVoucher: gain,
            withoutVoucher: { ...gain, mean: -1.5 },
          },
        ],
        buckets: [],
        bucketCount: 3,
      },
    ],
    computedAtMs: COMPUTED_MS,
    coverage,
  };
}

function assessmentOf(centerId: string): Assessment {
  return {
    centerId,
    centerName: centerId,
    centerType: "region",
    tier: "provincial",
    grade: "A",
    because: { zh: "A（优秀）", en: "A (Excellent)" },
    points: 100,
    completeness: 1,
    indicators: [
      {
        code: "releases",
        judged: true,
        count: 4,
        of: 0,
        points: 100,
        weight: 100,
        target: 4,
        because: { zh: "4；满分线 4", en: "4; all points from 4 on" },
        records: [`urn:dth:${centerId}:outcome:2025Q4`],
        recordCount: 4,
        buckets: [
          { release: { kind: "outcome", centerId, key: "2025Q4" }, bucketId: "ab".repeat(16) },
        ],
        bucketCount: 1,
      },
    ],
    digest: "ab".repeat(32),
  };
}
