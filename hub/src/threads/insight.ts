/**
 * Thread that computes over the whole catalog, behind all other work. Started by the adapter `worker-insights.ts`.
 *
 * @module
 */

import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "@tributary/proto";
import type { ThreadAnswer, ThreadQuestion } from "../adapters/asked-thread.ts";
import { openLevelCatalogStore } from "../adapters/level-catalog-store.ts";
import { goLast, toThreadError } from "../adapters/thread.ts";
import type { InsightCommand, InsightSettings } from "../adapters/worker-insights.ts";
import { computeSnapshot } from "../insight/snapshot.ts";

const port = parentPort;
if (port === null) throw new TypeError("this file is the entry of a worker thread");

goLast();
const { catalogFolder } = workerData as InsightSettings;
const catalog = await openLevelCatalogStore(catalogFolder);
let queue: Promise<void> = Promise.resolve();

port.on("message", (command: ThreadQuestion<InsightCommand> | { readonly type: "stop" }) => {
  queue = queue.then(() => (command.type === "stop" ? stop() : compute(command.id)));
});

async function compute(id: number): Promise<void> {
  try {
    const answer = await computeSnapshot(catalog, systemClock.now());
    send({ type: "answer", id, answer }, [answer.overlap.pairs.buffer as ArrayBuffer]);
  } catch (error) {
    send({ type: "refused", id, error: toThreadError(error) }, []);
  }
}

async function stop(): Promise<void> {
  await catalog[Symbol.asyncDispose]();
  port?.close();
}

function send(message: ThreadAnswer, moved: readonly ArrayBuffer[]): void {
  port?.postMessage(message, moved);
}
