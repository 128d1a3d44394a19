/**
 * Thread that gives the documents of the index a meaning. Started by the adapter `worker-semantic.ts`, which sends each
 * generation; it tells back what queries should use, and why it ends.
 *
 * @module
 */

import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "@tributary/proto";
import { openLevelIndexStore } from "../adapters/level-index-store.ts";
import { goLast, toThreadError } from "../adapters/thread.ts";
import type {
  SemanticCommand,
  SemanticReport,
  SemanticSettings,
} from "../adapters/worker-semantic.ts";
import { SemanticFollower } from "../index/semantic/follower.ts";
import { createPace } from "../index/semantic/pace.ts";

const port = parentPort;
if (port === null) throw new TypeError("this file is the entry of a worker thread");

goLast();
const { folder, duty, minDocuments, parallelTexts, delayMs } = workerData as SemanticSettings;
const stopping = new AbortController();
const { signal } = stopping;

try {
  await using store = await openLevelIndexStore(folder);
  const follower = new SemanticFollower({
    store,
    minDocuments,
    parallelTexts,
    delayMs,
    clock: systemClock,
    pace: createPace(systemClock, duty, signal),
    publish: (data, position) => report({ type: "state", data, position }),
  });
  port.on("message", (command: SemanticCommand) => {
    if (command.type === "stop") stopping.abort();
    else follower.follow(command.generation);
  });
  await follower.run(signal);
} catch (error) {
  if (!signal.aborted) report({ type: "failed", error: toThreadError(error) });
} finally {
  port.close();
}

function report(message: SemanticReport): void {
  port?.postMessage(message);
}
