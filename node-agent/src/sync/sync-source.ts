/**
 * Brings one source up to date: looks whether it changed, makes a pass if it did, remembers what came of it.
 *
 * @module
 */

import { type Clock, isTributaryError, toHex } from "@tributary/proto";
import type { Feed } from "../feed/feed.ts";
import type { FeedStore } from "../ports/feed-store.ts";
import type { Source } from "../ports/source.ts";
import { isAboutClient } from "../privacy/client-gate.ts";
import { GATE_VERSION } from "../privacy/gate.ts";
import type { Engagement } from "../privacy/release/engagement.ts";
import { begun } from "./begun.ts";
import { type Memo, pauseInForce } from "./memo.ts";
import { beginPass, type PassResult, type PrivacyRules } from "./pass.ts";
import { type Pause, type Problem, problemOf } from "./problem.ts";
import type { BadRow, RowMapper } from "./row-mapper.ts";

/** Bad rows of one pass that are kept for the report, and as many rows with remarks; more are only counted. */
export const MAX_REPORTED_ROWS = 1_000;

/** Damage that comes back within this time is not mended again. */
const DAMAGE_INTERVAL_MS = 3_600_000;

/** A configured source, ready to be read. */
export interface SourcePlan {
  readonly sourceId: string;
  readonly source: Source;
  readonly mappers: readonly RowMapper[];
}

export interface SyncOptions {
  readonly feed: Feed;
  readonly store: FeedStore;
  readonly memo: Memo;
  readonly clock: Clock;
  /** What the gate goes by for texts about clients; asked anew for each look at them. Without it nothing is approved. */
  readonly privacy?: (signal: AbortSignal) => Promise<PrivacyRules>;
  readonly isConfigured: (sourceId: string) => boolean;
  /** Where engagements wait; needed if a source has any. See `privacy/release`. */
  readonly engagements?: EngagementIntake | undefined;
  /** Called after each complete read with the rows to mend or to look at, the worse first; none if all are good. */
  readonly report: (sourceId: string, rows: readonly BadRow[]) => Promise<void>;
}

/** Takes the engagements of sources. */
export interface EngagementIntake {
  /** All engagements of a source by their keys. @throws {TributaryError} `ERR_STORE_FULL`, `ERR_STORE_DAMAGED`. */
  take(sourceId: string, engagements: ReadonlyMap<string, Engagement>): Promise<unknown>;
}

/** What came of it. */
export type SyncOutcome =
  | { readonly type: "unchanged" }
  | { readonly type: "complete"; readonly result: PassResult }
  | { readonly type: "paused"; readonly pause: Pause }
  | { readonly type: "failed"; readonly problem: Problem };

/**
 * Never rejects for what is wrong with the source: that is remembered and returned.
 *
 * @throws {TributaryError} `ERR_STORE_FULL`, `ERR_STORE_DAMAGED`; the signal's reason when aborted.
 */
