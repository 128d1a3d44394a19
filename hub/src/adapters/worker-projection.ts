/**
 * Catalog and index beside the hub's event loop: one thread writes them, this side reads them.
 *
 * If the thread ends, answers go on resting on what was there, {@link ProjectionOptions.onStopped} hears of it, and
 * the thread is started again, after a pause that doubles each time.
 *
 * @module
 */

import { availableParallelism } from "node:os";
import type { MessagePort, Worker } from "node:worker_threads";
import { type Clock, isTributaryError, TributaryError } from "@tributary/proto";
import type { Progress } from "../catalog/project.ts";
import type { CatalogSummary } from "../catalog/summary.ts";
import type { GenerationData } from "../index/generation.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { IndexReader } from "../ports/search-index.ts";
import { openLevelCatalogStore } from "./level-catalog-store.ts";
import { fromThreadError, startThread, type ThreadError, threadStops, Waiters } from "./thread.ts";
import { WorkerIndexReader } from "./worker-index-reader.ts";
import { startIndexWriter } from "./worker-index-writer.ts";
import { WorkerSemantic } from "./worker-semantic.ts";

/** What the thread is started with. */
export interface ProjectorData {
  readonly logFolder: string;
  readonly catalogFolder: string;
  /** Of a thread that writes the index. */
  readonly indexPort: MessagePort;
  readonly logSize: number;
}

/** To the thread. */
export type ProjectorCommand =
  | { readonly type: "head"; readonly logSize: number }
  | { readonly type: "rebuild"; readonly reason: string }
  | { readonly type: "summarize" }
  | { readonly type: "stop" };

/** From the thread. */
export type ProjectorReport =
  | { readonly type: "opened" }
  | { readonly type: "progress"; readonly progress: Progress }
  | { readonly type: "generation"; readonly generation: GenerationData }
  | { readonly type: "rebuild"; readonly reason: string }
  | { readonly type: "summary"; readonly summary: CatalogSummary }
  | { readonly type: "failed"; readonly error: ThreadError };

export interface ProjectionOptions {
  /** Folder of the log's store, which this process has open. */
  readonly logFolder: string;
  /** Made when missing. */
  readonly catalogFolder: string;
  /** Made when missing. */
  readonly indexFolder: string;
  /** Keeps the model of meaning; made when there are documents enough. Documents have no meaning if undefined. */
  readonly semanticFolder?: string | undefined;
  /** An embedding model that the operator brings; undefined for the one that is trained on the documents. */
  readonly semanticModelFolder?: string | undefined;
  /** Published entries of the log now. */
  readonly logSize: number;
  readonly clock: Clock;
  /** In [0, 1), for the pauses between starts. */
  readonly random: () => number;
  /** Threads that answer queries. Default: as many as there are cores but one, at least 1. */
  readonly queryThreads?: number | undefined;
  /** The thread ended by itself and will be started again. */
  readonly onStopped?: (error: TributaryError, restartInMs: number) => void;
  /** The thread of meaning ended by itself and will be started again; queries go on with what there was. */
  readonly onSemanticStopped?: (error: TributaryError, restartInMs: number) => void;
  /** Catalog and index, or the index alone, are made anew. */
  readonly onRebuild?: (reason: string) => void;
  /** Called after each step. */
  readonly onProgress?: (progress: Progress) => void;
}

/** What the hub reads of its projections. */
export interface Projection extends AsyncDisposable {
  /** For reading only. Damage that a read finds makes the projections anew, and is `ERR_UNAVAILABLE` to the reader. */
  readonly catalog: CatalogStore;
  readonly index: IndexReader;
  readonly progress: Progress;
  /**
   * Resolves when questions are answered, from what the stores held, without waiting for what the log holds beyond; until
   * then they wait. Rejects with what the first start met: `ERR_FOLDER_IN_USE`, `ERR_STORE_FAILED`, `ERR_LOG_DAMAGED`.
   */
  readonly opened: Promise<void>;
  /** False between the end of the thread and its next start. */
  readonly isRunning: boolean;
  /** Tells that the log has grown. */
  follow(logSize: number): void;
  /** Resolves when the catalog covers more than `position` entries; rejects when aborted. */
  waitBeyond(position: number, signal: AbortSignal): Promise<void>;
  /** Resolves when the index covers at least `logSize` entries; rejects when aborted. */
  waitUntilSearchable(logSize: number, signal: AbortSignal): Promise<void>;
  /**
   * Resolves to what the catalog says of each center, when it covers at least `logSize` entries; rejects when aborted. One
   * call at a time. Folding waits while the catalog is read.
   */
  summarize(logSize: number, signal: AbortSignal): Promise<CatalogSummary>;
}

const RESTART_BASE_MS = 500;
const RESTART_MAX_MS = 60_000;
/** A thread that does not stop by itself within this time is terminated: a step is much shorter. */
const STOP_TIMEOUT_MS = 20_000;

