/**
 * Keeps catalog and index in step with the log.
 *
 * The catalog follows the log by the fold; the index follows the catalog by its changes, one step behind: while it takes
 * one step, the next is folded. The way back after a crash is the same as the way forward: both say how far they are,
 * and go on from there. A store that is found damaged, or that
 * another version of the fold has made, is cleared and made anew.
 *
 * @module
 */

import {
  type Body,
  fromUtf8,
  isTributaryError,
  type RecordRef,
  TributaryError,
  utf8,
} from "@tributary/proto";
import { type CatalogRow, compareRefs } from "../ports/catalog-row.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { StoredEntry } from "../ports/log-store.ts";
import type { IndexDocument, IndexWriter } from "../ports/search-index.ts";
import { bodyOf, documentOf } from "./describe.ts";
import { LOCAL_FACTS } from "./digest.ts";
import { EntityFold } from "./entity-fold.ts";
import { FOLD_FORMAT, FORMAT_FACT, foldEntries } from "./fold.ts";
import { isCatalogWhole } from "./scrub.ts";
import { type CatalogSummary, summarizeCatalog } from "./summary.ts";
import { readTaxonomy } from "./taxonomy.ts";
import { isShown } from "./verdict.ts";

/** The log as the projector reads it. */
export interface EntrySource {
  /** Entries `from` (inclusive) to `to` (exclusive), in order. */
  readEntries(from: number, to: number): AsyncIterable<StoredEntry>;
  readEntry(position: number): Promise<StoredEntry | undefined>;
}

/** How far the projections are. */
export interface Progress {
  /** Log size that the catalog covers. */
  readonly catalogPosition: number;
  /** Log size that the index covers. */
  readonly indexPosition: number;
}

export interface ProjectorOptions {
  readonly log: EntrySource;
  readonly catalog: CatalogStore;
  readonly index: IndexWriter;
  /** Called after each step. */
  readonly onProgress?: (progress: Progress) => void;
  /** Called when the index, and the catalog where need be, is cleared and made anew; with why. */
  readonly onRebuild?: (reason: string) => void;
}

/** Version of {@link documentOf}; another one makes the index anew. */
const DOCUMENT_FORMAT = "1";
/** Not part of the digest: says what this hub's index was made from. */
const DOCUMENT_FACT = `${LOCAL_FACTS}documents`;

/** A step ends when it has this many entries, or bytes of records, whichever comes first. */
const STEP_ENTRIES = 256;
const STEP_BYTES = 2 ** 21;
const STEP_DOCUMENTS = 2048;
/** Rows applied to the index after which it is made durable: a crash costs at most this many again. */
const FLUSH_ROWS = 10_000;
/** Clearing more often than this in one life means that the disk is bad. */
const MAX_REBUILDS = 3;

/** One for a catalog and an index. Methods are called one at a time. */
export class Projector {
  readonly #options: ProjectorOptions;
  readonly #log: EntrySource;
  #rebuilds = 0;
  #entities = new EntityFold();
  #catalogPosition = 0;
  #indexPosition = 0;
  /** Rows applied to the index since it was last made durable. */
  #unflushed = 0;
  /** The step that the index takes. */
  #applying: Promise<void> = Promise.resolve();

  private constructor(options: ProjectorOptions) {
    this.#options = options;
    this.#log = withLogErrors(options.log);
  }

  /**
   * Finds out where to go on.
   *
   * @param logSize Entries that the log has now.
   */
  static async open(options: ProjectorOptions, logSize: number): Promise<Projector> {
    const projector = new Projector(options);
    await projector.#heal(() => projector.#begin(logSize));
    return projector;
  }

