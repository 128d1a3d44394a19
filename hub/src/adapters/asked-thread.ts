/**
 * A thread that answers questions: started when it is told to or asked for the first time, started again after a pause
 * when it has ended by itself, and asked by messages that carry a number. Questions that a thread had when it ended are
 * refused with `ERR_UNAVAILABLE`.
 *
 * @module
 */

import type { Worker } from "node:worker_threads";
import { type Clock, TributaryError } from "@tributary/proto";
import { fromThreadError, startThread, type ThreadError, threadStops } from "./thread.ts";

/** To any such thread. */
export type ThreadQuestion<Command> = Command & { readonly id: number };

/** From it. */
export type ThreadAnswer =
  | { readonly type: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly type: "refused"; readonly id: number; readonly error: ThreadError }
  /** Something failed that no question was about. */
  | { readonly type: "failed"; readonly error: ThreadError };

export interface AskedThreadOptions {
  /** File name in `threads/` without extension. */
  readonly name: string;
  /** What the thread is started with. */
  readonly settings: unknown;
  readonly clock: Clock;
  /** Questions that may wait before `ERR_OVERLOADED`. */
  readonly maxQueued: number;
  /** What it does, in both languages: for its errors. */
  readonly task: { readonly en: string; readonly zh: string };
  /** Something failed, or the thread ended by itself and will be started again. */
  readonly onFailed?: ((error: TributaryError) => void) | undefined;
}

interface Task {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
}

const RESTART_MS = 5_000;
const STOP_TIMEOUT_MS = 10_000;

/** @typeParam Command What it is told; it is also told `stop`, and then ends. */
export class AskedThread<Command extends { readonly type: string }> implements AsyncDisposable {
  readonly #options: AskedThreadOptions;
  readonly #ending = new AbortController();
  readonly #tasks = new Map<number, Task>();
  #worker: Worker | undefined;
  #ended: Promise<void> = Promise.resolve();
  #nextId = 1;
  #isStarted = false;

  constructor(options: AskedThreadOptions) {
    this.#options = options;
  }

  /** Starts the thread, unless it was started before. */
  start(): void {
    if (this.#isStarted || this.#ending.signal.aborted) return;
    this.#isStarted = true;
    this.#start();
  }

  /** Tells something that needs no answer, and no thread that is not there. */
  tell(command: Command | { readonly type: "stop" }): void {
    this.#worker?.postMessage(command);
  }

  /** Asks. Rejects with the signal's reason when aborted, with `ERR_UNAVAILABLE` and `ERR_OVERLOADED`. */
  ask<Answer>(command: Command, signal: AbortSignal): Promise<Answer> {
    const { maxQueued } = this.#options;
    this.start();
    const worker = this.#worker;
    if (worker === undefined) return Promise.reject(this.#unavailable());
    if (this.#tasks.size >= maxQueued) return Promise.reject(this.#overloaded());
    const id = this.#nextId++;
    return new Promise<Answer>((resolve, reject) => {
      const onAbort = () => {
        this.#tasks.delete(id);
        reject(signal.reason);
      };
      if (signal.aborted) return onAbort();
      signal.addEventListener("abort", onAbort, { once: true });
      const release = () => signal.removeEventListener("abort", onAbort);
      this.#tasks.set(id, {
        resolve: (answer) => {
          release();
          resolve(answer);
        },
        reject: (error) => {
          release();
          reject(error);
        },
      });
      worker.postMessage({ ...command, id } satisfies ThreadQuestion<Command>);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    this.#refuseAll(new TributaryError("ERR_UNAVAILABLE", "the hub is stopping"));
    const worker = this.#worker;
    if (worker === undefined) return;
    this.tell({ type: "stop" });
    const { clock } = this.#options;
    await threadStops(worker, this.#ended, { clock, timeoutMs: STOP_TIMEOUT_MS });
  }

  #start(): void {
    const { name, settings, clock, onFailed } = this.#options;
    const worker = startThread(name, settings);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#worker = worker;
    this.#ended = promise;
    let failure: TributaryError | undefined;
    worker.on("error", (cause) => {
      failure = new TributaryError("ERR_INTERNAL", String(cause), { cause });
    });
    worker.on("message", (message: ThreadAnswer) => this.#take(message));
    worker.on("exit", (code) => {
      this.#worker = undefined;
      resolve();
      if (this.#ending.signal.aborted) return;
      this.#refuseAll(this.#unavailable());
      const ended = `the thread of ${this.#options.task.en} ended with ${code}`;
      onFailed?.(failure ?? new TributaryError("ERR_INTERNAL", ended));
      clock
        .sleep(RESTART_MS, this.#ending.signal)
        .then(() => this.#start())
        // Closed meanwhile.
        .catch(() => undefined);
    });
  }

  #take(message: ThreadAnswer): void {
    if (message.type === "failed") {
      this.#options.onFailed?.(fromThreadError(message.error));
      return;
    }
    // The caller of one that is not there has left.
    const task = this.#tasks.get(message.id);
    this.#tasks.delete(message.id);
    if (message.type === "refused") task?.reject(fromThreadError(message.error));
    else task?.resolve(message.answer as never);
  }

  #refuseAll(error: TributaryError): void {
    for (const { reject } of this.#tasks.values()) reject(error);
    this.#tasks.clear();
  }

  #unavailable(): TributaryError {
    const { en, zh } = this.#options.task;
    return new TributaryError("ERR_UNAVAILABLE", `${en} is starting again; try again in a moment`, {
      messageZh: `${zh}服务正在重新启动，请稍后重试`,
    });
  }

  #overloaded(): TributaryError {
    const { maxQueued, task } = this.#options;
    return new TributaryError(
      "ERR_OVERLOADED",
      `${maxQueued} questions are waiting already; try again in a moment`,
      {
        messageZh: `已有 ${maxQueued} 个${task.zh}请求在等待，请稍后再试。`,
        details: { limitName: "queued_questions", limitValue: maxQueued },
      },
    );
  }
}
