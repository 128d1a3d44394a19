/**
 * What is remembered of a source between two passes.
 *
 * @module
 */

import type { Finding } from "../privacy/finding.ts";
import type { Pause, Problem } from "./problem.ts";

/** What one complete pass did. */
export interface PassSummary {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Rows read, bad ones included. */
  readonly rows: number;
  /** Rows whose raw content was seen before. */
  readonly unchangedRows: number;
  /** Rows that were reported and not published. */
  readonly badRows: number;
  /** Rows that were published, and reported because of a cell that could not be read. */
  readonly remarkedRows: number;
  /** New records, new revisions and withdrawals that were signed. */
  readonly added: number;
  readonly updated: number;
  readonly withdrawn: number;
  /** What the privacy gate masked in the rows of this pass that changed. */
  readonly findings: readonly Finding[];
}

/** State of one source. */
export interface SourceState {
  readonly sourceId: string;
  /** Ordinal of the feed in which the source was last read completely; 0 if it never was. */
  readonly completeInFeed: number;
  /** Fingerprint of the content and the mapping at that time. */
  readonly fingerprint?: string;
  /** Rows by table at that time. */
  readonly tableRows: Readonly<Record<string, number>>;
  /** Records of the source that are live by what was signed; some may still wait in the outbox. */
  readonly liveRecords: number;
  /** The last complete pass. */
  readonly lastPass?: PassSummary;
  /** When the source was last looked at; ms since the epoch. */
  readonly checkedAtMs?: number;
  /** Why the last pass did not complete. */
  readonly problem?: Problem;
  readonly pause?: Pause;
  /** A person confirmed the next mass change. */
  readonly acceptsMassChange: boolean;
}

/** State of a source that was never read. */
export function newSourceState(sourceId: string): SourceState {
  return { sourceId, completeInFeed: 0, tableRows: {}, liveRecords: 0, acceptsMassChange: false };
}
