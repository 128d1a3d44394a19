/**
 * Follows a log from checkpoint to checkpoint: the largest one is kept, and a new one takes its place only with a proof
 * that it extends it. Where the log contradicts itself, what it signed is turned into {@link Misbehaviour}.
 *
 * With a checkpoint the receipt of its newest entry is kept: its audit path is what a rewritten log cannot explain, and
 * its time what a log that was cut and grew again cannot.
 *
 * @module
 */

import { equalBytes } from "../crypto/bytes.ts";
import { TributaryError } from "../errors.ts";
import { type OpenedCheckpoint, openCheckpoint, type TrustedLog } from "./checkpoint.ts";
import { verifyConsistency } from "./merkle.ts";
import { contradictionOf, type Misbehaviour, rootBefore, type Testimony } from "./misbehaviour.ts";
import { decodeReceipt, verifyReceipt } from "./receipt.ts";

/** What a log is asked. Answers are attacker-controlled; errors of the way there pass through. */
export interface LogView {
  /** The newest checkpoint, a signed note. */
  checkpoint(signal: AbortSignal): Promise<string>;
  /** Hashes of the proof of RFC 6962, section 2.1.2. */
  consistencyProof(fromSize: number, toSize: number, signal: AbortSignal): Promise<Uint8Array[]>;
  /** Receipt of an entry against the newest checkpoint. */
  receipt(position: number, signal: AbortSignal): Promise<Uint8Array>;
}

/** Where the largest checkpoint is kept between two looks, and between two runs of the program. */
export interface CheckpointStore {
  /** What {@link CheckpointStore.write} wrote last; undefined at first. */
  read(): Promise<Uint8Array | undefined>;
  /** Durable on return. @param receipt Receipt of a late entry, with the checkpoint in it. */
  write(receipt: Uint8Array): Promise<void>;
}

/** A store that forgets with the process. */
export class MemoryCheckpointStore implements CheckpointStore {
  #receipt: Uint8Array | undefined;

  async read(): Promise<Uint8Array | undefined> {
    return this.#receipt;
  }

  async write(receipt: Uint8Array): Promise<void> {
    this.#receipt = receipt;
  }
}

/** What a look at the log found. */
export interface LogLook {
  /** `behind`: the log showed less than it did before; nothing it signed contradicts that yet. */
  readonly type: "first" | "same" | "grown" | "behind";
  /** Size of the largest checkpoint that is kept. */
  readonly size: number;
  /** Root of that checkpoint; 32 bytes. */
  readonly root: Uint8Array;
}

/** The error of a log that contradicts itself, with the proof. */
export class MisbehaviourError extends TributaryError {
  readonly misbehaviour: Misbehaviour;

  constructor(misbehaviour: Misbehaviour) {
    super(
      "ERR_LOG_MISBEHAVED",
      `the log contradicts what it signed before (${misbehaviour.kind}); nothing more of it is accepted`,
      { messageZh: `日志与其先前签署的内容矛盾（${misbehaviour.kind}），不再接受其任何新内容` },
    );
    this.misbehaviour = misbehaviour;
  }
}

/** Follows one log. One look at a time. */
export class LogFollower {
  readonly #log: TrustedLog;
  readonly #view: LogView;
  readonly #store: CheckpointStore;

  constructor(options: {
    readonly log: TrustedLog;
    readonly view: LogView;
    readonly store: CheckpointStore;
  }) {
    this.#log = options.log;
    this.#view = options.view;
    this.#store = options.store;
  }

