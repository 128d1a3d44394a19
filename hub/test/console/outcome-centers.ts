/**
 * Two centers that have released outcomes of invented providers, so that a demand can be answered. Nothing in it is real.
 *
 * @module
 */

import { type BodyOf, encodeBody, type RecordKind } from "@tributary/proto";
import { aBucket, usccOf } from "../support/match-world.ts";
import { aRecord } from "../support/small-log.ts";
import { aRelease, releaseRecord } from "../support/small-release.ts";
import type { CenterRecords } from "./hub-with-page.ts";

/**
 * Mean improvement of each provider with evidence, in points. The best in the one scenario is middling in the other, so
 * that plans differ.
 */
const STRENGTHS: { readonly [scenario: string]: readonly number[] } = {
  S11: [4, 6, 8, 10, 12, 14, 16, 18],
  S21: [18, 14, 12, 10, 8, 6, 5, 9],
};
/** Around it, so that each bucket has several classes of outcomes. */
const SPREAD = [-9, -6, -4, -2, 0, 1, 3, 5, 8, 12];
/** The best provider has a name that a careless page would run. */
export const HOSTILE_NAME = "恒锐<img src=x onerror=alert(1)><script>alert(2)</script>科技";

const NAMES = [
  "澄湖数控服务有限公司",
  "北渚工业软件有限公司",
  "云栈智能装备有限公司",
  "青岚数据科技有限公司",
  "映川自动化有限公司",
  "远帆制造服务有限公司",
  "沐阳工业互联网有限公司",
  HOSTILE_NAME,
];

function bucketOf(provider: number, scenario: string, sector: string, around: number) {
  return aBucket({
    provider: usccOf(provider),
    scenario,
    sector,
    deltas: { UNPLANNED_DOWNTIME: SPREAD.map((delta) => around + delta) },
    cost: [1, 4, 3, 2, 0, 0],
    satisfied: 8,
  });
}

function release(cells: readonly (readonly [scenario: string, sector: string])[]) {
  return releaseOf(
    cells.flatMap(([scenario, sector]) =>
      (STRENGTHS[scenario] ?? []).map((around, i) => bucketOf(i + 1, scenario, sector, around)),
    ),
  );
}

function releaseOf(buckets: ReturnType<typeof bucketOf>[]) {
  const { noised: _, budget: __, ...rest } = aRelease();
  return releaseRecord({ ...rest, buckets });
}

function record<K extends RecordKind>(kind: K, key: string, value: BodyOf<K>): Uint8Array {
  return aRecord({ kind, key, body: encodeBody(kind, value) });
}

function provider(number: number, name: string, fields: Partial<BodyOf<"provider">> = {}) {
  const scenarios = ["S11", "S21"];
  return record("provider", `p${number}`, { name, uscc: usccOf(number), scenarios, ...fields });
}

const GRADED_BRANDS = ["松岚", "杉禾", "桐川", "柏舟", "槐序"];

/**
 * Has what a grade takes, gained more than the others with each of its providers, half of it with vouchers of its own
 * programme.
 */
export const GRADED_CENTER: CenterRecords = {
  id: "graded",
  name: "云岭数字化转型促进中心",
  records: [
    record("center", "self", {
      name: "云岭数字化转型促进中心",
      centerType: "region",
      tier: "municipal",
    }),
    ...GRADED_BRANDS.map((brand, i) => provider(i + 21, `${brand}云岭智能科技有限公司`)),
    releaseOf(GRADED_BRANDS.map((_, i) => ({ ...bucketOf(i + 21, "S11", "32", 18), voucher: 5 }))),
    record("voucher_programme", "voucher-1", {
      title: "云岭转型券",
      region: "530000",
      issued: 200,
      redeemed: 50,
      validUntil: "2027-03-31",
    }),
    ...Array.from({ length: 14 }, (_, i) =>
      record("policy", `policy-${i}`, { title: `云岭市第 ${i + 1} 批改造补助`, region: "530100" }),
    ),
  ],
};

/** Scenarios with evidence: S11 from both centers, S21 from one. S40 has none. */
export const OUTCOME_CENTERS: readonly CenterRecords[] = [
  {
    id: "aa",
    name: "澄湖数字化转型促进中心",
    records: [
      ...NAMES.map((name, i) => provider(i + 1, name, { claimedCases: i === 0 ? 12 : 0 })),
      provider(9, "初芽科技有限公司"),
      provider(10, "新禾智造有限公司"),
      record("policy", "policy-1", {
        title: "澄湖市中小企业数字化转型补助办法",
        region: "360100",
        status: "in_force",
      }),
      record("policy", "policy-2", {
        title: "邻市技改补助办法",
        region: "360200",
        status: "in_force",
      }),
      record("voucher_programme", "voucher-1", { title: "江西省转型券", region: "360000" }),
      release([["S11", "32"]]),
    ],
  },
  {
    id: "bb",
    name: "北渚数字化转型促进中心",
    records: [
      release([
        ["S11", "32"],
        ["S21", "32"],
        ["S21", "33"],
      ]),
    ],
  },
];
