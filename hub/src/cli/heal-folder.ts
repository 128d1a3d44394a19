/**
 * Mends the log in the data folder of a stopped hub.
 *
 * The damaged log is only read. Beside it another is put together of what is whole and what follows from that, and of the
 * records that agents give back; it is checked as `fsck` does, and only then takes the place of the damaged one.
 *
 * @module
 */

import { rm } from "node:fs/promises";
import {
  type Clock,
  formatVkey,
  isTributaryError,
  type LogProblem,
  TributaryError,
  type TrustedLog,
} from "@tributary/proto";
import {
  type DataFolder,
  newHealingFolder,
  readRestored,
  replaceLog,
  writeRestored,
} from "../adapters/data-folder.ts";
import { FileCheckpointAnchor } from "../adapters/file-checkpoint-anchor.ts";
import { openLevelLogStore } from "../adapters/level-log-store.ts";
import { readOptional } from "../adapters/small-file.ts";
import { areRecordsOf } from "../catalog/erasure.ts";
import type { HubConfig } from "../config.ts";
import { entriesOfCheckpoint, restoreLog } from "../log/log-backup.ts";
import { type LostBatch, remakeReceipts, Salvage, type SalvagedHead } from "../log/salvage.ts";
import { checkFolder, logProblemsOf } from "./check-folder.ts";

export interface HealOptions {
  readonly folder: DataFolder;
  readonly config: HubConfig;
  readonly isDryRun: boolean;
  readonly clock: Clock;
  /** Gives up while the damaged log is read; later it is too late for that to save anything. */
  readonly signal: AbortSignal;
  /** Has agents give back what is lost in the log of a folder; ends when they have answered or their time is over. */
  readonly reclaim: (lost: readonly LostBatch[], logFolder: string) => Promise<void>;
}

/** What was found and done. */
export interface HealReport {
  /** Entries of the log. */
  readonly size: number;
  /** What was wrong; empty where nothing was done. */
  readonly problems: readonly LogProblem[];
  /** Entries that were read from their receipts. */
  readonly entries: number;
  /** Receipts that were made anew. */
  readonly receipts: number;
  /** Batches whose records were lost. */
  readonly lost: readonly LostBatch[];
  /** Those of them that are still lost; in a dry run all. */
  readonly missing: readonly LostBatch[];
  /** Folder of the damaged log; undefined where nothing was replaced. */
  readonly damagedFolder: string | undefined;
  /** Whether the hub takes nothing until its operator accepts this state, as after a restore. */
  readonly isHeld: boolean;
}

/**
 * @throws {TributaryError} `ERR_LOG_DAMAGED` if the log cannot be healed, `ERR_FOLDER_IN_USE`, `ERR_STORE_FULL`; what
 * reclaiming throws. The damaged log is then as it was.
 */
export async function healFolder(options: HealOptions): Promise<HealReport> {
  const problems = await problemsOf(options.folder);
  if (problems.length === 0) return { ...(await nothingToDo(options.folder)), problems };
  const healing = await newHealingFolder(options.folder);
  try {
    return await healTo(healing, problems, options);
  } catch (error) {
    await rm(healing, { recursive: true, force: true });
    throw error;
  }
}

async function healTo(
  healing: string,
  problems: readonly LogProblem[],
  options: HealOptions,
): Promise<HealReport> {
  const { folder, isDryRun, reclaim } = options;
  const { salvage, head } = await salvageTo(isDryRun ? undefined : healing, options);
  const done = {
    size: head.size,
    problems,
    entries: salvage.entries.length,
    receipts: salvage.receipts.length,
    lost: salvage.lost,
  };
  if (isDryRun) {
    return { ...done, missing: salvage.lost, damagedFolder: undefined, isHeld: false };
  }
  await requireSound(folder, healing);
  if (salvage.lost.length > 0) await reclaim(salvage.lost, healing);
  const missing = await requireSound(folder, healing);
  await rm(folder.catalogFolder, { recursive: true, force: true });
  await rm(folder.indexFolder, { recursive: true, force: true });
  const isHeld = (await readRestored(folder)) !== undefined;
  return { ...done, missing, damagedFolder: await replaceLog(folder, healing), isHeld };
}