export async function syncSource(
  plan: SourcePlan,
  options: SyncOptions,
  signal: AbortSignal,
): Promise<SyncOutcome> {
  const { memo, clock } = options;
  const before = memo.source(plan.sourceId);
  const pause = pauseInForce(before.pause, clock.now());
  if (pause !== undefined) return { type: "paused", pause };
  try {
    return await readSource(plan, options, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (areStatesDamaged(error) && !wasJustDamaged(options)) {
      await options.feed.renew("damaged", { forgetsStates: true });
      return syncSource(plan, options, signal);
    }
    if (isTributaryError(error) && error.code.startsWith("ERR_STORE_")) throw error;
    const problem = problemOf(error, clock.now(), before.problem);
    const checkedAtMs = clock.now();
    if (problem.code !== "ERR_MASS_CHANGE") {
      await memo.updateSource(plan.sourceId, { problem, checkedAtMs });
      return { type: "failed", problem };
    }
    const guard: Pause = { ...problem, by: "guard" };
    await memo.updateSource(plan.sourceId, { pause: guard, problem: undefined, checkedAtMs });
    return { type: "paused", pause: guard };
  }
}

/** Damage of what the sources have: a new feed says again what is in them, and withdraws what is not. */
function areStatesDamaged(error: unknown): boolean {
  return isTributaryError(error, "ERR_STORE_DAMAGED") && error.details["what"] === "states";
}

/** True if a feed was opened for damage a moment ago: then the disk is bad, and a person has to look. */
function wasJustDamaged({ feed, clock }: SyncOptions): boolean {
  const { reason, openedAtMs } = feed.state;
  const sinceMs = clock.now() - openedAtMs;
  return reason === "damaged" && sinceMs >= 0 && sinceMs < DAMAGE_INTERVAL_MS;
}

async function readSource(
  { sourceId, source, mappers }: SourcePlan,
  options: SyncOptions,
  signal: AbortSignal,
): Promise<SyncOutcome> {
  const { feed, memo, clock } = options;
  const before = memo.source(sourceId);
  const content = await source.fingerprint(signal);
  const isAboutClients = mappers.some(({ kind }) => isAboutClient(kind));
  const privacy = isAboutClients ? await options.privacy?.(signal) : undefined;
  const fingerprint =
    content === undefined
      ? undefined
      : [
          content,
          ...mappers.map(({ mappingId }) => toHex(mappingId)),
          GATE_VERSION,
          privacy?.revision ?? "",
        ].join("|");
  const isUnchanged =
    fingerprint !== undefined &&
    fingerprint === before.fingerprint &&
    before.completeInFeed === feed.state.ordinal;
  if (isUnchanged) {
    await memo.updateSource(sourceId, {
      checkedAtMs: clock.now(),
      pause: undefined,
      problem: undefined,
    });
    return { type: "unchanged" };
  }

  // The first table is opened while what is known of its rows is loaded.
  const [firstMapper] = mappers;
  await using first = firstMapper && begun(source.read(firstMapper.table, signal));
  const badRows: BadRow[] = [];
  const remarked: BadRow[] = [];
  const { privacy: _, ...rest } = options;
  const pass = await beginPass({
    ...rest,
    ...(privacy && { privacy }),
    sourceId,
    tableRowsBefore: before.tableRows,
    acceptsMassChange: before.acceptsMassChange,
    takeEngagements: async (engagements) => {
      if (options.engagements === undefined)
        throw new TypeError("there is no intake for engagements");
      await options.engagements.take(sourceId, engagements);
    },
    onBadRow: (row) => {
      if (badRows.length < MAX_REPORTED_ROWS) badRows.push(detached(row));
    },
    onRemark: (row) => {
      if (remarked.length < MAX_REPORTED_ROWS) remarked.push(detached(row));
    },
    wantsRemarks: () => remarked.length < MAX_REPORTED_ROWS,
  });
  for (const mapper of mappers) {
    pass.beginTable(mapper);
    const rows = (mapper === firstMapper && first) || source.read(mapper.table, signal);
    for await (const row of rows) {
      const work = pass.row(mapper, row);
      if (work !== undefined) await work;
    }
  }
  const report = () => options.report(sourceId, [...badRows, ...remarked]);
  const result = await pass.finish(signal).catch(async (error: unknown) => {
    // The bad rows are often why so much would vanish.
    await report();
    throw error;
  });
  await report();
  const { tableRows, liveRecords, feed: completeInFeed, ...lastPass } = result;
  await memo.updateSource(sourceId, {
    completeInFeed,
    fingerprint,
    tableRows,
    liveRecords,
    lastPass,
    checkedAtMs: clock.now(),
    acceptsMassChange: false,
    problem: undefined,
    pause: undefined,
  });
  return { type: "complete", result };
}

/** The row with its cells copied: a cell is a part of a longer piece of the file, and would keep all of it in memory. */
function detached({ row, ...about }: BadRow): BadRow {
  return { ...about, row: { ...row, cells: structuredClone(row.cells) } };
}
