/**
 * What is whole in a damaged log, read value by value.
 *
 * An entry is also in its receipt, a receipt can be made anew from the entries, and tiles and facts follow from them. Only
 * the records of a batch are nowhere else at the hub. Whoever writes what is read here checks the entries against the
 * checkpoint, so that nothing that was made up gets into a log.
 *
 * @module
 */

import {
  type BatchHeaderValue,
  decodeBatchHeader,
  decodeLogEntry,
  decodeReceipt,
  encodeReceipt,
  equalBytes,
  isTributaryError,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  TributaryError,
  type TrustedLog,
  type VerifiedReceipt,
  verifyReceipt,
} from "@tributary/proto";
import type { LogStore, StoredEntry } from "../ports/log-store.ts";
import type { BackupEntry } from "./log-backup.ts";
import { TileTree } from "./tile-tree.ts";

export interface SalvageOptions {
  readonly store: LogStore;
  readonly trusted: TrustedLog;
  /** Whether these are the records that a batch's center signed. */
  readonly areRecords: (header: BatchHeaderValue, records: Uint8Array) => boolean;
}

/** A signed state of the log. */
export interface SalvagedHead {
  readonly size: number;
  readonly checkpoint: string;
}

/** A batch of which the log has the header, and not the records. */
export interface LostBatch {
  readonly position: number;
  readonly header: BatchHeaderValue;
}

/** One pass over a log. */
export class Salvage {
  readonly #options: SalvageOptions;
  /** Positions whose entry was damaged, and is in its receipt. */
  readonly entries: number[] = [];
  /** Positions whose receipt was damaged; {@link remakeReceipts} makes it anew. */
  readonly receipts: number[] = [];
  /** Batches whose records are damaged or missing. */
  readonly lost: LostBatch[] = [];

  constructor(options: SalvageOptions) {
    this.#options = options;
  }

