/**
 * From a question to those who could be ranked: hard filters, evidence by scenario, fit.
 *
 * @module
 */

import { type MatchDemand, urnOf } from "@tributary/proto";
import type { CaseTable } from "./cases.ts";
import { type Comparison, monthOf } from "./comparability.ts";
import {
  type Cell,
  type CenterFacts,
  Estimator,
  type Posterior,
  priorPosterior,
} from "./estimate.ts";
import type { EvidenceBase } from "./evidence-base.ts";
import { type Fit, fitFor } from "./fit.ts";
import { isBeyondBudget, type Lacking, lackingOf } from "./must-haves.ts";
import type { Provider, ProviderTable } from "./providers.ts";
import { dayOf, type Question } from "./question.ts";
import type { Contender } from "./rank.ts";
import { COST_BANDS } from "./release.ts";
import { shareMean, type YesNo } from "./satisfaction.ts";
import { scenarioNumber } from "./taxonomy.ts";

/** Everything that matching knows. */
export interface Knowledge {
  readonly base: EvidenceBase;
  readonly providers: ProviderTable;
  readonly cases: CaseTable;
  /** What a center record says, by center. */
  readonly centers: ReadonlyMap<string, CenterFacts>;
}

/** A provider for a question. */
export interface Candidate extends Contender {
  readonly provider: Provider;
  /** One for each demanded scenario; undefined without any evidence in its family. */
  readonly cells: readonly (Cell | undefined)[];
  /** True if some scenario has enough evidence. */
  readonly isRanked: boolean;
  /** Counts of its engagements in the demanded scenarios by cost band; zeros where the demand has no budget. */
  readonly costs: readonly number[];
  /** Similarity of its nearest verified case to the pains; 0 to 1. */
  readonly similarity: number;
  /** Mean comparability of the size of its engagements; undefined without engagements. */
  readonly size: number | undefined;
}

/** Who comes into question. */
export interface Field {
  readonly estimators: readonly Estimator[];
  readonly ranked: readonly Candidate[];
  /** Not enough evidence to be ranked. */
  readonly newcomers: readonly Candidate[];
  readonly leftOut: ReadonlyMap<Lacking, number>;
}

/** Estimators of the demanded scenarios. @param comparison Default: that of the demand. */
export function estimatorsOf(
  { base, centers }: Knowledge,
  { demand, view, nowMs }: Question,
  comparison: Comparison = comparisonOf(demand),
): readonly Estimator[] {
  const facts = Array.from(
    { length: base.centers },
    (_, number): CenterFacts => centers.get(base.center(number)) ?? UNKNOWN_CENTER,
  );
  const of = {
    comparison,
    nowMonth: monthOf(nowMs),
    centers: facts,
    operators: facts.map(({ operatorUscc }) =>
      operatorUscc ? base.providerNumber(operatorUscc) : -1,
    ),
  };
  return demand.scenarios.map(
    (code) => new Estimator(base.evidence(view), scenarioNumber(code) as number, of),
  );
}

const UNKNOWN_CENTER: CenterFacts = { region: undefined, operatorUscc: undefined };

export function comparisonOf({ industry, sizeBand, region }: MatchDemand): Comparison {
  return {
    industry: industry || undefined,
    sizeBand: sizeBand || undefined,
    region: region || undefined,
  };
}

/** Finds the field of a question. */
export function fieldOf(knowledge: Knowledge, question: Question): Field {
  const { base } = knowledge;
  const { demand } = question;
  const estimators = estimatorsOf(knowledge, question);
  const similarity = similarities(knowledge, question);
  const leftOut = new Map<Lacking, number>();
  const today = dayOf(question);
  const fit = fitFor(demand);
  const ranked: Candidate[] = [];
  const newcomers: Candidate[] = [];
  const leaveOut = (lacking: Lacking) => leftOut.set(lacking, (leftOut.get(lacking) ?? 0) + 1);
  for (const provider of found(knowledge, question, estimators, similarity)) {
    const lacking = lackingOf(provider, demand, today);
    if (lacking !== undefined) {
      leaveOut(lacking);
      continue;
    }
    const number = base.providerNumber(provider.id);
    const candidate = candidateOf(
      provider,
      estimators.map((estimator) => estimator.cell(number)),
      estimators,
      { demand, fit },
      similarity.get(provider.id) ?? 0,
    );
    const { budgetCny } = demand;
    if (budgetCny !== undefined && isBeyondBudget(candidate.costs, budgetCny)) leaveOut("budget");
    else if (candidate.isRanked) ranked.push(candidate);
    else newcomers.push(candidate);
  }
  return { estimators, ranked, newcomers, leftOut };
}

