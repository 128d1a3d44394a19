import { describe, expect, test } from "vitest";
import { testAnalyzer } from "../../test/support/open-test-index.ts";
import type { GenerationData } from "../index/generation.ts";
import { buildSegment } from "../index/segment/build.ts";
import { aDocument, aQuery, keysOf } from "../ports/search-index.contract.ts";
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
