import { describe, expect, test } from "vitest";
import { testAnalyzer } from "../../test/support/open-test-index.ts";
import type { GenerationData } from "../index/generation.ts";
import { buildSegment } from "../index/segment/build.ts";
import { SegmentVectors } from "../index/semantic/vectors.ts";
import { aComparison, aDocument, aQuery, keysOf } from "../ports/search-index.contract.ts";
import type { SimilarQuery } from "../ports/search-index.ts";
import { WorkerIndexReader } from "./worker-index-reader.ts";

const NEVER = new AbortController().signal;

function generation(position: number, ...titles: string[]): GenerationData {
  const analyzer = testAnalyzer();
  const documents = titles.map((title, i) => aDocument({ key: `k${i}`, title }));
  return {
    position,
    series: String(position),
    dictionary: analyzer.dictionary.data,
    segments: [{ id: 1, buffer: buildSegment(documents, analyzer), deletes: undefined }],
  };
}

describe("the index reader over threads", () => {
  test("lets questions wait for the first generation, and answers each from the newest", async () => {
    await using reader = new WorkerIndexReader({ threads: 2 });
    const early = reader.search(aQuery("设备"), NEVER);
    reader.publish(generation(1, "设备"));
    expect(keysOf(await early)).toEqual(["k0"]);
    reader.publish(generation(2, "别的", "设备"));
    expect(reader.position).toBe(2);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => reader.search(aQuery("设备"), NEVER)),
    );
    expect(answers.map((answer) => [answer.position, ...keysOf(answer)])).toEqual(
      Array.from({ length: 20 }, () => [2, "k1"]),
    );
  });

  test("refuses a question when its queue is full, and takes one again when there is room", async () => {
    await using reader = new WorkerIndexReader({ threads: 1, maxQueued: 2 });
    const leaving = new AbortController();
    const first = reader.search(aQuery("设备"), NEVER);
    const second = reader.search(aQuery("设备"), leaving.signal);
    await expect(reader.search(aQuery("设备"), NEVER)).rejects.toMatchObject({
      code: "ERR_OVERLOADED",
    });
    leaving.abort(new Error("left"));
    await expect(second).rejects.toThrow("left");
    const third = reader.search(aQuery("设备"), NEVER);
    reader.publish(generation(1, "设备"));
    expect((await first).total).toBe(1);
    expect((await third).total).toBe(1);
  });

  test("has texts embedded that its threads cannot embed, and answers by words when they are not", async () => {
    const asked: string[] = [];
    const known = new Map([["无关的词", Float32Array.of(0, 1)]]);
    await using reader = new WorkerIndexReader({
      threads: 1,
      embed: async (text, role) => {
        asked.push(`${role} ${text}`);
        const vector = known.get(text);
        return vector && { providerId: text === "旧" ? "old" : "p", vector };
      },
    });
    const data = generation(1, "设备", "别的");
    reader.publish(data);
    await reader.search(aQuery("无关的词"), NEVER);
    expect(asked).toEqual([]);
    const vectors = new SegmentVectors(new SharedArrayBuffer(2 * 6), 2, 2);
    vectors.set(0, Float32Array.of(0.8, 0.6));
    vectors.set(1, Float32Array.of(0.6, 0.8));
    reader.publishSemantic({
      series: data.series,
      providerId: "p",
      dimensions: 2,
      model: undefined,
      mean: Float32Array.of(0.7, 0.7),
      vectors: [{ id: 1, buffer: vectors.buffer }],
    });
    const semantic = await reader.search(
      aQuery("无关的词 -设备", { channel: "semantic", explain: true }),
      NEVER,
    );
    expect(keysOf(semantic)).toEqual(["k1"]);
    expect(semantic.hits[0]?.isByMeaning).toBe(true);
    // (.8 - .7) / (1 - .7): what all documents have in common says nothing.
    expect(semantic.hits[0]?.score).toBeCloseTo(1 / 3, 2);
    const alike = async (to: SimilarQuery["to"]) => {
      const { hits } = await reader.similar(aComparison(to), NEVER);
      return hits.map((hit) => hit.ref.key);
    };
    expect(await alike({ text: "无关的词" })).toEqual(["k1"]);
    known.set("旧", Float32Array.of(0, 1));
    for (const text of ["迟到", "旧"]) {
      expect(await alike({ text })).toEqual([]);
    }
    const before = asked.length;
    await reader.search(aQuery("设备", { channel: "lexical" }), NEVER);
    await reader.suggest({ prefix: "设", limit: 1, reader: { type: "public" } }, NEVER);
    // By the vector that the document has.
    expect(await alike({ ref: aDocument({ key: "k1" }).ref })).toEqual([]);
    expect(asked).toHaveLength(before);
    expect(asked).toEqual([
      "question 无关的词",
      "document 无关的词",
      "document 迟到",
      "document 旧",
    ]);
  });

  test("stops a question whose time is over", async () => {
    await using reader = new WorkerIndexReader({ threads: 1, timeoutMs: -1 });
    reader.publish(generation(1, "设备"));
    await expect(reader.search(aQuery("设备"), NEVER)).rejects.toMatchObject({
      code: "ERR_DEADLINE",
    });
  });

  test("passes on what is wrong with a query, in both languages", async () => {
    await using reader = new WorkerIndexReader({ threads: 1 });
    reader.publish(generation(1, "设备"));
    await expect(reader.search(aQuery("长".repeat(1025)), NEVER)).rejects.toMatchObject({
      code: "ERR_QUERY_INVALID",
      message: expect.stringContaining("1025"),
      messageZh: expect.stringContaining("查询最多"),
    });
  });

  test("says so when a generation cannot be opened, and goes on with the next", async () => {
    await using reader = new WorkerIndexReader({ threads: 1 });
    const bad = generation(1, "设备");
    const buffer = new SharedArrayBuffer(64);
    reader.publish({ ...bad, series: "bad", segments: [{ id: 9, buffer, deletes: undefined }] });
    await expect(reader.search(aQuery("设备"), NEVER)).rejects.toMatchObject({
      code: "ERR_STORE_DAMAGED",
    });
    reader.publish(generation(2, "设备"));
    expect((await reader.search(aQuery("设备"), NEVER)).total).toBe(1);
  });

  test("rejects what is asked when it is closed", async () => {
    const reader = new WorkerIndexReader({ threads: 1 });
    const waiting = expect(reader.search(aQuery("设备"), NEVER)).rejects.toMatchObject({
      code: "ERR_UNAVAILABLE",
    });
    await reader[Symbol.asyncDispose]();
    await waiting;
    await expect(reader.search(aQuery("设备"), NEVER)).rejects.toMatchObject({
      code: "ERR_UNAVAILABLE",
    });
  });
});
