/**
 * Merges segments of the index in a thread of its own. The thread starts with the first merge.
 *
 * @module
 */

import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { TributaryError } from "@tributary/proto";
import type { MergeRequest } from "../index/writer.ts";
import { startThread } from "./thread.ts";

export class WorkerIndexMerger implements AsyncDisposable {
  #worker: Worker | undefined;
  #isClosed = false;

  /** One call at a time. @throws {TributaryError} `ERR_UNAVAILABLE` if it is closed meanwhile. */
  async merge(inputs: readonly MergeRequest[]): Promise<SharedArrayBuffer> {
    if (this.#isClosed) throw closed();
    this.#worker ??= startMerger();
    const worker = this.#worker;
    const listening = new AbortController();
    const { signal } = listening;
    // Keeps the process alive while somebody waits, and not longer.
    worker.ref();
    try {
      worker.postMessage(inputs);
      const [answer] = await Promise.race([
        once(worker, "message", { signal }),
        once(worker, "exit", { signal }).then(([code]) => {
          throw this.#isClosed ? closed() : ended(code);
        }),
      ]);
      return answer as SharedArrayBuffer;
    } finally {
      listening.abort();
      worker.unref();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#worker?.terminate();
  }
}

function startMerger(): Worker {
  return startThread("index-merge");
}

function ended(code: unknown): TributaryError {
  return new TributaryError(
    "ERR_INTERNAL",
    `the thread that merges the index ended with ${String(code)}`,
  );
}

function closed(): TributaryError {
  return new TributaryError("ERR_UNAVAILABLE", "the index is closed");
}
