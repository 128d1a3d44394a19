/**
 * What all threads of the hub share: how they start and stop, how their errors travel, and how others wait for them.
 *
 * @module
 */

import { constants, setPriority } from "node:os";
import { type MessagePort, Worker } from "node:worker_threads";
import {
  type Clock,
  type ErrorDetails,
  isTributaryError,
  TributaryError,
  type TributaryErrorCode,
} from "@tributary/proto/base";

/**
 * Room for new objects, in MB. The threads make many that live for one batch: in V8's default of 48 MB and less they
 * are copied about before they die, which costs a tenth of the throughput of a large load (hub/bench/ingest.ts).
 */
const YOUNG_GENERATION_MB = 96;

/**
 * Starts a thread. Its entry is beside the sources when they run as written, in `dist` when they were built.
 *
 * @param name File name in `threads/` without extension.
 * @param transferred Ports within `workerData` that are the thread's from now on.
 */
export function startThread(
  name: string,
  workerData?: unknown,
  transferred: readonly MessagePort[] = [],
): Worker {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new Worker(new URL(`../threads/${name}.${extension}`, import.meta.url), {
    name,
    workerData,
    transferList: [...transferred],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
}

/**
 * Lets all other threads go first where the cores are busy. Called by the thread itself. On Linux alone: elsewhere a
 * priority is that of the whole process.
 */
export function goLast(): void {
  if (process.platform === "linux") setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
}

/** Waits until a thread that was told to stop has ended, and ends it after `timeoutMs`. */
export async function threadStops(
  worker: Worker,
  ended: Promise<void>,
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
): Promise<void> {
  const waited = new AbortController();
  const timeout = clock
    .sleep(timeoutMs, waited.signal)
    .then(() => worker.terminate())
    .catch(() => undefined);
  await Promise.race([ended, timeout]);
  waited.abort();
}

/** An error without its prototype, as it is posted between threads. */
export interface ThreadError {
  readonly code: TributaryErrorCode;
  readonly message: string;
  readonly messageZh: string;
  readonly details: ErrorDetails;
}

export function toThreadError(error: unknown): ThreadError {
  if (isTributaryError(error)) {
    const { code, message, messageZh, details } = error;
    return { code, message, messageZh, details };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: "ERR_INTERNAL", message, messageZh: message, details: {} };
}

export function fromThreadError({
  code,
  message,
  messageZh,
  details,
}: ThreadError): TributaryError {
  return new TributaryError(code, message, { messageZh, details });
}

/** Those who wait for something that a thread brings about. */
export class Waiters {
  readonly #checks = new Set<() => void>();

  /** Something changed: whoever has what it waits for goes on. */
  wake(): void {
    for (const check of [...this.#checks]) check();
  }

  /** Resolves as soon as `isDone`; rejects with the signal's reason when aborted. */
  until(isDone: () => boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!signal.aborted && !isDone()) return;
        this.#checks.delete(check);
        signal.removeEventListener("abort", check);
        if (signal.aborted) reject(signal.reason);
        else resolve();
      };
      this.#checks.add(check);
      signal.addEventListener("abort", check, { once: true });
      check();
    });
  }
}
