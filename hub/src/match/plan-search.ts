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

/** What plans are compared by. */
export interface PlanFigures {
  readonly covered: number;
  /** Providers with a scenario. */
  readonly contracts: number;
  /** Value less contracts and pairs. */
  readonly value: number;
  /** The worst scenario's 20 % quantile; over covered scenarios. */
  readonly cautious: number;
}

/** Who does which scenario; -1 where nobody can. */
export interface FoundPlan extends PlanFigures {
  readonly assignment: readonly number[];
  /** Providers with a scenario, ascending. */
  readonly used: readonly number[];
}

/** Prefers one plan to another: above 0 if `a` is better. */
export type Preference = (a: PlanFigures, b: PlanFigures) => number;

const BEAM_WIDTH = 50;
/** Sets up to this size are all looked at. */
export const EXACT_SIZE = 3;
const EPSILON = 1e-12;

/** Everything covered first, then value. */
export const byValue: Preference = (a, b) => a.covered - b.covered || a.value - b.value;

/** Everything covered first, then few providers, then value. */
export const byFewness: Preference = (a, b) =>
  a.covered - b.covered || b.contracts - a.contracts || a.value - b.value;

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
  const sets = new SetJudge(problem, criterion);
  let frontier: (readonly number[])[] = Array.from({ length: problem.providers }, (_, i) => [i]);
  const best = new Shortlist(prefers, 2);
  const mostUseful = Math.min(problem.providers, problem.scenarios);
  for (let size = 1; size <= mostUseful; size += 1) {
    const beam = new Shortlist(prefers, BEAM_WIDTH);
    const grows = size < mostUseful;
    for (const set of frontier) {
      const figures = sets.figuresOf(set);
      const make = () => sets.planOf(set);
      // A provider without a scenario is no part of a plan; the smaller set was looked at before.
      const isPlan =
        figures.contracts === size &&
        figures.covered > 0 &&
        figures.value > Number.NEGATIVE_INFINITY;
      if (isPlan) best.offer(figures, make);
      if (grows && size >= EXACT_SIZE) beam.offer(figures, make);
    }
    if (!grows) break;
    frontier =
      size < EXACT_SIZE
        ? frontier.flatMap((set) => larger(set, problem.providers))
        : grown(beam.plans, problem.providers);
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

/**
 * The best assignment within a set: each scenario to whoever does it best, since all else depends on the set alone. Most
 * sets are looked at for their figures only, which costs no memory.
 */
class SetJudge {
  readonly #problem: PlanProblem;
  /** By provider and scenario; NaN where the provider cannot do it. */
  readonly #values: Float64Array;
  readonly #cautious: Float64Array;
  readonly #criterion: Float64Array;
  /** By two providers. */
  readonly #pairs: Float64Array;

  constructor(problem: PlanProblem, criterion: Criterion) {
    const { providers, scenarios } = problem;
    this.#problem = problem;
    this.#values = new Float64Array(providers * scenarios).fill(Number.NaN);
    this.#cautious = this.#values.slice();
    this.#pairs = new Float64Array(providers * providers);
    for (let a = 0; a < providers; a += 1) {
      for (let scenario = 0; scenario < scenarios; scenario += 1) {
        const option = problem.option(a, scenario);
        if (option === undefined) continue;
        this.#values[a * scenarios + scenario] = option.value;
        this.#cautious[a * scenarios + scenario] = option.cautious;
      }
      for (let b = a + 1; b < providers; b += 1) {
        this.#pairs[a * providers + b] = problem.pair(a, b);
      }
    }
    this.#criterion = criterion === "value" ? this.#values : this.#cautious;
  }

  /** @param set Ascending. */
  figuresOf(set: readonly number[]): PlanFigures {
    const { scenarios, providers, contract } = this.#problem;
    let value = 0;
    let covered = 0;
    let cautious = Number.POSITIVE_INFINITY;
    /** Bits of the places of the set that have a scenario. */
    let used = 0;
    for (let scenario = 0; scenario < scenarios; scenario += 1) {
      const place = this.#bestPlace(set, scenario);
      if (place < 0) continue;
      const at = (set[place] as number) * scenarios + scenario;
      value += this.#values[at] as number;
      cautious = Math.min(cautious, this.#cautious[at] as number);
      covered += 1;
      used |= 1 << place;
    }
    let contracts = 0;
    for (let bits = used; bits !== 0; bits &= bits - 1) contracts += 1;
    value -= contract * contracts;
    for (let i = 0; i < set.length; i += 1) {
      if ((used & (1 << i)) === 0) continue;
      for (let j = i + 1; j < set.length; j += 1) {
        if ((used & (1 << j)) === 0) continue;
        value += this.#pairs[(set[i] as number) * providers + (set[j] as number)] as number;
      }
    }
    return { covered, contracts, value, cautious };
  }

  planOf(set: readonly number[]): FoundPlan {
    const assignment = Array.from({ length: this.#problem.scenarios }, (_, scenario) => {
      const place = this.#bestPlace(set, scenario);
      return place < 0 ? -1 : (set[place] as number);
    });
    const used = set.filter((provider) => assignment.includes(provider));
    return { assignment, used, ...this.figuresOf(set) };
  }

  /** Place in the set of who does the scenario best; -1 if nobody can. */
  #bestPlace(set: readonly number[], scenario: number): number {
    const { scenarios } = this.#problem;
    let place = -1;
    let best = Number.NaN;
    for (let i = 0; i < set.length; i += 1) {
      const value = this.#criterion[(set[i] as number) * scenarios + scenario] as number;
      if (Number.isNaN(value) || (place >= 0 && value <= best)) continue;
      place = i;
      best = value;
    }
    return place;
  }
}

/** The best plans, best first; of equal ones the earlier. */
class Shortlist {
  readonly #prefers: Preference;
  readonly #length: number;
  readonly plans: FoundPlan[] = [];

  constructor(prefers: Preference, length: number) {
    this.#prefers = prefers;
    this.#length = length;
  }

  /** @param make Makes the plan, if it is among the best. */
  offer(figures: PlanFigures, make: () => FoundPlan): void {
    const last = this.plans.at(-1);
    const isFull = this.plans.length >= this.#length;
    if (isFull && last !== undefined && this.#prefers(figures, last) <= 0) return;
    if (isFull) this.plans.pop();
    let at = this.plans.length;
    while (at > 0 && this.#prefers(figures, this.plans[at - 1] as FoundPlan) > 0) at -= 1;
    this.plans.splice(at, 0, make());
  }
}
