/**
 * Where the hub's log lives on disk.
 *
 * The log itself (Merkle tree, checkpoints, receipts) is `hub/src/log`; a store only keeps bytes, in two steps that
 * are each atomic and synced: first what was received, then what the log concludes from it. A store that keeps bytes
 * on a disk keeps a hash with each value and refuses a value that does not match it: LevelDB does not notice damage.
 *
 * @module
 */

/** One leaf of the log with the bytes that belong to it. */
export interface StoredEntry {
  /** Position in the log; 0, 1, 2, ... without gaps. */
  readonly position: number;
  /** Bytes of the `LogEntry`: the Merkle leaf. */
  readonly entry: Uint8Array;
  /** With a batch: the `records` of its `SignedBatch`; empty otherwise. */
  readonly records: Uint8Array;
}

/** What the log concludes from entries, written after they were read back. */
export interface StoredHead {
  /** Number of entries covered by `checkpoint`. */
  readonly size: number;
  /** The checkpoint, a C2SP signed note. */
  readonly checkpoint: string;
  /** Tiles that changed: C2SP tlog-tiles path without the partial-width suffix to its hashes (32 bytes each). */
  readonly tiles: ReadonlyMap<string, Uint8Array>;
  /** Bytes of the `Receipt` of each entry that `checkpoint` is the first to cover, ascending by position. */
  readonly receipts: readonly { readonly position: number; readonly receipt: Uint8Array }[];
}

/**
 * Durable bytes of the log.
 *
 * An implementation must be:
 * - durable: when `writeEntries` or `writeHead` resolves, what it wrote survives the loss of the machine's power;
 * - atomic: each call is visible whole or not at all, also after a crash;
 * - dense: `writeEntries` refuses positions that do not continue what is stored.
 *
 * A write that fails leaves an unknown state: the store then refuses every further write, and whoever owns it closes
 * it, opens it again and recovers the way a start does.
 *
 * Each read throws `ERR_STORE_DAMAGED` where a stored value does not match its hash.
 *
 * One writer. Reads may run concurrently with writes.
 * Run `describeLogStore` of `log-store.contract.ts` against every implementation.
 */
export interface LogStore extends AsyncDisposable {
  /** Number of entries stored, covered by a head or not. */
  entryCount(): Promise<number>;

  /**
   * Appends entries, and sets facts in the same atomic step.
   *
   * Facts are small values derived from the entries, by name: where a feed stands, at which position a batch is. They
   * spare the start from reading all entries, and can be rebuilt from them.
   *
   * @throws {TributaryError} `ERR_LOG_CONFLICT` if the first position is not `entryCount()` or positions have gaps;
   * `ERR_STORE_FULL` if the disk is full.
   */
  writeEntries(
    entries: readonly StoredEntry[],
    facts: ReadonlyMap<string, Uint8Array>,
  ): Promise<void>;

  /** Replaces the head and its tiles, adds the receipts. @throws {TributaryError} `ERR_STORE_FULL`. */
  writeHead(head: StoredHead): Promise<void>;

  /** The newest head's size and checkpoint; undefined before the first. */
  readHead(): Promise<{ readonly size: number; readonly checkpoint: string } | undefined>;

  /** The entry at a position; undefined beyond the end. */
  readEntry(position: number): Promise<StoredEntry | undefined>;

  /** The bytes of the `LogEntry` at a position, whatever became of its records; undefined where there are none. */
  readLeaf(position: number): Promise<Uint8Array | undefined>;

  /** The records of the batch at a position, whatever became of its entry; undefined where there are none. */
  readRecords(position: number): Promise<Uint8Array | undefined>;

  /**
   * Entries from `from` (inclusive) to `to` (exclusive), in order, as of when iteration begins.
   *
   * @throws {TributaryError} `ERR_STORE_DAMAGED` if a position is missing before the end of what is stored.
   */
  readEntries(from: number, to: number): AsyncIterable<StoredEntry>;

  /** Hashes of a tile; undefined when there is none. */
  readTile(path: string): Promise<Uint8Array | undefined>;

  /** Bytes of the receipt of an entry; undefined when none was issued. */
  readReceipt(position: number): Promise<Uint8Array | undefined>;

  /** The newest value of a fact; undefined when there is none. */
  readFact(name: string): Promise<Uint8Array | undefined>;

  /** Facts whose name begins with `prefix`, ascending by the UTF-8 bytes of the name. */
  facts(prefix: string): AsyncIterable<readonly [name: string, value: Uint8Array]>;

  /** Replaces all facts, after a check of the whole log. Atomic and durable on return. */
  replaceFacts(facts: ReadonlyMap<string, Uint8Array>): Promise<void>;

  /** Replaces a batch's records, for an erasure. Durable on return. */
  replaceRecords(position: number, records: Uint8Array): Promise<void>;

  /** Rewrites what is on disk so that no bytes are left there that were replaced. May take long in a large log. */
  dropReplaced(): Promise<void>;
}
