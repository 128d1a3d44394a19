import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openTestIndex, openTestWriter, testAnalyzer } from "../../test/support/open-test-index.ts";
import { MemoryIndexStore } from "../adapters/memory-index-store.ts";
import { aDocument, aQuery, keysOf } from "../ports/search-index.contract.ts";
import type { IndexDocument } from "../ports/search-index.ts";
import { createAnalyzer } from "./analysis/analyzer.ts";
import { buildDictionary } from "./analysis/build-dictionary.ts";
import { openDictionary } from "./analysis/dictionary.ts";
import { GenerationOpener } from "./generation.ts";
import { MERGE_FACTOR } from "./merge-policy.ts";
import { search } from "./query/search.ts";
import { buildSegment } from "./segment/build.ts";
import { type MergeRequest, mergeRequested } from "./writer.ts";

/** What an operator finds: all documents, as `key=title`. */
function contents(index: Awaited<ReturnType<typeof openTestIndex>>): string[] {
  return index
    .search(aQuery("设备", { reader: { type: "operator" }, limit: 500 }))
    .hits.map(({ ref, highlights }) => `${ref.key}=${highlights[0]?.text}`)
    .sort();
}

type Step =
  | {
      readonly type: "apply";
      readonly upserts: readonly [string, number][];
      readonly deletes: string[];
    }
  | { readonly type: "flush" | "reopen" | "clear" };

const key = fc.integer({ min: 0, max: 12 }).map(String);
const steps = fc.array(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        type: fc.constant("apply" as const),
        upserts: fc.array(fc.tuple(key, fc.integer({ min: 0, max: 99 })), { maxLength: 4 }),
        deletes: fc.array(key, { maxLength: 2 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ type: fc.constantFrom("flush" as const, "reopen" as const) }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("clear" as const) }) },
  ),
  { maxLength: 60, size: "max" },
);

function documentOf(name: string, version: number): IndexDocument {
  return aDocument({ key: name, title: `设备 ${version}` });
}

