/**
 * Starts a thread of the hub. Its entry is beside the sources when they run as written, in `dist` when they were built.
 *
 * @module
 */

import { Worker } from "node:worker_threads";

/**
 * Room for new objects, in MB. The threads make many that live for one batch: in V8's default of 48 MB and less they
 * are copied about before they die, which costs a tenth of the throughput of a large load (hub/bench/ingest.ts).
 */
const YOUNG_GENERATION_MB = 96;

/** @param name File name in `threads/` without extension. */
export function startThread(name: string, workerData?: unknown): Worker {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new Worker(new URL(`../threads/${name}.${extension}`, import.meta.url), {
    name,
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
}
