import { decodeBody, randomBytes, standardHierarchies } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { engagements, moveTo, openReleases, Q1 } from "../../../test/release-fixture.ts";
import { seededBytes } from "../../../test/seeded-bytes.ts";
import { MemoryBudgetLedger } from "../../adapters/memory-budget-ledger.ts";
import { PrivacyAccountant } from "../budget/accountant.ts";
import { lastOfYear, tickOf } from "../release/epoch.ts";
import { answersOfYear, type GradedOutcome, gradeOf, type NoiseSource } from "./year-answers.ts";

const NEVER = new AbortController().signal;
const Q4 = lastOfYear(Q1);
const hierarchies = standardHierarchies();

function noiseSource(ledger = new MemoryBudgetLedger(), seed?: string): NoiseSource {
  const bytes = seed === undefined ? randomBytes : seededBytes(seed);
  return { accountant: new PrivacyAccountant(ledger, { randomBytes: bytes }), randomBytes: bytes };
}

function outcomes(count: number, changes: Partial<GradedOutcome> = {}): GradedOutcome[] {
  return Array.from({ length: count }, (_, index) => ({
    nullifier: `${index}`,
    group: `group-${index}`,
    finished: Q1 + (index % 4),
    scenario: "S21",
    grade: 8,
    isSatisfied: true,
    ...changes,
  }));
}

describe("gradeOf", () => {
  test("counts tens of points from -50 to 50", () => {
    expect([-50, -6, -4, 0, 4, 6, 50].map(gradeOf)).toEqual([0, 4, 5, 5, 5, 6, 10]);
  });
});

describe("answersOfYear", () => {
  test("answers nothing with an epoch that ends no year", async () => {
    const ledger = new MemoryBudgetLedger();
    const noise = { ...noiseSource(ledger), hierarchies };
    expect(await answersOfYear(Q1, outcomes(5), noise)).toBeUndefined();
    expect(await ledger.entries()).toEqual([]);
  });

  test("counts groups, grades and satisfaction of the year by family, within the noise", async () => {
    const given = [
      ...outcomes(5000),
      ...outcomes(4000, { finished: Q1 - 1 }),
      ...outcomes(4000, { scenario: "S01", group: "the same group" }),
    ];
    const answers = await answersOfYear(Q4, given, { ...noiseSource(), hierarchies });
    const valuesOf = (name: string) =>
      answers?.noised?.find(({ statistic }) => statistic === name)?.values ?? {};
    const family = hierarchies.familyOf("S21") as string;
    // Standard deviations at rho 1/20: 7 of a count, 41 of a sum; ten of them are never passed.
    expect(Math.abs((valuesOf("n")[family] as number) - 5000)).toBeLessThan(71);
    expect(Math.abs((valuesOf("sum")[family] as number) - 40_000)).toBeLessThan(410);
    expect(Math.abs((valuesOf("satisfied")[family] as number) - 5000)).toBeLessThan(71);
    // One group in a cell is below what a cell needs to be published, but for noise of seven deviations.
    expect(Object.keys(valuesOf("n"))).toEqual([family]);
    expect(answers?.budget).toMatchObject({ year: 2025, spentRho: "1/20", capLife: "1/4" });
  });

  test("gives no answer and says what was spent once five years are paid for", async () => {
    const noise = { ...noiseSource(), hierarchies };
    for (let year = 0; year < 5; year += 1) {
      const answers = await answersOfYear(Q4 + 4 * year, outcomes(9), noise);
      expect(answers?.noised).toHaveLength(3);
    }
    const sixth = await answersOfYear(Q4 + 20, outcomes(9), noise);
    expect(sixth).toMatchObject({ noised: [], budget: { year: 2030, spentRho: "0" } });
  });

  test("passes on what the ledger throws", async () => {
    const ledger = new MemoryBudgetLedger();
    const failure = new Error("disk");
    ledger.append = async () => Promise.reject(failure);
    const noise = { ...noiseSource(ledger), hierarchies };
    await expect(answersOfYear(Q4, outcomes(9), noise)).rejects.toBe(failure);
  });
});

describe("Releases with noise", () => {
  test("carry answers over what waits and what was sealed, with the release that ends the year", async () => {
    const noise = noiseSource(new MemoryBudgetLedger(), "releases");
    const { releases, clock, ledger } = await openReleases(undefined, undefined, noise);
    await releases.take("outcomes", engagements(300));
    moveTo(clock, tickOf(Q4));
    const bodies = (await releases.tick(NEVER)).map(({ body }) => decodeBody("outcome", body));
    expect(bodies.map(({ noised = [] }) => noised.length)).toEqual([0, 0, 0, 3]);
    expect(bodies.map(({ agent }) => agent?.sampler)).toEqual([
      undefined,
      undefined,
      undefined,
      "cks20-bigint/1",
    ]);
    // All 300 were sealed in the first quarter, so their grades come from what is kept of sealed records.
    expect(await Array.fromAsync(ledger.pending())).toEqual([]);
    const last = bodies.at(-1);
    const sum = last?.noised?.find(({ statistic }) => statistic === "sum")?.values ?? {};
    const exact = 300 * ((5 + 5 + 6 + 7 + 7) / 5);
    const [noisy] = Object.values(sum);
    expect(Math.abs((noisy as number) - exact)).toBeLessThan(410);
    expect(last?.budget).toMatchObject({ year: 2025, spentRho: "1/20" });
  });

  test("leave out what was taken back", async () => {
    const noise = noiseSource(new MemoryBudgetLedger(), "retracted");
    const { releases, clock, ledger } = await openReleases(undefined, undefined, noise);
    await releases.take("outcomes", engagements(300));
    moveTo(clock, tickOf(Q1));
    await releases.tick(NEVER);
    for await (const { bucketId } of ledger.buckets()) await releases.retract(bucketId, "legal");
    moveTo(clock, tickOf(Q4));
    const bodies = (await releases.tick(NEVER)).map(({ body }) => decodeBody("outcome", body));
    expect(bodies.at(-1)?.noised?.map(({ values = {} }) => values)).toEqual([{}, {}, {}]);
  });
});
