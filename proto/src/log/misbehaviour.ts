/**
 * Misbehaviour of a log: statements under its one key that cannot all be true. Anybody can verify that offline.
 *
 * What they prove rests on the log's signatures and on three rules of the log: it only grows, a position keeps its
 * entry, and the time of its entries never decreases.  *
 * @module
 */

import { equalBytes } from "../crypto/bytes.ts";
import { TributaryError } from "../errors.ts";
import { type OpenedCheckpoint, openCheckpoint, type TrustedLog } from "./checkpoint.ts";
import { leafHash, rootOfPrefix } from "./merkle.ts";
import { type VerifiedReceipt, verifyReceipt } from "./receipt.ts";

/** What the log did. */
export type MisbehaviourKind =
  /** Two checkpoints of one size with different roots. */
  | "fork"
  /** A later tree does not extend an earlier checkpoint: an entry below it was edited, dropped or added. */
  | "rewritten"
  /** One position, two entries. */
  | "replaced"
  /** An entry at or before the place of another is younger: the log was cut and grew again. */
  | "shrunk";

/** Statements that contradict each other. Nothing is proven until {@link verifyMisbehaviour} says so. */
export type Misbehaviour =
  | { readonly kind: "fork"; readonly first: string; readonly second: string }
  /** `second` is the receipt of the last entry that `first` covers, in the later tree. */
  | { readonly kind: "rewritten"; readonly first: string; readonly second: Uint8Array }
  | { readonly kind: "replaced"; readonly first: Uint8Array; readonly second: Uint8Array }
  /** `first` is the receipt of the older entry, `second` that of the younger one at or before its place. */
  | { readonly kind: "shrunk"; readonly first: Uint8Array; readonly second: Uint8Array };

/** What is proven. */
export interface ProvenMisbehaviour {
  readonly kind: MisbehaviourKind;
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
    case "replaced":
    case "shrunk": {
      const first = await verifyReceipt(misbehaviour.first, log);
      const second = await verifyReceipt(misbehaviour.second, log);
      const holds = misbehaviour.kind === "shrunk" ? isShrunk : isReplaced;
      const { kind } = misbehaviour;
      return requireProven(kind, first.checkpoint, second.checkpoint, holds(first, second));
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

function requireProven(
  kind: MisbehaviourKind,
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
  Record<MisbehaviourKind, (first: number, second: number) => readonly [string, string]>
> = {
  fork: (size) => [
    `the hub signed two different logs of ${size} entries`,
    `中枢为 ${size} 条日志签署了两个不同的版本`,
  ],
  rewritten: (first, second) => [
    `the hub's log of ${second} entries does not extend the one of ${first} that it signed: entries were edited, dropped or inserted`,
    `中枢 ${second} 条的日志不是其已签署的 ${first} 条日志的延续：有条目被改动、删除或插入`,
  ],
  replaced: (first, second) => [
    `the hub put another entry in a place of its log (sizes ${first} and ${second})`,
    `中枢在日志的同一位置放入了另一条目（大小 ${first} 与 ${second}）`,
  ],
  shrunk: (first, second) => [
    `the hub cut its log and let it grow again: a younger entry has the place of an older one (sizes ${first} and ${second})`,
    `中枢截短日志后重新追加：较新的条目占据了较早条目的位置（大小 ${first} 与 ${second}）`,
  ],
};
