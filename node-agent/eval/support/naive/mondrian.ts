/**
 * Negative control: k-anonymity by strict Mondrian (LeFevre et al. 2006), run again every quarter over all records so
 * far, the rows of each class published with their outcomes. Every release is k-anonymous; all of them together are not.
 *
 * @module
 */

import { bandOf, clipDelta, DURATION_BANDS_MONTHS } from "@tributary/proto";
import type { Cell, Cover } from "../attacks/published.ts";
import type { EvalEngagement } from "../engagement.ts";

/**
 * Publishes at the end of each quarter. The boxes do not overlap, so that whoever knows the quasi-identifiers of a target
 * finds its class, and a class is a cell without its box.
 */
export function republishedMondrian(engagements: readonly EvalEngagement[], k: number): Cover[] {
  const points = pointsOf(engagements);
  const quarters = [...new Set(engagements.map(({ q }) => q))].sort((a, b) => a - b);
  return quarters.map((quarter) => {
    const soFar = [...engagements.keys()].filter((record) => {
      const { q = Number.POSITIVE_INFINITY } = engagements[record] ?? {};
      return q <= quarter;
    });
    const cellsOf = new Map<number, readonly Cell[]>();
    for (const records of mondrian(soFar, points, k)) {
      const rows = records.map((record) => rowOf(engagements[record] as EvalEngagement));
      for (const record of records) cellsOf.set(record, [{ rows, records }]);
    }
    return (target) => cellsOf.get(target) ?? [];
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

/** Splits at the median of the widest dimension that leaves k records on both sides, until none does. */
function mondrian(
  records: readonly number[],
  points: readonly (readonly number[])[],
  k: number,
): (readonly number[])[] {
  const at = (record: number, d: number) => points[record]?.[d] as number;
  const dimensions = [...(points[0] ?? []).keys()];
  const whole = dimensions.map((d) => widthOf(records, d));
  const classes: (readonly number[])[] = [];
  const parts: (readonly number[])[] = records.length === 0 ? [] : [records];
  for (const part of parts) {
    const widths = dimensions.map((d) => widthOf(part, d) / Math.max(1, whole[d] as number));
    const split = [...dimensions]
      .sort((a, b) => (widths[b] as number) - (widths[a] as number))
      .map((d) => halves(part, d))
      .find(([left, right]) => left.length >= k && right.length >= k);
    if (split === undefined) classes.push(part);
    else parts.push(...split);
  }
  return classes;

  function widthOf(part: readonly number[], d: number): number {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const record of part) {
      low = Math.min(low, at(record, d));
      high = Math.max(high, at(record, d));
    }
    return high - low;
  }

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
