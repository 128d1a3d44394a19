/**
 * The order of providers:
 * `.55 z(mean - .5 sd) + .25 fit + .10 z(ln comparable engagements) + .10 satisfaction`.
 *
 * Providers that the evidence cannot tell apart are one band, whose order changes with the day.
 *
 * @module
 */

import type { ScoreParts } from "@tributary/proto";
import type { Posterior } from "./estimate.ts";
import { seededNormal, seededUniform, spreadOf } from "./numbers.ts";

/** What a provider is ranked by. */
export interface Contender {
  readonly id: string;
  /** Standardised outcome over the demanded scenarios. */
  readonly posterior: Posterior;
  /** 0 to 1. */
  readonly fit: number;
  /** Engagements like the demand that the evidence comes to; above 0. */
  readonly comparable: number;
  /** Share of satisfied enterprises, shrunk; 0 where the scenario knows of none. */
  readonly satisfaction: number;
}

/** Weights of the parts. */
export interface Weights {
  readonly outcome: number;
  readonly fit: number;
  readonly comparable: number;
  readonly satisfaction: number;
}

export const WEIGHTS: Weights = { outcome: 0.55, fit: 0.25, comparable: 0.1, satisfaction: 0.1 };

/** Caution: so many standard deviations are taken off a mean. */
const CAUTION = 0.5;
/** Scores within so many standard deviations of the leader of a band are a tie. */
const TIE = 0.25;
/** The places among which one is given by lot. */
const CHANCE_PLACES = 10;

/** A provider at its place. */
export interface Ranked<C extends Contender> {
  readonly contender: C;
  readonly score: number;
  readonly parts: ScoreParts;
  /** From 1. */
  readonly band: number;
}

/** What scores of one question are measured in. */
export interface Scale {
  readonly outcome: { readonly mean: number; readonly sd: number };
  readonly comparable: { readonly mean: number; readonly sd: number };
}

export function scaleOf(contenders: readonly Contender[]): Scale {
  return {
    outcome: spreadOf(contenders.map(({ posterior }) => cautious(posterior))),
    comparable: spreadOf(contenders.map(({ comparable }) => Math.log(comparable))),
  };
}

/** Best first. @param day Any text; another one gives another order within bands. */
export function rank<C extends Contender>(
  contenders: readonly C[],
  day: string,
  weights: Weights = WEIGHTS,
): readonly Ranked<C>[] {
  const scale = scaleOf(contenders);
  const scored = contenders
    .map((contender) => {
      const parts = partsOf(contender, scale, weights);
      return { contender, parts, score: scoreOf(parts) };
    })
    .sort((a, b) => b.score - a.score || (a.contender.id < b.contender.id ? -1 : 1));
  const ranked: Ranked<C>[] = [];
  for (let from = 0, band = 1; from < scored.length; band += 1) {
    const leader = scored[from] as (typeof scored)[number];
    const tolerance = (TIE * weights.outcome * leader.contender.posterior.sd) / unit(scale.outcome);
    let to = from + 1;
    while (to < scored.length && leader.score - (scored[to] as typeof leader).score <= tolerance) {
      to += 1;
    }
    const tied = scored.slice(from, to).map((one) => ({ ...one, band }));
    ranked.push(...(tied.length === 1 ? tied : rotated(tied, day)));
    from = to;
  }
  return ranked;
}

/** The provider that gets a chance, with the score that it drew; undefined if there is no candidate. */
export interface Chance<C extends Contender> {
  readonly contender: C;
  readonly parts: ScoreParts;
  readonly score: number;
}

/**
 * Draws one of the providers with little evidence: an outcome from what may be for each, then the best score (Thompson,
 * Biometrika 25, 1933). The same day draws the same.
 */
export function drawChance<C extends Contender>(
  newcomers: readonly C[],
  scale: Scale,
  day: string,
): Chance<C> | undefined {
  let best: Chance<C> | undefined;
  for (const contender of newcomers) {
    const { mean, sd } = contender.posterior;
    const drawn = { mean: mean + sd * seededNormal(`${day}/${contender.id}`), sd };
    const parts = partsOf({ ...contender, posterior: drawn }, scale, {
      ...WEIGHTS,
      comparable: 0,
      satisfaction: 0,
    });
    const score = scoreOf(parts);
    if (best === undefined || score > best.score) best = { contender, parts, score };
  }
  return best;
}

/** Where a chance stands among `ranked` providers of which `limit` are shown: the last of the first ten; from 0. */
export function chancePlace(ranked: number, limit: number): number {
  return Math.min(ranked, limit - 1, CHANCE_PLACES - 1);
}

function cautious({ mean, sd }: Posterior): number {
  return mean - CAUTION * sd;
}

function partsOf(contender: Contender, scale: Scale, weights: Weights): ScoreParts {
  const { posterior, fit, comparable, satisfaction } = contender;
  const z = (value: number, of: Scale["outcome"]) => (value - of.mean) / unit(of);
  return {
    outcome: weights.outcome * z(cautious(posterior), scale.outcome),
    fit: weights.fit * fit,
    comparable:
      weights.comparable === 0 ? 0 : weights.comparable * z(Math.log(comparable), scale.comparable),
    satisfaction: weights.satisfaction * satisfaction,
  };
}

function scoreOf({ outcome, fit, comparable, satisfaction }: ScoreParts): number {
  return outcome + fit + comparable + satisfaction;
}

/** Unit of a z-score; 1 where all values are alike. */
function unit({ sd }: { readonly sd: number }): number {
  return sd < 1e-9 ? 1 : sd;
}

/** A band in the order of the day. */
function rotated<R extends Ranked<Contender>>(band: readonly R[], day: string): R[] {
  return band
    .map((one) => ({ one, lot: seededUniform(`${day}/${one.contender.id}`) }))
    .sort((a, b) => a.lot - b.lot)
    .map(({ one }) => one);
}
