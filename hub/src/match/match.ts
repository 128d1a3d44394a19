/**
 * Answers who did this for an enterprise like mine, and how sure that is.
 *
 * @module
 */

import type {
  KpiEvidence,
  MatchAnswer,
  MatchedProvider,
  NotCounted,
  ScenarioEvidence,
  ShareEstimate,
  UnrankedProvider,
} from "@tributary/proto";
import { bucketsOf, ownRows } from "./cell-buckets.ts";
import { type Candidate, type Field, fieldOf, type Knowledge } from "./contenders.ts";
import { type ChangedPlaces, changedPlaces, counterfactualsOf } from "./counterfactual.ts";
import { shownCount, shownMean, shownScore, shownShare } from "./disclosure.ts";
import type { Cell, Estimator, KpiEstimate } from "./estimate.ts";
import type { View } from "./evidence-base.ts";
import { type BucketPlace, kpiCells } from "./family-evidence.ts";
import { Z80 } from "./numbers.ts";
import { dayOf, type Question } from "./question.ts";
import { type Chance, chancePlace, drawChance, type Ranked, rank, scaleOf } from "./rank.ts";
import { KPI_CODES } from "./release.ts";
import { shareEstimate } from "./satisfaction.ts";
import { SCENARIO_CODES } from "./taxonomy.ts";
import { chanceSentence, rankedSentence } from "./wording.ts";

/** An answer without what it rests on. */
export type Matches = Omit<MatchAnswer, "coverage">;

const MOST_UNRANKED = 10;

/** Ranks providers for a demand. @param limit Providers wanted; 1 to 50. */
export function match(knowledge: Knowledge, question: Question, limit: number): Matches {
  const field = fieldOf(knowledge, question);
  const day = dayOf(question);
  const order = rank(field.ranked, day);
  const chance = drawChance(field.newcomers, scaleOf(field.ranked), day);
  const changed = changedPlaces(knowledge, question, field, order, day);
  const context = { knowledge, question, field, changed };
  const at = chance === undefined ? -1 : chancePlace(order.length, limit);
  const providers: MatchedProvider[] = [];
  for (let i = 0; providers.length < Math.min(limit, order.length + (chance ? 1 : 0)); ) {
    const place = providers.length + 1;
    if (chance !== undefined && place === at + 1)
      providers.push(chanceView(chance, place, context));
    else {
      providers.push(rankedView(order[i] as Ranked<Candidate>, place, i + 1, context));
      i += 1;
    }
  }
  return {
    providers,
    unranked: unrankedOf(field, chance),
    ranked: order.length,
    leftOut: [...field.leftOut].map(([lacking, count]) => ({ lacking, count })),
  };
}

interface Context {
  readonly knowledge: Knowledge;
  readonly question: Question;
  readonly field: Field;
  readonly changed: ChangedPlaces;
}

function rankedView(
  ranked: Ranked<Candidate>,
  place: number,
  rankedPlace: number,
  context: Context,
): MatchedProvider {
  const { contender, parts, score, band } = ranked;
  const { demand, view } = context.question;
  const evidence = context.field.estimators.flatMap((estimator, i) => {
    const cell = contender.cells[i];
    return cell?.isRanked ? [evidenceView(cell, estimator, context)] : [];
  });
  const notCounted = notCountedOf(contender, context.knowledge, view);
  return {
    ...headOf(contender),
    place,
    band,
    standing: "ranked",
    score: shownScore(score),
    parts: {
      outcome: shownScore(parts.outcome),
      fit: shownScore(parts.fit),
      comparable: shownScore(parts.comparable),
      satisfaction: shownScore(parts.satisfaction),
    },
    evidence,
    notCounted,
    counterfactuals: counterfactualsOf(ranked, rankedPlace, context.changed),
    because: rankedSentence({ demand, evidence, notCounted }),
  };
}

