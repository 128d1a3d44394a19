/**
 * Three plans for a demand of several scenarios: best value, fewest providers, most certain.
 *
 * Value: the probability that each scenario succeeds, less 0.08 a contract, less 0.05 a pair whose interfaces are not
 * known to fit, plus a little for pairs that have worked together, less what a scenario is over its equal share of the
 * budget. Nothing is known of capacity, and no record says that two providers exclude each other.
 *
 * @module
 */

import type { PlanAnswer, ProviderPair, Sentence, SolutionPlan } from "@tributary/proto";
import { bucketsOf } from "./cell-buckets.ts";
import { type Candidate, costsOf, fieldOf, type Knowledge } from "./contenders.ts";
import { shownMean, shownScore, shownShare } from "./disclosure.ts";
import type { Cell, Estimator } from "./estimate.ts";
import { typicalCost } from "./must-haves.ts";
import { normalShareBelow, Z20 } from "./numbers.ts";
import {
  byCertainty,
  byFewness,
  byValue,
  EXACT_SIZE,
  type FoundPlan,
  type Option,
  type PlanProblem,
  searchPlans,
} from "./plan-search.ts";
import { planChange, planSentence } from "./plan-wording.ts";
import type { Question } from "./question.ts";
import { SCENARIO_CODES } from "./taxonomy.ts";

/** An answer without what it rests on. */
export type Plans = Omit<PlanAnswer, "coverage">;

const CONTRACT = 0.08;
const UNKNOWN_PAIR = 0.05;
/** Of `ln(1 + joint verified engagements)`, and the most a pair earns: with two others it never pays for a contract. */
const JOINT = 0.02;
const MOST_JOINT = 0.04;
/** Candidates a scenario, and all in all. */
const PER_SCENARIO = 12;
const MOST_CANDIDATES = 40;

/** Proposes plans for a demand. */
export function plan(knowledge: Knowledge, question: Question): Plans {
  const { estimators, ranked } = fieldOf(knowledge, question);
  const options = ranked.map((candidate) =>
    estimators.map((estimator, i) => optionOf(candidate.cells[i], estimator, question)),
  );
  const chosen = shortlist(options, estimators.length);
  const candidates = chosen.map((i) => ranked[i] as Candidate);
  const problem: PlanProblem = {
    scenarios: estimators.length,
    providers: chosen.length,
    option: (provider, scenario) => options[chosen[provider] as number]?.[scenario],
    pair: pairValues(candidates, knowledge, question),
    contract: CONTRACT,
  };
  const context = { problem, candidates, estimators, knowledge, question };
  return {
    plans: [
      ...planView("best_value", searchPlans(problem, byValue), context),
      ...planView("fewest_providers", searchPlans(problem, byFewness), context),
      ...planView("most_certain", searchPlans(problem, byCertainty, "cautious"), context),
    ],
    uncovered: estimators
      .filter((_, scenario) => chosen.every((i) => options[i]?.[scenario] === undefined))
      .map(({ scenario }) => SCENARIO_CODES[scenario] as string),
  };
}

interface PlanOption extends Option {
  readonly success: number;
}

function optionOf(
  cell: Cell | undefined,
  estimator: Estimator,
  { demand }: Question,
): PlanOption | undefined {
  if (cell === undefined || !cell.isRanked) return undefined;
  const { mean, sd } = cell.posterior;
  // Outcomes are standardised: 0 is the median of the scenario.
  const success = normalShareBelow(mean / Math.sqrt(sd * sd + estimator.prior.within));
  const share =
    demand.budgetCny === undefined ? undefined : demand.budgetCny / demand.scenarios.length;
  const cost = share === undefined ? undefined : typicalCost(costsOf([cell], [estimator]));
  const over = share === undefined || cost === undefined ? 0 : Math.max(0, cost - share) / share;
  return { value: success - Math.min(1, over), cautious: mean - Z20 * sd, success };
}

