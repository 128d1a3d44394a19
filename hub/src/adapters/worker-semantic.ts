/**
 * The meaning of the index's documents, made in a thread of its own that works a part of the time.
 *
 * The thread starts when there are documents enough. If it ends, queries go on with what there was, and it is started
 * again after a pause.
 *
 * @module
 */

import type { Worker } from "node:worker_threads";
import { type Clock, TributaryError } from "@tributary/proto";
import type { GenerationData } from "../index/generation.ts";
import { readBlob } from "../index/segment/blob.ts";
import type { SegmentMeta } from "../index/segment/columns.ts";
import type { QuestionVector, SemanticData } from "../index/semantic/semantic.ts";
import type { TextRole } from "../ports/embedding-provider.ts";
import { type EmbedCommand, type EmbeddedReport, QuestionVectors } from "./question-vectors.ts";
import { fromThreadError, startThread, type ThreadError, threadStops, Waiters } from "./thread.ts";

/** What the thread is started with. */
export interface SemanticSettings {
  /** Keeps the model; made when missing. Vectors of a model of the operator's are in `<folder>-vectors`. */
  readonly folder: string;
  /** An embedding model that the operator brings; undefined for the one that is trained here. */
  readonly modelFolder: string | undefined;
  /** For fewer documents no model is trained. */
  readonly minDocuments: number;
  /** Share of the time in which the thread works; above 0, at most 1. */
  readonly duty: number;
  /** From a change of the index to the look at it, ms. */
  readonly delayMs: number;
  /** Texts in two languages that say the same, to train on beside the documents. */
  readonly parallelTexts: readonly string[];
}

/** To the thread. */
export type SemanticCommand =
  | { readonly type: "generation"; readonly generation: GenerationData }
  | EmbedCommand
  | { readonly type: "stop" };

/** From the thread. */
export type SemanticReport =
  | {
      readonly type: "state";
      /** Undefined when there is no model. */
      readonly data: SemanticData | undefined;
      readonly position: number;
    }
  | EmbeddedReport
  | { readonly type: "failed"; readonly error: ThreadError };

export interface WorkerSemanticOptions extends Partial<Omit<SemanticSettings, "folder">> {
  readonly folder: string;
  readonly clock: Clock;
  /** What queries see from now on, to be handed to `WorkerIndexReader.publishSemantic`. */
  readonly publish: (data: SemanticData | undefined) => void;
  /** The thread ended by itself and will be started again. */
  readonly onFailed?: (error: TributaryError, restartInMs: number) => void;
}

const DEFAULTS = {
  modelFolder: undefined,
  minDocuments: 50,
  duty: 0.25,
  delayMs: 2_000,
  parallelTexts: [],
} as const;

const RESTART_MS = 60_000;

/** A thread that does not stop by itself within this time is terminated: it looks up after each document. */
const STOP_TIMEOUT_MS = 5_000;

export class WorkerSemantic implements AsyncDisposable {
  readonly #options: WorkerSemanticOptions;
  readonly #settings: SemanticSettings;
  readonly #ending = new AbortController();
  readonly #waiters = new Waiters();
  readonly #questions: QuestionVectors;
  #worker: Worker | undefined;
  /** Resolves when the thread that runs has ended. */
  #ended: Promise<void> = Promise.resolve();
  #isPausing = false;
  #newest: GenerationData | undefined;
  /** Log size of the newest generation that has its meaning, as far as it can have one. */
  #position = -1;

  constructor(options: WorkerSemanticOptions) {
    const all = { ...DEFAULTS, ...options };
    const { folder, modelFolder, minDocuments, duty, delayMs, parallelTexts } = all;
    this.#options = options;
    this.#settings = { folder, modelFolder, minDocuments, duty, delayMs, parallelTexts };
    this.#questions = new QuestionVectors(options.clock, (command) => this.#send(command));
  }

  /** Tells of a new state of the index. */
  follow(generation: GenerationData): void {
    this.#newest = generation;
    if (this.#worker !== undefined) this.#send({ type: "generation", generation });
    // Not at once: a hub that starts has better things to do.
    else if (!this.#isPausing && this.#hasEnough(generation)) this.#startIn(this.#settings.delayMs);
  }

  /** Resolves when queries use what was made of a generation at `position` or later; rejects when aborted. */
  waitFor(position: number, signal: AbortSignal): Promise<void> {
    return this.#waiters.until(() => this.#position >= position, signal);
  }

  /** See `WorkerIndexReaderOptions.embed`; asked only where queries use a model of the operator's. */
  async embed(
    text: string,
    role: TextRole,
    signal: AbortSignal,
  ): Promise<QuestionVector | undefined> {
    return this.#worker && this.#questions.embed(text, role, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#send({ type: "stop" });
    const { clock } = this.#options;
    await threadStops(worker, this.#ended, { clock, timeoutMs: STOP_TIMEOUT_MS });
  }

  #hasEnough({ segments }: GenerationData): boolean {
    const { modelFolder, minDocuments } = this.#settings;
    let documents = 0;
    for (const { buffer } of segments) documents += readBlob<SegmentMeta>(buffer).meta.docs;
    return documents >= (modelFolder === undefined ? minDocuments : 1);
  }

  #start(): void {
    const worker = startThread("semantic", this.#settings);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#worker = worker;
    this.#ended = promise;
    // Never keeps the process alive: what it makes is made again.
    worker.unref();
    let failure: TributaryError | undefined;
    worker.on("error", (cause) => {
      failure = new TributaryError("ERR_INTERNAL", String(cause), { cause });
    });
    worker.on("message", (report: SemanticReport) => {
      if (report.type === "failed") failure = fromThreadError(report.error);
      else if (report.type === "embedded") this.#questions.take(report);
      else this.#take(report.data, report.position);
    });
    worker.on("exit", (code) => {
      this.#worker = undefined;
      this.#questions.forget();
      resolve();
      if (this.#ending.signal.aborted) return;
      this.#pause(failure ?? new TributaryError("ERR_INTERNAL", `the thread ended with ${code}`));
    });
    if (this.#newest !== undefined) this.#send({ type: "generation", generation: this.#newest });
  }

  #take(data: SemanticData | undefined, position: number): void {
    this.#options.publish(data);
    this.#position = position;
    this.#waiters.wake();
  }

  #pause(failure: TributaryError): void {
    this.#options.onFailed?.(failure, RESTART_MS);
    this.#startIn(RESTART_MS);
  }

  #startIn(ms: number): void {
    this.#isPausing = true;
    this.#options.clock
      .sleep(ms, this.#ending.signal)
      .then(() => {
        this.#isPausing = false;
        this.#start();
      })
      // Closed meanwhile.
      .catch(() => undefined);
  }

  #send(command: SemanticCommand): void {
    this.#worker?.postMessage(command);
  }
}
