/**
 * Misbehaviour of a log: statements under its one key that cannot all be true. Anybody can verify that offline.
 *
 * What they prove rests on the log's signatures and on four rules of the log: it only grows, a position keeps its
 * entry, the time of its entries never decreases, and an epoch summary tells of every batch that it covers.
 *
 * @module
 */

import { batchHeaderHash, decodeBatchHeader } from "../batch/header.ts";
import { equalBytes } from "../crypto/bytes.ts";
import { TributaryError } from "../errors.ts";
import { type OpenedCheckpoint, openCheckpoint, type TrustedLog } from "./checkpoint.ts";
import { isInPart } from "./epoch.ts";
import { leafHash, rootOfPrefix } from "./merkle.ts";
import { type VerifiedReceipt, verifyReceipt } from "./receipt.ts";
import { decodeEpochSummary } from "./statement.ts";

/** What the log did. */
export type MisbehaviourKind =
  /** Two checkpoints of one size with different roots. */
  | "fork"
  /** A later tree does not extend an earlier checkpoint: an entry below it was edited, dropped or added. */
  | "rewritten"
  /** One position, two entries. */
  | "replaced"
  /** An entry at or before the place of another is younger: the log was cut and grew again. */
  | "shrunk"
  /** An epoch summary leaves out a batch, or the whole center, that is in the log it covers. */
  | "hidden"
  /** The log showed no epoch summary when the next was due: seen by the finder, and proven by nothing. */
  | "overdue";

/** Statements that contradict each other. Nothing is proven until {@link verifyMisbehaviour} says so. */
export type Misbehaviour =
  | { readonly kind: "fork"; readonly first: string; readonly second: string }
  /** `second` is the receipt of the last entry that `first` covers, in the later tree. */
  | { readonly kind: "rewritten"; readonly first: string; readonly second: Uint8Array }
  | { readonly kind: "replaced"; readonly first: Uint8Array; readonly second: Uint8Array }
  /** `first` is the receipt of the older entry, `second` that of the younger one at or before its place. */
  | { readonly kind: "shrunk"; readonly first: Uint8Array; readonly second: Uint8Array }
  /** `first` is the receipt of a batch, `second` that of the epoch summary that should tell of it. */
  | { readonly kind: "hidden"; readonly first: Uint8Array; readonly second: Uint8Array }
  /** `first` is the newest checkpoint that was shown, `second` the receipt of the newest epoch summary. */
  | { readonly kind: "overdue"; readonly first: string; readonly second: Uint8Array };

/** What is proven. */
export interface ProvenMisbehaviour {
  readonly kind: Exclude<MisbehaviourKind, "overdue">;
  /** Sizes of the two trees, in the order of the file. */
  readonly sizes: readonly [number, number];
  readonly message: string;
  readonly messageZh: string;
}

/**
 * Verifies that the log's key stands under statements that cannot all be true.
 *
 * @param misbehaviour Attacker-controlled, so that nobody can be framed.
 * @throws {TributaryError} `ERR_MISBEHAVIOUR_UNPROVEN` if the statements do not contradict each other; what
 * `openCheckpoint` and `verifyReceipt` throw if one of them is not the log's.
 */
export async function verifyMisbehaviour(
  misbehaviour: Misbehaviour,
  log: TrustedLog,
): Promise<ProvenMisbehaviour> {
  switch (misbehaviour.kind) {
    case "fork": {
      const first = await openCheckpoint(misbehaviour.first, log);
      const second = await openCheckpoint(misbehaviour.second, log);
      return requireProven(misbehaviour.kind, first, second, isFork(first, second));
    }
    case "rewritten": {
      const first = await openCheckpoint(misbehaviour.first, log);
      const second = await verifyReceipt(misbehaviour.second, log);
      const { kind } = misbehaviour;
      return requireProven(kind, first, second.checkpoint, isRewritten(first, second));
    }
    case "overdue":
      await openCheckpoint(misbehaviour.first, log);
      await verifyReceipt(misbehaviour.second, log);
      throw new TributaryError(
        "ERR_MISBEHAVIOUR_UNPROVEN",
        "the log's statements are genuine; that it showed nothing newer rests on the word of the finder",
        { messageZh: "日志的各项声明均真实；其未展示更新内容一事仅有发现者的陈述" },
      );
    case "replaced":
    case "shrunk":
    case "hidden": {
      const first = await verifyReceipt(misbehaviour.first, log);
      const second = await verifyReceipt(misbehaviour.second, log);
      const { kind } = misbehaviour;
      const isProven = OF_RECEIPTS[kind](first, second);
      return requireProven(kind, first.checkpoint, second.checkpoint, isProven);
    }
  }
}

/** True if two checkpoints of one log and size have different roots. */
function isFork(first: OpenedCheckpoint, second: OpenedCheckpoint): boolean {
  return first.size === second.size && !equalBytes(first.root, second.root);
}

/** A receipt, verified, with its bytes. */
export interface Testimony {
  readonly bytes: Uint8Array;
  readonly receipt: VerifiedReceipt;
}

