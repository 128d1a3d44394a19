import { decodeBody, encodeBody, isTributaryError } from "@tributary/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededBytes } from "../../../test/seeded-bytes.ts";
import { MemoryBudgetLedger } from "../../adapters/memory-budget-ledger.ts";
import { PrivacyAccountant } from "../budget/accountant.ts";
import { SAMPLER } from "../noise/discrete-noise.ts";
import { add, compare, multiply, parseRational, rational } from "../noise/rational.ts";
import { rhoOf } from "../noise/zcdp.ts";
import { answerCells, isMeanUsable } from "./answer-cells.ts";
import { type CellQuery, checkQuery, queryIdOf, statisticsOf } from "./cell-query.ts";
import { boundContributions, type Contribution, totalsOf } from "./contributions.ts";

const QUERY: CellQuery = {
  year: 2026,
  epoch: "2026Q4",
  cells: ["P1:SC01", "P2:SC01", "P3:SC02"],
  rho: parseRational("1/20"),
};

const outcome: fc.Arbitrary<Contribution> = fc.record({
  group: fc.constantFrom("g1", "g2", "g3", "g4"),
  year: fc.constantFrom(2025, 2026),
  cell: fc.constantFrom("P1:SC01", "P2:SC01", "P3:SC02", "P9:SC09"),
  grade: fc.oneof(fc.integer({ min: -50, max: 50 }), fc.double()),
  isSatisfied: fc.boolean(),
});

/** `count` groups with one outcome each in a cell. */
function groups(cell: string, count: number, grade = 7): Contribution[] {
  return Array.from({ length: count }, (_, at) => ({
    group: `${cell}-${at}`,
    year: 2026,
    cell,
    grade,
    isSatisfied: at % 2 === 0,
  }));
}

function deps(ledger = new MemoryBudgetLedger(), seed = "noise") {
  return {
    accountant: new PrivacyAccountant(ledger, { randomBytes: seededBytes("salt") }),
    randomBytes: seededBytes(seed),
  };
}

describe("a query on cells", () => {
  test("costs what its statistics cost together, each at the variance that pays for its sensitivity", () => {
    for (const cellsPerUnit of [1, 2, 3]) {
      const query = checkQuery({ ...QUERY, cellsPerUnit });
      const { n, sum, satisfied } = statisticsOf(query);
      expect(add(add(n.rho, sum.rho), satisfied.rho)).toEqual(query.rho);
      for (const { rho, delta2Squared, sigmaSquared } of [n, sum, satisfied]) {
        expect(rhoOf(delta2Squared, sigmaSquared)).toEqual(rho);
      }
      expect(sum.delta2Squared).toEqual(rational(100n * BigInt(cellsPerUnit)));
    }
    // The figures of the design: sigma_n^2 = 50, sigma_s = 40.8.
    expect(statisticsOf(checkQuery(QUERY)).n.sigmaSquared).toEqual(rational(50n));
    expect(statisticsOf(checkQuery(QUERY)).sum.sigmaSquared).toEqual(rational(5000n, 3n));
  });

  test("has one id in any spelling, and another for another question", () => {
    const idOf = (query: CellQuery) => [...queryIdOf(checkQuery(query))];
    const same = {
      ...QUERY,
      cells: QUERY.cells.toReversed(),
      rho: parseRational("10/200"),
      cellsPerUnit: 1,
      gradeMax: 10,
    };
    expect(idOf(same)).toEqual(idOf(QUERY));
    for (const change of [
      { year: 2025 },
      { epoch: "2027Q1" },
      { cells: ["P1:SC01"] },
      { cellsPerUnit: 2 },
      { gradeMax: 9 },
      { rho: parseRational("1/21") },
    ]) {
      expect(idOf({ ...QUERY, ...change })).not.toEqual(idOf(QUERY));
    }
  });

  test.each<[string, Partial<CellQuery>]>([
    ["a year of two digits", { year: 26 }],
    ["half a year", { year: 2026.5 }],
    ["an epoch without a quarter", { epoch: "2026" }],
    ["no cell", { cells: [] }],
    ["a cell twice", { cells: ["a", "a"] }],
    ["a cell that is no code", { cells: ["a b"] }],
    ["a cell that is no key", { cells: ["__proto__"] }],
    ["501 cells", { cells: Array.from({ length: 501 }, (_, at) => `c${at}`) }],
    ["no cell for a unit", { cellsPerUnit: 0 }],
    ["four cells for a unit", { cellsPerUnit: 4 }],
    ["no grade", { gradeMax: 0 }],
    ["no cost", { rho: rational(0n) }],
    ["a negative cost", { rho: rational(-1n) }],
    ["a cost that no release can carry", { rho: rational(1n, 10n ** 14n + 1n) }],
  ])("is refused with %s, and costs nothing", async (_what, change) => {
    const ledger = new MemoryBudgetLedger();
    await expect(answerCells({ ...QUERY, ...change }, [], deps(ledger))).rejects.toMatchObject({
      code: "ERR_ARGUMENT_INVALID",
    });
    expect(await ledger.entries()).toEqual([]);
  });
});