/** What `fsck` says of the folder; that it cannot be read is a problem too. */
async function problemsOf(folder: DataFolder): Promise<LogProblem[]> {
  try {
    const found = await checkFolder(folder);
    const wrongFacts = found.wrongFacts.map((name) => `the derived fact ${name} is wrong`);
    return [
      ...logProblemsOf(found),
      ...wrongFacts.map((problem) => ({ position: undefined, problem })),
    ];
  } catch (error) {
    if (!isTributaryError(error) || ENDS_HERE.has(error.code)) throw error;
    return [{ position: undefined, problem: error.message }];
  }
}

/** Nothing that could be mended by reading. */
const ENDS_HERE: ReadonlySet<string> = new Set(["ERR_FOLDER_IN_USE", "ERR_STORE_FAILED"]);

async function nothingToDo(folder: DataFolder): Promise<Omit<HealReport, "problems">> {
  await using store = await openLevelLogStore(folder.logFolder);
  const size = (await store.readHead())?.size ?? 0;
  const isHeld = (await readRestored(folder)) !== undefined;
  return {
    size,
    entries: 0,
    receipts: 0,
    lost: [],
    missing: [],
    damagedFolder: undefined,
    isHeld,
  };
}

interface Salvaged {
  readonly salvage: Salvage;
  readonly head: SalvagedHead;
}

/** Reads what is whole, and writes it into a folder if there is one. */
async function salvageTo(healing: string | undefined, options: HealOptions): Promise<Salvaged> {
  const { folder, config, signal } = options;
  const trusted = trustedOf(folder);
  await using damaged = await openLevelLogStore(folder.logFolder);
  const salvage = new Salvage({ store: damaged, trusted, areRecords: areRecordsOf });
  const copies = await publishedOf(folder, config);
  const { published, ...head } = await salvage.head(copies);
  const { size, checkpoint } = head;
  if (healing === undefined) {
    const entries = entriesOfCheckpoint(salvage.covered(size, signal), checkpoint, trusted);
    for await (const _ of entries);
    return { salvage, head };
  }
  if (published === 0 || published < copies.length) await mendCheckpoint(options, head, published);
  await using store = await openLevelLogStore(healing, { reserveBytes: config.diskReserveBytes });
  await restoreLog(store, checkpoint, trusted, salvage.covered(size, signal));
  await remakeReceipts(store, salvage.receipts, { size, checkpoint });
  await store.writeEntries(await salvage.pending(size), new Map());
  return { salvage, head };
}

/** The copies of the newest checkpoint, read as they are. */
async function publishedOf(folder: DataFolder, { anchorFile }: HubConfig): Promise<string[]> {
  const files = [folder.checkpointFile, ...(anchorFile === undefined ? [] : [anchorFile])];
  const found = await Promise.all(files.map(readOptional));
  return found.filter((checkpoint) => checkpoint !== undefined);
}

function trustedOf({ origin, signingKey }: DataFolder): TrustedLog {
  return { origin, vkey: formatVkey(origin, signingKey.publicKey) };
}

/**
 * Checks what was put together, and makes its facts. @returns What is lost in it.
 *
 * @throws {TributaryError} `ERR_LOG_DAMAGED` if anything else is wrong with it.
 */
async function requireSound(folder: DataFolder, logFolder: string): Promise<readonly LostBatch[]> {
  const { check, replay } = await checkFolder({ ...folder, logFolder }, (store, { replay }) =>
    store.replaceFacts(replay.facts),
  );
  const [first] = [...check.problems, ...replay.problems];
  if (first === undefined) return replay.lost;
  const where = first.position ?? "-";
  throw new TributaryError(
    "ERR_LOG_DAMAGED",
    `the log cannot be healed: entry ${where}: ${first.problem}; restore a backup: tributary-hub restore`,
    {
      messageZh: `日志无法修复：第 ${where} 条：${first.problem}；请恢复备份：tributary-hub restore`,
    },
  );
}

/** Writes the copies of the published checkpoint anew; the hub is held where none of them says that no larger one was. */
async function mendCheckpoint(
  { folder, config, clock }: HealOptions,
  { size, checkpoint }: SalvagedHead,
  published: number,
): Promise<void> {
  if (published === 0) await writeRestored(folder, { size, restoredAtMs: clock.now() });
  await new FileCheckpointAnchor(folder.checkpointFile, config.anchorFile).write(checkpoint);
}
