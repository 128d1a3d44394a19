/**
 * What evidence says of one provider in one scenario for one demand: weighted outcomes, shrunk towards what is usual
 * (empirical Bayes; Efron and Morris, JASA 70, 1975).
 *
 * @module
 */

import {
  ageFactor,
  CENTER_VERIFIED,
  type Comparison,
  comparabilityTo,
  OWN_OPERATOR,
  scenarioFactor,
} from "./comparability.ts";
import type { Evidence } from "./evidence-base.ts";
import { type FamilyEvidence, kpiCells } from "./family-evidence.ts";
import type { YesNo } from "./satisfaction.ts";
import { kpiPrior, type Prior, type ScenarioModel } from "./scenario-model.ts";
import { FAMILY_OF, SCENARIO_CODES } from "./taxonomy.ts";

/** Below this share of measured engagements, the others count at the 30th percentile of the scenario. */
const LEAST_MEASURED = 0.6;
/** A cell is ranked from so many engagements in so many buckets on. */
const LEAST_ENGAGEMENTS = 10;
const LEAST_BUCKETS = 2;

/** What is known of centers, by their number in the evidence. */
export interface CenterFacts {
  /** GB/T 2260 code of the seat. */
  readonly region: string | undefined;
  /** Unified social credit code of the operator. */
  readonly operatorUscc: string | undefined;
}

/** What an estimate is made for. */
export interface EstimateFor {
  readonly comparison: Comparison;
  /** Months since year 0. */
  readonly nowMonth: number;
  readonly centers: readonly CenterFacts[];
  /** Number of the provider that operates each center; -1 for none. */
  readonly operators: readonly number[];
}

/** A mean with its uncertainty. */
export interface Posterior {
  readonly mean: number;
  readonly sd: number;
}

/** A provider in a scenario. */
export interface Cell {
  readonly provider: number;
  /** Number of the scenario. */
  readonly scenario: number;
  /** Engagements and buckets of the scenario itself. */
  readonly engagements: number;
  readonly buckets: number;
  /** Those of the engagements that have an outcome. */
  readonly measured: number;
  /** Satisfied enterprises of those whose answers are published. */
  readonly answers: YesNo;
  /** Rows in the family's evidence. */
  readonly firstRow: number;
  readonly endRow: number;
  /** True if it has enough evidence to be ranked. */
  readonly isRanked: boolean;
  /** Standardised; the prior of the scenario where the cell is not ranked. */
  readonly posterior: Posterior;
  /** `(sum w)² / sum w²`. */
  readonly nEff: number;
  /** `nEff` times the mean comparability: to how many engagements like the demand the evidence comes. */
  readonly comparable: number;
  /** Measured engagements by all that carry weight; 0 to 1. */
  readonly measuredShare: number;
  /** Centers with evidence, and the share of the heaviest one in the estimate after the cap; 0 to 0.5. */
  readonly centers: number;
  readonly largestShare: number;
  /** True if some of the evidence is a center's about its own operator. */
  readonly hasOwnOperator: boolean;
  /** Mean comparability of the size of the scenario's own engagements. */
  readonly sizeFit: number;
}

/** Sums of one center's evidence. */
interface CenterSums {
  w: number;
  wy: number;
  ww: number;
  /** Weight and outcomes of engagements that nobody measured. */
  u: number;
  uy: number;
}

/** Estimates one scenario for one demand. */
export class Estimator {
  readonly family: FamilyEvidence;
  readonly prior: Prior;
  readonly scenario: number;
  readonly model: ScenarioModel | undefined;
  readonly #for: EstimateFor;
  readonly #sector: (division: number, section: number) => number;
  readonly #size: readonly number[];
  readonly #region: Float64Array;
  readonly #scenarioFactor: Float64Array;
  /** Mean outcome of each scenario of the family: outcomes are compared with those of their own scenario. */
  readonly #usual: Float64Array;
  readonly #low: Float64Array;
  readonly #age = new Map<number, number>();
  readonly #kpiPriors = new Map<number, Prior | undefined>();

