/**
 * Builds and merges segments of the index in a thread of its own, which starts with the first of them.
 *
 * @module
 */

import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { TributaryError } from "@tributary/proto/base";
import type { DictionaryData } from "../index/analysis/dictionary.ts";
import type { MergeRequest } from "../index/writer.ts";
import type { IndexDocument } from "../ports/search-index.ts";
import { startThread } from "./thread.ts";

/** To the thread, which answers each with the segment. */
export type SegmentRequest =
  | { readonly type: "merge"; readonly inputs: readonly MergeRequest[] }
  | {
      readonly type: "build";
      readonly documents: readonly IndexDocument[];
      readonly dictionary: DictionaryData;
    };

/** What the thread is started with. */
export interface SegmentThreadData {
  /** Whether other threads go first where the cores are busy. */
  readonly goesLast: boolean;
}

export class WorkerSegments implements AsyncDisposable {
  readonly #data: SegmentThreadData;
  #worker: Worker | undefined;
  #isClosed = false;

  constructor(data: SegmentThreadData) {
    this.#data = data;
  }

  /** One call of either method at a time. @throws {TributaryError} `ERR_UNAVAILABLE` if it is closed meanwhile. */
  merge(inputs: readonly MergeRequest[]): Promise<SharedArrayBuffer> {
    return this.#ask({ type: "merge", inputs });
  }

  /** As {@link merge}. */
  build(
    documents: readonly IndexDocument[],
    dictionary: DictionaryData,
  ): Promise<SharedArrayBuffer> {
    return this.#ask({ type: "build", documents, dictionary });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#worker?.terminate();
  }

  async #ask(request: SegmentRequest): Promise<SharedArrayBuffer> {
    if (this.#isClosed) throw closed();
    this.#worker ??= startThread("index-segments", this.#data);
    const worker = this.#worker;
    const listening = new AbortController();
    const { signal } = listening;
    // Keeps the process alive while somebody waits, and not longer.
    worker.ref();
    try {
      worker.postMessage(request);
      const [answer] = await Promise.race([
        once(worker, "message", { signal }),
        once(worker, "exit", { signal }).then(([code]) => {
          this.#worker = undefined;
          throw this.#isClosed ? closed() : ended(code);
        }),
      ]);
      return answer as SharedArrayBuffer;
    } finally {
      listening.abort();
      worker.unref();
    }
  }
}

function ended(code: unknown): TributaryError {
  return new TributaryError(
    "ERR_INTERNAL",
    `the thread that makes segments of the index ended with ${String(code)}`,
  );
}

function closed(): TributaryError {
  return new TributaryError("ERR_UNAVAILABLE", "the index is closed");
}
