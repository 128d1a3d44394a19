/**
 * All evidence of one family of scenarios, ready for questions: rows sorted by provider and center, with outcomes
 * standardised against their scenario. Built from releases in two passes; immutable afterwards.
 *
 * @module
 */

import type { RecordRef } from "@tributary/proto";
import type { Group } from "./heterogeneity.ts";
import { KPI_BANDS, KPI_CODES, KPI_WIDTH, type ReleaseColumns } from "./release.ts";
import type { YesNo } from "./satisfaction.ts";
import {
  type KpiBaseline,
  type KpiSpread,
  kpiBaseline,
  type ScenarioModel,
  type ScenarioSums,
  scenarioModel,
  type Within,
} from "./scenario-model.ts";

/** One bucket: where it stands. */
export interface BucketPlace {
  /** The record of its release. */
  readonly release: RecordRef;
  readonly columns: ReleaseColumns;
  readonly row: number;
  /** Number of the provider; -1 where the label names none. */
  readonly provider: number;
  /** Number of the center. */
  readonly center: number;
}

/** Rows of one family that name a provider, ascending by provider, then center. */
export interface FamilyEvidence {
  readonly size: number;
  readonly places: readonly BucketPlace[];
  readonly provider: Int32Array;
  readonly center: Uint16Array;
  readonly scenario: Uint8Array;
  readonly division: Uint8Array;
  readonly section: Uint8Array;
  readonly half: Uint8Array;
  readonly month: Uint32Array;
  /** Engagements. */
  readonly n: Uint32Array;
  /** Engagements with an outcome: at least that many were measured, for some effect. */
  readonly measured: Uint32Array;
  /** Satisfied enterprises; -1 where it is not published. */
  readonly satisfied: Int32Array;
  /** Mean standardised outcome of the measured ones. */
  readonly y: Float64Array;
  /** By scenario number. */
  readonly models: ReadonlyMap<number, ScenarioModel>;
  /** First row of a provider by its number; -1 if it has none. The rows of a provider are contiguous. */
  readonly firstRow: Int32Array;
  /** Numbers of the providers with rows of a scenario; ascending. */
  readonly providersOf: ReadonlyMap<number, readonly number[]>;
}

export function familyEvidence(buckets: readonly BucketPlace[]): FamilyEvidence {
  const baselines = baselinesOf(buckets);
  const places = buckets
    .filter(({ provider }) => provider >= 0)
    .sort((a, b) => a.provider - b.provider || a.center - b.center);
  const column = (of: (columns: ReleaseColumns) => ArrayLike<number>) => (place: BucketPlace) =>
    of(place.columns)[place.row] as number;
  const measured = new Uint32Array(places.length);
  const y = new Float64Array(places.length);
  const sums = new Map<number, Sums>();
  for (const [scenario, of] of baselines) sums.set(scenario, newSums(of.baselines, of.engagements));
  const firstRow = new Int32Array((places.at(-1)?.provider ?? -1) + 1).fill(-1);
  const providersOf = new Map<number, number[]>();
  places.forEach((place, row) => {
    const scenario = place.columns.scenario[place.row] as number;
    const outcome = addOutcome(sums.get(scenario) as Sums, place);
    measured[row] = outcome.measured;
    y[row] = outcome.mean;
    if (firstRow[place.provider] === -1) firstRow[place.provider] = row;
    const listed = providersOf.get(scenario);
    if (listed === undefined) providersOf.set(scenario, [place.provider]);
    else if (listed.at(-1) !== place.provider) listed.push(place.provider);
  });
  const models = new Map<number, ScenarioModel>();
  for (const [scenario, of] of sums) models.set(scenario, scenarioModel(finished(of)));
  return {
    size: places.length,
    places,
    provider: Int32Array.from(places, ({ provider }) => provider),
    center: Uint16Array.from(places, ({ center }) => center),
    scenario: Uint8Array.from(
      places,
      column(({ scenario }) => scenario),
    ),
    division: Uint8Array.from(
      places,
      column(({ division }) => division),
    ),
    section: Uint8Array.from(
      places,
      column(({ section }) => section),
    ),
    half: Uint8Array.from(
      places,
      column(({ half }) => half),
    ),
    month: Uint32Array.from(
      places,
      column(({ month }) => month),
    ),
    n: Uint32Array.from(
      places,
      column(({ n }) => n),
    ),
    measured,
    satisfied: Int32Array.from(
      places,
      column(({ satisfied }) => satisfied),
    ),
    y,
    models,
    firstRow,
    providersOf,
  };
}