  constructor(evidence: Evidence, scenario: number, of: EstimateFor) {
    const family = FAMILY_OF[scenario] as number;
    this.#for = of;
    this.scenario = scenario;
    this.family = evidence.family(family);
    this.prior = evidence.prior(scenario);
    this.model = this.family.models.get(scenario);
    const { sector, size, region } = comparabilityTo(of.comparison);
    this.#sector = sector;
    this.#size = size;
    this.#region = Float64Array.from(of.centers, (center) => region(center.region));
    const numbers = SCENARIO_CODES.map((_, number) => number);
    this.#scenarioFactor = Float64Array.from(numbers, (number) => scenarioFactor(scenario, number));
    this.#usual = new Float64Array(numbers.length);
    this.#low = new Float64Array(numbers.length);
    for (const [number, model] of this.family.models) {
      this.#usual[number] = evidence.prior(number).mean;
      this.#low[number] = model.low;
    }
  }

  /** Estimates one provider; undefined if it has no evidence in the family. */
  cell(provider: number): Cell | undefined {
    const first = this.family.firstRow[provider] ?? -1;
    return first < 0 ? undefined : this.#cellAt(first);
  }

  /** How like the demand the engagements of a row are; 0 to 1. */
  #comparability(row: number): number {
    const { scenario, division, section, half, center } = this.family;
    return (
      (this.#scenarioFactor[scenario[row] as number] as number) *
      this.#sector(division[row] as number, section[row] as number) *
      (this.#size[half[row] as number] as number) *
      (this.#region[center[row] as number] as number)
    );
  }

  /** By what the weight of an engagement differs from its comparability: age and quality. */
  #reliability(row: number): number {
    const quality = this.#isOwnOperator(row) ? CENTER_VERIFIED * OWN_OPERATOR : CENTER_VERIFIED;
    return this.#ageOf(this.family.month[row] as number) * quality;
  }

  /** True if the row is a center's about the provider that operates it. */
  #isOwnOperator(row: number): boolean {
    const { center, provider } = this.family;
    return this.#for.operators[center[row] as number] === provider[row];
  }

  #ageOf(month: number): number {
    let factor = this.#age.get(month);
    if (factor === undefined) {
      factor = ageFactor(this.#for.nowMonth, month);
      this.#age.set(month, factor);
    }
    return factor;
  }

