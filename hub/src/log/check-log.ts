/**
 * A check of the whole log: every hash, every tile, every receipt, against the checkpoint that was published.
 *
 * Reads everything and writes nothing. A problem does not end the check: an operator wants to know how much is wrong.
 *
 * @module
 */

import {
  CompactRange,
  equalBytes,
  isTributaryError,
  type LogProblem,
  leafHash,
  openCheckpoint,
  TILE_WIDTH,
  type TrustedLog,
  tilePath,
  verifyReceipt,
} from "@tributary/proto";
import type { LogStore, StoredEntry } from "../ports/log-store.ts";

export interface LogCheck {
  /** Entries under the checkpoint. */
  readonly size: number;
  /** Entries behind it, which the next start concludes. */
  readonly pending: number;
  /** Lower-case hex. */
  readonly root: string;
  readonly problems: readonly LogProblem[];
}

export interface CheckLogOptions {
  readonly store: LogStore;
  readonly trusted: TrustedLog;
  /** The checkpoint that was published last; undefined when there is none. */
  readonly anchor: string | undefined;
  /** Called with each entry that reads well, in order. */
  readonly onEntry: (entry: StoredEntry) => Promise<void>;
}

const MAX_PROBLEMS = 1_000;
const CHUNK = 1_024;

/** @throws {TributaryError} whatever opening the checkpoint throws: without it nothing can be judged. */
export async function checkLog(options: CheckLogOptions): Promise<LogCheck> {
  const { store, trusted, anchor, onEntry } = options;
  const problems: LogProblem[] = [];
  const tell = (position: number | undefined, problem: string) => {
    if (problems.length < MAX_PROBLEMS) problems.push({ position, problem });
  };
  const head = await store.readHead();
  const checkpoint = head && (await openCheckpoint(head.checkpoint, trusted));
  const size = checkpoint?.size ?? 0;
  const published = anchor === undefined ? undefined : await openCheckpoint(anchor, trusted);
  const tree = new CompactRange();
  const tiles = new TileChecker(store, tell);

  for (let from = 0; from < size; from += CHUNK) {
    try {
      for await (const stored of store.readEntries(from, Math.min(size, from + CHUNK))) {
        const { position, entry } = stored;
        tree.append(leafHash(entry), (level, index, hash) => tiles.see(level, index, hash));
        if (tree.size === published?.size && !equalBytes(tree.root(), published.root)) {
          tell(position, `the log does not extend the published checkpoint of ${published.size}`);
        }
        await checkReceipt(stored, store, trusted, tell);
        await onEntry(stored);
        await tiles.check();
      }
    } catch (error) {
      if (!isTributaryError(error)) throw error;
      tell(tree.size, error.message);
      break;
    }
  }
  await tiles.checkEdge();
  if (tree.size !== size) {
    tell(tree.size, `entries ${tree.size} to ${size} cannot be read`);
  } else if (checkpoint !== undefined && !equalBytes(tree.root(), checkpoint.root)) {
    tell(undefined, `the entries do not hash to the root of the checkpoint of ${size}`);
  }
  if (published !== undefined && published.size > size) {
    tell(undefined, `${published.size} entries were published and ${size} are here`);
  }
  const count = await store.entryCount();
  if (count < size) tell(undefined, `${count} entries are stored and ${size} are signed`);
  return {
    size,
    pending: Math.max(0, count - size),
    root: Buffer.from(checkpoint?.root ?? tree.root()).toString("hex"),
    problems,
  };
}

type Tell = (position: number | undefined, problem: string) => void;

async function checkReceipt(
  { position, entry }: StoredEntry,
  store: LogStore,
  trusted: TrustedLog,
  tell: Tell,
): Promise<void> {
  try {
    const receipt = await store.readReceipt(position);
    if (receipt === undefined) {
      tell(position, "its receipt is missing");
      return;
    }
    const verified = await verifyReceipt(receipt, trusted);
    if (verified.position !== position || !equalBytes(verified.entryBytes, entry)) {
      tell(position, "its receipt is of another entry");
    }
  } catch (error) {
    if (!isTributaryError(error)) throw error;
    tell(position, `its receipt does not verify: ${error.message}`);
  }
}

/** Collects the nodes at tile levels as the tree grows, and compares each tile when it is full. */
class TileChecker {
  readonly #store: LogStore;
  readonly #tell: Tell;
  /** By tile level, the hashes of the tile that grows now, and how many tiles came before. */
  readonly #growing: { hashes: Uint8Array[]; index: number }[] = [];
  readonly #full: { level: number; index: number; hashes: readonly Uint8Array[] }[] = [];

  constructor(store: LogStore, tell: Tell) {
    this.#store = store;
    this.#tell = tell;
  }

  see(level: number, _index: number, hash: Uint8Array): void {
    if (level % 8 !== 0) return;
    const tileLevel = level / 8;
    this.#growing[tileLevel] ??= { hashes: [], index: 0 };
    const tile = this.#growing[tileLevel];
    tile.hashes.push(hash);
    if (tile.hashes.length < TILE_WIDTH) return;
    this.#full.push({ level: tileLevel, index: tile.index, hashes: tile.hashes });
    tile.hashes = [];
    tile.index += 1;
  }

  /** Compares the tiles that became full since the last call. */
  async check(): Promise<void> {
    for (const { level, index, hashes } of this.#full.splice(0)) {
      await this.#compare(level, index, hashes);
    }
  }

  /** Compares the tiles that are not full at the end of the log. */
  async checkEdge(): Promise<void> {
    for (const [level, { hashes, index }] of this.#growing.entries()) {
      if (hashes.length > 0) await this.#compare(level, index, hashes);
    }
  }

  async #compare(level: number, index: number, hashes: readonly Uint8Array[]): Promise<void> {
    const path = tilePath(level, index);
    let tile: Uint8Array | undefined;
    try {
      tile = await this.#store.readTile(path);
    } catch (error) {
      if (!isTributaryError(error)) throw error;
      this.#tell(undefined, error.message);
      return;
    }
    const isRight =
      tile !== undefined &&
      tile.length >= hashes.length * 32 &&
      hashes.every((hash, i) => equalBytes(tile.subarray(i * 32, (i + 1) * 32), hash));
    if (!isRight) this.#tell(undefined, `${path} does not hold the hashes of its entries`);
  }
}
