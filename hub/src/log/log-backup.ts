/**
 * Takes a log out of a store for a backup, and puts it back into an empty one.
 *
 * A backup is a prefix of the log with the checkpoint that covers it, so that it can be taken while the log grows.
 *
 * @module
 */

import {
  CompactRange,
  equalBytes,
  leafHash,
  openCheckpoint,
  TributaryError,
  type TrustedLog,
} from "@tributary/proto";
import type { LogStore, StoredEntry } from "../ports/log-store.ts";
import { TileTree } from "./tile-tree.ts";

/** An entry as a backup keeps it. */
export interface BackupEntry extends StoredEntry {
  /** Bytes of the `Receipt` that was issued for it. */
  readonly receipt: Uint8Array;
}

/** What a backup reads of a log: a store, or the log that is being written. */
export type BackupSource = Pick<LogStore, "readEntries" | "readReceipt">;

const READ_AHEAD = 256;
const GROUP_ENTRIES = 256;
const GROUP_BYTES = 16 * 2 ** 20;

/**
 * The first `size` entries with their receipts.
 *
 * @throws {TributaryError} `ERR_LOG_DAMAGED` if a receipt is missing; what reading throws.
 */
export async function* backupEntries(
  source: BackupSource,
  size: number,
  signal: AbortSignal,
): AsyncIterable<BackupEntry> {
  for (let from = 0; from < size; from += READ_AHEAD) {
    signal.throwIfAborted();
    for await (const stored of source.readEntries(from, Math.min(size, from + READ_AHEAD))) {
      const receipt = await source.readReceipt(stored.position);
      if (receipt === undefined) {
        throw new TributaryError(
          "ERR_LOG_DAMAGED",
          `the receipt of entry ${stored.position} is missing; run: tributary-hub fsck`,
          { messageZh: `第 ${stored.position} 条的回执缺失，请运行：tributary-hub fsck` },
        );
      }
      yield { ...stored, receipt };
    }
  }
}

/**
 * Passes entries on and requires, at their end, that they are exactly those that the checkpoint covers.
 *
 * @throws {TributaryError} `ERR_LOG_DAMAGED` if they are not; what opening the checkpoint throws.
 */
export async function* entriesOfCheckpoint(
  entries: AsyncIterable<BackupEntry>,
  checkpoint: string,
  trusted: TrustedLog,
): AsyncIterable<BackupEntry> {
  const { size, root } = await openCheckpoint(checkpoint, trusted);
  const tree = new CompactRange();
  for await (const entry of entries) {
    tree.append(leafHash(entry.entry));
    if (tree.size > size) throw notOf(size, "it goes on behind them", "其后还有内容");
    yield entry;
  }
  if (tree.size !== size) throw notOf(size, `it has ${tree.size}`, `实有 ${tree.size} 条`);
  if (!equalBytes(tree.root(), root)) {
    throw notOf(size, "its entries hash to another root", "根哈希不同");
  }
}

/**
 * Writes entries, records, receipts and tiles into an empty store. After an error it holds a part of a log, and is to be
 * thrown away.
 *
 * Records and receipts are not judged here: a check of what was written is, by whoever restores.
 *
 * @param checkpoint The signed note over the entries.
 * @returns The size of the log.
 * @throws {TributaryError} What {@link entriesOfCheckpoint} and the store throw.
 */
export async function restoreLog(
  store: LogStore,
  checkpoint: string,
  trusted: TrustedLog,
  entries: AsyncIterable<BackupEntry>,
): Promise<number> {
  const { size } = await openCheckpoint(checkpoint, trusted);
  const tree = await TileTree.open(0, (path) => store.readTile(path));
  let group: BackupEntry[] = [];
  let bytes = 0;
  const write = async () => {
    await store.writeEntries(group, new Map());
    const tiles = tree.append(group.map(({ entry }) => leafHash(entry)));
    // The head is ahead of the entries until the last group; nobody opens the store as a log before that.
    await store.writeHead({ size, checkpoint, tiles, receipts: group });
    group = [];
    bytes = 0;
  };
  for await (const entry of entriesOfCheckpoint(entries, checkpoint, trusted)) {
    group.push(entry);
    bytes += entry.entry.length + entry.records.length + entry.receipt.length;
    if (group.length >= GROUP_ENTRIES || bytes >= GROUP_BYTES) await write();
  }
  if (group.length > 0) await write();
  return size;
}

function notOf(size: number, why: string, whyZh: string): TributaryError {
  return new TributaryError(
    "ERR_LOG_DAMAGED",
    `these entries are not the log of the checkpoint of ${size}: ${why}; use another backup`,
    {
      messageZh: `内容与检查点（${size} 条）不符：${whyZh}；请换用其他备份`,
      details: { size },
    },
  );
}