function chanceView(
  { contender }: Chance<Candidate>,
  place: number,
  { knowledge, question }: Context,
): MatchedProvider {
  return {
    ...headOf(contender),
    place,
    band: 0,
    standing: "chance",
    // What was drawn says nothing of the provider.
    score: 0,
    parts: { outcome: 0, fit: 0, comparable: 0, satisfaction: 0 },
    evidence: [],
    notCounted: notCountedOf(contender, knowledge, question.view),
    counterfactuals: [],
    because: chanceSentence(question.demand),
  };
}

function headOf({ provider }: Candidate) {
  return { providerId: provider.id, name: provider.name, records: provider.refs };
}

function evidenceView(
  cell: Cell,
  estimator: Estimator,
  { question: { view } }: Context,
): ScenarioEvidence {
  const { family, model } = estimator;
  const kpi = mainKpi(cell, estimator);
  const { answers } = cell;
  const rows = ownRows(cell, estimator);
  return {
    scenario: SCENARIO_CODES[cell.scenario] as string,
    engagements: shownCount(cell.engagements, view),
    comparable: shownMean(cell.comparable),
    measuredShare: shownShare(cell.measuredShare),
    kpi: kpi && kpiView(kpi),
    centers: new Set(rows.map((row) => family.center[row])).size,
    largestCenterShare: shownShare(cell.largestShare),
    ownOperator: cell.hasOwnOperator,
    satisfied:
      model?.satisfaction === undefined || answers.all === 0
        ? undefined
        : shareView(shareEstimate(model.satisfaction, answers)),
    buckets: bucketsOf(cell, estimator),
  };
}

function shareView({ estimate, low, high }: ShareEstimate): ShareEstimate {
  return { estimate: shownShare(estimate), low: shownShare(low), high: shownShare(high) };
}

/** The effect that most of the cell's engagements have measured. */
function mainKpi(cell: Cell, estimator: Estimator): KpiEstimate | undefined {
  const counts = new Map<number, number>();
  for (const row of ownRows(cell, estimator)) {
    for (const { kpi, n } of kpiCells(estimator.family.places[row] as BucketPlace)) {
      counts.set(kpi, (counts.get(kpi) ?? 0) + n);
    }
  }
  const [most] = [...counts].sort(([a, n], [b, m]) => m - n || a - b);
  return most && estimator.kpi(cell, most[0]);
}

function kpiView({ kpi, raw, usual, posterior: { mean, sd } }: KpiEstimate): KpiEvidence {
  return {
    kpi: KPI_CODES[kpi] as string,
    observed: shownMean(raw),
    estimate: shownMean(mean),
    low: shownMean(mean - Z80 * sd),
    high: shownMean(mean + Z80 * sd),
    usual: shownMean(usual),
  };
}

function notCountedOf(
  { provider, cells }: Candidate,
  { cases }: Knowledge,
  view: View,
): readonly NotCounted[] {
  const unmeasured = cells.reduce(
    (sum, cell) => sum + (cell?.isRanked ? cell.engagements - cell.measured : 0),
    0,
  );
  const counts: readonly (readonly [what: string, count: number])[] = [
    ["claimed_cases", provider.claimedCases],
    ["self_reported_cases", cases.selfReported(provider.id, view)],
    ["unmeasured", unmeasured],
  ];
  return counts
    .filter(([, count]) => count > 0)
    .map(([what, count]) => ({
      what,
      // What a provider claims is no secret; what buckets say is banded.
      count: shownCount(count, what === "unmeasured" ? view : "members"),
    }));
}

/** Those who fit and cannot be ranked, but for the one that got a chance. */
function unrankedOf(
  { newcomers }: Field,
  chance: Chance<Candidate> | undefined,
): readonly UnrankedProvider[] {
  return newcomers
    .filter((candidate) => candidate !== chance?.contender)
    .sort((a, b) => b.fit - a.fit || (a.id < b.id ? -1 : 1))
    .slice(0, MOST_UNRANKED)
    .map((candidate) => ({ ...headOf(candidate), fit: shownScore(candidate.fit) }));
}
