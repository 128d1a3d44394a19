/**
 * {@link IndexWriter} in a thread of its own, so that one core builds segments while another folds the log.
 *
 * Who starts the thread and who commands it need not be the same thread: what they share is a port.
 *
 * @module
 */

import { MessageChannel, type MessagePort, type Worker } from "node:worker_threads";
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

/** What the thread is started with. */
export interface IndexWriterData {
  /** Of the index; made when missing. */
  readonly folder: string;
  /** Commands come over it, answers and reports go back. When it is closed, the thread closes the index and ends. */
  readonly port: MessagePort;
}

/** A thread that writes an index, and the port for {@link openWorkerIndexWriter}, which may be posted on. */
export interface IndexWriterThread {
  readonly worker: Worker;
  readonly port: MessagePort;
}

/** Starts the thread, which opens nothing yet. It ends when the port is closed at either side. */
export function startIndexWriter(folder: string): IndexWriterThread {
  const { port1: port, port2 } = new MessageChannel();
  const data: IndexWriterData = { folder, port: port2 };
  return { worker: startThread("index-writer", data, [port2]), port };
}

export interface WorkerIndexWriterOptions {
  /** Called with each new state, to be handed to `WorkerIndexReader.publish`. */
  readonly publish: (generation: GenerationData) => void;
  /** Called when what was stored cannot be used, so that the index begins empty at position 0. */
  readonly onReset?: (reason: string) => void;
  /** As `IndexWriterOptions.onLost`. */
  readonly onLost?: (error: TributaryError) => void;
}

/**
 * Opens the index of a thread that was started, and publishes what it holds.
 *
 * @throws {TributaryError} `ERR_FOLDER_IN_USE` if another process holds it; `ERR_STORE_FAILED` if it cannot be opened.
 */
export async function openWorkerIndexWriter(
  port: MessagePort,
  options: WorkerIndexWriterOptions,
): Promise<IndexWriter> {
  const writer = new WorkerIndexWriter(port, options);
  try {
    await writer.open();
  } catch (error) {
    port.close();
    throw error;
  }
  return writer;
}

interface Waiting {
  readonly resolve: (position: number) => void;
  readonly reject: (error: unknown) => void;
}

class WorkerIndexWriter implements IndexWriter {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  /** Why the thread takes no more commands. */
  #failure: TributaryError | undefined;

  constructor(port: MessagePort, { publish, onReset, onLost }: WorkerIndexWriterOptions) {
    this.#port = port;
    port.on("message", (message: WriterAnswer | WriterReport) => {
      if (message.type === "generation") publish(message.generation);
      else if (message.type === "reset") onReset?.(message.reason);
      else if (message.type === "lost") onLost?.(fromThreadError(message.error));
      else this.#settle(message);
    });
    port.on("close", () => this.#fail());
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

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#failure === undefined) await this.#ask({ type: "close" });
  }

  #ask(command: Command): Promise<number> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      this.#port.postMessage({ ...command, id } satisfies WriterCommand);
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

  #fail(): void {
    this.#failure ??= new TributaryError("ERR_INTERNAL", "the thread that writes the index ended");
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}
