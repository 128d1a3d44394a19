/**
 * {@link IndexWriter} in a thread of its own, so that one core builds segments while another folds the log.
 *
 * @module
 */

import type { Worker } from "node:worker_threads";
import { TributaryError } from "@tributary/proto";
import type { GenerationData } from "../index/generation.ts";
import type { IndexChange, IndexWriter } from "../ports/search-index.ts";
import { fromThreadError, startThread, type ThreadError } from "./thread.ts";

type Command =
  | { readonly type: "open" | "position" | "flush" | "rest" | "clear" | "close" }
  | { readonly type: "apply"; readonly change: IndexChange };

/** To the thread. */
export type WriterCommand = Command & { readonly id: number };

/** The thread's answer to a command; `position` is the one that is durable, or was applied. */
export type WriterAnswer =
  | { readonly type: "done"; readonly id: number; readonly position: number }
  | { readonly type: "failed"; readonly id: number; readonly error: ThreadError };

/** What the thread tells unasked. */
export type WriterReport =
  | { readonly type: "generation"; readonly generation: GenerationData }
  | { readonly type: "reset"; readonly reason: string }
  | { readonly type: "lost"; readonly error: ThreadError };

export interface WorkerIndexWriterOptions {
  /** Called with each new state, to be handed to `WorkerIndexReader.publish`. */
  readonly publish: (generation: GenerationData) => void;
  /** Called when what was stored cannot be used, so that the index begins empty at position 0. */
  readonly onReset?: (reason: string) => void;
  /** As `IndexWriterOptions.onLost`. */
  readonly onLost?: (error: TributaryError) => void;
}

/**
 * Opens the index in `folder`, made when missing, and publishes what it holds.
 *
 * @throws {TributaryError} `ERR_FOLDER_IN_USE` if another process holds it; `ERR_STORE_FAILED` if it cannot be opened.
 */
export async function openWorkerIndexWriter(
  folder: string,
  options: WorkerIndexWriterOptions,
): Promise<IndexWriter> {
  const writer = new WorkerIndexWriter(folder, options);
  try {
    await writer.open();
  } catch (error) {
    await writer.end();
    throw error;
  }
  return writer;
}

interface Waiting {
  readonly resolve: (position: number) => void;
  readonly reject: (error: unknown) => void;
}

class WorkerIndexWriter implements IndexWriter {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  /** Why the thread takes no more commands. */
  #failure: TributaryError | undefined;

  constructor(folder: string, { publish, onReset, onLost }: WorkerIndexWriterOptions) {
    const workerData = { folder };
    this.#worker = startThread("index-writer", workerData);
    this.#worker.on("message", (message: WriterAnswer | WriterReport) => {
      if (message.type === "generation") publish(message.generation);
      else if (message.type === "reset") onReset?.(message.reason);
      else if (message.type === "lost") onLost?.(fromThreadError(message.error));
      else this.#settle(message);
    });
    this.#worker.on("error", (cause) => this.#fail(cause));
    this.#worker.on("exit", (code) => this.#fail(new Error(`exit code ${code}`)));
  }

  async open(): Promise<void> {
    await this.#ask({ type: "open" });
  }

  position(): Promise<number> {
    return this.#ask({ type: "position" });
  }

  async apply(change: IndexChange): Promise<void> {
    await this.#ask({ type: "apply", change });
  }

  async flush(): Promise<void> {
    await this.#ask({ type: "flush" });
  }

  async rest(): Promise<void> {
    await this.#ask({ type: "rest" });
  }

  async clear(): Promise<void> {
    await this.#ask({ type: "clear" });
  }

  /** Ends the thread as it is. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#failure === undefined) await this.#ask({ type: "close" });
    await this.end();
  }

  #ask(command: Command): Promise<number> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ ...command, id } satisfies WriterCommand);
    });
  }

  #settle(answer: WriterAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.type === "done") {
      waiting?.resolve(answer.position);
    } else {
      waiting?.reject(fromThreadError(answer.error));
    }
  }

  #fail(cause: Error): void {
    this.#failure ??= new TributaryError(
      "ERR_INTERNAL",
      `the thread that writes the index ended: ${cause.message}`,
      { cause },
    );
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}
