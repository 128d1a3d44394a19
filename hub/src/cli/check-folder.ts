/**
 * Checks the log in the data folder of a stopped hub.
 *
 * @module
 */

import {
  type DamagedFile,
  equalBytes,
  formatVkey,
  isTributaryError,
  type LogProblem,
} from "@tributary/proto";
import type { DataFolder } from "../adapters/data-folder.ts";
import { FileCheckpointAnchor } from "../adapters/file-checkpoint-anchor.ts";
import { damagedFilesOf } from "../adapters/level-files.ts";
import { openLevelLogStore } from "../adapters/level-log-store.ts";
import { Replay } from "../ingest/replay.ts";
import { checkLog, type LogCheck } from "../log/check-log.ts";
import type { LogStore } from "../ports/log-store.ts";

export interface FolderCheck {
  readonly check: LogCheck;
  readonly replay: Replay;
  /** Files of the log's store that do not match their checksums. */
  readonly damagedFiles: readonly DamagedFile[];
  /** Facts that are not as the log says, by name. */
  readonly wrongFacts: readonly string[];
}

/** What is wrong with the log itself, and which batches have lost their records. */
export function logProblemsOf({
  check,
  replay,
  damagedFiles,
}: Omit<FolderCheck, "wrongFacts">): LogProblem[] {
  return [
    ...damagedFiles.map(({ name, problem }) => ({
      position: undefined,
      problem: `${name}: ${problem}`,
    })),
    ...check.problems,
    ...replay.problems,
    ...replay.lost.map(({ position, header }) => ({
      position,
      problem: `the records of batch ${header.seq} of ${header.centerId} are lost; run: tributary-hub heal`,
    })),
  ];
}

/**
 * Checks the log and what a start reads of it.
 *
 * @param onDamagedFile Hears of each before the store is opened: LevelDB ends the process where it merges some of them.
 * @param then Called with the open store and the result, before the store is closed.
 * @throws {TributaryError} `ERR_FOLDER_IN_USE` if a hub runs on the folder.
 */
export async function checkFolder(
  folder: DataFolder,
  then: (store: LogStore, result: FolderCheck) => Promise<void> = async () => undefined,
  onDamagedFile: (file: DamagedFile) => void = () => undefined,
): Promise<FolderCheck> {
  const { origin, signingKey } = folder;
  const damagedFiles = await damagedFilesOf(folder.logFolder);
  for (const file of damagedFiles) onDamagedFile(file);
  await using store = await openLevelLogStore(folder.logFolder);
  const replay = new Replay(origin);
  const check = await checkLog({
    store,
    trusted: { origin, vkey: formatVkey(origin, signingKey.publicKey) },
    anchor: await new FileCheckpointAnchor(folder.checkpointFile).read(),
    onEntry: (entry) => replay.take(entry),
  });
  // Entries that wait for a head have their facts already.
  for await (const entry of store.readEntries(check.size, check.size + check.pending)) {
    await replay.take(entry);
  }
  const result = {
    check,
    replay,
    damagedFiles,
    wrongFacts: await wrongFactsOf(store, replay),
  };
  await then(store, result);
  return result;
}

async function wrongFactsOf(store: LogStore, replay: Replay): Promise<string[]> {
  const wrong: string[] = [];
  const missing = new Set(replay.facts.keys());
  try {
    for await (const [name, value] of store.facts("")) {
      const wanted = replay.facts.get(name);
      missing.delete(name);
      if (wanted === undefined || !equalBytes(wanted, value)) wrong.push(name);
    }
  } catch (error) {
    if (!isTributaryError(error, "ERR_STORE_DAMAGED")) throw error;
    return [...wrong, error.message];
  }
  return [...wrong, ...missing];
}
