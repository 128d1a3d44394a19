/**
 * What would change an order: the demand without one of its conditions, or other weights.
 *
 * @module
 */

import type { Counterfactual, MatchDemand } from "@tributary/proto";
import {
  type Candidate,
  comparisonOf,
  estimatorsOf,
  type Field,
  type Knowledge,
  posteriorOf,
} from "./contenders.ts";
import { fitFor } from "./fit.ts";
import type { Question } from "./question.ts";
import { type Contender, type Ranked, rank, WEIGHTS, type Weights } from "./rank.ts";
import { counterfactualText } from "./wording.ts";

type Change =
  | "any_region"
  | "any_industry"
  | "any_size"
  | "any_pains"
  | "outcome_only"
  | "fit_doubled";

const OTHER_WEIGHTS: Partial<Record<Change, Weights>> = {
  outcome_only: { outcome: 1, fit: 0, comparable: 0, satisfaction: 0 },
  fit_doubled: { ...WEIGHTS, fit: 2 * WEIGHTS.fit },
};

/** Places after each change of the providers that were compared. */
export type ChangedPlaces = ReadonlyMap<Change, ReadonlyMap<string, number>>;

/** Most that a provider is told. */
const MOST_TOLD = 2;

/** Providers that are ranked again: whoever is far behind all of them does not come to the first places by one change. */
const COMPARED = 100;

/** Ranks the first providers again for each change that the demand allows. @param order Best first. */
export function changedPlaces(
  knowledge: Knowledge,
  question: Question,
  field: Field,
  order: readonly Ranked<Candidate>[],
  day: string,
): ChangedPlaces {
  const first = order.slice(0, COMPARED).map(({ contender }) => contender);
  const { industry, sizeBand, region, pains } = question.demand;
  const changes: readonly (readonly [Change, boolean])[] = [
    ["any_region", region !== ""],
    ["any_industry", industry !== ""],
    ["any_size", sizeBand !== ""],
    ["any_pains", pains !== ""],
    ["outcome_only", true],
    ["fit_doubled", true],
  ];
  return new Map(
    changes
      .filter(([, isAsked]) => isAsked)
      .map(([change]) => {
        const candidates = changedField(knowledge, question, field, first, change);
        const changed = rank(candidates, day, OTHER_WEIGHTS[change]);
        return [change, new Map(changed.map(({ contender }, i) => [contender.id, i + 1]))];
      }),
  );
}

/** The changes that move a provider the most. @param place Its place among the ranked ones. */
export function counterfactualsOf(
  { contender }: Ranked<Candidate>,
  place: number,
  changed: ChangedPlaces,
): readonly Counterfactual[] {
  return [...changed]
    .map(([change, places]) => ({ change, place: places.get(contender.id) ?? place }))
    .filter((one) => one.place !== place)
    .sort((a, b) => Math.abs(b.place - place) - Math.abs(a.place - place))
    .slice(0, MOST_TOLD)
    .map((one) => ({ ...one, text: counterfactualText(one.change, place, one.place) }));
}

const WITHOUT: Partial<Record<Change, Partial<MatchDemand>>> = {
  any_region: { region: "" },
  any_industry: { industry: "" },
  any_size: { sizeBand: "" },
  any_pains: { pains: "" },
};

function changedField(
  knowledge: Knowledge,
  question: Question,
  field: Field,
  first: readonly Candidate[],
  change: Change,
): readonly Contender[] {
  const without = WITHOUT[change];
  if (without === undefined) return first;
  const demand = { ...question.demand, ...without };
  const isCompared = change !== "any_pains";
  const estimators = isCompared
    ? estimatorsOf(knowledge, question, comparisonOf(demand))
    : field.estimators;
  const fitOf = fitFor(demand);
  return first.map((candidate) => {
    const { id, provider, satisfaction } = candidate;
    const fit = fitOf(provider, candidate);
    if (!isCompared) {
      const { posterior, comparable } = candidate;
      return { id, satisfaction, fit, posterior, comparable };
    }
    const cells = estimators.map((estimator, i) => {
      const cell = candidate.cells[i];
      return cell && estimator.cell(cell.provider);
    });
    let comparable = 0;
    for (const cell of cells) if (cell?.isRanked) comparable += cell.comparable;
    return { id, satisfaction, fit, posterior: posteriorOf(cells, estimators), comparable };
  });
}