  #cellAt(first: number): Cell {
    const { family, scenario } = this;
    const provider = family.provider[first] as number;
    const sums: CenterSums[] = [];
    let center = -1;
    let of: CenterSums = newSums();
    let engagements = 0;
    let buckets = 0;
    let all = 0;
    let measured = 0;
    let ownMeasured = 0;
    let comparability = 0;
    let size = 0;
    let hasOwnOperator = false;
    let yes = 0;
    let answers = 0;
    let row = first;
    for (; row < family.size && family.provider[row] === provider; row += 1) {
      if (family.center[row] !== center) {
        center = family.center[row] as number;
        of = newSums();
        sums.push(of);
      }
      const n = family.n[row] as number;
      const m = family.measured[row] as number;
      const found = family.scenario[row] as number;
      const k = this.#comparability(row);
      const w = k * this.#reliability(row);
      const usual = this.#usual[found] as number;
      of.w += m * w;
      of.wy += m * w * ((family.y[row] as number) - usual);
      of.ww += m * w * w;
      of.u += (n - m) * w;
      of.uy += (n - m) * w * ((this.#low[found] as number) - usual);
      all += n;
      measured += m;
      comparability += m * w * k;
      hasOwnOperator ||= this.#isOwnOperator(row);
      if (found !== scenario) continue;
      engagements += n;
      ownMeasured += m;
      const satisfied = family.satisfied[row] as number;
      if (satisfied >= 0) {
        yes += satisfied;
        answers += n;
      }
      buckets += 1;
      size += n * (this.#size[family.half[row] as number] as number);
    }
    const weights = sums.reduce((sum, { w }) => sum + w, 0);
    const measuredShare = all === 0 ? 0 : measured / all;
    const isRanked = engagements >= LEAST_ENGAGEMENTS && buckets >= LEAST_BUCKETS && weights > 0;
    const pooled = combine(sums, measuredShare < LEAST_MEASURED, this.prior);
    return {
      provider,
      scenario,
      engagements,
      buckets,
      measured: ownMeasured,
      answers: { yes, all: answers },
      firstRow: first,
      endRow: row,
      isRanked,
      posterior: isRanked ? pooled.posterior : priorPosterior(this.prior),
      nEff: pooled.nEff,
      comparable: weights === 0 ? 0 : (pooled.nEff * comparability) / weights,
      measuredShare,
      centers: sums.filter(({ w }) => w > 0).length,
      largestShare: pooled.largestShare,
      hasOwnOperator,
      sizeFit: engagements === 0 ? 0 : size / engagements,
    };
  }

  #kpiPrior(kpi: number): Prior | undefined {
    if (!this.#kpiPriors.has(kpi)) {
      this.#kpiPriors.set(kpi, this.model && kpiPrior(this.model, kpi, this.prior));
    }
    return this.#kpiPriors.get(kpi);
  }

  /** Estimate of one effect, in points, with the mean of the evidence as it is. */
  kpi(cell: Cell, kpi: number): KpiEstimate | undefined {
    const prior = this.#kpiPrior(kpi);
    if (prior === undefined) return undefined;
    const byCenter = new Map<number, CenterSums>();
    let n = 0;
    let sum = 0;
    for (let row = cell.firstRow; row < cell.endRow; row += 1) {
      if (this.family.scenario[row] !== this.scenario) continue;
      const w = this.#comparability(row) * this.#reliability(row);
      for (const found of kpiCells(this.family.places[row] as FamilyEvidence["places"][number])) {
        if (found.kpi !== kpi) continue;
        const of = byCenter.get(this.family.center[row] as number) ?? newSums();
        byCenter.set(this.family.center[row] as number, of);
        of.w += found.n * w;
        of.wy += w * (found.sum - found.n * prior.mean);
        of.ww += found.n * w * w;
        n += found.n;
        sum += found.sum;
      }
    }
    if (n === 0) return undefined;
    const { posterior } = combine([...byCenter.values()], false, prior);
    return { kpi, n, raw: sum / n, usual: prior.mean, posterior };
  }
}

/** One effect of a provider in a scenario; points, positive is better. */
export interface KpiEstimate {
  readonly kpi: number;
  /** Measured engagements. */
  readonly n: number;
  /** Their mean, as it is. */
  readonly raw: number;
  /** Mean over the providers of the scenario. */
  readonly usual: number;
  readonly posterior: Posterior;
}

function newSums(): CenterSums {
  return { w: 0, wy: 0, ww: 0, u: 0, uy: 0 };
}

export function priorPosterior({ mean, tau2 }: Prior): Posterior {
  return { mean, sd: Math.sqrt(tau2) };
}

/**
 * Shrinks the evidence of all centers. Outcomes in `sums` are differences from what is usual.
 *
 * One center has at most half of the weight: a heavier one is scaled to the weight of all others together. Evidence of
 * one center alone can have half of the weight at most too: the other half is the scenario's mean.
 */
function combine(
  sums: readonly CenterSums[],
  countUnmeasured: boolean,
  prior: Prior,
): { readonly posterior: Posterior; readonly nEff: number; readonly largestShare: number } {
  const total = sums.reduce((sum, { w }) => sum + w, 0);
  if (total === 0) return { posterior: priorPosterior(prior), nEff: 0, largestShare: 0 };
  let w = 0;
  let wy = 0;
  let ww = 0;
  let u = 0;
  let uy = 0;
  let largest = 0;
  let isAlone = false;
  for (const of of sums) {
    const others = total - of.w;
    isAlone ||= others <= total * 1e-12;
    const scale = of.w > others && !isAlone ? others / of.w : 1;
    w += of.w * scale;
    wy += of.wy * scale;
    ww += of.ww * scale * scale;
    u += of.u * scale;
    uy += of.uy * scale;
    largest = Math.max(largest, of.w * scale);
  }
  const nEff = (w * w) / ww;
  const difference = countUnmeasured ? (wy + uy) / (w + u) : wy / w;
  const strength = nEff / (nEff + prior.within / prior.tau2);
  const b = isAlone ? Math.min(0.5, strength) : strength;
  return {
    posterior: {
      mean: prior.mean + b * difference,
      sd: Math.sqrt(prior.tau2 * (1 - b)),
    },
    nEff,
    largestShare: isAlone ? b : (largest / w) * b,
  };
}
