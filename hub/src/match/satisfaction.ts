/**
 * Shares of satisfied enterprises: a beta prior from all providers of a scenario, by moments, and what it makes of one
 * provider's counts.
 *
 * @module
 */

import type { ShareEstimate } from "@tributary/proto";
import { betaQuantile } from "./numbers.ts";

/** Yes and all answers of one provider. */
export interface YesNo {
  readonly yes: number;
  readonly all: number;
}

/** Beta(a, b). */
export interface BetaPrior {
  readonly a: number;
  readonly b: number;
}

/** Strength of a prior, as a number of answers: where it cannot be learnt, and its bounds. */
const DEFAULT_STRENGTH = 10;
const LEAST_STRENGTH = 2;
const MOST_STRENGTH = 200;

/** The prior by the method of moments; undefined if nobody has answers. */
export function betaPriorOf(groups: readonly YesNo[]): BetaPrior | undefined {
  const all = groups.reduce((sum, group) => sum + group.all, 0);
  if (all === 0) return undefined;
  // Half an answer of either kind keeps the share inside of (0, 1).
  const share = (groups.reduce((sum, { yes }) => sum + yes, 0) + 0.5) / (all + 1);
  const chance = share * (1 - share);
  const q = groups.reduce((sum, { yes, all: n }) => sum + n * (yes / n - share) ** 2, 0);
  const c = all - groups.reduce((sum, { all: n }) => sum + n * n, 0) / all;
  const between = c > 0 ? (q - (groups.length - 1) * chance) / c : 0;
  const learnt = between > 0 ? chance / between - 1 : MOST_STRENGTH;
  const strength =
    groups.length < 2
      ? DEFAULT_STRENGTH
      : Math.min(MOST_STRENGTH, Math.max(LEAST_STRENGTH, learnt));
  return { a: share * strength, b: (1 - share) * strength };
}

/** Posterior mean of a share: `(a + yes) / (a + b + all)`. */
export function shareMean({ a, b }: BetaPrior, { yes, all }: YesNo): number {
  return (a + yes) / (a + b + all);
}

/** Posterior mean and central 80 % interval of a share, not rounded. */
export function shareEstimate(prior: BetaPrior, answers: YesNo): ShareEstimate {
  const a = prior.a + answers.yes;
  const b = prior.b + answers.all - answers.yes;
  return {
    estimate: shareMean(prior, answers),
    low: betaQuantile(0.1, a, b),
    high: betaQuantile(0.9, a, b),
  };
}
