/** Evidence from release to estimate: what counts, for whom, and how much. */

import { type BodyOf, toHex } from "@tributary/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  aBucket,
  aRelease,
  type Bucket,
  type BucketFacts,
  normal,
  seeded,
  usccOf,
} from "../../test/support/match-world.ts";
import { type Cell, type EstimateFor, Estimator } from "./estimate.ts";
import { EvidenceBase, type View } from "./evidence-base.ts";
import { readRelease } from "./release.ts";
import { scenarioNumber } from "./taxonomy.ts";

const S01 = scenarioNumber("S01") as number;
const NOW = 2026 * 12 + 2;

function put(
  base: EvidenceBase,
  centerId: string,
  buckets: readonly Bucket[],
  options: { key?: string; view?: View | undefined; body?: Partial<BodyOf<"outcome">> } = {},
): void {
  const { key = "1", body = {} } = options;
  const view = "view" in options ? options.view : "members";
  const ref = { kind: "outcome", centerId, key } as const;
  base.put({ ref, view, ...readRelease(aRelease(buckets, body)) });
}

/** Evidence that other providers have too, so that there is a scenario to compare with. */
function usual(base: EvidenceBase, seed = 1): void {
  const random = seeded(seed);
  const buckets = Array.from({ length: 24 }, (_, i) =>
    of(
      100 + (i % 12),
      Array.from({ length: 8 }, () => 8 + 3 * (i % 12 < 6 ? 1 : -1) + 6 * normal(random)),
    ),
  );
  put(base, "others", buckets.slice(0, 12));
  put(base, "further", buckets.slice(12));
}

function of(provider: number, deltas: readonly number[], facts: BucketFacts = {}): Bucket {
  return aBucket({
    provider: usccOf(provider),
    deltas: { PRODUCTION_EFFICIENCY: deltas },
    ...facts,
  });
}

function estimator(base: EvidenceBase, fields: Partial<EstimateFor> = {}, view: View = "members") {
  const centers = Array.from({ length: base.centers }, () => ({
    region: undefined,
    operatorUscc: undefined,
  }));
  return new Estimator(base.evidence(view), S01, {
    comparison: { industry: undefined, sizeBand: undefined, region: undefined },
    nowMonth: NOW,
    centers,
    operators: centers.map(() => -1),
    ...fields,
  });
}

function cellOf(base: EvidenceBase, provider: number, fields?: Partial<EstimateFor>, view?: View) {
  return estimator(base, fields, view).cell(base.providerNumber(usccOf(provider)));
}

function ranked(base: EvidenceBase, provider: number, fields?: Partial<EstimateFor>): Cell {
  const cell = cellOf(base, provider, fields);
  expect(cell?.isRanked).toBe(true);
  return cell as Cell;
}

const SIX = [9, 10, 11, 12, 13, 14];

describe("reading a release", () => {
  test("keeps labels, moments and the end of the quarter", () => {
    const bucket = of(1, SIX, { satisfied: 5 });
    const { columns, unread } = readRelease(aRelease([bucket], { epoch: "2026Q1" }));
    expect(unread).toBe(0);
    expect(columns.ids).toEqual([toHex(bucket.bucketId)]);
    expect([columns.size, columns.n[0], columns.month[0], columns.satisfied[0]]).toEqual([
      1,
      6,
      NOW,
      5,
    ]);
    expect([...columns.kpi].slice(1)).toEqual(
      [6, 69, 811, 0, 0, 1, 5, 0].slice(0, 3).concat([0, 0, 1, 5, 0]),
    );
  });

  test.each<[string, Partial<Bucket>]>([
    ["a label that is none at its level", { label: ["S01", "*", "36", "LM"] }],
    ["a scenario that does not exist", { label: ["S99", usccOf(1), "36", "LM"] }],
    ["no scenario", { level: 7, label: ["*", "*", "C", "*"] }],
    ["fewer enterprises than records", { distinct: 5 }],
    ["no records", { n: 0, distinct: 0 }],
  ])("leaves out a bucket with %s", (_, fields) => {
    const { columns, unread } = readRelease(aRelease([{ ...of(1, SIX), ...fields }]));
    expect([columns.size, unread]).toEqual([0, 1]);
  });

  test.each([
    [
      "more measurements than records",
      { n: 7, sum: 70, sumOfSquares: 700, histogram: [0, 0, 0, 7, 0] },
    ],
    [
      "a mean beyond the clip",
      { n: 6, sum: 400, sumOfSquares: 40_000, histogram: [0, 0, 0, 0, 6] },
    ],
    ["squares below the mean's", { n: 6, sum: 60, sumOfSquares: 100, histogram: [0, 0, 0, 6, 0] }],
    ["a histogram of others", { n: 6, sum: 60, sumOfSquares: 700, histogram: [0, 0, 0, 5, 0] }],
    ["no measurement", { n: 0, sum: 0, sumOfSquares: 0, histogram: [] }],
  ])("leaves out an effect with %s, and keeps its bucket", (_, moments) => {
    const bucket = { ...of(1, SIX), kpi: { PRODUCTION_EFFICIENCY: moments, INVESTMENT: moments } };
    const { columns } = readRelease(aRelease([bucket]));
    expect([columns.size, columns.kpi.length]).toEqual([1, 0]);
  });
});

