/**
 * The registry of effects: what a figure means, in which unit, which direction is better, and what is plausible.
 *
 * @module
 */

import data from "./data/kpis.json" with { type: "json" };
import type { Concept } from "./scheme.ts";

/** What a value says; kinds are never pooled. */
export type ValueKind = "relative" | "level_change" | "level" | "absolute";

/** Unit of a value: percent, percentage points, 10,000 CNY, a level, points of a score, months, a count, days. */
export type KpiUnit = "pct" | "pp" | "cny_10k" | "level" | "point" | "month" | "count" | "day";

/** One effect that can be measured. */
export interface Kpi extends Concept {
  /** Family, in Chinese; see {@link kpiGroups}. */
  readonly group: string;
  readonly unit: KpiUnit;
  readonly valueKind: ValueKind;
  /** Which direction is an improvement. */
  readonly better: "up" | "down" | "neutral";
  /** Magnitudes that are usual; a value outside is flagged. Absent where nothing is known. */
  readonly typical?: readonly [low: number, high: number];
  /** Values that can be true at all; a value outside is refused. Signed as the change of the quantity itself. */
  readonly hard?: readonly [low: number, high: number];
  readonly tier: "core" | "ext";
}

type Row = [
  code: string,
  zh: string,
  en: string,
  group: string,
  unit: KpiUnit,
  valueKind: ValueKind,
  better: "up" | "down" | "neutral",
  typicalLow: number | null,
  typicalHigh: number | null,
  hardLow: number | null,
  hardHigh: number | null,
  tier: "core" | "ext",
  aliases: string[],
];

let kpis: readonly Kpi[] | undefined;

/** All effects; core ones are those that centers are asked for. */
export function kpiConcepts(): readonly Kpi[] {
  kpis ??= (data.concepts as unknown as Row[]).map(toKpi);
  return kpis;
}

function toKpi(row: Row): Kpi {
  const [code, zh, en, group, unit, valueKind, better, tl, th, hl, hh, tier, aliases] = row;
  return {
    code,
    zh,
    en,
    aliases,
    group,
    unit,
    valueKind,
    better,
    tier,
    ...(tl !== null && th !== null && { typical: [tl, th] as const }),
    ...(hl !== null && hh !== null && { hard: [hl, hh] as const }),
  };
}

/** The effect with this code. */
export function kpiOf(code: string): Kpi | undefined {
  return kpiConcepts().find((kpi) => kpi.code === code);
}

/** Families of effects with their labels. */
export function kpiGroups(): readonly { readonly zh: string; readonly en: string }[] {
  return (data.groups as [string, string][]).map(([zh, en]) => ({ zh, en }));
}
