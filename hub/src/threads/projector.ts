/**
 * Thread that keeps catalog and index in step with the log. Started and watched by the adapter `worker-projection.ts`,
 * which tells it how long the log is; it tells back how far it is, each new generation of the index, and why it ends.
 *
 * @module
 */

import { parentPort, workerData } from "node:worker_threads";
import { systemClock, type TributaryError } from "@tributary/proto";
import { openLevelCatalogStore } from "../adapters/level-catalog-store.ts";
import { openLevelLogStore } from "../adapters/level-log-store.ts";
import { toThreadError } from "../adapters/thread.ts";
import { openWorkerIndexWriter } from "../adapters/worker-index-writer.ts";
import type {
  ProjectorCommand,
  ProjectorData,
  ProjectorReport,
} from "../adapters/worker-projection.ts";
import { Projector } from "../catalog/project.ts";

/** After so long without anything new, what the index holds is made durable. */
const FLUSH_WHEN_IDLE_MS = 1_000;

const port = parentPort;
if (port === null) throw new TypeError("this file is the entry of a worker thread");

const { logFolder, catalogFolder, indexPort, logSize } = workerData as ProjectorData;
const stopping = new AbortController();
let head = logSize;
let rebuildReason: string | undefined;
let lost: TributaryError | undefined;
let isSummaryWanted = false;
let wake: () => void = () => undefined;

port.on("message", (command: ProjectorCommand) => {
  if (command.type === "head") head = Math.max(head, command.logSize);
  if (command.type === "rebuild") rebuildReason = command.reason;
  if (command.type === "summarize") isSummaryWanted = true;
  if (command.type === "stop") stopping.abort();
  wake();
});

try {
  await run();
} catch (error) {
  report({ type: "failed", error: toThreadError(error) });
  process.exitCode = 1;
} finally {
  port.close();
}

async function run(): Promise<void> {
  const { signal } = stopping;
  // Takes longer than all else here.
  const indexOpens = openWorkerIndexWriter(indexPort, {
    publish: (generation) => report({ type: "generation", generation }),
    onReset: (reason) => report({ type: "rebuild", reason }),
    onLost: (error) => {
      lost = error;
      wake();
    },
  });
  await using closing = new AsyncDisposableStack();
  closing.defer(async () => {
    const opened = await indexOpens.catch(() => undefined);
    await opened?.[Symbol.asyncDispose]();
  });
  await using log = await openLevelLogStore(logFolder);
  await using catalog = await openLevelCatalogStore(catalogFolder);
  const index = await indexOpens;
  const projector = await Projector.open(
    {
      log,
      catalog,
      index,
      onProgress: (progress) => report({ type: "progress", progress }),
      onRebuild: (reason) => report({ type: "rebuild", reason }),
    },
    head,
  );
  report({ type: "opened" });
  let isScrubbed = false;
  while (!signal.aborted) {
    if (rebuildReason !== undefined) {
      await projector.rebuild(rebuildReason);
      rebuildReason = undefined;
    }
    if (lost !== undefined) {
      const error = lost;
      lost = undefined;
      if (error.code !== "ERR_STORE_DAMAGED") throw error;
      await projector.rebuildIndex(error);
    }
    await projector.advance(head, signal);
    if (isSummaryWanted && !signal.aborted) {
      isSummaryWanted = false;
      report({ type: "summary", summary: await projector.summarize() });
    }
    if (await isIdle(projector, FLUSH_WHEN_IDLE_MS)) {
      await projector.flush();
      await index.rest();
      if (!isScrubbed) isScrubbed = await projector.scrub(() => isBusy(projector));
      if (!isBusy(projector)) await isIdle(projector, undefined);
    }
  }
  await projector.flush();
}

/** Waits for something to do; true if there is nothing for `ms`, or for as long as it takes. */
async function isIdle(projector: Projector, ms: number | undefined): Promise<boolean> {
  if (isBusy(projector)) return false;
  const done = new AbortController();
  const woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const waits = [woken];
  if (ms !== undefined) waits.push(systemClock.sleep(ms, done.signal));
  await Promise.race(waits);
  done.abort();
  return !isBusy(projector);
}

function isBusy({ progress }: Projector): boolean {
  const isAsked = rebuildReason !== undefined || lost !== undefined || isSummaryWanted;
  return stopping.signal.aborted || isAsked || head > progress.catalogPosition;
}

function report(message: ProjectorReport): void {
  port?.postMessage(message);
}
