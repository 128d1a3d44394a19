import type { BenchmarkEstimate } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { aBucket, aRelease, seeded, usccOf } from "../../../test/support/match-world.ts";
import { readRelease } from "../../match/release.ts";
import type { CenterProfile, Federation } from "../federation.ts";
import type { BucketRow } from "../overlap/niche.ts";
import { BENCHMARK_RULE, benchmarkEstimates } from "./candidates.ts";

/** January 2026. */
const NOW_MS = Date.UTC(2026, 0, 15);

/** Buckets of 6 engagements each, whose effects are spread around a gain. */
function buckets(
  centerId: string,
  gain: number,
  { count = 8, epoch = "2025Q4", scenario = "S01", seed = 1 } = {},
): BucketRow[] {
  const random = seeded(seed);
  const facts = Array.from({ length: count }, () =>
    aBucket({
      scenario,
      deltas: { PRODUCTION_EFFICIENCY: Array.from({ length: 6 }, () => gain + 10 * random() - 5) },
    }),
  );
  const { columns } = readRelease(aRelease(facts, { epoch }));
  const release = { kind: "outcome", centerId, key: epoch } as const;
  return Array.from({ length: columns.size }, (_, row) => ({ release, columns, row }));
}

function estimates(
  centers: Readonly<Record<string, readonly BucketRow[]>>,
  body?: Partial<CenterProfile["body"]>,
) {
  const profiles = Object.entries(centers).map(([id, rows]) => ({ id, buckets: rows, body }));
  const federation = { centers: profiles as unknown as CenterProfile[] } as unknown as Federation;
  const found = benchmarkEstimates(federation, NOW_MS);
  return new Map(found.map((estimate) => [estimate.centerId, estimate]));
}

const low = (estimate: BenchmarkEstimate | undefined) => estimate?.low ?? Number.NaN;

describe("a candidate", () => {
  test("is who gained surely more than the others in the same family of scenarios and effect", () => {
    const found = estimates({
      aa: buckets("aa", 14, { seed: 1 }),
      bb: buckets("bb", 8, { seed: 2 }),
      cc: buckets("cc", 8, { seed: 3 }),
    });
    expect([...found.values()].map(({ candidate }) => candidate)).toEqual([true, false, false]);
    const best = found.get("aa");
    expect(best).toMatchObject({ engagements: 48, bucketCount: 8 });
    // Six points, of effects that lie within ten: about two standard deviations.
    expect(best?.difference).toBeGreaterThan(1.5);
    expect(low(best)).toBeGreaterThan(0);
    expect(low(best)).toBeLessThan(best?.difference as number);
    expect(best?.buckets[0]).toMatchObject({ release: { centerId: "aa", key: "2025Q4" } });
    expect(best?.because.en).toMatch(/^candidate: 48 engagements gained/);
  });

  test("is nobody by what it says of its own operator", () => {
    const own = { operatorIsProvider: true, operatorUscc: usccOf(1) };
    const found = estimates({ aa: buckets("aa", 30), bb: buckets("bb", 8) }, own);
    expect(found.get("aa")).toMatchObject({ candidate: false, engagements: 0 });
  });

  test("is nobody where all are alike", () => {
    const found = estimates({
      aa: buckets("aa", 10, { seed: 4 }),
      bb: buckets("bb", 10, { seed: 5 }),
    });
    expect([...found.values()].filter(({ candidate }) => candidate)).toEqual([]);
  });

  test("is nobody whose buckets differ more among themselves than from the others", () => {
    const found = estimates({
      aa: [
        ...buckets("aa", 30, { count: 2, seed: 6 }),
        ...buckets("aa", 6, { count: 6, epoch: "2025Q3", seed: 7 }),
      ],
      bb: buckets("bb", 8, { seed: 8 }),
    });
    expect(found.get("aa")?.difference).toBeGreaterThan(0);
    expect(found.get("aa")?.candidate).toBe(false);
  });

  test("is nobody of whom too little can be compared, however good it is", () => {
    const few = estimates({
      aa: buckets("aa", 30, { count: BENCHMARK_RULE.minBuckets - 1 }),
      bb: buckets("bb", 8, { seed: 2 }),
    }).get("aa");
    expect(few).toMatchObject({ candidate: false, engagements: 24 });
    expect(few?.difference).toBeUndefined();
    expect(few?.because.en).toMatch(/^no candidate: 24 engagements in 4 buckets/);
    // Nobody else does it.
    const alone = estimates({ aa: buckets("aa", 30), bb: buckets("bb", 8, { scenario: "S40" }) });
    expect(alone.get("aa")).toMatchObject({ candidate: false, engagements: 0 });
    const old = estimates({ aa: buckets("aa", 30, { epoch: "2023Q4" }), bb: buckets("bb", 8) });
    expect(old.get("aa")).toMatchObject({ candidate: false, engagements: 0 });
  });
});