  get progress(): Progress {
    return { catalogPosition: this.#catalogPosition, indexPosition: this.#indexPosition };
  }

  /**
   * Brings catalog and index to a size of the log, in steps that are each bounded. Returns early when aborted.
   *
   * @throws {TributaryError} `ERR_LOG_DAMAGED` if the log cannot be read; `ERR_STORE_DAMAGED` if a store is found
   * damaged again and again.
   */
  async advance(logSize: number, signal: AbortSignal): Promise<void> {
    await this.#heal(async () => {
      await this.#followCatalog(signal);
      if (this.#catalogPosition < logSize) {
        for await (const entries of this.#steps(logSize)) {
          if (signal.aborted) break;
          await this.#step(entries, signal);
        }
      }
      await this.#applying;
    });
  }

  /** Clears catalog and index; {@link advance} makes them anew. For a reader that found damage. */
  async rebuild(reason: string): Promise<void> {
    await this.#clearAgain(new TributaryError("ERR_STORE_DAMAGED", reason));
  }

  /** Clears the index, where it found damage by itself; {@link advance} makes it anew. */
  async rebuildIndex(damage: TributaryError): Promise<void> {
    this.#countRebuild(damage);
    await this.#clearIndex(damage.message);
  }

  /**
   * Reads the whole catalog, so that damage is found that no question happens to meet: a row that cannot be read, or one
   * that is gone. Damage is healed as everywhere.
   *
   * @param shouldStop Asked now and then.
   * @returns False if it was stopped before the end.
   */
  async scrub(shouldStop: () => boolean): Promise<boolean> {
    let isDone = false;
    await this.#heal(async () => {
      isDone = await isCatalogWhole(this.#options.catalog, shouldStop);
    });
    return isDone;
  }

  /** What the catalog says of each center at its position. Damage is healed as everywhere. */
  async summarize(): Promise<CatalogSummary> {
    let summary: CatalogSummary = { logSize: 0, centers: [] };
    await this.#heal(async () => {
      const lookup = (position: number) => this.#log.readEntry(position);
      summary = await summarizeCatalog(this.#options.catalog, lookup);
    });
    return summary;
  }

  /** Makes the index durable. */
  async flush(): Promise<void> {
    this.#unflushed = 0;
    await this.#heal(() => this.#options.index.flush());
  }

  async #begin(logSize: number): Promise<void> {
    const { catalog, index } = this.#options;
    await catalog.check();
    this.#catalogPosition = await catalog.position();
    const format = await catalog.fact(FORMAT_FACT);
    this.#indexPosition = await index.position();
    const documents = await catalog.fact(DOCUMENT_FACT);
    if (Math.max(this.#catalogPosition, this.#indexPosition) > logSize) {
      await this.#clear("the log is shorter than what was made from it");
    } else if (this.#catalogPosition > 0 && (!format || fromUtf8(format) !== FOLD_FORMAT)) {
      await this.#clear("another version has made the catalog");
    } else if (!documents || fromUtf8(documents) !== DOCUMENT_FORMAT) {
      if (this.#indexPosition > 0) await this.#clearIndex("another version has made the index");
      await this.#writeDocumentFormat();
    }
    this.#tell();
  }

  async *#steps(logSize: number): AsyncIterable<StoredEntry[]> {
    let step: StoredEntry[] = [];
    let bytes = 0;
    for await (const entry of this.#log.readEntries(this.#catalogPosition, logSize)) {
      step.push(entry);
      bytes += entry.records.length;
      if (step.length < STEP_ENTRIES && bytes < STEP_BYTES) continue;
      yield step;
      step = [];
      bytes = 0;
    }
    if (step.length > 0) yield step;
  }

  /** Folds the entries into the catalog and begins to bring what they changed to the index. */
  async #step(entries: readonly StoredEntry[], signal: AbortSignal): Promise<void> {
    const { catalog } = this.#options;
    const { change, bodies } = await foldEntries(
      catalog,
      entries,
      (position) => this.#log.readEntry(position),
      this.#entities,
    );
    await catalog.write(change);
    const from = this.#catalogPosition;
    this.#catalogPosition = change.position;
    this.#tell();
    await this.#applying;
    if (this.#indexPosition !== from) return this.#followCatalog(signal);
    const rows = change.rows
      .map(({ row }) => row)
      .sort((a, b) => a.changePosition - b.changePosition || compareRefs(a.ref, b.ref));
    this.#applying = this.#applyRows(rows, bodies, change.position, signal);
    // Told by whoever waits for it next.
    this.#applying.catch(() => undefined);
  }

  /** Applies to the index what the catalog has changed since. */
  async #followCatalog(signal: AbortSignal): Promise<void> {
    if (this.#indexPosition >= this.#catalogPosition) return;
    const rows = this.#options.catalog.changedRows(this.#indexPosition);
    await this.#applyRows(rows, new Map(), this.#catalogPosition, signal);
  }

  /**
   * Brings the index to a position of the catalog.
   *
   * @param rows All that changed from the index's position to `target`, in the order of their changes.
   * @param bodies Of some of them, decoded.
   */
  async #applyRows(
    rows: AsyncIterable<CatalogRow> | Iterable<CatalogRow>,
    bodies: ReadonlyMap<CatalogRow, Body>,
    target: number,
    signal: AbortSignal,
  ): Promise<void> {
    let upserts: IndexDocument[] = [];
    let deletes: RecordRef[] = [];
    // A term that changes later changes its rows later, so that they come again.
    const taxonomy = await readTaxonomy(this.#options.catalog);
    for await (const row of rows) {
      if (upserts.length + deletes.length >= STEP_DOCUMENTS) {
        // Rows of this row's entry may be among those applied and among those to come: it is not covered yet.
        await this.#apply(upserts, deletes, row.changePosition);
        if (signal.aborted) return;
        upserts = [];
        deletes = [];
      }
      if (isShown(row)) upserts.push(documentOf(row, bodies.get(row) ?? bodyOf(row), taxonomy));
      else deletes.push(row.ref);
    }
    await this.#apply(upserts, deletes, target);
  }

  async #apply(
    upserts: readonly IndexDocument[],
    deletes: readonly RecordRef[],
    position: number,
  ): Promise<void> {
    await this.#options.index.apply({ upserts, deletes, position });
    this.#indexPosition = position;
    this.#unflushed += upserts.length + deletes.length;
    this.#tell();
    if (this.#unflushed >= FLUSH_ROWS) {
      this.#unflushed = 0;
      await this.#options.index.flush();
    }
  }

  /** Runs a step; where a store turns out to be damaged, clears it and runs the step again. */
  async #heal(step: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await step();
      } catch (error) {
        await this.#applying.catch(() => undefined);
        this.#applying = Promise.resolve();
        if (!isTributaryError(error, "ERR_STORE_DAMAGED")) throw error;
        await this.#clearAgain(error);
      }
    }
  }

  async #clearAgain(damage: TributaryError): Promise<void> {
    this.#countRebuild(damage);
    await this.#clear(damage.message);
  }

  /** A damage is healed, but not for ever. */
  #countRebuild(damage: TributaryError): void {
    this.#rebuilds += 1;
    if (this.#rebuilds > MAX_REBUILDS) throw damage;
  }

  /** Clears both: the index is made from the catalog. */
  async #clear(reason: string): Promise<void> {
    await this.#clearIndex(reason);
    await this.#options.catalog.clear();
    this.#entities = new EntityFold();
    this.#catalogPosition = 0;
    await this.#writeDocumentFormat();
    this.#tell();
  }

  async #clearIndex(reason: string): Promise<void> {
    this.#options.onRebuild?.(reason);
    await this.#options.index.clear();
    this.#indexPosition = 0;
    this.#unflushed = 0;
  }

  async #writeDocumentFormat(): Promise<void> {
    const facts = new Map([[DOCUMENT_FACT, utf8(DOCUMENT_FORMAT)]]);
    await this.#options.catalog.write({ rows: [], facts, position: this.#catalogPosition });
  }

  #tell(): void {
    this.#options.onProgress?.(this.progress);
  }
}

/** The log, whose damage is no reason to make catalog or index anew: it stops the projector. */
function withLogErrors(log: EntrySource): EntrySource {
  const translated = (error: unknown) =>
    isTributaryError(error, "ERR_STORE_DAMAGED")
      ? new TributaryError("ERR_LOG_DAMAGED", error.message, {
          messageZh: error.messageZh,
          cause: error,
        })
      : error;
  return {
    async *readEntries(from, to) {
      try {
        yield* log.readEntries(from, to);
      } catch (error) {
        throw translated(error);
      }
    },
    async readEntry(position) {
      try {
        return await log.readEntry(position);
      } catch (error) {
        throw translated(error);
      }
    },
  };
}