describe("contributions", () => {
  test("change by no more than the sensitivity when all outcomes of one group go", () => {
    fc.assert(
      fc.property(
        fc.array(outcome, { maxLength: 40 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 10 }),
        (outcomes, cellsPerUnit, gradeMax) => {
          const query = checkQuery({ ...QUERY, cellsPerUnit, gradeMax });
          const totals = (list: readonly Contribution[]) =>
            totalsOf(query.cells, boundContributions(query, list));
          const all = totals(outcomes);
          const without = totals(outcomes.filter(({ group }) => group !== "g1"));
          for (const name of ["n", "sum", "satisfied"] as const) {
            const squares = query.cells.map((cell) => {
              const change = (all.get(cell)?.[name] ?? 0) - (without.get(cell)?.[name] ?? 0);
              return change ** 2;
            });
            const distance = rational(BigInt(squares.reduce((sum, square) => sum + square, 0)));
            const { delta2Squared } = statisticsOf(query)[name];
            expect(compare(distance, delta2Squared)).toBeLessThanOrEqual(0n);
          }
        },
      ),
      { numRuns: 500, seed: 6 },
    );
  });

  test("are the oldest of each group, in the year and the cells that are asked for", () => {
    const of = (group: string, cell: string, grade: number, year = 2026) => ({
      group,
      cell,
      grade,
      year,
      isSatisfied: true,
    });
    const counted = boundContributions(checkQuery(QUERY), [
      of("g1", "P9:SC09", 1),
      of("g1", "P2:SC01", 2, 2025),
      of("g1", "P2:SC01", 99),
      of("g1", "P2:SC01", 4),
      of("g1", "P1:SC01", 5),
      of("g2", "P1:SC01", Number.NaN),
    ]);
    expect(counted.map(({ group, cell, grade }) => [group, cell, grade])).toEqual([
      ["g1", "P2:SC01", 10],
      ["g2", "P1:SC01", 0],
    ]);
  });
});

