/**
 * Composition of the log: its store, what was left by the life before, and the log itself.
 *
 * @module
 */

import type { Clock } from "@tributary/proto";
import { type DataFolder, readRestored, writeRestored } from "./adapters/data-folder.ts";
import { FileCheckpointAnchor } from "./adapters/file-checkpoint-anchor.ts";
import type { HubMetrics } from "./adapters/hub-metrics.ts";
import { openLevelLogStore } from "./adapters/level-log-store.ts";
import { StoreLife } from "./adapters/store-life.ts";
import type { HubConfig } from "./config.ts";
import type { CheckpointSigner } from "./log/checkpoint-signer.ts";
import { MerkleLog } from "./log/merkle-log.ts";
import type { OnStep } from "./log/steps.ts";
import type { LogStore } from "./ports/log-store.ts";

export interface OpenLogOptions {
  readonly folder: DataFolder;
  readonly config: HubConfig;
  readonly signer: CheckpointSigner;
  readonly metrics: HubMetrics;
  readonly clock: Clock;
  readonly onStep: OnStep;
  /** Takes batches again after a restore. */
  readonly acceptRestored: boolean;
}

export interface OpenLog {
  readonly store: LogStore;
  readonly log: MerkleLog;
}

/**
 * Opens the log.
 *
 * @param opening Closes what is opened here.
 * @throws {TributaryError} `ERR_FOLDER_IN_USE`, `ERR_LOG_DAMAGED`, `ERR_CHECKPOINT_INCONSISTENT`.
 */
export async function openLog(
  { folder, config, signer, metrics, clock, onStep, acceptRestored }: OpenLogOptions,
  opening: AsyncDisposableStack,
): Promise<OpenLog> {
  const life = opening.use(await StoreLife.open(folder));
  // The first to open the store is the last to close it: other threads share its handle.
  const store = opening.use(
    await openLevelLogStore(folder.logFolder, { reserveBytes: config.diskReserveBytes }),
  );
  await life.begin((reason) => metrics.projectionRebuilt(reason));
  const log = await MerkleLog.open({
    store,
    anchor: new FileCheckpointAnchor(folder.checkpointFile, config.anchorFile),
    signer,
    clock,
    onStep,
    isHeld: !acceptRestored && (await readRestored(folder)) !== undefined,
  });
  // Not before the log was compared with the newest checkpoint.
  if (acceptRestored) await writeRestored(folder, undefined);
  opening.defer(() => log.settled());
  return { store, log };
}