describe("the base", () => {
  test("gives the same whatever the order of records, and forgets what is removed", () => {
    const parts: [string, string, Bucket[]][] = [
      ["a", "1", [of(1, SIX)]],
      ["a", "2", [of(1, [1, 2, 3, 4, 5])]],
      ["b", "1", [of(1, [7, 7, 8, 9, 9])]],
      ["c", "1", [of(2, [1, 1, 1, 2, 3])]],
    ];
    const estimateOf = (order: readonly (typeof parts)[number][]) => {
      const base = new EvidenceBase();
      usual(base);
      for (const [center, key, buckets] of order) put(base, center, buckets, { key });
      return { base, cell: ranked(base, 1) };
    };
    const { cell, base } = estimateOf(parts);
    const other = estimateOf(parts.toReversed()).cell;
    expect(other.posterior.mean).toBeCloseTo(cell.posterior.mean, 12);
    expect(other.posterior.sd).toBeCloseTo(cell.posterior.sd, 12);
    put(base, "d", [of(1, [40, 40, 40, 40, 40])]);
    expect(ranked(base, 1).posterior.mean).toBeGreaterThan(cell.posterior.mean);
    base.removeCenter("d");
    expect(ranked(base, 1).posterior).toEqual(cell.posterior);
    put(base, "a", [], { key: "2" });
    expect(ranked(base, 1).buckets).toBe(2);
    base.clear();
    expect([base.size, cellOf(base, 1)]).toEqual([0, undefined]);
  });

  test("does not count a bucket that its center took back, and counts another center's of the same id", () => {
    const base = new EvidenceBase();
    usual(base);
    const bad = of(1, [50, 50, 50, 50, 50]);
    put(base, "a", [of(1, SIX), bad, of(1, SIX)]);
    const body = { retracted: [{ bucketId: bad.bucketId, reason: "error" }] };
    put(base, "b", [], { key: "9", body });
    expect(ranked(base, 1).buckets).toBe(3);
    put(base, "a", [], { key: "9", body });
    expect(ranked(base, 1).buckets).toBe(2);
    base.remove({ kind: "outcome", centerId: "a", key: "9" });
    expect(ranked(base, 1).buckets).toBe(3);
  });

  test("counts for the public public records and buckets of ten, and releases for some centers for nobody", () => {
    const base = new EvidenceBase();
    usual(base);
    const ten = [...SIX, ...SIX].slice(0, 10);
    put(base, "a", [of(1, ten), of(1, SIX)], { key: "public", view: "public" });
    put(base, "b", [of(1, ten)], { key: "members", view: "members" });
    put(base, "c", [of(1, ten)], { key: "some", view: undefined });
    expect(cellOf(base, 1, {}, "members")?.buckets).toBe(3);
    expect(cellOf(base, 1, {}, "public")?.buckets).toBe(1);
  });
});