/** Providers that are listed with a demanded scenario, have evidence of one, or were found by the text. */
function found(
  { base, providers }: Knowledge,
  { view, hits }: Question,
  estimators: readonly Estimator[],
  similarity: ReadonlyMap<string, number>,
): ReadonlySet<Provider> {
  const all = new Set<Provider>();
  const add = (id: string | undefined) => {
    const provider = id === undefined ? undefined : providers.get(id, view);
    if (provider !== undefined) all.add(provider);
  };
  for (const { scenario, family } of estimators) {
    for (const provider of providers.withScenario(scenario, view)) all.add(provider);
    for (const number of family.providersOf.get(scenario) ?? []) add(base.provider(number));
  }
  for (const { ref } of hits.providers) add(providers.idOf(ref));
  for (const id of similarity.keys()) add(id);
  return all;
}

function candidateOf(
  provider: Provider,
  cells: readonly (Cell | undefined)[],
  estimators: readonly Estimator[],
  { demand, fit }: { readonly demand: MatchDemand; readonly fit: Fit },
  similarity: number,
): Candidate {
  const costs = demand.budgetCny === undefined ? NO_COSTS : costsOf(cells, estimators);
  const own = cells.filter((cell) => cell !== undefined);
  const sized = own.filter(({ engagements }) => engagements > 0);
  const size =
    sized.length === 0
      ? undefined
      : sized.reduce((sum, { sizeFit }) => sum + sizeFit, 0) / sized.length;
  return {
    id: provider.id,
    provider,
    cells,
    costs,
    isRanked: own.some(({ isRanked }) => isRanked),
    posterior: posteriorOf(cells, estimators),
    comparable: own.reduce((sum, cell) => sum + (cell.isRanked ? cell.comparable : 0), 0),
    satisfaction: satisfactionOf(cells, estimators),
    similarity,
    size,
    fit: fit(provider, { similarity, size, costs }),
  };
}

/** Mean over the demanded scenarios; one without evidence enters as what is usual, with all its uncertainty. */
export function posteriorOf(
  cells: readonly (Cell | undefined)[],
  estimators: readonly Estimator[],
): Posterior {
  const posteriors = estimators.map(({ prior }, i) => cells[i]?.posterior ?? priorPosterior(prior));
  const count = posteriors.length;
  return {
    mean: posteriors.reduce((sum, { mean }) => sum + mean, 0) / count,
    sd: Math.sqrt(posteriors.reduce((sum, { sd }) => sum + sd * sd, 0)) / count,
  };
}

const NO_ANSWERS: YesNo = { yes: 0, all: 0 };

/** Mean over the scenarios whose satisfaction is known of anybody. */
function satisfactionOf(
  cells: readonly (Cell | undefined)[],
  estimators: readonly Estimator[],
): number {
  const shares = estimators.flatMap((estimator, i) => {
    const prior = estimator.model?.satisfaction;
    if (prior === undefined) return [];
    const cell = cells[i];
    return [shareMean(prior, cell?.isRanked ? cell.answers : NO_ANSWERS)];
  });
  return shares.length === 0 ? 0 : shares.reduce((a, b) => a + b, 0) / shares.length;
}

const NO_COSTS: readonly number[] = new Array<number>(COST_BANDS).fill(0);

/** Counts of engagements by cost band, over the cells of the demanded scenarios. */
export function costsOf(
  cells: readonly (Cell | undefined)[],
  estimators: readonly Estimator[],
): readonly number[] {
  const costs = new Array<number>(COST_BANDS).fill(0);
  for (const [i, estimator] of estimators.entries()) {
    const cell = cells[i];
    if (cell !== undefined) addCosts(costs, cell, estimator);
  }
  return costs;
}

function addCosts(costs: number[], cell: Cell, { family }: Estimator): void {
  for (let row = cell.firstRow; row < cell.endRow; row += 1) {
    if (family.scenario[row] !== cell.scenario) continue;
    const { columns, row: of } = family.places[row] as (typeof family.places)[number];
    for (let band = 0; band < COST_BANDS; band += 1) {
      costs[band] = (costs[band] as number) + (columns.cost[of * COST_BANDS + band] as number);
    }
  }
}

/** Similarity of each provider's nearest verified case to the pains; the nearest case of all is 1. */
function similarities({ cases }: Knowledge, { hits, view }: Question): ReadonlyMap<string, number> {
  const known = hits.cases.map(({ ref, score }) => ({
    score,
    providers: cases.verifiedProviders(urnOf(ref), view),
  }));
  const found = known.filter(({ providers }) => providers.length > 0);
  const best = Math.max(0, ...found.map(({ score }) => score));
  const similarity = new Map<string, number>();
  if (best <= 0) return similarity;
  for (const { score, providers } of found) {
    for (const id of providers) {
      similarity.set(id, Math.max(similarity.get(id) ?? 0, Math.max(0, score) / best));
    }
  }
  return similarity;
}