/** The best twelve of each scenario, by turns until there are forty. */
function shortlist(options: readonly (readonly (Option | undefined)[])[], scenarios: number) {
  const best = Array.from({ length: scenarios }, (_, scenario) =>
    options
      .map((of, i) => ({ i, value: of[scenario]?.value }))
      .filter((one): one is { i: number; value: number } => one.value !== undefined)
      .sort((a, b) => b.value - a.value || a.i - b.i)
      .slice(0, PER_SCENARIO),
  );
  const chosen = new Set<number>();
  for (let turn = 0; turn < PER_SCENARIO; turn += 1) {
    for (const of of best) {
      const next = of[turn];
      if (next !== undefined && chosen.size < MOST_CANDIDATES) chosen.add(next.i);
    }
  }
  return [...chosen];
}

/** What each pair adds, computed once. */
function pairValues(
  candidates: readonly Candidate[],
  { cases }: Knowledge,
  { view }: Question,
): PlanProblem["pair"] {
  const values = candidates.map((a) =>
    candidates.map((b) => {
      const joint = cases.joint(a.id, b.id, view);
      const isKnown = joint > 0 || sharesInterface(a, b);
      return Math.min(MOST_JOINT, JOINT * Math.log1p(joint)) - (isKnown ? 0 : UNKNOWN_PAIR);
    }),
  );
  return (a, b) => (values[a] as number[])[b] as number;
}

function sharesInterface({ provider: a }: Candidate, { provider: b }: Candidate): boolean {
  return !a.interfaces.isDisjointFrom(b.interfaces);
}

interface Context {
  readonly problem: PlanProblem;
  readonly candidates: readonly Candidate[];
  readonly estimators: readonly Estimator[];
  readonly knowledge: Knowledge;
  readonly question: Question;
}

function planView(
  kind: SolutionPlan["kind"],
  [best, next]: readonly FoundPlan[],
  context: Context,
): SolutionPlan[] {
  if (best === undefined) return [];
  const { candidates, estimators, problem } = context;
  const assignments = best.assignment.flatMap((provider, scenario) => {
    if (provider < 0) return [];
    const { id, provider: of, cells } = candidates[provider] as Candidate;
    const estimator = estimators[scenario] as Estimator;
    const option = problem.option(provider, scenario) as PlanOption;
    return [
      {
        scenario: SCENARIO_CODES[estimator.scenario] as string,
        providerId: id,
        name: of.name,
        success: shownShare(option.success),
        cautious: shownMean(option.cautious),
        buckets: bucketsOf(cells[scenario] as Cell, estimator),
      },
    ];
  });
  return [
    {
      kind,
      assignments,
      value: shownScore(best.value),
      pairs: pairsOf(best, context),
      exact: problem.scenarios <= EXACT_SIZE || problem.providers <= EXACT_SIZE,
      changes: changesOf(best, next, context),
      because: planSentence(kind, assignments, best.used.length),
    },
  ];
}

function pairsOf(
  { used }: FoundPlan,
  { candidates, knowledge, question }: Context,
): readonly ProviderPair[] {
  return used.flatMap((i, at) =>
    used.slice(at + 1).map((j) => {
      const [a, b] = [candidates[i] as Candidate, candidates[j] as Candidate];
      const joint = knowledge.cases.joint(a.id, b.id, question.view);
      const relation = joint > 0 || sharesInterface(a, b) ? "compatible" : "unknown";
      return { a: a.id, b: b.id, relation, joint };
    }),
  );
}

/** The next best set of providers, and how much value would have to change for it. */
function changesOf(
  best: FoundPlan,
  next: FoundPlan | undefined,
  { candidates }: Context,
): readonly Sentence[] {
  if (next === undefined) return [];
  const names = (plan: FoundPlan) =>
    plan.used.map((i) => (candidates[i] as Candidate).provider.name);
  return [planChange(names(next), shownScore(best.value - next.value))];
}