describe("an estimate", () => {
  test("is the scenario's prior below ten engagements or two buckets", () => {
    const base = new EvidenceBase();
    usual(base);
    put(base, "a", [of(1, [30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30])]);
    put(base, "a", [of(2, [30, 30, 30, 30])], { key: "2" });
    put(base, "b", [of(2, [30, 30, 30, 30, 30])]);
    const { prior } = estimator(base);
    for (const provider of [1, 2]) {
      const cell = cellOf(base, provider);
      expect(cell?.isRanked).toBe(false);
      expect(cell?.posterior).toEqual({ mean: prior.mean, sd: Math.sqrt(prior.tau2) });
    }
  });

  test("equals the formula for evidence of two equal centers", () => {
    const base = new EvidenceBase();
    usual(base);
    put(base, "a", [of(1, SIX)]);
    put(base, "b", [of(1, SIX)]);
    const { prior, family } = estimator(base);
    const cell = ranked(base, 1);
    const y = family.y[cell.firstRow] as number;
    const b = 12 / (12 + prior.within / prior.tau2);
    expect(cell.nEff).toBeCloseTo(12, 9);
    expect(cell.posterior.mean).toBeCloseTo(prior.mean + b * (y - prior.mean), 9);
    expect(cell.posterior.sd).toBeCloseTo(Math.sqrt(prior.tau2 * (1 - b)), 9);
    expect(cell.largestShare).toBeCloseTo(b / 2, 9);
  });

  test("has Kish's number of engagements and what they come to for the demand", () => {
    const base = new EvidenceBase();
    usual(base);
    put(base, "a", [of(1, SIX, { sector: "36" })]);
    put(base, "b", [of(1, SIX, { sector: "13" })]);
    const comparison = { industry: "36", sizeBand: undefined, region: undefined };
    const cell = ranked(base, 1, { comparison });
    // Weights .6 and .3: the heavier center is scaled to the other, so both count alike.
    expect(cell.nEff).toBeCloseTo(12, 9);
    expect(cell.comparable).toBeLessThan(0.6 * 12);
    expect(cell.comparable).toBeGreaterThan(0.3 * 12);
  });

  const evidence = fc.array(
    fc.record({
      center: fc.constantFrom("a", "b", "c"),
      deltas: fc.array(fc.integer({ min: -30, max: 40 }), { minLength: 5, maxLength: 12 }),
      unmeasured: fc.nat(6),
      sector: fc.constantFrom("36", "37", "65"),
    }),
    { minLength: 2, maxLength: 8 },
  );
  type Part = { center: string; deltas: number[]; unmeasured: number; sector: string };
  const filled = (parts: readonly Part[]) => {
    const base = new EvidenceBase();
    usual(base);
    parts.forEach(({ center, deltas, unmeasured, sector }, i) => {
      put(base, center, [of(1, deltas, { sector, n: deltas.length + unmeasured })], {
        key: String(i),
      });
    });
    return base;
  };
  const comparison = { industry: "36", sizeBand: undefined, region: undefined };

  test("gives no center more than half of the weight", () => {
    fc.assert(
      fc.property(evidence, (parts) => {
        const base = filled(parts);
        const cell = ranked(base, 1, { comparison });
        expect(cell.largestShare).toBeLessThanOrEqual(0.5 + 1e-9);
        expect(cell.posterior.sd).toBeGreaterThan(0);
        expect(Number.isFinite(cell.posterior.mean)).toBe(true);
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  test("of one center alone moves at most half of the way from what is usual", () => {
    const base = new EvidenceBase();
    usual(base);
    const many = Array.from({ length: 20 }, () => of(1, [30, 31, 32, 33, 34]));
    put(base, "a", many);
    const { prior, family } = estimator(base);
    const cell = ranked(base, 1);
    const raw = family.y[cell.firstRow] as number;
    expect(cell.posterior.mean).toBeCloseTo((prior.mean + raw) / 2, 9);
    expect(cell.posterior.sd).toBeCloseTo(Math.sqrt(prior.tau2 / 2), 9);
  });

  test("rises with better outcomes, and is narrower with the same evidence twice", () => {
    fc.assert(
      fc.property(evidence, (parts) => {
        const before = ranked(filled(parts), 1, { comparison });
        const better = parts.map((part) => ({
          ...part,
          deltas: part.deltas.map((delta) => delta + 5),
        }));
        // The scenario moves with its provider; compared with it, the provider has risen.
        const above = (of: readonly Part[]) => {
          const base = filled(of);
          return ranked(base, 1, { comparison }).posterior.mean - estimator(base).prior.mean;
        };
        expect(above(better)).toBeGreaterThan(above(parts) - 0.05);
        const twice = ranked(filled([...parts, ...parts]), 1, { comparison });
        expect(twice.nEff).toBeCloseTo(2 * before.nEff, 6);
      }),
      { numRuns: 40, seed: 4 },
    );
  });

  test("counts unmeasured engagements at the 30th percentile where fewer than 60 % are measured", () => {
    const withUnmeasured = (unmeasured: number) =>
      ranked(
        filled(
          ["a", "b"].map((center) => ({
            center,
            deltas: [30, 31, 32, 33, 34, 35],
            unmeasured,
            sector: "36",
          })),
        ),
        1,
      );
    const [all, most, few] = [withUnmeasured(0), withUnmeasured(4), withUnmeasured(6)];
    expect(most.measuredShare).toBe(0.6);
    expect(most.posterior.mean).toBeCloseTo(all.posterior.mean, 9);
    expect(few.measuredShare).toBe(0.5);
    expect(few.posterior.mean).toBeLessThan(most.posterior.mean - 0.1);
    // What nobody measured makes nothing surer.
    expect(few.nEff).toBeCloseTo(all.nEff, 9);
  });

  test("halves what a center says of its own operator, and says so", () => {
    const base = new EvidenceBase();
    usual(base);
    put(base, "a", [of(1, SIX)]);
    put(base, "b", [of(1, [29, 30, 30, 30, 30, 31])]);
    put(base, "c", [of(1, SIX)]);
    const plain = ranked(base, 1);
    const number = base.providerNumber(usccOf(1));
    const operators = Array.from({ length: base.centers }, (_, center) =>
      base.center(center) === "b" ? number : -1,
    );
    const own = ranked(base, 1, { operators });
    expect([plain.hasOwnOperator, own.hasOwnOperator]).toEqual([false, true]);
    expect(own.posterior.mean).toBeLessThan(plain.posterior.mean);
  });

  test("of an effect is in points, between the raw mean and what is usual", () => {
    const base = new EvidenceBase();
    usual(base);
    put(base, "a", [of(1, [28, 30, 32, 30, 30])]);
    put(base, "b", [of(1, [28, 30, 32, 30, 30])]);
    const of1 = estimator(base);
    const kpi = [...(of1.model?.baselines.keys() ?? [])][0] as number;
    const estimate = of1.kpi(ranked(base, 1), kpi);
    expect(estimate?.raw).toBeCloseTo(30, 9);
    expect(estimate?.posterior.mean).toBeLessThan(30);
    expect(estimate?.posterior.mean).toBeGreaterThan(estimate?.usual as number);
  });
});
