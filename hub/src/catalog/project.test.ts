import { type RecordRef, TributaryError, toHex, urnOf, utf8 } from "@tributary/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anySteps, logOf } from "../../test/support/any-log.ts";
import { aCase, aRecord, aWithdrawal, SmallLog } from "../../test/support/small-log.ts";
import { createMemoryCatalogStore } from "../adapters/memory-catalog-store.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { IndexChange, IndexDocument, IndexWriter } from "../ports/search-index.ts";
import { catalogDigest } from "./digest.ts";
import { FORMAT_FACT } from "./fold.ts";
import { type EntrySource, type Progress, Projector } from "./project.ts";

const NEVER = new AbortController().signal;

/** Remembers what it was told; what was flushed survives {@link crash}. */
class RecordingIndex implements IndexWriter {
  documents = new Map<string, IndexDocument>();
  at = 0;
  changes: IndexChange[] = [];
  clears = 0;
  #durable: { documents: Map<string, IndexDocument>; at: number } = { documents: new Map(), at: 0 };

  async position(): Promise<number> {
    return this.#durable.at;
  }

  async apply(change: IndexChange): Promise<void> {
    this.changes.push(change);
    for (const ref of change.deletes) this.documents.delete(urnOf(ref));
    for (const document of change.upserts) this.documents.set(urnOf(document.ref), document);
    this.at = change.position;
  }

  async rest(): Promise<void> {}

  async flush(): Promise<void> {
    this.#durable = { documents: new Map(this.documents), at: this.at };
  }

  async clear(): Promise<void> {
    this.clears += 1;
    this.documents = new Map();
    this.at = 0;
    await this.flush();
  }

