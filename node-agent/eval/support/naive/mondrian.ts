/**
 * Negative control: k-anonymity by strict Mondrian (LeFevre et al. 2006), run again every quarter over all records so
 * far, the rows of each class published with their outcomes. Every release is k-anonymous; all of them together are not.
 *
 * @module
 */

import { bandOf, clipDelta, DURATION_BANDS_MONTHS } from "@tributary/proto";
import type { Cell, Cover } from "../attacks/published.ts";
import type { EvalEngagement } from "../engagement.ts";

/** One class: a box of quasi-identifiers, and the rows in it. */
export interface MondrianClass extends Cell {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Publishes at the end of each quarter; the attacker places a target by its quasi-identifiers and quarter. */
export function republishedMondrian(engagements: readonly EvalEngagement[], k: number): Cover[] {
  const points = pointsOf(engagements);
  const quarters = [...new Set(engagements.map(({ q }) => q))].sort((a, b) => a - b);
  return quarters.map((quarter) => {
    const soFar = [...engagements.keys()].filter(
      (i) => (engagements[i] as EvalEngagement).q <= quarter,
    );
    const classes = mondrian(soFar, points, engagements, k);
    return (target) => {
      if ((engagements[target] as EvalEngagement).q > quarter) return [];
      const point = points[target] as readonly number[];
      return classes.filter(({ low, high }) =>
        point.every((v, d) => v >= (low[d] as number) && v <= (high[d] as number)),
      );
    };
  });
}

/** Quasi-identifiers as positions in their sorted values: sector, size, scenario, provider. */
function pointsOf(engagements: readonly EvalEngagement[]): number[][] {
  const fields = ["sector", "size", "scenario", "provider"] as const;
  const ranks = fields.map((field) => {
    const values = [
      ...new Set(engagements.map((engagement) => quasiIdentifier(engagement, field))),
    ].sort();
    return new Map(values.map((value, rank) => [value, rank]));
  });
  return engagements.map((engagement) =>
    fields.map((field, d) => ranks[d]?.get(quasiIdentifier(engagement, field)) ?? 0),
  );
}

function quasiIdentifier(
  engagement: EvalEngagement,
  field: "sector" | "size" | "scenario" | "provider",
): string {
  return field === "sector" ? engagement.sector.slice(0, 2) : engagement[field];
}

function mondrian(
  records: readonly number[],
  points: readonly (readonly number[])[],
  engagements: readonly EvalEngagement[],
  k: number,
): MondrianClass[] {
  const dimensions = [0, 1, 2, 3];
  const at = (record: number, d: number) => points[record]?.[d] as number;
  const rangeOf = (part: readonly number[], d: number) => {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const record of part) {
      low = Math.min(low, at(record, d));
      high = Math.max(high, at(record, d));
    }
    return { low, high };
  };
  const whole = dimensions.map((d) => rangeOf(records, d));
  const classes: MondrianClass[] = [];
  const parts: (readonly number[])[] = records.length === 0 ? [] : [records];
  for (const part of parts) {
    const ranges = dimensions.map((d) => rangeOf(part, d));
    const widthOf = (d: number) => {
      const { low, high } = ranges[d] as { low: number; high: number };
      const all = whole[d] as { low: number; high: number };
      return all.high === all.low ? 0 : (high - low) / (all.high - all.low);
    };
    const split = [...dimensions]
      .sort((a, b) => widthOf(b) - widthOf(a))
      .map((d) => halves(part, d))
      .find(([left, right]) => left.length >= k && right.length >= k);
    if (split !== undefined) {
      parts.push(...split);
      continue;
    }
    classes.push({
      low: ranges.map(({ low }) => low),
      high: ranges.map(({ high }) => high),
      records: part,
      rows: part.map((record) => rowOf(engagements[record] as EvalEngagement)),
    });
  }
  return classes;

  function halves(part: readonly number[], d: number): [number[], number[]] {
    const values = part.map((record) => at(record, d)).sort((a, b) => a - b);
    const median = values[Math.floor((values.length - 1) / 2)] as number;
    const left = part.filter((record) => at(record, d) <= median);
    return [left, part.filter((record) => at(record, d) > median)];
  }
}

/** What is published of a record beside its box. */
function rowOf({ kpiDelta, sat, costBand, months, voucher }: EvalEngagement): string {
  return [
    clipDelta(kpiDelta),
    sat,
    costBand,
    bandOf(months, DURATION_BANDS_MONTHS),
    voucher,
  ].join();
}
