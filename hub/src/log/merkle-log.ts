/**
 * The hub's append-only log: what was accepted or decided, in one order, under a Merkle tree whose root is signed.
 *
 * One writer. A commit takes what waits (at most 512 entries), writes it in one synced step, reads it back and hashes
 * it, grows the tree, checks that the new root extends the old one, signs the checkpoint, makes receipts, writes tiles
 * and head in a second synced step, publishes the checkpoint and only then answers. A start that finds entries beyond
 * the head concludes them on the same path.
 *
 * Two entries of one commit share its two syncs, so throughput grows with load while a lone entry waits for nobody.
 *
 * @module
 */

import {
  type Clock,
  decodeLogEntry,
  encodeEntryBundle,
  encodeLogEntry,
  encodeReceipt,
  equalBytes,
  isTributaryError,
  type LogEntryType,
  leafHash,
  MAX_LOG_ENTRY_BYTES,
  openCheckpoint,
  TILE_WIDTH,
  TributaryError,
  verifyConsistency,
} from "@tributary/proto";
import type { CheckpointAnchor } from "../ports/checkpoint-anchor.ts";
import type { LogStore, StoredEntry } from "../ports/log-store.ts";
import type { CheckpointSigner, LogHead } from "./checkpoint-signer.ts";
import type { OnStep } from "./steps.ts";
import { TileTree } from "./tile-tree.ts";

/** An entry that asks for its place in the log. */
export interface EntryDraft {
  readonly type: LogEntryType;
  readonly statement: Uint8Array;
  readonly signature?: Uint8Array;
  readonly detail?: Uint8Array;
  /** With a batch: the `records` of its `SignedBatch`. */
  readonly records?: Uint8Array;
  /** Facts to store in the same step; called once, when the position is settled. */
  readonly facts?: (position: number) => Iterable<readonly [name: string, value: Uint8Array]>;
  /** Undoes what the caller concluded when it appended; called at most once, newest draft first. */
  readonly abandon?: () => void;
}

/** An entry that is in the log for good. */
export interface CommittedEntry {
  readonly position: number;
  /** Bytes of the `Receipt`. */
  readonly receipt: Uint8Array;
}

export interface LogOptions {
  readonly store: LogStore;
  readonly anchor: CheckpointAnchor;
  readonly signer: CheckpointSigner;
  readonly clock: Clock;
  /**
   * Whether nothing may be appended: the log was restored from a backup, and what was signed behind it would be signed
   * a second time. Default false.
   */
  readonly isHeld?: boolean;
  /** Bytes of entries and records that may wait; more is `ERR_OVERLOADED`. Default 64 MiB. */
  readonly maxQueuedBytes?: number;
  readonly onStep?: OnStep;
}

const MAX_GROUP_ENTRIES = 512;
const MAX_GROUP_BYTES = 32 * 2 ** 20;
/**
 * What a start hashes again before the head: entries, or bytes, whichever comes first; more than the write buffer of the
 * store can have lost, and no more, so that a start does not take longer as the log grows.
 */
const RECHECKED_ENTRIES = 4096;
const RECHECKED_BYTES = 64 * 2 ** 20;
/** Entries that are read at once. */
const RECHECK_STEP = 32;

interface Waiting {
  readonly draft: EntryDraft;
  readonly bytes: number;
  readonly resolve: (entry: CommittedEntry) => void;
  readonly reject: (error: Error) => void;
}

/** Appends, proves, and tells who follows. Safe to call concurrently. */
export class MerkleLog {
  readonly #store: LogStore;
  readonly #anchor: CheckpointAnchor;
  readonly #signer: CheckpointSigner;
  readonly #clock: Clock;
  readonly #maxQueuedBytes: number;
  readonly #onStep: OnStep;
  /** Whether nothing may be appended. */
  readonly isHeld: boolean;
  readonly #tree: TileTree;
  readonly #followers = new Set<(head: LogHead) => void>();
  readonly #failureListeners = new Set<(error: TributaryError) => void>();
  /** Time of the newest entry; ms since the epoch. */
  #newestAtMs = 0;
  #head: LogHead | undefined;
  #queue: Waiting[] = [];
  #queuedBytes = 0;
  #commit: Promise<void> | undefined;
  #failure: TributaryError | undefined;

  private constructor(options: LogOptions, tree: TileTree, head: LogHead | undefined) {
    this.#store = options.store;
    this.#anchor = options.anchor;
    this.#signer = options.signer;
    this.#clock = options.clock;
    this.#maxQueuedBytes = options.maxQueuedBytes ?? 64 * 2 ** 20;
    this.#onStep = options.onStep ?? (() => undefined);
    this.isHeld = options.isHeld ?? false;
    this.#tree = tree;
    this.#head = head;
  }

