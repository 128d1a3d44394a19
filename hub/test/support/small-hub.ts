/**
 * Catalog, index and queries over a small log, all in memory.
 *
 * @module
 */

import { ManualClock, TributaryError } from "@tributary/proto";
import { createMemoryCatalogStore } from "../../src/adapters/memory-catalog-store.ts";
import {
  createMemorySearchIndex,
  type MemorySearchIndex,
} from "../../src/adapters/memory-search-index.ts";
import { createQueryApi, type QueryApi } from "../../src/api/query.ts";
import { Projector } from "../../src/catalog/project.ts";
import { type Analyzer, createAnalyzer } from "../../src/index/analysis/analyzer.ts";
import { buildDictionary } from "../../src/index/analysis/build-dictionary.ts";
import { openDictionary } from "../../src/index/analysis/dictionary.ts";
import type { CatalogStore } from "../../src/ports/catalog-store.ts";
import { type SmallLog, START_MS } from "./small-log.ts";

export const NEVER: AbortSignal = new AbortController().signal;

let analyzer: Analyzer | undefined;

/** One for all tests of a file: it is stateless between texts. */
function sharedAnalyzer(): Analyzer {
  analyzer ??= createAnalyzer(openDictionary(buildDictionary([])));
  return analyzer;
}

export interface SmallHub {
  readonly api: QueryApi;
  readonly catalog: CatalogStore;
  readonly index: MemorySearchIndex;
  readonly clock: ManualClock;
  readonly heard: Map<string, number>;
  /** Brings catalog and index to the end of the log. */
  catchUp(): Promise<void>;
}

/** The log may grow afterwards; `catchUp` follows it. */
export async function smallHub(log: SmallLog): Promise<SmallHub> {
  const catalog = createMemoryCatalogStore();
  const index = createMemorySearchIndex(sharedAnalyzer());
  const clock = new ManualClock(START_MS + 60_000);
  const heard = new Map<string, number>();
  const waiters = new Set<() => void>();
  const source = {
    async *readEntries(from: number, to: number) {
      yield* log.entries.slice(from, to);
    },
    readEntry: log.lookup,
  };
  const projector = await Projector.open(
    {
      log: source,
      catalog,
      index: index.writer,
      onProgress: () => {
        for (const wake of [...waiters]) wake();
      },
    },
    log.entries.length,
  );
  const catalogPosition = () => projector.progress.catalogPosition;
  const api = createQueryApi({
    catalog,
    index: index.reader,
    log: {
      get size() {
        return log.entries.length;
      },
      entry: async (position) => {
        const entry = log.entries[position];
        if (entry === undefined) throw new TributaryError("ERR_NOT_FOUND", "no such entry");
        return entry;
      },
      freshReceipt: () => {
        throw new TypeError("a small log has no receipts");
      },
    },
    catalogPosition,
    waitBeyond: (position, signal) =>
      new Promise<void>((resolve, reject) => {
        const check = () => {
          if (catalogPosition() <= position) return;
          waiters.delete(check);
          resolve();
        };
        waiters.add(check);
        signal.addEventListener("abort", () => {
          waiters.delete(check);
          reject(signal.reason);
        });
        check();
      }),
    lastHeardMs: (centerId) => heard.get(centerId),
    clock,
  });
  const hub = {
    api,
    catalog,
    index,
    clock,
    heard,
    catchUp: () => projector.advance(log.entries.length, NEVER),
  };
  await hub.catchUp();
  return hub;
}
