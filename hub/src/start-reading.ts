/**
 * Composition of what answers questions: the projections of the log, and the threads that read them.
 *
 * @module
 */

import { type Clock, randomBytes } from "@tributary/proto";
import type { DataFolder } from "./adapters/data-folder.ts";
import type { HubMetrics } from "./adapters/hub-metrics.ts";
import { WorkerInsights } from "./adapters/worker-insights.ts";
import { WorkerMatcher } from "./adapters/worker-matcher.ts";
import { openProjection, type Projection } from "./adapters/worker-projection.ts";
import { CatalogStatus } from "./api/catalog-status.ts";
import { createQueryApi, type QueryApi, type QueryApiOptions } from "./api/query.ts";
import type { HubConfig } from "./config.ts";
import type { MerkleLog } from "./log/merkle-log.ts";
import type { OnStep } from "./log/steps.ts";
import type { PresenceBoard } from "./members/presence.ts";

export interface ReadingOptions {
  readonly folder: DataFolder;
  readonly config: HubConfig;
  readonly log: MerkleLog;
  readonly presence: PresenceBoard;
  readonly metrics: HubMetrics;
  readonly clock: Clock;
  readonly onStep: OnStep;
}

export interface Reading {
  readonly projection: Projection;
  readonly matcher: WorkerMatcher;
  readonly insights: WorkerInsights;
  readonly catalog: CatalogStatus;
  readonly query: QueryApi;
  /** What all that read the catalog are told. */
  readonly source: Omit<QueryApiOptions, "log" | "waitBeyond">;
}

/**
 * Opens the projections, which follow the log from here on. Matching and insights wait until they are started.
 *
 * @param opening Closes what is opened here.
 * @throws {TributaryError} `ERR_FOLDER_IN_USE`, `ERR_STORE_FAILED`.
 */
export async function openReading(
  { folder, config, log, presence, metrics, clock, onStep }: ReadingOptions,
  opening: AsyncDisposableStack,
): Promise<Reading> {
  let matcher: WorkerMatcher | undefined;
  const projection = opening.use(
    await openProjection({
      logFolder: folder.logFolder,
      catalogFolder: folder.catalogFolder,
      indexFolder: folder.indexFolder,
      semanticFolder: folder.semanticFolder,
      semanticModelFolder: config.semanticModelFolder,
      logSize: log.size,
      clock,
      random: () => (randomBytes(1)[0] as number) / 256,
      onStopped: (error, restartInMs) => metrics.projectionStopped(error, restartInMs),
      onSemanticStopped: (error, restartInMs) => metrics.semanticStopped(error, restartInMs),
      onRebuild: (reason) => {
        metrics.projectionRebuilt(reason);
        matcher?.reset();
      },
      onProgress: () => {
        onStep("index");
        matcher?.follow();
      },
    }),
  );
  // After the projection, whose store it shares.
  matcher = opening.use(
    new WorkerMatcher({
      catalogFolder: folder.catalogFolder,
      clock,
      onFailed: (error) => metrics.matchingFailed(error),
    }),
  );
  const catalogPosition = () => projection.progress.catalogPosition;
  const insights = opening.use(
    new WorkerInsights({
      catalogFolder: folder.catalogFolder,
      catalogPosition,
      clock,
      onFailed: (error) => metrics.insightFailed(error),
    }),
  );
  opening.defer(log.follow(({ size }) => projection.follow(size)));
  const source = {
    catalog: projection.catalog,
    index: projection.index,
    catalogPosition,
    lastHeardMs: (centerId: string) => presence.get(centerId)?.lastSeenMs,
    clock,
    staleAfterMs: config.staleAfterMs,
  };
  return {
    projection,
    matcher,
    insights,
    catalog: new CatalogStatus(projection.catalog, () => projection.progress),
    query: createQueryApi({
      ...source,
      log,
      waitBeyond: (position, signal) => projection.waitBeyond(position, signal),
    }),
    source,
  };
}