  /**
   * Opens the log, checks its newest part and concludes what a crash left without a head.
   *
   * @throws {TributaryError} `ERR_LOG_DAMAGED` if the store does not hold what the newest checkpoint says;
   * `ERR_CHECKPOINT_INCONSISTENT` if it is behind the checkpoint that was published last.
   */
  static async open(options: LogOptions): Promise<MerkleLog> {
    const { store, anchor, signer } = options;
    try {
      const stored = await store.readHead();
      const head = stored && (await openHead(stored.checkpoint, signer));
      const size = head?.size ?? 0;
      if (head?.size !== stored?.size) {
        throw damaged(`the head says ${stored?.size} entries and its checkpoint ${head?.size}`);
      }
      const tree = await TileTree.open(size, (path) => store.readTile(path));
      if (head !== undefined && !equalBytes(await tree.root(), head.root)) {
        throw damaged(`the tiles do not hash to the root of the checkpoint of size ${size}`);
      }
      const log = new MerkleLog(options, tree, head);
      await log.#requireNewestEntries();
      // Before anything is concluded: that would replace the only trace of a head that is lost.
      await log.#requireAnchor(await anchor.read());
      if (!log.isHeld) await log.#conclude(size, await store.entryCount());
      return log;
    } catch (error) {
      throw withAdvice(error);
    }
  }

  /** The newest published checkpoint; undefined while the log is empty. */
  get head(): LogHead | undefined {
    return this.#head;
  }

  /** The newest published checkpoint. @throws {TributaryError} `ERR_UNAVAILABLE` while the log is empty. */
  requireHead(): LogHead {
    if (this.#head !== undefined) return this.#head;
    throw new TributaryError("ERR_UNAVAILABLE", "the log has no entry yet", {
      messageZh: "日志尚无内容",
    });
  }

  /** Number of entries that are published. */
  get size(): number {
    return this.#head?.size ?? 0;
  }

  /** Why nothing more is written; undefined while the log works. */
  get failure(): TributaryError | undefined {
    return this.#failure;
  }

  /** Bytes that wait for a commit. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /**
   * Appends an entry. The order of calls is the order in the log; a call that throws has appended nothing.
   *
   * @returns Resolves when the entry is durable and published. Rejects with `ERR_STORE_FULL` if there is no room (later
   * appends may succeed) or with `ERR_STORE_FAILED` if the store failed (later appends cannot).
   * @throws {TributaryError} `ERR_OVERLOADED` if too much waits; `ERR_ARGUMENT_INVALID` if the entry would be larger
   * than a log may have; `ERR_UNAVAILABLE` if the log is held; the failure of the log if it has stopped.
   */
  append(draft: EntryDraft): Promise<CommittedEntry> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.isHeld) throw held(this.size);
    requireEntrySize(draft);
    const bytes = draft.statement.length + (draft.records?.length ?? 0);
    if (this.#queuedBytes > 0 && this.#queuedBytes + bytes > this.#maxQueuedBytes) {
      throw new TributaryError(
        "ERR_OVERLOADED",
        `${this.#queuedBytes} bytes wait to be written and ${this.#maxQueuedBytes} may; send again in a moment`,
        {
          messageZh: "等待写入的数据已达上限，请稍后重试",
          details: { limitName: "queued_bytes", limitValue: this.#maxQueuedBytes },
        },
      );
    }
    this.#queuedBytes += bytes;
    const { promise, resolve, reject } = Promise.withResolvers<CommittedEntry>();
    this.#queue.push({ draft, bytes, resolve, reject });
    this.#commit ??= this.#commitAll();
    return promise;
  }