/**
 * Opens the catalog for reading and starts the threads.
 *
 * @throws {TributaryError} `ERR_FOLDER_IN_USE`, `ERR_STORE_FAILED` if the catalog cannot be opened.
 */
export async function openProjection(options: ProjectionOptions): Promise<Projection> {
  const { queryThreads = Math.max(1, availableParallelism() - 1) } = options;
  await using opening = new AsyncDisposableStack();
  // The first to open a store must be the last to close it, so this side opens before the thread.
  const catalog = opening.use(await openLevelCatalogStore(options.catalogFolder));
  const index = opening.use(
    new WorkerIndexReader({
      threads: queryThreads,
      embed: async (text, role, signal) => semantic?.embed(text, role, signal),
    }),
  );
  const { semanticFolder, semanticModelFolder, clock, onSemanticStopped } = options;
  const semantic =
    semanticFolder === undefined
      ? undefined
      : opening.use(
          new WorkerSemantic({
            folder: semanticFolder,
            modelFolder: semanticModelFolder,
            clock,
            publish: (data) => index.publishSemantic(data),
            ...(onSemanticStopped === undefined ? {} : { onFailed: onSemanticStopped }),
          }),
        );
  const projection = new WorkerProjection(options, catalog, index, semantic);
  opening.defer(() => projection.stop());
  projection.closeWith(opening.move());
  return projection;
}

class WorkerProjection implements Projection {
  readonly catalog: CatalogStore;
  readonly index: WorkerIndexReader;
  readonly opened: Promise<void>;
  readonly #semantic: WorkerSemantic | undefined;
  readonly #options: ProjectionOptions;
  readonly #ending = new AbortController();
  readonly #waiters = new Waiters();
  #stack: AsyncDisposableStack | undefined;
  #worker: Worker | undefined;
  /** Resolves when the thread that runs has ended. */
  #ended: Promise<void> = Promise.resolve();
  #logSize: number;
  #progress: Progress = { catalogPosition: 0, indexPosition: 0 };
  #isSummaryWanted = false;
  #summary: CatalogSummary | undefined;
  /** Starts since it got further than ever before. */
  #attempts = 0;
  #furthest = -1;

