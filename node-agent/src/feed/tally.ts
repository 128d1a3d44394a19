/**
 * What batches mean to each source: how many of its records are in them, and how many more are live with them.
 *
 * @module
 */

import type { RecordDraft } from "./record-draft.ts";

/** Of one source. */
export interface SourceTally {
  /** Records in the batches: new ones, new revisions and withdrawals. */
  readonly records: number;
  /** How many more of its records are live behind them than before; negative after withdrawals. */
  readonly growth: number;
}

/** By source id; a source that is left out has nothing in the batches. */
export type Tally = Readonly<Record<string, SourceTally>>;

const NOTHING: SourceTally = { records: 0, growth: 0 };

/** The tally of one batch of the feed with this ordinal, in which only those are live that it has repeated. */
export function tallyOf(drafts: readonly RecordDraft[], feed: number): Tally {
  const tally: Record<string, SourceTally> = {};
  const add = (sourceId: string, records: number, growth: number) => {
    const sum = tally[sourceId] ?? NOTHING;
    tally[sourceId] = { records: sum.records + records, growth: sum.growth + growth };
  };
  for (const { sourceId, operation, previous } of drafts) {
    add(sourceId, 1, operation === "upsert" ? 1 : 0);
    if (previous?.isLive && previous.feed === feed) add(previous.sourceId, 0, -1);
  }
  return tally;
}

export function plus(a: Tally, b: Tally): Tally {
  return combined(a, b, 1);
}

/** `a` without `b`, which is a part of it. */
export function minus(a: Tally, b: Tally): Tally {
  return combined(a, b, -1);
}

function combined(a: Tally, b: Tally, sign: 1 | -1): Tally {
  const sum = { ...a };
  for (const [sourceId, one] of Object.entries(b)) {
    const before = sum[sourceId] ?? NOTHING;
    const records = before.records + sign * one.records;
    const growth = before.growth + sign * one.growth;
    if (records === 0 && growth === 0) delete sum[sourceId];
    else sum[sourceId] = { records, growth };
  }
  return sum;
}

/** Live records by source, behind batches with this tally. */
export function grown(
  live: Readonly<Record<string, number>>,
  tally: Tally,
): Record<string, number> {
  const after = { ...live };
  for (const [sourceId, { growth }] of Object.entries(tally)) {
    after[sourceId] = (after[sourceId] ?? 0) + growth;
  }
  return after;
}
