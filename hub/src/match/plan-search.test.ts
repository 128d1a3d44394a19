import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  byCertainty,
  byFewness,
  byValue,
  type FoundPlan,
  type Option,
  type PlanProblem,
  type Preference,
  searchPlans,
} from "./plan-search.ts";

const PREFERENCES: readonly (readonly [string, Preference, "value" | "cautious"])[] = [
  ["value", byValue, "value"],
  ["few providers", byFewness, "value"],
  ["certainty", byCertainty, "cautious"],
];

/** A small problem with holes, ties and pairs that exclude each other. */
const problems = fc
  .record({
    scenarios: fc.integer({ min: 1, max: 3 }),
    providers: fc.integer({ min: 1, max: 5 }),
    seed: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 60, maxLength: 60 }),
  })
  .map(({ scenarios, providers, seed }): PlanProblem => {
    const at = (i: number) => seed[i % seed.length] as number;
    return {
      scenarios,
      providers,
      option: (provider, scenario) => {
        const value = at(provider * 7 + scenario);
        if (value === 0) return undefined;
        return { value: value / 12, cautious: at(provider * 5 + scenario * 3 + 1) - 6 };
      },
      pair: (a, b) => {
        const value = at(a * 11 + b * 13);
        return value === 12 ? Number.NEGATIVE_INFINITY : -value / 100;
      },
      contract: 0.08,
    };
  });

/** All assignments of providers to scenarios, and the best of them. */
function bruteForce(problem: PlanProblem, prefers: Preference): FoundPlan | undefined {
  let best: FoundPlan | undefined;
  const assignment: number[] = [];
  const visit = (scenario: number) => {
    if (scenario < problem.scenarios) {
      for (let provider = -1; provider < problem.providers; provider += 1) {
        if (provider >= 0 && problem.option(provider, scenario) === undefined) continue;
        assignment[scenario] = provider;
        visit(scenario + 1);
      }
      return;
    }
    const plan = valued(problem, [...assignment]);
    if (plan.covered === 0 || plan.value === Number.NEGATIVE_INFINITY) return;
    if (best === undefined || prefers(plan, best) > 0) best = plan;
  };
  visit(0);
  return best;
}

function valued(problem: PlanProblem, assignment: readonly number[]): FoundPlan {
  const used = [...new Set(assignment.filter((provider) => provider >= 0))].sort((a, b) => a - b);
  const options = assignment.flatMap((provider, scenario) =>
    provider < 0 ? [] : [problem.option(provider, scenario) as Option],
  );
  let value =
    options.reduce((sum, option) => sum + option.value, 0) - problem.contract * used.length;
  for (const a of used) for (const b of used) if (a < b) value += problem.pair(a, b);
  const cautious = Math.min(...options.map((option) => option.cautious));
  return {
    assignment,
    used,
    covered: options.length,
    contracts: used.length,
    value,
    cautious,
  };
}

describe("the search for plans", () => {
  test.each(PREFERENCES)(
    "by %s equals trying everything, for up to three scenarios",
    (_, prefers, criterion) => {
      fc.assert(
        fc.property(problems, (problem) => {
          const [found] = searchPlans(problem, prefers, criterion);
          const best = bruteForce(problem, prefers);
          expect(found === undefined).toBe(best === undefined);
          if (found === undefined || best === undefined) return;
          expect(found.covered).toBe(best.covered);
          if (prefers === byFewness) expect(found.used.length).toBe(best.used.length);
          if (prefers === byCertainty) expect(found.cautious).toBe(best.cautious);
          else expect(found.value).toBeCloseTo(best.value, 9);
          expect(found).toEqual({ ...valued(problem, found.assignment), value: found.value });
        }),
        { numRuns: 300, seed: 5 },
      );
    },
  );

  test("grows beyond three providers where each can do one thing only", () => {
    const problem: PlanProblem = {
      scenarios: 6,
      providers: 6,
      option: (provider, scenario) =>
        provider === scenario ? { value: 0.5, cautious: 0 } : undefined,
      pair: () => -0.01,
      contract: 0.08,
    };
    const [found] = searchPlans(problem, byValue);
    expect(found?.assignment).toEqual([0, 1, 2, 3, 4, 5]);
    expect(found?.value).toBeCloseTo(6 * 0.5 - 6 * 0.08 - 15 * 0.01, 9);
  });

  test("answers nothing where nobody can do anything", () => {
    const problem: PlanProblem = {
      scenarios: 2,
      providers: 3,
      option: () => undefined,
      pair: () => 0,
      contract: 0.08,
    };
    expect(searchPlans(problem, byValue)).toEqual([]);
  });
});
