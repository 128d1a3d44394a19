/**
 * Audits a log from its static files (C2SP tlog-tiles): the whole history against the newest checkpoint.
 *
 * @module
 */

import { concatBytes, equalBytes, toHex } from "../crypto/bytes.ts";
import { isTributaryError, TributaryError } from "../errors.ts";
import { openCheckpoint, type TrustedLog } from "./checkpoint.ts";
import { type CosignedBy, lackOfQuorum, openCosigned } from "./cosigned-checkpoint.ts";
import { decodeEntryBundle } from "./entry-bundle.ts";
import type { CenterHead } from "./epoch-audit.ts";
import { LogAudit, type LogProblem } from "./log-audit.ts";
import { entriesPath, TILE_HEIGHT, TILE_WIDTH, tilePath, tilesOf } from "./tiles.ts";
import type { WitnessPolicy } from "./witness-policy.ts";

/** Reads a file below the log's prefix: `checkpoint`, `tile/...`. What it resolves to is attacker-controlled. */
export type ReadLogFile = (path: string, signal: AbortSignal) => Promise<Uint8Array>;

/** What an audit found. */
export interface LogAuditReport {
  /** Entries under the checkpoint. */
  readonly size: number;
  /** What the entries hash to; lower-case hex. */
  readonly root: string;
  readonly batches: number;
  readonly records: number;
  /** Where every center stands, by the entries; ascending by id. */
  readonly centers: readonly CenterHead[];
  /** The newest whole epoch summary. */
  readonly epoch:
    | { readonly number: number; readonly position: number; readonly logSize: number }
    | undefined;
  /** Time of the newest entry; ms since the epoch. */
  readonly newestAtMs: number;
  /** Witnesses of the policy that have cosigned the checkpoint, newest first; undefined without a policy. */
  readonly cosigned: readonly CosignedBy[] | undefined;
  /** The first 1,000; none means that everything holds. */
  readonly problems: readonly LogProblem[];
}

const MAX_PROBLEMS = 1_000;

/**
 * Reads the whole log and checks it. Problems do not end it: a reader wants to know how much is wrong.
 *
 * @param policy Whose cosignatures the checkpoint needs; that it has too few of them is a problem as others are.
 * @param onProgress Called after each bundle with the entries so far and in all.
 * @throws {TributaryError} What `openCheckpoint` and `openCosigned` throw: without a checkpoint nothing can be judged. What `read` throws;
 * the signal's reason.
 */
export async function auditLog(options: {
  readonly log: TrustedLog;
  readonly read: ReadLogFile;
  readonly policy?: WitnessPolicy;
  readonly signal: AbortSignal;
  readonly onProgress?: (entries: number, size: number) => void;
}): Promise<LogAuditReport> {
  const { log, read, policy, signal, onProgress } = options;
  const note = new TextDecoder().decode(await read("checkpoint", signal));
  const seen = policy && (await openCosigned(note, log, policy));
  const { size, root } = seen?.checkpoint ?? (await openCheckpoint(note, log));
  const problems: LogProblem[] = [];
  const tell = (...found: readonly LogProblem[]) => {
    problems.push(...found.slice(0, MAX_PROBLEMS - problems.length));
  };
  if (seen !== undefined && !seen.isQuorum) {
    tell({ position: undefined, problem: lackOfQuorum(seen).message });
  }
  const tiles = new TileHashes();
  const audit = new LogAudit(log.origin, (level, _, hash) => tiles.add(level, hash));
  const compare = async (made: readonly Tile[]) => {
    for (const { path, hashes } of made) {
      if (equalBytes(await read(path, signal), concatBytes(...hashes))) continue;
      tell({ position: undefined, problem: `${path} is not what the entries hash to` });
    }
  };
  for (const { index, width } of tilesOf(size, 0)) {
    signal.throwIfAborted();
    const bundle = await read(entriesPath(index, width), signal);
    for (const entry of bundleOf(bundle, index, width)) tell(...(await audit.take(entry)));
    await compare(tiles.takeFull());
    onProgress?.(audit.size, size);
  }
  await compare(tiles.partial());
  if (!equalBytes(audit.root(), root)) {
    tell({
      position: undefined,
      problem: "the entries do not hash to the root that the checkpoint signs",
    });
  }
  const { whole } = audit.epochs;
  return {
    size,
    root: toHex(audit.root()),
    batches: audit.batches,
    records: audit.records,
    centers: audit.epochs.heads(),
    epoch: whole && {
      number: whole.summary.epoch,
      position: whole.position,
      logSize: whole.summary.logSize,
    },
    newestAtMs: audit.newestAtMs,
    cosigned: seen?.cosigned,
    problems,
  };
}

/** @throws {TributaryError} `ERR_LOG_ENTRY_MALFORMED`, which says where. */
function bundleOf(bundle: Uint8Array, index: number, width: number): Uint8Array[] {
  try {
    return decodeEntryBundle(bundle, width);
  } catch (cause) {
    if (!isTributaryError(cause)) throw cause;
    const path = entriesPath(index, width);
    throw new TributaryError(cause.code, `${path}: ${cause.message}`, {
      messageZh: `${path}：条目包格式错误`,
      cause,
    });
  }
}

interface Tile {
  readonly path: string;
  readonly hashes: readonly Uint8Array[];
}

/** Tiles as the entries make them: of the nodes at every eighth level of the tree. */
class TileHashes {
  /** By level: the tile that is not full yet. */
  readonly #open: { index: number; hashes: Uint8Array[] }[] = [];
  #full: Tile[] = [];

  add(level: number, hash: Uint8Array): void {
    if (level % TILE_HEIGHT !== 0) return;
    const at = level / TILE_HEIGHT;
    const tile = this.#open[at] ?? { index: 0, hashes: [] };
    this.#open[at] = tile;
    tile.hashes.push(hash);
    if (tile.hashes.length < TILE_WIDTH) return;
    this.#full.push({ path: tilePath(at, tile.index), hashes: tile.hashes });
    this.#open[at] = { index: tile.index + 1, hashes: [] };
  }

  /** Tiles that became full since the last call. */
  takeFull(): readonly Tile[] {
    const full = this.#full;
    this.#full = [];
    return full;
  }

  /** The right edge: tiles that are not full. */
  partial(): readonly Tile[] {
    return this.#open
      .map(({ index, hashes }, level) => ({ index, hashes, level }))
      .filter(({ hashes }) => hashes.length > 0)
      .map(({ index, hashes, level }) => ({ path: tilePath(level, index, hashes.length), hashes }));
  }
}
