/**
 * Compares epoch summaries with the entries that they cover.
 *
 * @module
 */

import type { BatchHeaderValue } from "../batch/header.ts";
import { equalBytes } from "../crypto/bytes.ts";
import { epochDigest } from "./epoch.ts";
import type { CenterSummary, EpochSummary } from "./statement.ts";

/** What the entries say of a center: the part of its row that needs no records. */
export type CenterHead = Pick<
  CenterSummary,
  "centerId" | "feedId" | "nextSeq" | "lastHash" | "accepted"
>;

interface HeadAt extends CenterHead {
  /** Position of the entry that made it so. */
  readonly position: number;
}

const NONE = new Uint8Array();

/** Follows the heads of centers, and judges summaries. */
export class EpochAudit {
  /** By center, ascending by position: what no summary to come can be about is forgotten. */
  readonly #heads = new Map<string, HeadAt[]>();
  /** The newest part. */
  #last: { readonly position: number; readonly summary: EpochSummary } | undefined;
  /** Rows of the parts of its epoch so far. */
  #rows: CenterSummary[] = [];
  /** The newest summary of which all parts are there. */
  whole: { readonly position: number; readonly summary: EpochSummary } | undefined;

  /** An entry names a center. */
  name(centerId: string, position: number): void {
    if (this.#heads.has(centerId)) return;
    const nothing = { feedId: NONE, nextSeq: 0, lastHash: NONE, accepted: 0 };
    this.#heads.set(centerId, [{ centerId, ...nothing, position }]);
  }

  batch(position: number, header: BatchHeaderValue, headerHash: Uint8Array): void {
    const { centerId, feedId, seq, recordCount } = header;
    this.name(centerId, position);
    const heads = this.#heads.get(centerId) as HeadAt[];
    const accepted = (heads.at(-1)?.accepted ?? 0) + recordCount;
    const nextSeq = Number(seq) + 1;
    heads.push({ centerId, feedId, nextSeq, lastHash: headerHash, accepted, position });
  }

  /** Where all centers stand now, ascending by id. */
  heads(): CenterHead[] {
    return this.#headsAt(Number.POSITIVE_INFINITY);
  }

  /** Takes the next summary. @returns What is wrong with it, in words. */
  take(position: number, summary: EpochSummary): string[] {
    const problems = this.#placeOf(position, summary);
    if (summary.afterCenterId === "") this.#rows = [];
    this.#rows.push(...summary.centers);
    this.#last = { position, summary };
    if (summary.untilCenterId === "") {
      problems.push(...this.#compare(summary));
      this.whole = this.#last;
      for (const heads of this.#heads.values()) {
        const past = heads.findLastIndex((head) => head.position < summary.logSize);
        if (past > 0) heads.splice(0, past);
      }
    }
    return problems;
  }

  #placeOf(position: number, summary: EpochSummary): string[] {
    const { epoch, logSize, afterCenterId } = summary;
    const last = this.#last?.summary;
    const problems: string[] = [];
    if (afterCenterId === "") {
      const wanted = last === undefined ? 0 : last.epoch + 1;
      if (epoch !== wanted) problems.push(`it is epoch ${epoch} and ${wanted} comes next`);
      if (logSize > position) problems.push(`it covers ${logSize} entries, more than there were`);
      if (this.whole !== undefined && logSize <= this.whole.position) {
        problems.push("it does not cover the summary before it");
      }
      return problems;
    }
    const isNextPart =
      last !== undefined &&
      last.untilCenterId === afterCenterId &&
      last.epoch === epoch &&
      last.logSize === logSize &&
      last.periodMs === summary.periodMs &&
      equalBytes(last.catalogDigest, summary.catalogDigest);
    if (!isNextPart) problems.push("it is no next part of the epoch before it");
    return problems;
  }

  #compare({ logSize, catalogDigest }: EpochSummary): string[] {
    const problems: string[] = [];
    const rows = new Map(this.#rows.map((row) => [row.centerId, row]));
    for (const head of this.#headsAt(logSize)) {
      const row = rows.get(head.centerId);
      rows.delete(head.centerId);
      if (row === undefined) problems.push(`it leaves out ${head.centerId}`);
      else if (!isSame(row, head)) problems.push(wrongRow(row, head));
    }
    for (const centerId of rows.keys()) {
      problems.push(`it tells of ${centerId}, which the log has not named`);
    }
    if (!equalBytes(epochDigest(this.#rows), catalogDigest)) {
      problems.push("its digest is not that of its rows");
    }
    return problems;
  }

  #headsAt(logSize: number): CenterHead[] {
    return [...this.#heads.values()]
      .map((heads) => heads.findLast(({ position }) => position < logSize))
      .filter((head) => head !== undefined)
      .sort((a, b) => (a.centerId < b.centerId ? -1 : 1));
  }
}

function isSame(row: CenterSummary, head: CenterHead): boolean {
  return (
    row.nextSeq === head.nextSeq &&
    row.accepted === head.accepted &&
    equalBytes(row.feedId, head.feedId) &&
    equalBytes(row.lastHash, head.lastHash) &&
    row.quarantined + row.withdrawn + row.erased + row.stale <= row.accepted
  );
}

function wrongRow(row: CenterSummary, head: CenterHead): string {
  const { centerId } = head;
  return `its row of ${centerId} says ${row.accepted} records up to batch ${row.nextSeq - 1}, and the log ${head.accepted} up to batch ${head.nextSeq - 1}, or its counts cannot be`;
}
