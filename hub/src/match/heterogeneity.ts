/**
 * How much providers differ beyond chance, by the method of moments of DerSimonian and Laird (Controlled Clinical Trials
 * 7, 1986, 177-188). Sums are kept, so that scenarios can be pooled.
 *
 * @module
 */

/** Outcomes of one provider: how many, and their mean. */
export interface Group {
  readonly n: number;
  readonly mean: number;
}

/** The sums that tau² is made of; those of several scenarios add up. */
export interface Heterogeneity {
  /** Cochran's Q. */
  readonly q: number;
  /** Degrees of freedom: groups - 1. */
  readonly df: number;
  /** `sum v - sum v² / sum v`. */
  readonly c: number;
  /** Providers. */
  readonly groups: number;
}

export const NO_HETEROGENEITY: Heterogeneity = { q: 0, df: 0, c: 0, groups: 0 };

/** Fewest providers for which a scenario's own tau is used. */
const LEAST_GROUPS = 8;

/** tau² as a part of the variance within a provider where nothing can be learnt: tau is 0.4 of that spread. */
export const DEFAULT_TAU2_SHARE = 0.16;

/**
 * The sums of one scenario.
 *
 * @param within Variance of outcomes within a provider; above 0.
 */
export function heterogeneityOf(groups: readonly Group[], within: number): Heterogeneity {
  if (groups.length < 2) return { ...NO_HETEROGENEITY, groups: groups.length };
  let v = 0;
  let vv = 0;
  let vm = 0;
  for (const { n, mean } of groups) {
    const weight = n / within;
    v += weight;
    vv += weight * weight;
    vm += weight * mean;
  }
  const mean = vm / v;
  const q = groups.reduce((sum, group) => sum + (group.n / within) * (group.mean - mean) ** 2, 0);
  return { q, df: groups.length - 1, c: v - vv / v, groups: groups.length };
}

/** Sums over both. */
export function pooled(a: Heterogeneity, b: Heterogeneity): Heterogeneity {
  return { q: a.q + b.q, df: a.df + b.df, c: a.c + b.c, groups: a.groups + b.groups };
}

/** `max(0, (Q - df) / c)`. */
export function tau2Of({ q, df, c }: Heterogeneity): number {
  return c > 0 ? Math.max(0, (q - df) / c) : 0;
}

/**
 * tau² of a scenario: its own, or that of the first wider circle that has one.
 *
 * @param circles From the scenario outwards: scenario, family, all.
 * @param otherwise tau² where no circle has one.
 */
export function borrowedTau2(circles: readonly Heterogeneity[], otherwise: number): number {
  for (const circle of circles) {
    const tau2 = tau2Of(circle);
    if (circle.groups >= LEAST_GROUPS && tau2 > 0) return tau2;
  }
  return otherwise;
}

/** Mean of the providers, each weighted by how well it is known: `1 / (tau² + s²/n)`. 0 if there are none. */
export function meanOfGroups(groups: readonly Group[], within: number, tau2: number): number {
  let weights = 0;
  let sum = 0;
  for (const { n, mean } of groups) {
    const weight = 1 / (tau2 + within / n);
    weights += weight;
    sum += weight * mean;
  }
  return weights === 0 ? 0 : sum / weights;
}