describe("an answer", () => {
  test("fits a release, in whole numbers, and leaves small cells out", async () => {
    const outcomes = [...groups("P1:SC01", 200), ...groups("P2:SC01", 5)];
    const { accountant, randomBytes } = deps();
    const noised = await answerCells(QUERY, outcomes, { accountant, randomBytes });
    expect(noised.map(({ statistic }) => statistic)).toEqual(["n", "sum", "satisfied"]);
    for (const { values } of noised) {
      expect(Object.keys(values)).toEqual(["P1:SC01"]);
      expect(Object.values(values).every(Number.isInteger)).toBe(true);
    }
    expect(noised[1]).toMatchObject({
      unit: "group-year",
      rho: "3/100",
      delta2Squared: "100",
      sigmaSquared: "5000/3",
      cellsPerUnit: 1,
      gradeMax: 10,
    });
    const value = {
      epoch: "2026Q4",
      agent: { sampler: SAMPLER },
      policy: { k: 5 },
      noised,
      budget: await accountant.statement(2026),
    };
    const decoded = decodeBody("outcome", encodeBody("outcome", value as never));
    expect(decoded).toMatchObject(value);
  });

  test("lies around the truth with the variance that it states", async () => {
    const outcomes = groups("P1:SC01", 500, 8);
    const runs = 400;
    const draws: number[] = [];
    for (let run = 0; run < runs; run++) {
      const [, sum] = await answerCells(QUERY, outcomes, deps(undefined, `run ${run}`));
      draws.push((sum?.values["P1:SC01"] ?? Number.NaN) - 4000);
    }
    const variance = draws.reduce((total, draw) => total + draw ** 2, 0) / runs;
    // The sample variance of 400 normal draws has a relative standard deviation of 7 %.
    expect(variance / (5000 / 3)).toBeGreaterThan(0.75);
    expect(variance / (5000 / 3)).toBeLessThan(1.25);
  });

  test("is the same for ever, also when the data change", async () => {
    const ledger = new MemoryBudgetLedger();
    const first = await answerCells(QUERY, groups("P1:SC01", 300), deps(ledger, "one"));
    const again = await answerCells(QUERY, groups("P1:SC01", 400), deps(ledger, "two"));
    expect(again).toEqual(first);
  });

  test("takes no random byte for the noise before its cost is in the ledger", async () => {
    const ledger = new MemoryBudgetLedger();
    const { accountant } = deps(ledger);
    const noise = seededBytes("noise");
    const entriesAtDraw: number[] = [];
    let entries = 0;
    const append = ledger.append.bind(ledger);
    ledger.append = async (position, entry) => {
      await append(position, entry);
      entries += 1;
    };
    const randomBytes = (length: number) => {
      entriesAtDraw.push(entries);
      return noise(length);
    };
    await answerCells(QUERY, groups("P1:SC01", 100), { accountant, randomBytes });
    expect(entriesAtDraw.length).toBeGreaterThan(0);
    expect(Math.min(...entriesAtDraw)).toBe(1);
  });

  test("is refused when the year is spent", async () => {
    const ledger = new MemoryBudgetLedger();
    await answerCells(QUERY, [], deps(ledger));
    const error = await answerCells({ ...QUERY, epoch: "2027Q1" }, [], deps(ledger)).catch(
      (reason: unknown) => reason,
    );
    expect(isTributaryError(error, "ERR_BUDGET_SPENT")).toBe(true);
  });

  test("publishes a cell of 20 at least, and of four standard deviations of its noise", async () => {
    // At rho 5 of which n gets 1, sigma^2 is 1/2: only the limit of 20 counts.
    const loose = { ...QUERY, rho: parseRational("5") };
    const caps = { year: rational(100n), life: rational(100n) };
    const published = async (query: CellQuery, count: number, seed: string) => {
      const accountant = new PrivacyAccountant(new MemoryBudgetLedger(), {
        caps,
        randomBytes: seededBytes("salt"),
      });
      const randomBytes = seededBytes(seed);
      const [n] = await answerCells(query, groups("P1:SC01", count), { accountant, randomBytes });
      return Object.values(n?.values ?? {});
    };
    for (let seed = 0; seed < 60; seed++) {
      for (const value of await published(loose, 20, `loose ${seed}`)) {
        expect(value).toBeGreaterThanOrEqual(20);
      }
      // 4 sigma is 28.3.
      for (const value of await published(QUERY, 28, `tight ${seed}`)) {
        expect(value).toBeGreaterThanOrEqual(29);
      }
    }
    expect(await published(loose, 25, "loose")).toHaveLength(1);
    expect(await published(loose, 14, "loose")).toHaveLength(0);
  });
});

test("a mean is usable where its noise has a standard deviation of at most 0.3 grades", () => {
  const sigmaSquared = parseRational("5000/3");
  expect(isMeanUsable(137, sigmaSquared)).toBe(true);
  expect(isMeanUsable(136, sigmaSquared)).toBe(false);
  expect(isMeanUsable(-200, sigmaSquared)).toBe(false);
  expect(isMeanUsable(1000, multiply(sigmaSquared, rational(100n)))).toBe(false);
});