/** Moments of one effect in a bucket. */
export interface KpiCell {
  readonly kpi: number;
  readonly n: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** The effects of a bucket. */
export function* kpiCells({ columns, row }: BucketPlace): Iterable<KpiCell> {
  const { kpi, kpiStart } = columns;
  const end = (kpiStart[row + 1] as number) * KPI_WIDTH;
  for (let at = (kpiStart[row] as number) * KPI_WIDTH; at < end; at += KPI_WIDTH) {
    const [code, n, sum, sumOfSquares] = [kpi[at], kpi[at + 1], kpi[at + 2], kpi[at + 3]];
    yield { kpi: code, n, sum, sumOfSquares } as KpiCell;
  }
}

interface Usual {
  readonly baselines: ReadonlyMap<number, KpiBaseline>;
  readonly engagements: number;
}

/** What is usual in each scenario: from all buckets, whoever the provider. */
function baselinesOf(buckets: readonly BucketPlace[]): ReadonlyMap<number, Usual> {
  const counts = new Map<number, Float64Array>();
  const engagements = new Map<number, number>();
  for (const { columns, row } of buckets) {
    const scenario = columns.scenario[row] as number;
    engagements.set(scenario, (engagements.get(scenario) ?? 0) + (columns.n[row] as number));
    let of = counts.get(scenario);
    if (of === undefined) {
      of = new Float64Array(KPI_CODES.length * KPI_BANDS);
      counts.set(scenario, of);
    }
    const { kpi, kpiStart } = columns;
    const end = (kpiStart[row + 1] as number) * KPI_WIDTH;
    for (let at = (kpiStart[row] as number) * KPI_WIDTH; at < end; at += KPI_WIDTH) {
      const to = (kpi[at] as number) * KPI_BANDS;
      for (let band = 0; band < KPI_BANDS; band += 1) {
        of[to + band] = (of[to + band] as number) + (kpi[at + 4 + band] as number);
      }
    }
  }
  return new Map(
    [...counts].map(([scenario, of]) => {
      const baselines = new Map<number, KpiBaseline>();
      for (let kpi = 0; kpi < KPI_CODES.length; kpi += 1) {
        const baseline = kpiBaseline(of.subarray(kpi * KPI_BANDS, (kpi + 1) * KPI_BANDS));
        if (baseline.n > 0) baselines.set(kpi, baseline);
      }
      return [scenario, { baselines, engagements: engagements.get(scenario) ?? 0 }];
    }),
  );
}

/** A group that is still growing: that of the provider whose rows are being added. */
interface Open {
  provider: number;
  n: number;
  sum: number;
}

/** Sums of a scenario while rows are added, provider by provider. */
interface Sums {
  readonly baselines: ReadonlyMap<number, KpiBaseline>;
  readonly engagements: number;
  readonly groups: Group[];
  readonly open: Open;
  readonly within: Within;
  readonly kpis: Map<number, KpiSpread & { readonly open: Open }>;
  readonly satisfied: YesNo[];
  answers: { provider: number; yes: number; all: number };
}

function newSums(baselines: ReadonlyMap<number, KpiBaseline>, engagements: number): Sums {
  return {
    baselines,
    engagements,
    groups: [],
    open: { provider: -1, n: 0, sum: 0 },
    within: { squares: 0, df: 0 },
    kpis: new Map(),
    satisfied: [],
    answers: { provider: -1, yes: 0, all: 0 },
  };
}

/**
 * Adds a bucket to its scenario, and standardises it.
 *
 * An engagement's outcome is the mean of its effects. Which effects belong to one engagement is not published, so a
 * bucket has as many measured engagements as its most measured effect, and the variance of an outcome is the mean of
 * the variances of the effects: as if they went together, which claims too little rather than too much.
 */
function addOutcome(sums: Sums, place: BucketPlace): { measured: number; mean: number } {
  let measured = 0;
  let weight = 0;
  let sum = 0;
  let squares = 0;
  let df = 0;
  const { kpi, kpiStart } = place.columns;
  const end = (kpiStart[place.row + 1] as number) * KPI_WIDTH;
  for (let at = (kpiStart[place.row] as number) * KPI_WIDTH; at < end; at += KPI_WIDTH) {
    const code = kpi[at] as number;
    const n = kpi[at + 1] as number;
    const total = kpi[at + 2] as number;
    const { median, mad } = sums.baselines.get(code) as KpiBaseline;
    const mean = total / n;
    const cellSquares = Math.max(0, (kpi[at + 3] as number) - n * mean * mean);
    measured = Math.max(measured, n);
    weight += n;
    sum += (n * (mean - median)) / mad;
    squares += cellSquares / mad ** 2;
    df += n - 1;
    addKpi(sums, place.provider, code, { n, sum: total, squares: cellSquares });
  }
  addSatisfied(sums, place);
  if (weight === 0) return { measured: 0, mean: 0 };
  if (df > 0) {
    sums.within.squares += (squares / df) * (measured - 1);
    sums.within.df += measured - 1;
  }
  const mean = sum / weight;
  grow(sums.open, sums.groups, { provider: place.provider, n: measured, sum: measured * mean });
  return { measured, mean };
}

function addKpi(
  sums: Sums,
  provider: number,
  kpi: number,
  { n, sum, squares }: { readonly n: number; readonly sum: number; readonly squares: number },
): void {
  let of = sums.kpis.get(kpi);
  if (of === undefined) {
    of = { groups: [], within: { squares: 0, df: 0 }, open: { provider: -1, n: 0, sum: 0 } };
    sums.kpis.set(kpi, of);
  }
  of.within.squares += squares;
  of.within.df += n - 1;
  grow(of.open, of.groups, { provider, n, sum });
}

function addSatisfied(sums: Sums, { columns, row, provider }: BucketPlace): void {
  const yes = columns.satisfied[row] as number;
  if (yes < 0) return;
  if (sums.answers.provider !== provider) {
    if (sums.answers.all > 0) sums.satisfied.push(sums.answers);
    sums.answers = { provider, yes: 0, all: 0 };
  }
  sums.answers.yes += yes;
  sums.answers.all += columns.n[row] as number;
}

/** Adds to the provider's group; a new provider ends the group before. */
function grow(open: Open, groups: Group[], next: Open): void {
  if (open.provider !== next.provider) {
    close(open, groups);
    open.provider = next.provider;
    open.n = 0;
    open.sum = 0;
  }
  open.n += next.n;
  open.sum += next.sum;
}

function close({ n, sum }: Open, groups: Group[]): void {
  if (n > 0) groups.push({ n, mean: sum / n });
}

function finished(sums: Sums): ScenarioSums {
  close(sums.open, sums.groups);
  for (const { open, groups } of sums.kpis.values()) close(open, groups);
  if (sums.answers.all > 0) sums.satisfied.push(sums.answers);
  return { ...sums, kpiGroups: sums.kpis };
}
