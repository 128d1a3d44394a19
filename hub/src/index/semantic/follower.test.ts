import { systemClock } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { TOPICS, topicText } from "../../../test/support/learn-meaning.ts";
import { testAnalyzer } from "../../../test/support/open-test-index.ts";
import { MemoryIndexStore } from "../../adapters/memory-index-store.ts";
import type { IndexStore } from "../../ports/index-store.ts";
import { aDocument } from "../../ports/search-index.contract.ts";
import { type GenerationData, GenerationOpener } from "../generation.ts";
import { buildSegment } from "../segment/build.ts";
import { type Deletes, withDeleted } from "../segment/deletes.ts";
import { documentText } from "./document-text.ts";
import { SemanticFollower, type SemanticFollowerOptions } from "./follower.ts";
import { LsaSource, type LsaSourceOptions } from "./lsa-source.ts";
import { NO_PACE } from "./pace.ts";
import { type SemanticData, SemanticOpener } from "./semantic.ts";

const MIN_DOCUMENTS = 20;
const topics = Object.keys(TOPICS);

interface Part {
  readonly id: number;
  /** Numbers of documents. */
  readonly from: number;
  readonly to: number;
  readonly deletes?: Deletes;
}

/** Documents of the topics in turn; the hub received document n at ms n + 1. */
function generationOf(position: number, parts: readonly Part[], series = "s"): GenerationData {
  const analyzer = testAnalyzer();
  return {
    position,
    series,
    dictionary: analyzer.dictionary.data,
    segments: parts.map(({ id, from, to, deletes }) => {
      const documents = Array.from({ length: to - from }, (_, i) => {
        const n = from + i;
        const body = topicText(topics[n % topics.length] as string, Math.floor(n / topics.length));
        return aDocument({ key: String(n), body, receivedAtMs: n + 1 });
      });
      return { id, buffer: buildSegment(documents, analyzer), deletes };
    }),
  };
}

/** A follower of the model that is trained. */
function follow(store: IndexStore, parts: Partial<LsaSourceOptions> = {}) {
  const lsa = { store, minDocuments: MIN_DOCUMENTS, parallelTexts: [], pace: NO_PACE, ...parts };
  return run({ sources: [new LsaSource(lsa)], pace: lsa.pace });
}

/** A follower that runs; `next` is what it makes of a generation. */
function run(options: Pick<SemanticFollowerOptions, "sources" | "pace">) {
  const stopping = new AbortController();
  let take: (data: SemanticData | undefined) => void = () => undefined;
  const follower = new SemanticFollower({
    delayMs: 0,
    clock: systemClock,
    publish: (data) => take(data),
    ...options,
  });
  const run = follower.run(stopping.signal).catch((error: unknown) => error);
  return {
    next: (generation: GenerationData) =>
      new Promise<SemanticData | undefined>((resolve) => {
        take = resolve;
        follower.follow(generation);
      }),
    follower,
    run,
    [Symbol.asyncDispose]: async () => {
      stopping.abort(new Error("stopped"));
      await run;
    },
  };
}

/** Ids of segments that have vectors. */
function idsOf(data: SemanticData | undefined): number[] {
  return data?.vectors.map(({ id }) => id) ?? [];
}