  /**
   * Asks for the newest checkpoint, and takes it if it is proven to extend the one that is kept.
   *
   * @throws {MisbehaviourError} `ERR_LOG_MISBEHAVED` if the log contradicts itself provably.
   * @throws {TributaryError} `ERR_CHECKPOINT_INCONSISTENT` if the log proves neither that it extends what is kept nor
   * the contrary; `ERR_STORE_DAMAGED` if what was kept does not verify; what `openCheckpoint` and `verifyReceipt` throw; what the view throws.
   */
  async look(signal: AbortSignal): Promise<LogLook> {
    return this.compare(await this.#view.checkpoint(signal), signal);
  }

  /** As {@link look}, for a checkpoint that came another way: in a receipt, or from somebody else. */
  async compare(note: string, signal: AbortSignal): Promise<LogLook> {
    const seen = { note, checkpoint: await openCheckpoint(note, this.#log) };
    const held = await this.#held();
    const kept = held && keptOf(held);
    if (kept !== undefined) {
      requireNoFork(kept, seen);
      if (kept.checkpoint.size === seen.checkpoint.size) return lookOf("same", kept);
    }
    const newest = await this.#testimony(seen.checkpoint.size - 1, signal);
    const contradiction = held && contradictionOf(held, newest);
    if (contradiction !== undefined) throw new MisbehaviourError(contradiction);
    requireExtends(seen, newest);
    if (kept === undefined) return this.#keep("first", newest);
    requireNoFork(kept, keptOf(newest));
    if (newest.receipt.size < kept.checkpoint.size) return lookOf("behind", kept);
    if (newest.receipt.size === kept.checkpoint.size) return lookOf("same", kept);
    await this.#requireGrown(kept, newest, signal);
    return this.#keep("grown", newest);
  }

  /** A consistency proof, or else the audit path that shows why there is none. */
  async #requireGrown(kept: Seen, newest: Testimony, signal: AbortSignal): Promise<void> {
    const { size: fromSize, root: fromRoot } = kept.checkpoint;
    const { size: toSize, root: toRoot } = newest.receipt.checkpoint;
    const path = await this.#view.consistencyProof(fromSize, toSize, signal);
    if (verifyConsistency({ fromSize, fromRoot, toSize, toRoot, path })) return;
    requireExtends(kept, await this.#testimony(fromSize - 1, signal));
    throw unproven(fromSize, toSize);
  }

  async #held(): Promise<Testimony | undefined> {
    const bytes = await this.#store.read();
    if (bytes === undefined) return undefined;
    try {
      return { bytes, receipt: await verifyReceipt(bytes, this.#log) };
    } catch (cause) {
      throw new TributaryError(
        "ERR_STORE_DAMAGED",
        "the checkpoint that was kept of the log does not verify any more; once it is removed, the log is followed from what it shows then",
        { messageZh: "本地保存的日志检查点已损坏；删除后将从日志当前状态重新开始跟踪", cause },
      );
    }
  }

  async #testimony(position: number, signal: AbortSignal): Promise<Testimony> {
    const bytes = await this.#view.receipt(position, signal);
    const receipt = await verifyReceipt(bytes, this.#log);
    if (receipt.position !== position) throw unproven(position + 1, receipt.size);
    return { bytes, receipt };
  }

  async #keep(type: LogLook["type"], newest: Testimony): Promise<LogLook> {
    await this.#store.write(newest.bytes);
    return lookOf(type, keptOf(newest));
  }
}

/** A checkpoint, verified, with its note. */
interface Seen {
  readonly note: string;
  readonly checkpoint: OpenedCheckpoint;
}

function keptOf({ bytes, receipt }: Testimony): Seen {
  return { note: decodeReceipt(bytes).checkpoint, checkpoint: receipt.checkpoint };
}

function lookOf(type: LogLook["type"], { checkpoint }: Seen): LogLook {
  return { type, size: checkpoint.size, root: checkpoint.root };
}

function requireNoFork(kept: Seen, seen: Seen): void {
  const isOfOneSize = kept.checkpoint.size === seen.checkpoint.size;
  if (!isOfOneSize || equalBytes(kept.checkpoint.root, seen.checkpoint.root)) return;
  throw new MisbehaviourError({ kind: "fork", first: kept.note, second: seen.note });
}

/** The receipt of the last entry of a tree, in a later one, shows the root that the tree had. */
function requireExtends({ note, checkpoint }: Seen, { bytes, receipt }: Testimony): void {
  if (equalBytes(rootBefore(receipt), checkpoint.root)) return;
  throw new MisbehaviourError({ kind: "rewritten", first: note, second: bytes });
}

function unproven(fromSize: number, toSize: number): TributaryError {
  return new TributaryError(
    "ERR_CHECKPOINT_INCONSISTENT",
    `the log of ${toSize} entries is not proven to extend that of ${fromSize}; it is not accepted`,
    {
      messageZh: `${toSize} 条的日志未能证明是 ${fromSize} 条日志的延续，不予接受`,
      details: { fromSize, toSize },
    },
  );
}