  /**
   * The largest checkpoint that the hub signed, of the store's and the published ones.
   *
   * @param published Untrusted: a copy that does not verify is passed over.
   * @returns `published` says how many of the published ones verify: if none does, nobody knows whether one was larger.
   * @throws {TributaryError} `ERR_LOG_DAMAGED` if none verifies.
   */
  async head(published: readonly string[]): Promise<SalvagedHead & { readonly published: number }> {
    const stored = await whole(this.#options.store.readHead());
    const signed = await this.#verified(published);
    const all = [...signed, ...(await this.#verified(stored ? [stored.checkpoint] : []))];
    const [newest] = all.sort((a, b) => b.size - a.size);
    if (newest === undefined) throw beyondHelp("no checkpoint of it is left", "检查点均已损坏");
    return { ...newest, published: signed.length };
  }

  async #verified(checkpoints: readonly string[]): Promise<SalvagedHead[]> {
    const heads: SalvagedHead[] = [];
    for (const checkpoint of checkpoints) {
      const opened = await whole(openCheckpoint(checkpoint, this.#options.trusted));
      if (opened !== undefined) heads.push({ size: opened.size, checkpoint });
    }
    return heads;
  }

  /**
   * The entries that a checkpoint of `size` covers. What cannot be had is empty: receipts that are made later, and
   * records.
   *
   * @throws {TributaryError} `ERR_LOG_DAMAGED` if an entry is lost with its receipt; the signal's reason when aborted.
   */
  async *covered(size: number, signal: AbortSignal): AsyncIterable<BackupEntry> {
    for (let position = 0; position < size; position += 1) {
      signal.throwIfAborted();
      const { store } = this.#options;
      const receipt = await this.#receipt(position);
      const stored = await whole(store.readLeaf(position));
      const entry = stored ?? receipt?.verified.entryBytes;
      if (entry === undefined) {
        throw beyondHelp(
          `entry ${position} is lost with its receipt`,
          `第 ${position} 条及其回执均已丢失`,
        );
      }
      if (stored === undefined) this.entries.push(position);
      const isOfEntry = receipt !== undefined && equalBytes(receipt.verified.entryBytes, entry);
      if (!isOfEntry) this.receipts.push(position);
      const { records, lost } = await this.#recordsOf(position, entry);
      if (lost !== undefined) this.lost.push(lost);
      yield { position, entry, records, receipt: isOfEntry ? receipt.bytes : NOTHING };
    }
  }

  /** Entries behind the checkpoint, which nobody has a receipt for, as far as they are whole. */
  async pending(size: number): Promise<StoredEntry[]> {
    const { store } = this.#options;
    const entries: StoredEntry[] = [];
    for (let position = size; ; position += 1) {
      const entry = await whole(store.readLeaf(position));
      if (entry === undefined) return entries;
      const { records, lost } = await this.#recordsOf(position, entry);
      if (lost !== undefined) return entries;
      entries.push({ position, entry, records });
    }
  }

  /** The records of a batch as they were signed; else empty, and the batch is lost. Empty of other entries. */
  async #recordsOf(
    position: number,
    entry: Uint8Array,
  ): Promise<{ readonly records: Uint8Array; readonly lost?: LostBatch }> {
    const { type, statement } = decodeLogEntry(entry);
    if (type !== "batch") return { records: NOTHING };
    const header = decodeBatchHeader(statement);
    const records = (await whole(this.#options.store.readRecords(position))) ?? NOTHING;
    if (this.#options.areRecords(header, records)) return { records };
    return { records: NOTHING, lost: { position, header } };
  }

  async #receipt(
    position: number,
  ): Promise<{ readonly bytes: Uint8Array; readonly verified: VerifiedReceipt } | undefined> {
    const bytes = await whole(this.#options.store.readReceipt(position));
    const verified = bytes && (await whole(verifyReceipt(bytes, this.#options.trusted)));
    if (bytes === undefined || verified?.position !== position) return undefined;
    return { bytes, verified };
  }
}

/**
 * Makes receipts anew that were lost, in a log whose entries and tiles are whole. Nothing is signed: each takes the
 * checkpoint of a neighbour, which is the one that it had where both were of one commit.
 *
 * @param positions Ascending; where {@link Salvage} left an empty receipt.
 * @throws What reading and writing throw.
 */
export async function remakeReceipts(
  store: LogStore,
  positions: readonly number[],
  head: SalvagedHead,
): Promise<void> {
  const tree = await TileTree.open(head.size, (path) => store.readTile(path));
  const following = nextWholeOf(positions);
  for (const [i, position] of positions.entries()) {
    // The one before is whole, or was made a moment ago.
    const before = position === 0 ? undefined : await checkpointAt(store, position - 1);
    const after = await checkpointAt(store, following[i] as number);
    const { size, checkpoint } =
      [before, after].find((head) => head !== undefined && head.size > position) ?? head;
    const [path] = await tree.inclusionPaths([position], size);
    const receipt = encodeReceipt({
      entry: (await store.readLeaf(position)) as Uint8Array,
      index: position,
      path: path as Uint8Array[],
      checkpoint,
    });
    await store.writeHead({ ...head, tiles: new Map(), receipts: [{ position, receipt }] });
  }
}

/** By index in `positions`, the first position behind it that is not one of them. */
function nextWholeOf(positions: readonly number[]): number[] {
  const next: number[] = [];
  for (let i = positions.length - 1; i >= 0; i -= 1) {
    const following = (positions[i] as number) + 1;
    next[i] = positions[i + 1] === following ? (next[i + 1] as number) : following;
  }
  return next;
}

/** The checkpoint that the receipt of a position carries; undefined beyond the end. */
async function checkpointAt(store: LogStore, position: number): Promise<SalvagedHead | undefined> {
  const receipt = await store.readReceipt(position);
  if (receipt === undefined) return undefined;
  const { checkpoint } = decodeReceipt(receipt);
  return { size: parseCheckpoint(parseNote(checkpoint).text).size, checkpoint };
}

/** What reading gives, undefined where it finds damage; anything else is thrown. */
async function whole<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isTributaryError(error)) return undefined;
    throw error;
  }
}

const NOTHING = new Uint8Array();

function beyondHelp(what: string, whatZh: string): TributaryError {
  return new TributaryError(
    "ERR_LOG_DAMAGED",
    `the log cannot be healed: ${what}; restore a backup: tributary-hub restore`,
    { messageZh: `日志无法修复：${whatZh}；请恢复备份：tributary-hub restore` },
  );
}