describe("a follower of the index", () => {
  test("makes no model of few documents, and one with all vectors when there are enough", async () => {
    await using following = follow(new MemoryIndexStore());
    expect(await following.next(generationOf(1, [{ id: 1, from: 0, to: 19 }]))).toBeUndefined();
    const parts = [
      { id: 1, from: 0, to: 19 },
      { id: 2, from: 19, to: 40 },
    ];
    const generation = generationOf(2, parts);
    const data = await following.next(generation);
    expect(idsOf(data)).toEqual([1, 2]);
    const opened = new GenerationOpener().open(generation);
    const meaning = new SemanticOpener().open(data as SemanticData, opened, testAnalyzer());
    for (const { segment } of opened.segments) {
      for (let doc = 0; doc < segment.docs; doc++) {
        const vector = meaning?.vectorOf(documentText(segment, doc)) as Float32Array;
        expect(meaning?.vectorsOf(segment)?.cosine(doc, vector)).toBeCloseTo(1, 1);
      }
    }
  });

  test("keeps its model for new segments, and vectors for old ones, until a fifth has changed", async () => {
    await using following = follow(new MemoryIndexStore());
    const first = await following.next(generationOf(1, [{ id: 1, from: 0, to: 40 }]));
    const second = await following.next(
      generationOf(2, [
        { id: 1, from: 0, to: 40 },
        { id: 2, from: 40, to: 48 },
      ]),
    );
    expect(second?.providerId).toBe(first?.providerId);
    expect(idsOf(second)).toEqual([1, 2]);
    expect(second?.vectors[0]?.buffer).toBe(first?.vectors[0]?.buffer);
    const merged = await following.next(generationOf(3, [{ id: 3, from: 0, to: 49 }]));
    expect(merged?.providerId).not.toBe(first?.providerId);
    expect(idsOf(merged)).toEqual([3]);
  });

  test("trains again when as many have gone, and has no model when few are left", async () => {
    await using following = follow(new MemoryIndexStore());
    const first = await following.next(generationOf(1, [{ id: 1, from: 0, to: 40 }]));
    const without = (count: number, position: number) =>
      generationOf(position, [
        {
          id: 1,
          from: 0,
          to: 40,
          deletes: withDeleted(
            undefined,
            40,
            Array.from({ length: count }, (_, i) => i),
          ),
        },
      ]);
    expect((await following.next(without(8, 2)))?.providerId).toBe(first?.providerId);
    expect((await following.next(without(9, 3)))?.providerId).not.toBe(first?.providerId);
    expect(await following.next(without(21, 4))).toBeUndefined();
  });

  test("has its model again after a restart, with vectors for the new writer's segments", async () => {
    const store = new MemoryIndexStore();
    let first: SemanticData | undefined;
    {
      await using following = follow(store);
      first = await following.next(generationOf(1, [{ id: 1, from: 0, to: 40 }]));
    }
    // A few more documents: a model that was trained now would be another one.
    await using following = follow(store);
    const again = await following.next(generationOf(1, [{ id: 1, from: 0, to: 44 }], "other"));
    expect(again).toMatchObject({ providerId: first?.providerId, series: "other" });
    expect(idsOf(again)).toEqual([1]);
    const opened = new GenerationOpener().open(generationOf(1, [{ id: 1, from: 0, to: 40 }]));
    const opener = new SemanticOpener();
    expect(opener.open(again as SemanticData, opened, testAnalyzer())).toBeUndefined();
  });

  test("computes vectors anew for another writer's segments of the same numbers", async () => {
    await using following = follow(new MemoryIndexStore());
    const first = await following.next(generationOf(1, [{ id: 1, from: 0, to: 40 }]));
    const other = await following.next(generationOf(1, [{ id: 1, from: 1, to: 41 }], "other"));
    expect(other?.providerId).toBe(first?.providerId);
    const bytesOf = (data: SemanticData | undefined) =>
      new Uint8Array(data?.vectors[0]?.buffer as SharedArrayBuffer);
    expect(bytesOf(other)).not.toEqual(bytesOf(first));
  });

  test.each([
    ["its blob is damaged", (bytes: Uint8Array) => bytes.fill(1, bytes.length - 8)],
    ["its blob is another file", (bytes: Uint8Array) => bytes.fill(0)],
  ])("trains again when a stored model cannot be used: %s", async (_, damage) => {
    const inner = new MemoryIndexStore();
    const generation = generationOf(1, [{ id: 1, from: 0, to: 40 }]);
    let first: SemanticData | undefined;
    {
      await using following = follow(inner);
      first = await following.next(generation);
    }
    let cleared = 0;
    const store = Object.create(inner, {
      readBlob: {
        value: async (name: string) => {
          const buffer = await inner.readBlob(name);
          damage(new Uint8Array(buffer));
          return buffer;
        },
      },
      clear: {
        value: () => {
          cleared += 1;
          return inner.clear();
        },
      },
      readManifest: { value: () => inner.readManifest() },
      commit: { value: (change: Parameters<IndexStore["commit"]>[0]) => inner.commit(change) },
    }) as IndexStore;
    await using following = follow(store);
    const again = await following.next(generation);
    expect(cleared).toBe(1);
    expect(again?.providerId).toBe(first?.providerId);
  });

  test("stops at once, in the middle of its work and while it waits", async () => {
    const stopping = new AbortController();
    const waiting = follow(new MemoryIndexStore());
    await waiting[Symbol.asyncDispose]();
    expect(await waiting.run).toEqual(new Error("stopped"));
    let steps = 0;
    const working = follow(new MemoryIndexStore(), {
      pace: async () => {
        steps += 1;
        if (steps === 3) stopping.abort(new Error("enough"));
        stopping.signal.throwIfAborted();
      },
    });
    working.follower.follow(generationOf(1, [{ id: 1, from: 0, to: 40 }]));
    expect(await working.run).toEqual(new Error("enough"));
    expect(steps).toBe(3);
  });
});