/**
 * The contradiction between two receipts of one log, if they are one.
 *
 * @param older The one that was seen first.
 */
export function contradictionOf(older: Testimony, newer: Testimony): Misbehaviour | undefined {
  const pair = { first: older.bytes, second: newer.bytes };
  if (isReplaced(older.receipt, newer.receipt)) return { kind: "replaced", ...pair };
  if (isShrunk(older.receipt, newer.receipt)) return { kind: "shrunk", ...pair };
  if (isShrunk(newer.receipt, older.receipt)) {
    return { kind: "shrunk", first: newer.bytes, second: older.bytes };
  }
  return undefined;
}

/** The prefix of the later tree that an audit path shows has another root than the checkpoint of that size. */
function isRewritten(first: OpenedCheckpoint, second: VerifiedReceipt): boolean {
  return second.position === first.size - 1 && !equalBytes(rootBefore(second), first.root);
}

/** Root of the tree that ends with the entry of a verified receipt. */
export function rootBefore(receipt: VerifiedReceipt): Uint8Array {
  const { position, size, entryBytes, path } = receipt;
  return rootOfPrefix({ index: position, size, leafHash: leafHash(entryBytes), path });
}

function isReplaced(first: VerifiedReceipt, second: VerifiedReceipt): boolean {
  return first.position === second.position && !equalBytes(first.entryBytes, second.entryBytes);
}

function isShrunk(older: VerifiedReceipt, younger: VerifiedReceipt): boolean {
  return (
    younger.position <= older.position && younger.entry.receivedAtMs > older.entry.receivedAtMs
  );
}

/**
 * True if an epoch summary contradicts a batch below the size that it covers. A row that names another feed may be right:
 * the center may have begun one since.
 */
export function isHidden(batch: VerifiedReceipt, epoch: VerifiedReceipt): boolean {
  if (batch.entry.type !== "batch" || epoch.entry.type !== "epoch") return false;
  const header = decodeBatchHeader(batch.entry.statement);
  const summary = decodeEpochSummary(epoch.entry.statement);
  if (batch.position >= summary.logSize || !isInPart(summary, header.centerId)) return false;
  const row = summary.centers.find(({ centerId }) => centerId === header.centerId);
  if (row === undefined) return true;
  const accepted = header.firstRecordSeq + BigInt(header.recordCount);
  if (BigInt(row.accepted) < accepted || row.nextSeq === 0) return true;
  if (!equalBytes(row.feedId, header.feedId)) return false;
  const newestSeq = BigInt(row.nextSeq) - 1n;
  const isThisBatch = newestSeq === header.seq;
  const hash = batchHeaderHash(batch.entry.statement);
  return newestSeq < header.seq || (isThisBatch && !equalBytes(row.lastHash, hash));
}

/** What two receipts may prove. */
const OF_RECEIPTS = { replaced: isReplaced, shrunk: isShrunk, hidden: isHidden } as const;

function requireProven(
  kind: ProvenMisbehaviour["kind"],
  first: OpenedCheckpoint,
  second: OpenedCheckpoint,
  isProven: boolean,
): ProvenMisbehaviour {
  if (!isProven) {
    throw new TributaryError(
      "ERR_MISBEHAVIOUR_UNPROVEN",
      "the log's statements are genuine and do not contradict each other",
      { messageZh: "日志的各项声明均真实，且互不矛盾" },
    );
  }
  const [message, messageZh] = SENTENCES[kind](first.size, second.size);
  return { kind, sizes: [first.size, second.size], message, messageZh };
}

const SENTENCES: Readonly<
  Record<ProvenMisbehaviour["kind"], (first: number, second: number) => readonly [string, string]>
> = {
  fork: (size) => [
    `the hub signed two different logs of ${size} entries`,
    `枢纽为 ${size} 条日志签署了两个不同的版本`,
  ],
  rewritten: (first, second) => [
    `the hub's log of ${second} entries does not extend the one of ${first} that it signed: entries were edited, dropped or inserted`,
    `枢纽 ${second} 条的日志不是其已签署的 ${first} 条日志的延续：有条目被改动、删除或插入`,
  ],
  replaced: (first, second) => [
    `the hub put another entry in a place of its log (sizes ${first} and ${second})`,
    `枢纽在日志的同一位置放入了另一条目（大小 ${first} 与 ${second}）`,
  ],
  shrunk: (first, second) => [
    `the hub cut its log and let it grow again: a younger entry has the place of an older one (sizes ${first} and ${second})`,
    `枢纽截短日志后重新追加：较新的条目占据了较早条目的位置（大小 ${first} 与 ${second}）`,
  ],
  hidden: (first, second) => [
    `the hub logged a batch of a center and left the batch or the whole center out of its epoch summary (sizes ${first} and ${second})`,
    `枢纽已将某中心的批次写入日志，却在周期摘要中隐瞒了该批次或整个中心（大小 ${first} 与 ${second}）`,
  ],
};
