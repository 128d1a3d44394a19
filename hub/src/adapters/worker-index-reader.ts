/**
 * {@link IndexReader} over a pool of threads that share the index's memory.
 *
 * The hub's event loop only passes messages. Questions wait in one bounded queue; each thread has at most
 * {@link DEPTH} of them, so that it never waits for the next message. A generation is sent to all threads at once, ahead
 * of every question that is asked after it.
 *
 * @module
 */

import type { Worker } from "node:worker_threads";
import { TributaryError } from "@tributary/proto";
import type { GenerationData } from "../index/generation.ts";
import { textToEmbed } from "../index/query/meaning.ts";
import type { QuestionVector, SemanticData } from "../index/semantic/semantic.ts";
import type { TextRole } from "../ports/embedding-provider.ts";
import type {
  IndexQuery,
  IndexReader,
  IndexResult,
  IndexSuggestion,
  Reader,
  SimilarQuery,
  SimilarResult,
} from "../ports/search-index.ts";
import { type PackedResult, unpackResult } from "./packed-result.ts";
import { fromThreadError, startThread, type ThreadError } from "./thread.ts";

/** Questions that are with one thread at once. */
const DEPTH = 2;

/** Slots of a thread's cancellation flags; more than {@link DEPTH}. */
const SLOTS = 8;

/**
 * For so long the event loop looks for the answer to an only question without going to sleep, ms: a process that sleeps
 * takes as long to wake as many a question takes. All else on the loop has its turn meanwhile.
 */
const AWAKE_MS = 0.6;

export interface WorkerIndexReaderOptions {
  /** Number of threads; at least 1. */
  readonly threads: number;
  /** Questions that may wait before `ERR_OVERLOADED`; 256 if left out. */
  readonly maxQueued?: number;
  /** Time a question may take in its thread, ms; 5,000 if left out. */
  readonly timeoutMs?: number;
  /**
   * Embeds the texts of questions where query threads cannot. Resolves with undefined when that fails or takes too long:
   * the question is answered by its words then. Rejects with the reason of the signal alone.
   */
  readonly embed?: (
    text: string,
    role: TextRole,
    signal: AbortSignal,
  ) => Promise<QuestionVector | undefined>;
}

type SuggestQuery = Parameters<IndexReader["suggest"]>[0];

type Question =
  | { readonly type: "search"; readonly query: IndexQuery; readonly vector?: QuestionVector }
  | { readonly type: "similar"; readonly query: SimilarQuery; readonly vector?: QuestionVector }
  | { readonly type: "suggest"; readonly query: SuggestQuery };

/** What a thread is started with: flags that tell it which questions to give up. */
export type ThreadFlags = Int32Array<SharedArrayBuffer>;

/** From the pool to a thread. */
export type ThreadMessage =
  | { readonly type: "generation"; readonly data: GenerationData }
  | { readonly type: "semantic"; readonly data: SemanticData | undefined }
  | QuestionMessage;

export interface QuestionMessage {
  readonly type: "question";
  readonly id: number;
  readonly question: Question;
  /** The question is cancelled when this one of the thread's {@link ThreadFlags} is not 0. */
  readonly slot: number;
  readonly timeoutMs: number;
  /** Whether no other question is with a thread or waits: the next may come soon, and a core is free to look out for it. */
  readonly isAlone: boolean;
}

/** From a thread to the pool. */
export type ThreadAnswer =
  | { readonly id: number; readonly packed: PackedResult }
  | {
      readonly id: number;
      /** A {@link SimilarResult} or list of {@link IndexSuggestion}: faster than a clone of it. */
      readonly json: string;
    }
  | { readonly id: number; readonly error: ThreadError };

interface Task {
  readonly id: number;
  readonly question: Question;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
  /** Ends listening to the caller's signal. */
  readonly release: () => void;
  isOver: boolean;
}

