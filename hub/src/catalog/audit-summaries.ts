/**
 * Makes the catalog anew from the log and compares what the epoch summaries stated: counts by verdict and the digest of
 * every center.
 *
 * @module
 */

import {
  type CenterSummary,
  decodeBatchHeader,
  decodeEpochSummary,
  decodeErasure,
  decodeLogEntry,
  type EpochSummary,
  equalBytes,
  type LogProblem,
} from "@tributary/proto";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { StoredEntry } from "../ports/log-store.ts";
import { EntityFold } from "./entity-fold.ts";
import { foldEntries } from "./fold.ts";
import type { EntrySource } from "./project.ts";
import { summarizeCatalog } from "./summary.ts";

/** What came of it. */
export interface SummaryAudit {
  /** Whole summaries that were compared. */
  readonly summaries: number;
  /** Rows of them. */
  readonly rows: number;
  /** Rows of which only the newest batch and the number of records could be: something was erased since. */
  readonly partly: number;
  readonly problems: readonly LogProblem[];
}

interface WholeSummary extends Pick<EpochSummary, "epoch" | "logSize"> {
  /** Of its last part. */
  readonly position: number;
  readonly rows: ReadonlyMap<string, CenterSummary>;
}

/** What a pass over the entries finds before anything is folded. */
interface Found {
  readonly wholes: readonly WholeSummary[];
  /** By center: positions of an erasure, and of the batch that it is about. */
  readonly erasures: ReadonlyMap<string, readonly (readonly [place: number, batch: number])[]>;
}

const STEP_ENTRIES = 256;

/**
 * Folds a whole log into an empty catalog, and compares the newest summaries on the way.
 *
 * @param catalog Empty; covers the log afterwards.
 * @param newest How many summaries are compared; each costs a pass over the catalog.
 * @throws {TributaryError} What reading the log throws; the signal's reason.
 */
export async function auditSummaries(
  log: EntrySource,
  logSize: number,
  catalog: CatalogStore,
  { newest, signal }: { readonly newest: number; readonly signal: AbortSignal },
): Promise<SummaryAudit> {
  const { wholes, erasures } = await find(log, logSize);
  const problems: LogProblem[] = [];
  let [rows, partly] = [0, 0];
  const entities = new EntityFold();
  const lookup = (position: number) => log.readEntry(position);
  const compared = wholes.slice(Math.max(0, wholes.length - newest));
  for (const whole of compared) {
    await foldTo(whole.logSize);
    const { centers } = await summarizeCatalog(catalog, lookup);
    for (const made of centers) {
      const stated = whole.rows.get(made.centerId);
      // Rows that are not there are found without the records.
      if (stated === undefined) continue;
      rows += 1;
      const isErased = (erasures.get(made.centerId) ?? []).some(
        ([place, batch]) => place >= whole.logSize && batch < whole.logSize,
      );
      if (isErased) partly += 1;
      const wrong = differenceOf(stated, made, isErased);
      if (wrong.length === 0) continue;
      const problem = `epoch ${whole.epoch} is wrong about ${made.centerId}: ${wrong.join(", ")}`;
      problems.push({ position: whole.position, problem });
    }
  }
  await foldTo(logSize);
  return { summaries: compared.length, rows, partly, problems };

  async function foldTo(size: number): Promise<void> {
    let step: StoredEntry[] = [];
    const fold = async () => {
      signal.throwIfAborted();
      await catalog.write((await foldEntries(catalog, step, lookup, entities)).change);
      step = [];
    };
    for await (const entry of log.readEntries(await catalog.position(), size)) {
      step.push(entry);
      if (step.length === STEP_ENTRIES) await fold();
    }
    if (step.length > 0) await fold();
  }
}

async function find(log: EntrySource, logSize: number): Promise<Found> {
  const wholes: WholeSummary[] = [];
  const erasures = new Map<string, (readonly [number, number])[]>();
  const centerOf = new Map<number, string>();
  let rows = new Map<string, CenterSummary>();
  for await (const { position, entry } of log.readEntries(0, logSize)) {
    const { type, statement } = decodeLogEntry(entry);
    if (type === "batch") centerOf.set(position, decodeBatchHeader(statement).centerId);
    if (type === "erasure") {
      const batch = decodeErasure(statement).position;
      const centerId = centerOf.get(batch) ?? "";
      erasures.set(centerId, [...(erasures.get(centerId) ?? []), [position, batch]]);
    }
    if (type !== "epoch") continue;
    const summary = decodeEpochSummary(statement);
    if (summary.afterCenterId === "") rows = new Map();
    for (const row of summary.centers) rows.set(row.centerId, row);
    if (summary.untilCenterId !== "") continue;
    wholes.push({ epoch: summary.epoch, logSize: summary.logSize, position, rows });
  }
  return { wholes, erasures };
}

const COUNTS = ["quarantined", "stale", "withdrawn", "erased"] as const;

/** What is stated otherwise than it was made, by name. @param isErased Leaves out what an erasure changed for good. */
function differenceOf(stated: CenterSummary, made: CenterSummary, isErased: boolean): string[] {
  const wrong: string[] = [];
  if (stated.nextSeq !== made.nextSeq || !equalBytes(stated.feedId, made.feedId)) {
    wrong.push("feed");
  }
  if (!equalBytes(stated.lastHash, made.lastHash)) wrong.push("newest batch");
  if (stated.accepted !== made.accepted)
    wrong.push(`accepted ${stated.accepted}, ${made.accepted}`);
  if (isErased) return wrong;
  for (const name of COUNTS) {
    if (stated[name] !== made[name]) wrong.push(`${name} ${stated[name]}, ${made[name]}`);
  }
  if (!equalBytes(stated.catalogDigest, made.catalogDigest)) wrong.push("digest of its records");
  return wrong;
}