  constructor(
    options: ProjectionOptions,
    catalog: CatalogStore,
    index: WorkerIndexReader,
    semantic: WorkerSemantic | undefined,
  ) {
    this.#options = options;
    this.#logSize = options.logSize;
    this.catalog = withDamageReports(catalog, (reason) => this.#send({ type: "rebuild", reason }));
    this.index = index;
    this.#semantic = semantic;
    this.opened = this.#start();
    // For whoever awaits it, who may come later.
    this.opened.catch(() => undefined);
  }

  get progress(): Progress {
    return this.#progress;
  }

  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  follow(logSize: number): void {
    this.#logSize = Math.max(this.#logSize, logSize);
    this.#send({ type: "head", logSize: this.#logSize });
  }

  waitBeyond(position: number, signal: AbortSignal): Promise<void> {
    return this.#waiters.until(() => this.#progress.catalogPosition > position, signal);
  }

  waitUntilSearchable(logSize: number, signal: AbortSignal): Promise<void> {
    return this.#waiters.until(() => this.#progress.indexPosition >= logSize, signal);
  }

  async summarize(logSize: number, signal: AbortSignal): Promise<CatalogSummary> {
    for (;;) {
      await this.#waiters.until(() => this.#progress.catalogPosition >= logSize, signal);
      this.#isSummaryWanted = true;
      this.#summary = undefined;
      this.#send({ type: "summarize" });
      await this.#waiters.until(() => !this.#isSummaryWanted, signal);
      const summary = this.#summary as CatalogSummary | undefined;
      // A catalog that is being made anew is shorter than it was.
      if (summary !== undefined && summary.logSize >= logSize) return summary;
    }
  }

  /** Starts the thread; rejects if it ends before it has opened the stores. */
  #start(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { logFolder, catalogFolder, indexFolder, clock } = this.#options;
    // Both at once, and not one by the other: each takes its time to load.
    const { worker: indexWriter, port: indexPort } = startIndexWriter(indexFolder);
    const data: ProjectorData = { logFolder, catalogFolder, indexPort, logSize: this.#logSize };
    const worker = startThread("projector", data, [indexPort]);
    const { promise: ended, resolve: resolveEnded } = Promise.withResolvers<void>();
    this.#worker = worker;
    this.#ended = ended;
    let isOpen = false;
    let failure: TributaryError | undefined;
    worker.on("error", (cause) => {
      failure = new TributaryError("ERR_INTERNAL", messageOf(cause), { cause });
    });
    worker.on("message", (report: ProjectorReport) => {
      if (report.type === "opened") {
        isOpen = true;
        if (this.#isSummaryWanted) this.#send({ type: "summarize" });
        resolve();
      } else if (report.type === "failed") {
        // Not where the thread beside it ended first: that is why.
        failure ??= fromThreadError(report.error);
      } else {
        this.#take(report);
      }
    });
    indexWriter.on("error", (cause) => {
      failure ??= new TributaryError("ERR_INTERNAL", messageOf(cause), { cause });
    });
    const { promise: indexEnded, resolve: resolveIndexEnded } = Promise.withResolvers<void>();
    indexWriter.on("exit", () => resolveIndexEnded());
    worker.on("exit", async (exitCode) => {
      this.#worker = undefined;
      // Its port ended with the projector, whatever ended that: it closes the index and ends, too.
      await threadStops(indexWriter, indexEnded, { clock, timeoutMs: STOP_TIMEOUT_MS });
      resolveEnded();
      if (this.#ending.signal.aborted) {
        resolve();
        return;
      }
      failure ??= new TributaryError("ERR_INTERNAL", `the projector ended with ${exitCode}`);
      if (isOpen) this.#restart(failure);
      else reject(failure);
    });
    return promise;
  }

  /** Gives the resources that {@link Symbol.asyncDispose} gives back. */
  closeWith(stack: AsyncDisposableStack): void {
    this.#stack = stack;
  }

  /** Lets the thread finish its step and make everything durable. */
  async stop(): Promise<void> {
    this.#ending.abort(new TributaryError("ERR_UNAVAILABLE", "the hub is stopping"));
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#send({ type: "stop" });
    const { clock } = this.#options;
    await threadStops(worker, this.#ended, { clock, timeoutMs: STOP_TIMEOUT_MS });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack?.disposeAsync();
  }

  #take(report: Exclude<ProjectorReport, { type: "opened" | "failed" }>): void {
    switch (report.type) {
      case "generation":
        this.index.publish(report.generation);
        this.#semantic?.follow(report.generation);
        return;
      case "summary":
        this.#summary = report.summary;
        this.#isSummaryWanted = false;
        this.#waiters.wake();
        return;
      case "rebuild":
        // Nothing is covered until the thread says so again.
        this.#progress = { catalogPosition: 0, indexPosition: 0 };
        this.#options.onRebuild?.(report.reason);
        return;
      case "progress":
        this.#progress = report.progress;
        if (report.progress.indexPosition > this.#furthest) {
          this.#furthest = report.progress.indexPosition;
          this.#attempts = 0;
        }
        this.#waiters.wake();
        this.#options.onProgress?.(report.progress);
    }
  }

  /** Starts the thread again after a pause; tries for as long as the hub lives. */
  #restart(failure: TributaryError): void {
    const { clock, random, onStopped } = this.#options;
    const longest = Math.min(RESTART_MAX_MS, RESTART_BASE_MS * 2 ** this.#attempts);
    this.#attempts += 1;
    const pauseMs = Math.round(longest * (0.5 + random() / 2));
    onStopped?.(failure, pauseMs);
    clock
      .sleep(pauseMs, this.#ending.signal)
      .then(() => this.#start())
      .catch((error: unknown) => {
        if (!this.#ending.signal.aborted) {
          this.#restart(isTributaryError(error) ? error : internal(error));
        }
      });
  }

  #send(command: ProjectorCommand): void {
    this.#worker?.postMessage(command);
  }
}

/** The store as readers see it: what they find damaged is reported, and unavailable for the moment. */
function withDamageReports(store: CatalogStore, onDamage: (reason: string) => void): CatalogStore {
  const translated = (error: unknown): unknown => {
    if (!isTributaryError(error, "ERR_STORE_DAMAGED")) return error;
    onDamage(error.message);
    return new TributaryError(
      "ERR_UNAVAILABLE",
      "the catalog was found damaged and is being made anew; try again in a moment",
      { messageZh: "目录存储损坏，正在重建，请稍后重试", cause: error },
    );
  };
  const guard = async <T>(read: Promise<T>): Promise<T> => {
    try {
      return await read;
    } catch (error) {
      throw translated(error);
    }
  };
  async function* guardAll<T>(items: AsyncIterable<T>): AsyncIterable<T> {
    try {
      yield* items;
    } catch (error) {
      throw translated(error);
    }
  }
  return {
    position: () => guard(store.position()),
    get: (ref) => guard(store.get(ref)),
    getMany: (refs) => guard(store.getMany(refs)),
    fact: (name) => guard(store.fact(name)),
    factsNamed: (names) => guard(store.factsNamed(names)),
    rows: (range) => guardAll(store.rows(range)),
    changedRows: (from, after) => guardAll(store.changedRows(from, after)),
    facts: (prefix, after) => guardAll(store.facts(prefix, after)),
    check: () => Promise.reject(readOnly()),
    scrub: () => Promise.reject(readOnly()),
    write: () => Promise.reject(readOnly()),
    clear: () => Promise.reject(readOnly()),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

function readOnly(): TypeError {
  return new TypeError("the catalog is written by the projector only");
}

function internal(cause: unknown): TributaryError {
  return new TributaryError("ERR_INTERNAL", messageOf(cause), { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
