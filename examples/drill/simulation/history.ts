/**
 * What was seen from outside while a simulation ran, and what must hold of it: the invariants of the protocol.
 *
 * The checks know bytes, hashes and sequences, and nothing of how hub and agent come to them.
 *
 * @module
 */

import {
  batchHeaderHash,
  decodeBatchHeader,
  decodeLogEntry,
  leafHash,
  merkleRoot,
  openBatch,
  type PublishAnswer,
  splitRecords,
  type TrustedLog,
  toHex,
  verifyReceipt,
} from "@tributary/proto";
import type { StoredEntry } from "../../../hub/src/ports/log-store.ts";

/** A receipt that somebody holds. */
export interface HeldReceipt {
  readonly centerId: string;
  readonly feedId: Uint8Array;
  readonly seq: bigint;
  readonly receipt: Uint8Array;
}

/** Watches one simulation. */
export class History {
  /** What did not hold, in words. */
  readonly violations: string[] = [];
  /** By center, feed and sequence: the hash of the header that was sent. */
  readonly #sent = new Map<string, string>();
  /** By the same: the receipt that the hub issued. */
  readonly #receipts = new Map<string, HeldReceipt>();
  readonly #checkpoints: { readonly size: number; readonly root: string }[] = [];

  /** Batches that left an agent, each once. */
  get batchesSent(): number {
    return this.#sent.size;
  }

  /** A batch leaves its agent. Invariant 6: never two headers for one place. */
  sent(centerId: string, frame: Uint8Array): { readonly feedId: Uint8Array; readonly seq: bigint } {
    const { header, headerHash } = openBatch(frame);
    const { feedId, seq } = header;
    const name = placeOf(centerId, feedId, seq);
    const hash = toHex(headerHash);
    if ((this.#sent.get(name) ?? hash) !== hash) this.tell(`two headers were signed for ${name}`);
    this.#sent.set(name, hash);
    return { feedId, seq };
  }

  /** The hub answers. A batch that comes again gets the same receipt, byte for byte. */
  answered(centerId: string, answer: PublishAnswer): void {
    if (answer.type === "receipt") this.held({ centerId, ...answer });
  }

  /** A receipt that the hub gave away, or that an agent keeps. */
  held(receipt: HeldReceipt): void {
    const name = placeOf(receipt.centerId, receipt.feedId, receipt.seq);
    const known = this.#receipts.get(name) ?? receipt;
    if (Buffer.compare(known.receipt, receipt.receipt) !== 0) {
      this.tell(`two receipts were issued for ${name}`);
    }
    this.#receipts.set(name, known);
  }

  /** The hub signs a state of its log, published or not. */
  signedCheckpoint(size: number, root: Uint8Array): void {
    this.#checkpoints.push({ size, root: toHex(root) });
  }

  /** A feed was paused for showing two histories, which no center of a simulation does. */
  paused(centerId: string, code: string): void {
    this.tell(`the feed of ${centerId} was paused: ${code}`);
  }

  /** Something ended that should not. */
  unexpected(what: string, error: unknown): void {
    this.tell(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
  }

  /** Holds everything that was seen against the log as it is at the end. */
  async check(entries: readonly StoredEntry[], trusted: TrustedLog): Promise<void> {
    const leaves = entries.map(({ entry }) => leafHash(entry));
    const rootOf = memoized((size: number) => toHex(merkleRoot(leaves.slice(0, size))));
    // Invariant 7: checkpoints of one key form one chain.
    for (const { size, root } of this.#checkpoints) {
      if (size > leaves.length || rootOf(size) !== root) {
        this.tell(`a checkpoint of ${size} entries was signed that the log does not extend`);
      }
    }
    const logged = this.#checkFeeds(entries);
    // Invariants 1 and 3: what has a receipt is in the log, at its place.
    for (const held of this.#receipts.values()) {
      const name = placeOf(held.centerId, held.feedId, held.seq);
      const { position, checkpoint, entryBytes } = await verifyReceipt(held.receipt, trusted);
      if (rootOf(checkpoint.size) !== toHex(checkpoint.root)) {
        this.tell(`the receipt of ${name} is under a checkpoint that the log does not extend`);
      }
      const entry = entries[position]?.entry ?? new Uint8Array();
      if (Buffer.compare(entry, entryBytes) !== 0 || logged.get(name) !== position) {
        this.tell(`the batch ${name} has a receipt and is not in the log`);
      }
    }
    for (const name of logged.keys()) {
      if (!this.#sent.has(name)) this.tell(`the batch ${name} is in the log and was never sent`);
    }
  }

  /** Invariant 2: every place once, dense, chained, with the records that were signed. @returns Places to positions. */
  #checkFeeds(entries: readonly StoredEntry[]): ReadonlyMap<string, number> {
    const logged = new Map<string, number>();
    let newestMs = 0;
    const next = new Map<
      string,
      { readonly seq: bigint; readonly hash: string; readonly record: bigint }
    >();
    for (const { position, entry, records } of entries) {
      const { type, statement, receivedAtMs } = decodeLogEntry(entry);
      if (receivedAtMs < newestMs) this.tell(`entry ${position} is older than the one before it`);
      newestMs = receivedAtMs;
      if (type !== "batch") continue;
      const header = decodeBatchHeader(statement);
      const { centerId, feedId, seq, recordCount } = header;
      const name = placeOf(centerId, feedId, seq);
      const hash = toHex(batchHeaderHash(statement));
      const feed = `${centerId}/${toHex(feedId)}`;
      const expected = next.get(feed) ?? { seq: 0n, hash: "0".repeat(64), record: 0n };
      if (logged.has(name)) this.tell(`${name} is in the log twice`);
      if (
        seq !== expected.seq ||
        toHex(header.prevHash) !== expected.hash ||
        header.firstRecordSeq !== expected.record
      ) {
        this.tell(`${name} does not follow the batch before it`);
      }
      if (this.#sent.get(name) !== hash) this.tell(`${name} was logged otherwise than it was sent`);
      const hashes = splitRecords(records, recordCount).map(leafHash);
      if (toHex(merkleRoot(hashes)) !== toHex(header.recordsRoot)) {
        this.tell(`the records of ${name} are not those that were signed`);
      }
      logged.set(name, position);
      next.set(feed, { seq: seq + 1n, hash, record: header.firstRecordSeq + BigInt(recordCount) });
    }
    return logged;
  }

  /** Something does not hold. @param problem In words. */
  tell(problem: string): void {
    if (this.violations.length < MAX_VIOLATIONS) this.violations.push(problem);
  }
}

/** More say nothing new. */
const MAX_VIOLATIONS = 10;

function placeOf(centerId: string, feedId: Uint8Array, seq: bigint): string {
  return `${centerId}/${toHex(feedId)}/${seq}`;
}

function memoized(compute: (size: number) => string): (size: number) => string {
  const known = new Map<number, string>();
  return (size) => {
    const result = known.get(size) ?? compute(size);
    known.set(size, result);
    return result;
  };
}
