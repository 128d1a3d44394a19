/**
 * Published statistics as an attacker who wants to subtract and intersect them sees them: each is a set of records.
 *
 * Records are numbers that he can tell apart without knowing who they are. In an outbox of buckets he sees nullifiers;
 * in tables over quasi-identifiers he knows which records a cell counts because he knows everybody's quasi-identifiers.
 *
 * @module
 */

import type { EvalEngagement } from "../engagement.ts";
import type { Scene } from "./attack.ts";

/** A statistic of a set of records, whose size and sums were published. */
export interface PublishedSet {
  /** Sets of one family published together do not overlap: the cells of one table at one epoch. */
  readonly family: string;
  readonly records: readonly number[];
}

/** Rows of one class or bucket: as they appear, and the records behind them for scoring. */
export interface Cell {
  /** What is published of each record by which it would be known again. */
  readonly rows: readonly string[];
  /** The records of the rows, in their order. */
  readonly records: readonly number[];
}

/**
 * A part of what was published that holds each target at most once: gives the cells that can hold it, by its
 * quasi-identifiers and quarter alone.
 */
export type Cover = (target: number) => readonly Cell[];

/** The buckets as published sets. */
export function setsOf({ members }: Scene): PublishedSet[] {
  return members.map((records) => ({ family: "buckets", records }));
}

/**
 * The buckets as covers: a bucket goes to the first cover that holds none of its nullifiers. Where every record is
 * published once that is one cover, and there is nothing to intersect.
 */
export function coversOf({ buckets, members, engagements, knowledge }: Scene): Cover[] {
  const covers: { cells: Map<number, Cell>; rows: Set<string> }[] = [];
  for (const [i, { nullifiers }] of buckets.entries()) {
    let cover = covers.find(({ rows }) => !nullifiers.some((row) => rows.has(row)));
    if (cover === undefined) {
      cover = { cells: new Map(), rows: new Set() };
      covers.push(cover);
    }
    for (const row of nullifiers) cover.rows.add(row);
    cover.cells.set(i, { rows: nullifiers, records: members[i] as readonly number[] });
  }
  return covers.map(({ cells }) => (target) => {
    const known = knowledge.bucketsFor("A4", engagements[target] as EvalEngagement);
    const found = known.map((bucket) => cells.get(bucket));
    return found.filter((cell) => cell !== undefined);
  });
}
