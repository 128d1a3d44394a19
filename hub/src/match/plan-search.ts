/**
 * Which few providers together cover several scenarios best. Sets of up to three are all looked at; larger ones are
 * grown from the best by beam search (Lowerre 1976).
 *
 * @module
 */

/** What the search knows of one provider for one scenario. */
export interface Option {
  /** Value of the assignment: probability of success less what it is over its share of the budget. */
  readonly value: number;
  /** 20 % quantile of the outcome. */
  readonly cautious: number;
}

/** A problem in numbers: providers and scenarios are positions. */
export interface PlanProblem {
  readonly scenarios: number;
  readonly providers: number;
  /** Undefined where the provider cannot do the scenario. */
  option(provider: number, scenario: number): Option | undefined;
  /** What two providers in one plan add; negative where it costs; -Infinity where they exclude each other. */
  pair(a: number, b: number): number;
  /** Cost of one more contract. */
  readonly contract: number;
}

/** Who does which scenario; -1 where nobody can. */
export interface FoundPlan {
  readonly assignment: readonly number[];
  /** Providers with a scenario, ascending. */
  readonly used: readonly number[];
  readonly covered: number;
  /** Value less contracts and pairs. */
  readonly value: number;
  /** The worst scenario's 20 % quantile; over covered scenarios. */
  readonly cautious: number;
}

/** Prefers one plan to another: above 0 if `a` is better. */
export type Preference = (a: FoundPlan, b: FoundPlan) => number;

const BEAM_WIDTH = 50;
/** Sets up to this size are all looked at. */
export const EXACT_SIZE = 3;
const EPSILON = 1e-12;

/** Everything covered first, then value. */
export const byValue: Preference = (a, b) => a.covered - b.covered || a.value - b.value;

/** Everything covered first, then few providers, then value. */
export const byFewness: Preference = (a, b) =>
  a.covered - b.covered || b.used.length - a.used.length || a.value - b.value;

/** Everything covered first, then the worst scenario, then value. */
export const byCertainty: Preference = (a, b) =>
  a.covered - b.covered || near(a.cautious - b.cautious) || a.value - b.value;

function near(difference: number): number {
  return Math.abs(difference) < EPSILON ? 0 : difference;
}

/** By what each scenario is assigned within a set: its value, or its certainty. */
type Criterion = "value" | "cautious";

/** The best plan, and the best that uses other providers; empty if nobody can do anything. */
export function searchPlans(
  problem: PlanProblem,
  prefers: Preference,
  criterion: Criterion = "value",
): readonly FoundPlan[] {
  let frontier: (readonly number[])[] = Array.from({ length: problem.providers }, (_, i) => [i]);
  const best = new Best(prefers);
  const mostUseful = Math.min(problem.providers, problem.scenarios);
  for (let size = 1; size <= mostUseful; size += 1) {
    const found: FoundPlan[] = [];
    for (const set of frontier) {
      const plan = planOf(problem, set, criterion);
      // A provider without a scenario is no part of a plan; the smaller set was looked at before.
      if (plan.used.length === size && plan.value > Number.NEGATIVE_INFINITY) best.offer(plan);
      if (size >= EXACT_SIZE) found.push(plan);
    }
    if (size < EXACT_SIZE) frontier = frontier.flatMap((set) => larger(set, problem.providers));
    else {
      const kept = found.sort((a, b) => prefers(b, a)).slice(0, BEAM_WIDTH);
      frontier = grown(kept, problem.providers);
    }
  }
  return best.plans;
}

/** Sets with one more provider behind the last: each set once. */
function larger(set: readonly number[], providers: number): number[][] {
  const sets: number[][] = [];
  for (let next = (set.at(-1) as number) + 1; next < providers; next += 1)
    sets.push([...set, next]);
  return sets;
}

function grown(kept: readonly FoundPlan[], providers: number): number[][] {
  const sets = new Map<string, number[]>();
  for (const { used } of kept) {
    for (let next = 0; next < providers; next += 1) {
      if (used.includes(next)) continue;
      const set = [...used, next].sort((a, b) => a - b);
      sets.set(set.join(), set);
    }
  }
  return [...sets.values()];
}

/** The best assignment within a set: each scenario to whoever does it best, since all else depends on the set alone. */
export function planOf(
  problem: PlanProblem,
  set: readonly number[],
  criterion: Criterion,
): FoundPlan {
  const assignment: number[] = [];
  let value = 0;
  let covered = 0;
  let cautious = Number.POSITIVE_INFINITY;
  for (let scenario = 0; scenario < problem.scenarios; scenario += 1) {
    let chosen = -1;
    let option: Option | undefined;
    for (const provider of set) {
      const other = problem.option(provider, scenario);
      if (other === undefined || (option && other[criterion] <= option[criterion])) continue;
      chosen = provider;
      option = other;
    }
    assignment.push(chosen);
    if (option === undefined) continue;
    value += option.value;
    covered += 1;
    cautious = Math.min(cautious, option.cautious);
  }
  const used = set.filter((provider) => assignment.includes(provider)).sort((a, b) => a - b);
  value -= problem.contract * used.length;
  for (const [i, a] of used.entries()) {
    for (const b of used.slice(i + 1)) value += problem.pair(a, b);
  }
  return { assignment, used, covered, value, cautious };
}

/** The best plan and the best one with other providers. */
class Best {
  readonly #prefers: Preference;
  #first: FoundPlan | undefined;
  #second: FoundPlan | undefined;

  constructor(prefers: Preference) {
    this.#prefers = prefers;
  }

  get plans(): readonly FoundPlan[] {
    return [this.#first, this.#second].filter((plan) => plan !== undefined);
  }

  offer(plan: FoundPlan): void {
    if (plan.covered === 0) return;
    if (this.#first === undefined || this.#prefers(plan, this.#first) > 0) {
      this.#second = this.#first;
      this.#first = plan;
    } else if (this.#second === undefined || this.#prefers(plan, this.#second) > 0) {
      this.#second = plan;
    }
  }
}