describe("the index writer", () => {
  test("holds what was applied, and after a restart what was flushed, for any steps", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list: readonly Step[]) => {
        const store = new MemoryIndexStore();
        let index = await openTestIndex(store);
        let model = new Map<string, number>();
        let position = 0;
        let flushed = { model: new Map<string, number>(), position };
        for (const step of list) {
          if (step.type === "apply") {
            position += 1;
            const deletes = step.deletes.filter((name) => !step.upserts.some(([k]) => k === name));
            for (const name of deletes) model.delete(name);
            for (const [name, version] of step.upserts) model.set(name, version);
            await index.writer.apply({
              upserts: step.upserts.map(([name, version]) => documentOf(name, version)),
              deletes: deletes.map((name) => documentOf(name, 0).ref),
              position,
            });
          } else if (step.type === "flush") {
            await index.writer.flush();
            flushed = { model: new Map(model), position };
          } else if (step.type === "clear") {
            await index.writer.clear();
            model = new Map();
            position = 0;
            flushed = { model: new Map(), position };
          } else {
            await index[Symbol.asyncDispose]();
            index = await openTestIndex(store);
            model = new Map(flushed.model);
            position = flushed.position;
            expect(await index.writer.position()).toBe(position);
          }
          expect(contents(index)).toEqual([...model].map(([k, v]) => `${k}=设备 ${v}`).sort());
          expect(index.generation().position).toBe(position);
        }
        await index[Symbol.asyncDispose]();
      }),
      { numRuns: 60 },
    );
  });

  test("keeps the number of segments small while single documents come in", async () => {
    await using index = await openTestIndex();
    for (let i = 0; i < 300; i++) {
      await index.writer.apply({ upserts: [documentOf(String(i), i)], deletes: [], position: i });
    }
    await index.writer.settle();
    expect(index.generation().segments.length).toBeLessThanOrEqual(20);
    expect(index.search(aQuery("设备")).total).toBe(300);
  });

  test("rewrites a segment when much of it is deleted", async () => {
    await using index = await openTestIndex();
    const documents = Array.from({ length: 100 }, (_, i) => documentOf(String(i), i));
    await index.writer.apply({ upserts: documents, deletes: [], position: 1 });
    const deletes = documents.slice(0, 40).map(({ ref }) => ref);
    await index.writer.apply({ upserts: [], deletes, position: 2 });
    expect(index.generation().stats.docs).toBe(60);
    expect(index.search(aQuery("设备")).total).toBe(60);
  });

  test("does not lose deletes and changes that come while segments are merged", async () => {
    let finish: () => void = () => {};
    const merges: (readonly MergeRequest[])[] = [];
    const opener = new GenerationOpener();
    const { writer, data } = await openTestWriter({
      merge: (inputs) => {
        merges.push(inputs);
        return new Promise((resolve) => {
          finish = () => resolve(mergeRequested(inputs));
        });
      },
    });
    await using _ = writer;
    const all = Array.from({ length: MERGE_FACTOR * 600 }, (_, i) => documentOf(String(i), i));
    for (let i = 0; i < MERGE_FACTOR; i++) {
      const upserts = all.slice(i * 600, (i + 1) * 600);
      await writer.apply({ upserts, deletes: [], position: i + 1 });
    }
    expect(merges.map((inputs) => inputs.length)).toEqual([MERGE_FACTOR]);
    const find = (text: string) =>
      search(opener.open(data()), aQuery(text), testAnalyzer(), { checkTime() {} });
    const changed = aDocument({ key: "7", title: "改过的" });
    const gone = all[1500]?.ref;
    await writer.apply({
      upserts: [changed],
      deletes: gone === undefined ? [] : [gone],
      position: 9,
    });
    expect(find("设备").total).toBe(all.length - 2);
    finish();
    await writer.settle();
    expect(data().segments).toHaveLength(2);
    expect(find("设备").total).toBe(all.length - 2);
    expect(keysOf(find("改过的"))).toEqual(["7"]);
    expect(find("").total).toBe(all.length - 1);
  });

  test("builds half of a large change elsewhere at the same time, and all of a small one itself", async () => {
    const built: string[][] = [];
    const { writer, data } = await openTestWriter({
      build: async (documents) => {
        built.push(documents.map(({ ref }) => ref.key));
        return buildSegment(documents, testAnalyzer());
      },
    });
    await using _ = writer;
    const all = Array.from({ length: 1025 }, (_, i) => documentOf(String(i), i));
    await writer.apply({ upserts: all.slice(0, 1023), deletes: [], position: 1 });
    expect(built).toEqual([]);
    await writer.apply({ upserts: all, deletes: [], position: 2 });
    expect(built).toEqual([all.slice(513).map(({ ref }) => ref.key)]);
    const found = search(new GenerationOpener().open(data()), aQuery("设备"), testAnalyzer(), {
      checkTime() {},
    });
    expect(found.total).toBe(all.length);
  });

  test("changes nothing when the other half cannot be built", async () => {
    const { writer, data } = await openTestWriter({
      build: () => Promise.reject(new Error("no thread")),
    });
    await using _ = writer;
    await writer.apply({ upserts: [documentOf("a", 1)], deletes: [], position: 1 });
    const upserts = Array.from({ length: 1024 }, (_, i) => documentOf(String(i), i));
    const deletes = [documentOf("a", 1).ref];
    await expect(writer.apply({ upserts, deletes, position: 2 })).rejects.toThrow("no thread");
    expect(data()).toMatchObject({ position: 1, segments: [{ deletes: undefined }] });
  });

  test("lets a change wait for a merge when there are too many segments", async () => {
    let finish: () => void = () => {};
    const { writer } = await openTestWriter({
      maxSegments: MERGE_FACTOR - 1,
      merge: (inputs) =>
        new Promise((resolve) => {
          finish = () => resolve(mergeRequested(inputs));
        }),
    });
    await using _ = writer;
    const upserts = (i: number) =>
      Array.from({ length: 600 }, (_, j) => documentOf(`${i} ${j}`, j));
    for (let i = 1; i < MERGE_FACTOR; i++) {
      await writer.apply({ upserts: upserts(i), deletes: [], position: i });
    }
    let isApplied = false;
    const last = writer
      .apply({ upserts: upserts(0), deletes: [], position: MERGE_FACTOR })
      .then(() => {
        isApplied = true;
      });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isApplied).toBe(false);
    finish();
    await last;
  });

  test("merges what is left when it is told to rest, until a change comes", async () => {
    const { writer, data } = await openTestWriter();
    await using _ = writer;
    const upserts = (i: number) =>
      Array.from({ length: 600 }, (_, j) => documentOf(`${i} ${j}`, j));
    for (const i of [1, 2, 3]) {
      await writer.apply({ upserts: upserts(i), deletes: [], position: i });
    }
    await writer.settle();
    expect(data().segments).toHaveLength(3);
    await writer.rest();
    await writer.settle();
    expect(data().segments).toHaveLength(1);
    await writer.apply({ upserts: upserts(4), deletes: [], position: 4 });
    await writer.apply({ upserts: upserts(5), deletes: [], position: 5 });
    await writer.settle();
    expect(data().segments).toHaveLength(3);
  });

  test("tells the next change that a merge has failed", async () => {
    const { writer } = await openTestWriter({
      merge: () => Promise.reject(new Error("no thread")),
    });
    await using _ = writer;
    for (let i = 0; i < MERGE_FACTOR; i++) {
      const upserts = Array.from({ length: 600 }, (_, j) => documentOf(`${i} ${j}`, j));
      await writer.apply({ upserts, deletes: [], position: i + 1 });
    }
    await writer.settle();
    const again = writer.apply({ upserts: [], deletes: [], position: 9 });
    await expect(again).rejects.toThrow("no thread");
  });

  test("begins empty when another dictionary has made what is stored", async () => {
    const store = new MemoryIndexStore();
    {
      await using index = await openTestIndex(store);
      await index.writer.apply({ upserts: [documentOf("a", 1)], deletes: [], position: 5 });
      await index.writer.flush();
    }
    const dictionary = buildDictionary([{ word: "别的词典", frequency: 5 }]);
    const reasons: string[] = [];
    const { writer } = await openTestWriter({
      store,
      analyzer: createAnalyzer(openDictionary(dictionary)),
      onReset: (reason) => reasons.push(reason),
    });
    await using _ = writer;
    expect(reasons).toEqual(["another version has made it"]);
    expect(await writer.position()).toBe(0);
  });
});