  /** Calls `follower` with each new head. Returns how to stop it. */
  follow(follower: (head: LogHead) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** Calls `listener` once if the log stops. */
  onFailure(listener: (error: TributaryError) => void): void {
    this.#failureListeners.add(listener);
  }

  /** Resolves to the published size as soon as it is larger than `size`; rejects when `signal` aborts. */
  async waitBeyond(size: number, signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    if (this.size > size) return this.size;
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        unfollow();
        reject(signal.reason);
      };
      const unfollow = this.follow((head) => {
        if (head.size <= size) return;
        unfollow();
        signal.removeEventListener("abort", onAbort);
        resolve(head.size);
      });
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Published entries `from` (inclusive) to `to` (exclusive). */
  entries(from: number, to: number): AsyncIterable<StoredEntry> {
    return this.#store.readEntries(from, Math.min(to, this.size));
  }

  /** A published entry. @throws {TributaryError} `ERR_NOT_FOUND` beyond the published size. */
  async entry(position: number): Promise<StoredEntry> {
    const entry = position < this.size ? await this.#store.readEntry(position) : undefined;
    if (entry === undefined) throw noEntry(position, this.size);
    return entry;
  }

  /** The receipt that was issued for an entry, byte for byte. @throws {TributaryError} `ERR_NOT_FOUND`. */
  async issuedReceipt(position: number): Promise<Uint8Array> {
    const receipt = position < this.size ? await this.#store.readReceipt(position) : undefined;
    if (receipt === undefined) throw noEntry(position, this.size);
    return receipt;
  }

  /** A receipt of an entry against the newest checkpoint. @throws {TributaryError} `ERR_NOT_FOUND`. */
  async freshReceipt(position: number): Promise<Uint8Array> {
    const head = this.#head;
    if (head === undefined || position >= head.size) throw noEntry(position, this.size);
    const { entry } = await this.entry(position);
    const [path] = await this.#tree.inclusionPaths([position], head.size);
    return receiptOf(entry, position, path as Uint8Array[], head.checkpoint);
  }

  /**
   * Proof that the log of `to` entries extends that of `from`.
   *
   * @throws {TributaryError} `ERR_ARGUMENT_INVALID` unless `from` <= `to` <= published size.
   */
  consistencyProof(from: number, to: number): Promise<Uint8Array[]> {
    if (from > to || to > this.size) {
      throw new TributaryError(
        "ERR_ARGUMENT_INVALID",
        `a consistency proof needs from <= to <= ${this.size}, not ${from} and ${to}`,
        { messageZh: `一致性证明要求 起点 ≤ 终点 ≤ ${this.size}，收到 ${from} 与 ${to}` },
      );
    }
    return this.#tree.consistencyPath(from, to);
  }

  /** A fact that was stored with an entry; undefined when there is none. */
  fact(name: string): Promise<Uint8Array | undefined> {
    return this.#store.readFact(name);
  }

  /** Facts whose name begins with `prefix`, ascending. */
  facts(prefix: string): AsyncIterable<readonly [name: string, value: Uint8Array]> {
    return this.#store.facts(prefix);
  }

  /** Hashes of a tile of the published tree, `width` of them; undefined when there are not that many. */
  async tile(path: string, width: number): Promise<Uint8Array | undefined> {
    const tile = await this.#store.readTile(path);
    return tile && tile.length >= width * 32 ? tile.subarray(0, width * 32) : undefined;
  }

  /**
   * The entry bundle of a tile: `width` entries from `index` x 256 on; undefined when there are not that many.
   *
   * @see https://c2sp.org/tlog-tiles
   */
  async entryBundle(index: number, width: number): Promise<Uint8Array | undefined> {
    const from = index * TILE_WIDTH;
    if (from + width > this.size) return undefined;
    const entries: Uint8Array[] = [];
    for await (const { entry } of this.entries(from, from + width)) entries.push(entry);
    return encodeEntryBundle(entries);
  }

  /** Resolves when nothing waits. */
  async settled(): Promise<void> {
    while (this.#commit !== undefined) await this.#commit;
  }

  async #commitAll(): Promise<void> {
    // What arrives in this turn of the event loop shares the first commit.
    await undefined;
    while (this.#queue.length > 0) {
      const group = this.#nextGroup();
      try {
        await this.#commitGroup(group);
      } catch (error) {
        this.#fail(error, group);
      }
    }
    this.#commit = undefined;
  }

  #nextGroup(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { bytes: more } of this.#queue.slice(0, MAX_GROUP_ENTRIES)) {
      if (count > 0 && bytes + more > MAX_GROUP_BYTES) break;
      bytes += more;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  async #commitGroup(group: readonly Waiting[]): Promise<void> {
    const first = this.#tree.size;
    // Along the log time never goes back, whatever the clock does: a log that was cut and grew again contradicts itself.
    const receivedAtMs = Math.max(this.#clock.now(), this.#newestAtMs);
    const facts = new Map<string, Uint8Array>();
    const entries = group.map(({ draft }, index) => {
      for (const [name, value] of draft.facts?.(first + index) ?? []) facts.set(name, value);
      return {
        position: first + index,
        entry: encodeLogEntry({
          receivedAtMs,
          type: draft.type,
          statement: draft.statement,
          signature: draft.signature ?? EMPTY,
          detail: draft.detail ?? EMPTY,
        }),
        records: draft.records ?? EMPTY,
      };
    });
    this.#onStep("write");
    await this.#store.writeEntries(entries, facts);
    this.#onStep("sync");
    const receipts = await this.#conclude(first, first + entries.length, entries);
    this.#onStep("receipt");
    for (const [index, { bytes, resolve }] of group.entries()) {
      this.#queuedBytes -= bytes;
      resolve({ position: first + index, receipt: receipts[index] as Uint8Array });
    }
  }

  /** Concludes stored entries: reads them back, grows the tree, signs, makes receipts, writes the head, publishes. */
  async #conclude(
    from: number,
    to: number,
    written?: readonly StoredEntry[],
  ): Promise<Uint8Array[]> {
    const issued: Uint8Array[] = [];
    for (let at = from; at < to; at += MAX_GROUP_ENTRIES) {
      const end = Math.min(to, at + MAX_GROUP_ENTRIES);
      issued.push(...(await this.#concludeGroup(at, end, written)));
    }
    return issued;
  }

  async #concludeGroup(
    from: number,
    to: number,
    written: readonly StoredEntry[] | undefined,
  ): Promise<Uint8Array[]> {
    const before = this.#head;
    const entries: Uint8Array[] = [];
    for await (const stored of this.#store.readEntries(from, to)) {
      const wanted = written?.[stored.position - from];
      if (wanted !== undefined && !isSame(stored, wanted)) {
        throw damaged(`entry ${stored.position} reads back otherwise than it was written`);
      }
      entries.push(stored.entry);
    }
    const newest = entries.at(-1);
    if (newest === undefined || entries.length !== to - from) {
      throw damaged(`entries ${from} to ${to} do not read back`);
    }
    this.#newestAtMs = decodeLogEntry(newest).receivedAtMs;
    const tiles = this.#tree.append(entries.map(leafHash));
    const root = await this.#tree.root();
    if (before !== undefined) {
      const path = await this.#tree.consistencyPath(before.size, to);
      const sizes = { fromSize: before.size, toSize: to };
      if (!verifyConsistency({ ...sizes, fromRoot: before.root, toRoot: root, path })) {
        throw damaged(`the tree of ${to} entries does not extend that of ${before.size}`);
      }
    }
    const checkpoint = await this.#signer.sign(to, root);
    const positions = entries.map((_, index) => from + index);
    const paths = await this.#tree.inclusionPaths(positions, to);
    const receipts = entries.map((entry, index) =>
      receiptOf(entry, from + index, paths[index] as Uint8Array[], checkpoint),
    );
    this.#onStep("tiles");
    await this.#store.writeHead({
      size: to,
      checkpoint,
      tiles,
      receipts: receipts.map((receipt, index) => ({ position: from + index, receipt })),
    });
    this.#onStep("head");
    await this.#anchor.write(checkpoint);
    this.#head = { size: to, root, checkpoint };
    this.#onStep("publish");
    for (const follower of [...this.#followers]) follower(this.#head);
    return receipts;
  }

  /**
   * Rejects the group and everything that waits behind it, so that what callers concluded from the order of their
   * appends can be undone as a whole.
   */
  #fail(cause: unknown, group: readonly Waiting[]): void {
    const error = withAdvice(cause);
    const isUntouched = isTributaryError(error, "ERR_STORE_FULL") && this.#tree.size === this.size;
    if (!isUntouched) this.#failure = error;
    const rejected = [...group, ...this.#queue.splice(0)];
    this.#queuedBytes = 0;
    for (const { draft } of rejected.toReversed()) draft.abandon?.();
    for (const { reject } of rejected) reject(error);
    if (!isUntouched) for (const listener of this.#failureListeners) listener(error);
  }

  async #requireNewestEntries(): Promise<void> {
    const size = this.size;
    if ((await this.#store.entryCount()) < size) {
      throw damaged(`entries are missing at the end of a log of ${size}`);
    }
    const end = Math.max(0, size - RECHECKED_ENTRIES);
    let bytes = 0;
    for (let to = size; to > end && bytes < RECHECKED_BYTES; ) {
      const from = Math.max(end, to - RECHECK_STEP);
      const leaves = await this.#tree.leaves(from, to);
      for await (const { position, entry, records } of this.#store.readEntries(from, to)) {
        if (!equalBytes(leafHash(entry), leaves[position - from] as Uint8Array)) {
          throw damaged(`entry ${position} does not hash to its leaf`);
        }
        bytes += entry.length + records.length;
        if (position === size - 1) this.#newestAtMs = decodeLogEntry(entry).receivedAtMs;
      }
      to = from;
    }
  }

  async #requireAnchor(checkpoint: string | undefined): Promise<void> {
    if (checkpoint === undefined) return;
    const anchor = await openHead(checkpoint, this.#signer);
    if (anchor.size > this.size || !equalBytes(await this.#tree.root(anchor.size), anchor.root)) {
      throw new TributaryError(
        "ERR_CHECKPOINT_INCONSISTENT",
        `the log has ${this.size} entries and does not extend the checkpoint of ${anchor.size} that this hub published`,
        {
          messageZh: `日志现有 ${this.size} 条，与本枢纽已发布的 ${anchor.size} 条检查点不一致`,
          details: { size: this.size, anchorSize: anchor.size },
        },
      );
    }
  }
}

const EMPTY = new Uint8Array();
/** Type, time and lengths of an encoded entry take less. */
const ENTRY_OVERHEAD_BYTES = 64;

function requireEntrySize({ statement, signature = EMPTY, detail = EMPTY }: EntryDraft): void {
  const bytes = statement.length + signature.length + detail.length + ENTRY_OVERHEAD_BYTES;
  if (bytes <= MAX_LOG_ENTRY_BYTES) return;
  throw new TributaryError(
    "ERR_ARGUMENT_INVALID",
    `a log entry may have ${MAX_LOG_ENTRY_BYTES} bytes and this one would have ${bytes}`,
    {
      messageZh: `单条日志上限为 ${MAX_LOG_ENTRY_BYTES} 字节，本条将达 ${bytes} 字节`,
      details: { limitName: "log_entry_bytes", limitValue: MAX_LOG_ENTRY_BYTES, bytes },
    },
  );
}

async function openHead(checkpoint: string, signer: CheckpointSigner): Promise<LogHead> {
  const { size, root } = await openCheckpoint(checkpoint, signer);
  return { size, root, checkpoint };
}

function receiptOf(
  entry: Uint8Array,
  position: number,
  path: readonly Uint8Array[],
  checkpoint: string,
): Uint8Array {
  return encodeReceipt({ entry, index: position, path, checkpoint });
}

function isSame(a: StoredEntry, b: StoredEntry): boolean {
  return Buffer.compare(a.entry, b.entry) === 0 && Buffer.compare(a.records, b.records) === 0;
}

function noEntry(position: number, size: number): TributaryError {
  return new TributaryError(
    "ERR_NOT_FOUND",
    `the log has ${size} entries and none at ${position}`,
    {
      messageZh: `日志共 ${size} 条，位置 ${position} 无内容`,
      details: { position, size },
    },
  );
}

function held(size: number): TributaryError {
  return new TributaryError(
    "ERR_UNAVAILABLE",
    `the hub was restored from a backup of ${size} entries and takes nothing until its operator has accepted that`,
    {
      messageZh: `枢纽已从备份恢复（${size} 条日志），运营人员确认之前不接收任何内容`,
      details: { size, retryAfterMs: HELD_RETRY_MS },
    },
  );
}

/** A person has to decide; agents need not hurry. */
const HELD_RETRY_MS = 30_000;

function damaged(what: string): TributaryError {
  return new TributaryError("ERR_LOG_DAMAGED", what, { messageZh: `日志已损坏：${what}` });
}

/** Damage is for a person: says what to do. Anything that is not ours is an unknown state of the store. */
function withAdvice(error: unknown): TributaryError {
  if (!isTributaryError(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return new TributaryError("ERR_STORE_FAILED", `the log stopped: ${message}`, {
      messageZh: `日志已停止：${message}`,
      cause: error,
    });
  }
  if (!DAMAGE.has(error.code)) return error;
  return new TributaryError(
    error.code === "ERR_STORE_DAMAGED" ? "ERR_LOG_DAMAGED" : error.code,
    `${error.message}. Nothing more is written. Keep a copy of the data folder and run: tributary-hub fsck`,
    {
      messageZh: `${error.messageZh}。已停止写入。请先备份数据目录，再运行：tributary-hub fsck`,
      details: error.details,
      cause: error,
    },
  );
}

const DAMAGE: ReadonlySet<string> = new Set([
  "ERR_STORE_DAMAGED",
  "ERR_LOG_DAMAGED",
  "ERR_CHECKPOINT_INCONSISTENT",
]);
