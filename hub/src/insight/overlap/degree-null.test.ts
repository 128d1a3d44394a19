import { describe, expect, test } from "vitest";
import { seeded } from "../../index/semantic/seeded.ts";
import { DegreeNull } from "./degree-null.ts";
import { adjustedPValues } from "./false-discovery.ts";
import { SharedProviders } from "./shared-providers.ts";

const CENTERS = 20;

/** Lists drawn by an inclination of each center and a fame of each provider. */
function drawn(random: () => number, providers = 400): number[][] {
  const inclination = Array.from({ length: CENTERS }, () => 0.7 + random());
  return Array.from({ length: providers }, () => {
    const fame = random() < 0.1 ? 0.5 : 0.1;
    return inclination.flatMap((of, center) => (random() < fame * of ? [center] : []));
  });
}

/** The same degrees, other edges: what is shared under permutation. */
function permuted(lists: readonly (readonly number[])[], random: () => number): number[][] {
  const sets = lists.map((list) => new Set(list));
  const edges = lists.flatMap((list, provider) =>
    list.map((center) => [center, provider] as const),
  );
  const now = edges.map(([center, provider]) => [center, provider] as [number, number]);
  for (let swap = 0; swap < 10 * now.length; swap += 1) {
    const x = now[Math.floor(random() * now.length)] as [number, number];
    const y = now[Math.floor(random() * now.length)] as [number, number];
    const [p, q] = [sets[x[1]] as Set<number>, sets[y[1]] as Set<number>];
    if (p.has(y[0]) || q.has(x[0])) continue;
    p.delete(x[0]);
    q.delete(y[0]);
    p.add(y[0]);
    q.add(x[0]);
    [x[0], y[0]] = [y[0], x[0]];
  }
  return sets.map((set) => [...set]);
}

/** Providers that two centers share, at `a * CENTERS + b`. */
function sharedCounts(lists: readonly (readonly number[])[]): Uint32Array {
  const counts = new Uint32Array(CENTERS ** 2);
  for (const list of lists) {
    for (const a of list) {
      for (const b of list) {
        counts[a * CENTERS + b] = (counts[a * CENTERS + b] as number) + 1;
      }
    }
  }
  return counts;
}

function pValues(lists: readonly (readonly number[])[]): Float64Array {
  const shared = new SharedProviders({ centers: CENTERS, providers: lists });
  const values: number[] = [];
  for (let a = 0; a < CENTERS; a += 1) {
    for (let b = a + 1; b < CENTERS; b += 1) values.push(shared.between(a, b).pValue);
  }
  return Float64Array.from(values);
}

describe("what chance explains", () => {
  test("keeps the degrees of centers and providers on average", () => {
    const degrees = [30, 5, 12];
    const classes = [
      { degree: 1, providers: 20, weight: 1 },
      { degree: 2, providers: 12, weight: 1 },
      { degree: 3, providers: 1, weight: 1 },
    ];
    const chance = new DegreeNull(degrees, classes);
    // Two centers that share all of the few that both list: the third provider at least.
    expect(chance.expected(0, 1) + chance.expected(0, 2) + chance.expected(1, 2)).toBeGreaterThan(
      3,
    );
    expect(chance.expected(0, 2)).toBeGreaterThan(chance.expected(1, 2));
    // One that lists all shares with another all that it lists.
    const full = new DegreeNull(
      [10, 4],
      [
        { degree: 1, providers: 6, weight: 1 },
        { degree: 2, providers: 4, weight: 1 },
      ],
    );
    expect(full.expected(0, 1)).toBeCloseTo(4, 1);
  });

  test("is never less probable than permutations that keep the degrees say", () => {
    const random = seeded(3);
    const lists = drawn(random);
    const seen = new SharedProviders({ centers: CENTERS, providers: lists });
    const runs = 200;
    const counts = sharedCounts(lists);
    const atLeast = new Float64Array(CENTERS ** 2);
    for (let run = 0; run < runs; run += 1) {
      sharedCounts(permuted(lists, random)).forEach((count, at) => {
        if (count >= (counts[at] as number)) atLeast[at] = (atLeast[at] as number) + 1;
      });
    }
    for (let a = 0; a < CENTERS; a += 1) {
      for (let b = a + 1; b < CENTERS; b += 1) {
        const p = (atLeast[a * CENTERS + b] as number) / runs;
        // Weights differ a little from counts, and 200 runs are known to a few hundredths.
        expect(seen.between(a, b).pValue).toBeGreaterThan(p - 0.15);
      }
    }
  });

  test("finds nothing among lists drawn by chance, and the pair that copied", () => {
    const random = seeded(5);
    for (let round = 0; round < 20; round += 1) {
      const lists = drawn(random);
      expect([...adjustedPValues(pValues(lists))].filter((q) => q <= 0.05)).toEqual([]);
      const copied = lists.map((list) =>
        list.includes(0) && !list.includes(1) ? [...list, 1] : list,
      );
      const [first = 1, ...others] = adjustedPValues(pValues(copied));
      expect(first).toBeLessThan(0.05);
      expect(others.filter((q) => q <= 0.05).length).toBeLessThanOrEqual(1);
    }
  });

  test("explains what all list", () => {
    const everybody = Array.from({ length: CENTERS }, (_, center) => center);
    const lists = Array.from({ length: 30 }, () => everybody);
    expect(Math.min(...pValues(lists))).toBeGreaterThan(0.9);
  });
});

describe("common providers", () => {
  test("weigh the more the fewer list them, as a part of the lighter list", () => {
    const shared = new SharedProviders({ centers: 3, providers: [[0, 1], [0, 1, 2], [0], [2]] });
    const weight = (listedBy: number) => Math.log(4 / (listedBy + 0.5));
    expect(shared.between(0, 1)).toMatchObject({ shared: 2, share: 1 });
    expect(shared.between(0, 2).share).toBeCloseTo(weight(3) / (weight(3) + weight(1)), 12);
    expect([shared.listed(0), shared.listed(1), shared.listed(2)]).toEqual([3, 2, 2]);
  });
});

describe("many tests", () => {
  test("are corrected as R's p.adjust does it", () => {
    const q = adjustedPValues(Float64Array.of(0.01, 0.04, 0.03, 0.5, 0.005));
    const expected = [0.025, 0.05, 0.05, 0.5, 0.025];
    q.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] as number, 12);
    });
    expect(adjustedPValues(new Float64Array())).toHaveLength(0);
  });
});
