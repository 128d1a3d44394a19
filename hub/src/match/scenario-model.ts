/**
 * What is usual in a scenario: the baseline of each effect, and how outcomes spread within and between providers.
 *
 * @module
 */

import { type BandCounts, bandedQuantile, medianAndMad } from "./banded.ts";
import {
  borrowedTau2,
  DEFAULT_TAU2_SHARE,
  type Group,
  type Heterogeneity,
  heterogeneityOf,
  meanOfGroups,
} from "./heterogeneity.ts";
import { type BetaPrior, betaPriorOf, type YesNo } from "./satisfaction.ts";

/** Baseline of one effect in one scenario; points, positive is better. */
export interface KpiBaseline {
  readonly n: number;
  readonly median: number;
  /** Median absolute deviation; at least 1. */
  readonly mad: number;
  /** 30th percentile, standardised: it stands for outcomes that nobody measured. */
  readonly low: number;
}

export function kpiBaseline(counts: BandCounts): KpiBaseline {
  const { median, mad } = medianAndMad(counts);
  let n = 0;
  for (let band = 0; band < counts.length; band += 1) n += counts[band] as number;
  return { n, median, mad, low: (bandedQuantile(counts, UNMEASURED) - median) / mad };
}

/** Percentile of the scenario at which unmeasured outcomes enter. */
const UNMEASURED = 0.3;

/** Spread within a provider of a normal distribution whose MAD is 1: what is assumed where nothing is known. */
const NORMAL_WITHIN = 1.4826 ** 2;

/** Variance within providers as it is summed up: squares and degrees of freedom. */
export interface Within {
  squares: number;
  df: number;
}

/** Prior of outcomes: mean over providers, variance between them and within one. */
export interface Prior {
  readonly mean: number;
  readonly tau2: number;
  readonly within: number;
}

/** One scenario, or the records of a family that say no more. */
export interface ScenarioModel {
  /** By effect. */
  readonly baselines: ReadonlyMap<number, KpiBaseline>;
  /** Standardised outcome at which unmeasured ones enter. */
  readonly low: number;
  readonly within: number;
  readonly heterogeneity: Heterogeneity;
  readonly groups: readonly Group[];
  /** By effect, in points. */
  readonly kpiGroups: ReadonlyMap<number, KpiSpread>;
  readonly satisfaction: BetaPrior | undefined;
  /** Engagements of all buckets, those without a provider too. */
  readonly engagements: number;
}

/** Outcomes of one effect: by provider, and within them. */
export interface KpiSpread {
  readonly groups: Group[];
  readonly within: Within;
}

/** What a model is made of. */
export interface ScenarioSums {
  readonly baselines: ReadonlyMap<number, KpiBaseline>;
  readonly groups: readonly Group[];
  readonly within: Within;
  readonly kpiGroups: ReadonlyMap<number, KpiSpread>;
  readonly satisfied: readonly YesNo[];
  readonly engagements: number;
}

export function scenarioModel(sums: ScenarioSums): ScenarioModel {
  const { baselines, groups, satisfied, kpiGroups, engagements } = sums;
  let measured = 0;
  let low = 0;
  for (const baseline of baselines.values()) {
    measured += baseline.n;
    low += baseline.n * baseline.low;
  }
  const within = varianceOf(sums.within, NORMAL_WITHIN);
  return {
    baselines,
    low: measured === 0 ? 0 : low / measured,
    within,
    heterogeneity: heterogeneityOf(groups, within),
    groups,
    kpiGroups,
    satisfaction: betaPriorOf(satisfied),
    engagements,
  };
}

/** A scenario of which nothing is published. */
export const emptyModel: ScenarioModel = scenarioModel({
  baselines: new Map(),
  groups: [],
  within: { squares: 0, df: 0 },
  kpiGroups: new Map(),
  satisfied: [],
  engagements: 0,
});

/** Prior of standardised outcomes. @param wider Sums of the circles around the scenario, from the nearest. */
export function scenarioPrior(model: ScenarioModel, wider: readonly Heterogeneity[]): Prior {
  const { within, groups, heterogeneity } = model;
  const tau2 = borrowedTau2([heterogeneity, ...wider], DEFAULT_TAU2_SHARE * within);
  return { mean: meanOfGroups(groups, within, tau2), tau2, within };
}

/** Prior of one effect, in points; undefined if the scenario has no outcome of it. */
export function kpiPrior(model: ScenarioModel, kpi: number, ofScenario: Prior): Prior | undefined {
  const baseline = model.baselines.get(kpi);
  const spread = model.kpiGroups.get(kpi);
  if (baseline === undefined || spread === undefined) return undefined;
  const within = varianceOf(spread.within, model.within * baseline.mad ** 2);
  const own = heterogeneityOf(spread.groups, within);
  const tau2 = borrowedTau2([own], ofScenario.tau2 * baseline.mad ** 2);
  return { mean: meanOfGroups(spread.groups, within, tau2), tau2, within };
}

function varianceOf({ squares, df }: Within, otherwise: number): number {
  return df > 0 && squares > 0 ? squares / df : otherwise;
}