  /** Forgets what was not made durable. */
  crash(): void {
    this.documents = new Map(this.#durable.documents);
    this.at = this.#durable.at;
    this.changes = [];
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function sourceOf(log: SmallLog): EntrySource {
  return {
    async *readEntries(from, to) {
      yield* log.entries.slice(from, to);
    },
    readEntry: log.lookup,
  };
}

interface Parts {
  readonly log: SmallLog;
  readonly catalog?: CatalogStore;
  readonly index?: RecordingIndex;
}

async function project({
  log,
  catalog = createMemoryCatalogStore(),
  index = new RecordingIndex(),
}: Parts) {
  const rebuilds: string[] = [];
  const progress: Progress[] = [];
  const projector = await Projector.open(
    {
      log: sourceOf(log),
      catalog,
      index,
      onRebuild: (reason) => rebuilds.push(reason),
      onProgress: (at) => progress.push(at),
    },
    log.entries.length,
  );
  return { projector, catalog, index, rebuilds, progress, log };
}

function titles(index: RecordingIndex): Record<string, string> {
  return Object.fromEntries(
    [...index.documents.values()].map(({ ref, text }) => [ref.key, text.title]).sort(),
  );
}

function aLog(): SmallLog {
  const log = new SmallLog();
  log.member("aa");
  log.batch("aa", [
    aRecord({ key: "1", body: aCase("一") }),
    aRecord({ key: "2", body: aCase("二") }),
  ]);
  log.batch("aa", [aRecord({ key: "1", revision: 2n, body: aCase("一乙") }), aWithdrawal("2", 2n)]);
  return log;
}

describe("the projector", () => {
  test("brings what is shown to the index, and takes out what is not", async () => {
    const log = aLog();
    const { projector, index } = await project({ log });
    await projector.advance(2, NEVER);
    expect(titles(index)).toEqual({ "1": "一", "2": "二" });
    await projector.advance(3, NEVER);
    expect(titles(index)).toEqual({ "1": "一乙" });
    expect(projector.progress).toEqual({ catalogPosition: 3, indexPosition: 3 });
    log.decide("hide", [urnOf({ kind: "case", centerId: "aa", key: "1" })]);
    await projector.advance(4, NEVER);
    expect(titles(index)).toEqual({});
  });

  test("catches up an index that lost what was not durable", async () => {
    const parts = await project({ log: aLog() });
    await parts.projector.advance(2, NEVER);
    await parts.projector.flush();
    await parts.projector.advance(3, NEVER);
    parts.index.crash();
    const again = await project(parts);
    expect(again.projector.progress).toEqual({ catalogPosition: 3, indexPosition: 2 });
    await again.projector.advance(3, NEVER);
    expect(titles(parts.index)).toEqual({ "1": "一乙" });
    expect(again.rebuilds).toEqual([]);
  });

  test("catches up a catalog that is behind its index, without taking anything back", async () => {
    const first = await project({ log: aLog() });
    await first.projector.advance(3, NEVER);
    await first.projector.flush();
    const { catalog } = await project({ log: aLog() });
    const again = await project({ log: aLog(), catalog, index: first.index });
    first.index.changes = [];
    await again.projector.advance(3, NEVER);
    expect(titles(first.index)).toEqual({ "1": "一乙" });
    expect(first.index.changes).toEqual([]);
    expect(again.projector.progress).toEqual({ catalogPosition: 3, indexPosition: 3 });
  });

  test("makes everything anew when another version made the catalog", async () => {
    const parts = await project({ log: aLog() });
    await parts.projector.advance(3, NEVER);
    await parts.projector.flush();
    const digest = toHex(await catalogDigest(parts.catalog));
    const facts = new Map([[FORMAT_FACT, utf8("0")]]);
    await parts.catalog.write({ rows: [], facts, position: 3 });
    const again = await project(parts);
    expect(again.rebuilds).toEqual(["another version has made the catalog"]);
    expect(again.projector.progress).toEqual({ catalogPosition: 0, indexPosition: 0 });
    await again.projector.advance(3, NEVER);
    expect(titles(parts.index)).toEqual({ "1": "一乙" });
    expect(toHex(await catalogDigest(parts.catalog))).toBe(digest);
    expect((await project(parts)).rebuilds).toEqual([]);
  });

  test("makes the index anew, and only it, when another version described its documents", async () => {
    const parts = await project({ log: aLog() });
    await parts.projector.advance(3, NEVER);
    await parts.projector.flush();
    const facts = new Map([["local/documents", utf8("0")]]);
    await parts.catalog.write({ rows: [], facts, position: 3 });
    const again = await project(parts);
    expect(again.rebuilds).toEqual(["another version has made the index"]);
    expect(again.projector.progress).toEqual({ catalogPosition: 3, indexPosition: 0 });
    await again.projector.advance(3, NEVER);
    expect(titles(parts.index)).toEqual({ "1": "一乙" });
    expect((await project(parts)).rebuilds).toEqual([]);
  });

  test("makes everything anew when it covers more than the log has", async () => {
    const parts = await project({ log: aLog() });
    await parts.projector.advance(3, NEVER);
    parts.log.entries.pop();
    const again = await project(parts);
    expect(again.rebuilds).toEqual(["the log is shorter than what was made from it"]);
    await again.projector.advance(2, NEVER);
    expect(titles(parts.index)).toEqual({ "1": "一", "2": "二" });
  });

  test("makes everything anew when a store is damaged, and gives up where it is damaged again and again", async () => {
    const catalog = createMemoryCatalogStore();
    let damages = 1;
    const damaged: CatalogStore = {
      ...forwarding(catalog),
      getMany: (refs: readonly RecordRef[]) => {
        if (damages-- > 0) throw new TributaryError("ERR_STORE_DAMAGED", "a flipped bit");
        return catalog.getMany(refs);
      },
    };
    const parts = await project({ log: aLog(), catalog: damaged });
    await parts.projector.advance(3, NEVER);
    expect(parts.rebuilds).toEqual(["a flipped bit"]);
    expect(titles(parts.index)).toEqual({ "1": "一乙" });
    damages = Number.POSITIVE_INFINITY;
    parts.log.batch("aa", [aRecord({ key: "3" })]);
    await expect(parts.projector.advance(4, NEVER)).rejects.toMatchObject({
      code: "ERR_STORE_DAMAGED",
    });
  });

  test("makes the index alone anew when it found its own damage, and gives up when it does again and again", async () => {
    const parts = await project({ log: aLog() });
    await parts.projector.advance(3, NEVER);
    const damage = new TributaryError("ERR_STORE_DAMAGED", "a flipped bit");
    const { catalogPosition } = parts.projector.progress;
    await parts.projector.rebuildIndex(damage);
    expect(parts.rebuilds).toEqual(["a flipped bit"]);
    expect(parts.projector.progress).toEqual({ catalogPosition, indexPosition: 0 });
    expect(titles(parts.index)).toEqual({});
    await parts.projector.advance(3, NEVER);
    expect(titles(parts.index)).toEqual({ "1": "一乙" });
    for (const _ of [1, 2]) await parts.projector.rebuildIndex(damage);
    await expect(parts.projector.rebuildIndex(damage)).rejects.toBe(damage);
  });

  test("finds by a scrub that a row is gone which nobody asked for, and makes everything anew", async () => {
    const catalog = createMemoryCatalogStore();
    let isGone = false;
    const losing: CatalogStore = {
      ...forwarding(catalog),
      changedRows: async function* (from, after) {
        let left = isGone ? 1 : 0;
        for await (const row of catalog.changedRows(from, after)) if (left-- <= 0) yield row;
      },
      clear: () => {
        isGone = false;
        return catalog.clear();
      },
    };
    const parts = await project({ log: aLog(), catalog: losing });
    await parts.projector.advance(3, NEVER);
    expect(await parts.projector.scrub(() => false)).toBe(true);
    expect(parts.rebuilds).toEqual([]);
    isGone = true;
    expect(await parts.projector.scrub(() => false)).toBe(true);
    expect(parts.rebuilds).toEqual(["the catalog has 1 rows where 2 were written"]);
    await parts.projector.advance(3, NEVER);
    expect(titles(parts.index)).toEqual({ "1": "一乙" });
  });

  test("breaks a scrub off where there is something to do", async () => {
    const log = new SmallLog();
    for (let i = 0; i < 300; i += 1) log.batch("aa", [aRecord({ key: String(i) })]);
    const { projector } = await project({ log });
    await projector.advance(300, NEVER);
    expect(await projector.scrub(() => true)).toBe(false);
    expect(await projector.scrub(() => false)).toBe(true);
  });

  test("does not take damage of the log for damage of its own stores", async () => {
    const log = aLog();
    const { catalog, index } = await project({ log });
    const rebuilds: string[] = [];
    const source: EntrySource = {
      // biome-ignore lint/correctness/useYield: it fails before the first
      async *readEntries() {
        throw new TributaryError("ERR_STORE_DAMAGED", "entry 1 does not match its hash");
      },
      readEntry: log.lookup,
    };
    const onRebuild = (reason: string) => rebuilds.push(reason);
    const projector = await Projector.open({ log: source, catalog, index, onRebuild }, 3);
    await expect(projector.advance(3, NEVER)).rejects.toMatchObject({ code: "ERR_LOG_DAMAGED" });
    log.erase(1, 0);
    const half: EntrySource = {
      readEntries: sourceOf(log).readEntries,
      readEntry: () => Promise.reject(new TributaryError("ERR_STORE_DAMAGED", "a flipped bit")),
    };
    const other = await Projector.open({ log: half, catalog, index, onRebuild }, 4);
    await expect(other.advance(4, NEVER)).rejects.toMatchObject({ code: "ERR_LOG_DAMAGED" });
    expect(rebuilds).toEqual([]);
  });

  test("stops between steps when aborted, and goes on later", async () => {
    const log = new SmallLog();
    for (let i = 0; i < 700; i += 1) log.batch("aa", [aRecord({ key: String(i) })]);
    const stop = new AbortController();
    const catalog = createMemoryCatalogStore();
    const index = new RecordingIndex();
    const projector = await Projector.open(
      { log: sourceOf(log), catalog, index, onProgress: () => stop.abort() },
      700,
    );
    await projector.advance(700, stop.signal);
    expect(projector.progress.catalogPosition).toBeLessThan(700);
    const again = await project({ log, catalog, index });
    await again.projector.advance(700, NEVER);
    expect(index.documents.size).toBe(700);
  });

  test("covers a batch of the index only when all of its rows are applied", async () => {
    const log = new SmallLog();
    log.member("aa");
    log.batch(
      "aa",
      Array.from({ length: 4000 }, (_, i) => aRecord({ key: String(i) })),
    );
    const { projector, index } = await project({ log });
    await projector.advance(2, NEVER);
    expect(index.changes.length).toBeGreaterThan(1);
    expect(index.changes.map(({ position }) => position).at(-1)).toBe(2);
    expect(new Set(index.changes.slice(0, -1).map(({ position }) => position))).toEqual(
      new Set([1]),
    );
    expect(index.documents.size).toBe(4000);
  });

  test("leaves the same index for any log, wherever it stops and whatever is lost", async () => {
    await fc.assert(
      fc.asyncProperty(
        anySteps,
        fc.array(fc.tuple(fc.nat(24), fc.boolean(), fc.boolean()), { maxLength: 5 }),
        async (steps, stops) => {
          const log = logOf(steps);
          const whole = await project({ log });
          await whole.projector.advance(log.entries.length, NEVER);
          const catalog = createMemoryCatalogStore();
          const index = new RecordingIndex();
          for (const [at, isFlushed, isCrash] of stops) {
            const size = Math.min(log.entries.length, at);
            const { projector } = await project({ log, catalog, index });
            await projector.advance(size, NEVER);
            if (isFlushed) await projector.flush();
            if (isCrash) index.crash();
            else await projector.flush();
          }
          const last = await project({ log, catalog, index });
          await last.projector.advance(log.entries.length, NEVER);
          expect(index.documents).toEqual(whole.index.documents);
          expect(last.rebuilds).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });
});

function forwarding(store: CatalogStore): CatalogStore {
  return {
    position: () => store.position(),
    write: (change) => store.write(change),
    get: (ref) => store.get(ref),
    getMany: (refs) => store.getMany(refs),
    rows: (range) => store.rows(range),
    changedRows: (from, after) => store.changedRows(from, after),
    fact: (name) => store.fact(name),
    factsNamed: (names) => store.factsNamed(names),
    facts: (prefix) => store.facts(prefix),
    check: () => store.check(),
    scrub: (shouldStop) => store.scrub(shouldStop),
    clear: () => store.clear(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