/** Starts the threads; questions wait until the first {@link WorkerIndexReader.publish}. */
export class WorkerIndexReader implements IndexReader {
  readonly #options: WorkerIndexReaderOptions & {
    readonly maxQueued: number;
    readonly timeoutMs: number;
  };
  readonly #threads: QueryThread[];
  readonly #queue: Task[] = [];
  #generation: GenerationData | undefined;
  #semantic: SemanticData | undefined;
  #nextId = 1;
  #isClosed = false;
  /** Why no thread can be started. */
  #failure: TributaryError | undefined;

  constructor(options: WorkerIndexReaderOptions) {
    this.#options = { maxQueued: 256, timeoutMs: 5_000, ...options };
    this.#threads = Array.from({ length: Math.max(1, options.threads) }, () => this.#startThread());
  }

  get position(): number {
    return this.#generation?.position ?? 0;
  }

  /** Questions that wait for a thread. */
  get queued(): number {
    return this.#queue.length;
  }

  /** What questions see from now on. */
  publish(generation: GenerationData): void {
    this.#generation = generation;
    for (const thread of this.#threads) thread.publish(generation);
    this.#dispatch();
  }

  /** What questions know about meaning from now on. */
  publishSemantic(data: SemanticData | undefined): void {
    this.#semantic = data;
    for (const thread of this.#threads) thread.publishSemantic(data);
  }

  async search(query: IndexQuery, signal: AbortSignal): Promise<IndexResult> {
    const embedded = await this.#embed(query, "question", signal);
    return this.#ask({ type: "search", query, ...embedded }, signal);
  }

  async similar(query: SimilarQuery, signal: AbortSignal): Promise<SimilarResult> {
    const embedded = await this.#embed(query, "document", signal);
    return this.#ask({ type: "similar", query, ...embedded }, signal);
  }

  suggest(
    query: { readonly prefix: string; readonly limit: number; readonly reader: Reader },
    signal: AbortSignal,
  ): Promise<readonly IndexSuggestion[]> {
    return this.#ask({ type: "suggest", query }, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const task of this.#queue.splice(0)) fail(task, closed());
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  /** The vector of a question that its thread cannot embed, if it is to be had. */
  async #embed(
    query: IndexQuery | SimilarQuery,
    role: TextRole,
    signal: AbortSignal,
  ): Promise<{ readonly vector?: QuestionVector }> {
    const { embed } = this.#options;
    if (embed === undefined || this.#semantic === undefined) return {};
    if (this.#semantic.model !== undefined) return {};
    const text = textToEmbed(query);
    const vector = text === undefined ? undefined : await embed(text, role, signal);
    return vector === undefined ? {} : { vector };
  }

  #ask<T>(question: Question, signal: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const refusal = this.#isClosed ? closed() : this.#failure;
      if (refusal !== undefined) {
        reject(refusal);
        return;
      }
      if (this.#queue.length >= this.#options.maxQueued) {
        reject(overloaded(this.#options.maxQueued));
        return;
      }
      const onAbort = () => {
        const waiting = this.#queue.indexOf(task);
        if (waiting !== -1) this.#queue.splice(waiting, 1);
        else for (const thread of this.#threads) thread.cancel(task);
        fail(task, signal.reason);
      };
      const task: Task = {
        id: this.#nextId++,
        question,
        resolve: resolve as (value: never) => void,
        reject,
        release: () => signal.removeEventListener("abort", onAbort),
        isOver: false,
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#queue.push(task);
      this.#dispatch();
    });
  }

  #dispatch(): void {
    if (this.#generation === undefined) return;
    while (this.#queue.length > 0) {
      let free: QueryThread | undefined;
      for (const thread of this.#threads) {
        if (thread.load < (free?.load ?? DEPTH)) free = thread;
      }
      if (free === undefined) return;
      const task = this.#queue.shift() as Task;
      const isAlone = this.#queue.length === 0 && this.#load === 0;
      free.ask(task, isAlone);
      if (isAlone) this.#stayAwake();
    }
  }

  /** Questions that are with threads. */
  get #load(): number {
    return this.#threads.reduce((sum, { load }) => sum + load, 0);
  }

  /** Keeps the event loop turning while one question is asked, for {@link AWAKE_MS} at most. */
  #stayAwake(): void {
    const endMs = performance.now() + AWAKE_MS;
    const turn = () => {
      if (this.#load === 1 && performance.now() < endMs) setImmediate(turn);
    };
    setImmediate(turn);
  }

  #fail(error: TributaryError): void {
    this.#failure = error;
    for (const task of this.#queue.splice(0)) fail(task, error);
  }

  #startThread(): QueryThread {
    const thread = new QueryThread(this.#options.timeoutMs, {
      onFree: () => this.#dispatch(),
      onExit: (cause) => {
        if (this.#isClosed) return;
        // A thread that ends before it has answered anything would end again and again.
        if (!thread.hasAnswered) this.#fail(lost(cause));
        else this.#threads[this.#threads.indexOf(thread)] = this.#startThread();
        this.#dispatch();
      },
    });
    if (this.#generation !== undefined) thread.publish(this.#generation);
    if (this.#semantic !== undefined) thread.publishSemantic(this.#semantic);
    return thread;
  }
}

/** One thread and what it was asked. */
class QueryThread {
  readonly #worker: Worker;
  readonly #timeoutMs: number;
  readonly #cancelled: ThreadFlags = new Int32Array(new SharedArrayBuffer(SLOTS * 4));
  readonly #tasks = new Map<number, { readonly task: Task; readonly slot: number }>();
  hasAnswered = false;

  constructor(
    timeoutMs: number,
    on: {
      readonly onFree: () => void;
      readonly onExit: (cause: unknown) => void;
    },
  ) {
    this.#timeoutMs = timeoutMs;
    this.#worker = startThread("index-query", this.#cancelled);
    this.#worker.unref();
    let cause: unknown;
    this.#worker.on("error", (error) => {
      cause = error;
    });
    this.#worker.on("message", (answer: ThreadAnswer) => {
      this.hasAnswered = true;
      this.#settle(answer);
      on.onFree();
    });
    this.#worker.on("exit", () => {
      for (const { task } of this.#tasks.values()) fail(task, lost(cause));
      this.#tasks.clear();
      on.onExit(cause);
    });
  }

  /** Questions that are with the thread. */
  get load(): number {
    return this.#tasks.size;
  }

  publish(data: GenerationData): void {
    this.#worker.postMessage({ type: "generation", data } satisfies ThreadMessage);
  }

  publishSemantic(data: SemanticData | undefined): void {
    this.#worker.postMessage({ type: "semantic", data } satisfies ThreadMessage);
  }

  ask(task: Task, isAlone: boolean): void {
    const used = new Set([...this.#tasks.values()].map(({ slot }) => slot));
    let slot = 0;
    while (used.has(slot)) slot += 1;
    Atomics.store(this.#cancelled, slot, 0);
    this.#tasks.set(task.id, { task, slot });
    // Keeps the process alive while somebody waits, and not longer.
    this.#worker.ref();
    const { id, question } = task;
    this.#worker.postMessage({
      type: "question",
      id,
      question,
      slot,
      timeoutMs: this.#timeoutMs,
      isAlone,
    } satisfies ThreadMessage);
  }

  /** Stops the question if it is with this thread. */
  cancel(task: Task): void {
    const asked = this.#tasks.get(task.id);
    if (asked !== undefined) Atomics.store(this.#cancelled, asked.slot, 1);
  }

  async close(): Promise<void> {
    for (const { task } of this.#tasks.values()) fail(task, closed());
    await this.#worker.terminate();
  }

  #settle(answer: ThreadAnswer): void {
    const task = this.#tasks.get(answer.id)?.task;
    this.#tasks.delete(answer.id);
    if (this.#tasks.size === 0) this.#worker.unref();
    if (task === undefined) return;
    if ("error" in answer) {
      fail(task, fromThreadError(answer.error));
      return;
    }
    if (task.isOver) return;
    task.isOver = true;
    task.release();
    const result: unknown =
      "packed" in answer ? unpackResult(answer.packed) : JSON.parse(answer.json);
    task.resolve(result as never);
  }
}

function fail(task: Task, error: unknown): void {
  if (task.isOver) return;
  task.isOver = true;
  task.release();
  task.reject(error);
}

function overloaded(maxQueued: number): TributaryError {
  return new TributaryError(
    "ERR_OVERLOADED",
    `${maxQueued} queries are waiting already; try again in a moment`,
    { messageZh: `已有 ${maxQueued} 个查询在等待，请稍后再试。`, details: { maxQueued } },
  );
}

function closed(): TributaryError {
  return new TributaryError("ERR_UNAVAILABLE", "the index is closed");
}

function lost(cause: unknown): TributaryError {
  return new TributaryError("ERR_INTERNAL", "the thread that had the query ended", { cause });
}
