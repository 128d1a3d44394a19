import { describe, expect, test } from "vitest";
import { dueGroup, MAX_SEGMENT_DOCS, MERGE_FACTOR, spareGroup } from "./merge-policy.ts";

function parts(...docs: readonly (number | [docs: number, deleted: number])[]) {
  return docs.map((part) => {
    const [all, deleted] = typeof part === "number" ? [part, 0] : part;
    return { segment: { docs: all }, deleted };
  });
}

function sizesOf(group: ReturnType<typeof dueGroup>): number[] | undefined {
  return group?.map(({ segment }) => segment.docs);
}

describe("merge policy", () => {
  test("merges as many segments of similar size as are due", () => {
    const small = Array.from({ length: MERGE_FACTOR }, (_, i) => 100 + i);
    expect(sizesOf(dueGroup(parts(9000, ...small), 10_000))).toEqual(small);
    expect(dueGroup(parts(9000, ...small.slice(1)), 10_000)).toBeUndefined();
    expect(dueGroup(parts(9000, ...small), 500)).toBeUndefined();
  });

  test("rewrites a segment of which much is deleted", () => {
    expect(sizesOf(dueGroup(parts(9000, [1000, 301]), 10_000))).toEqual([1000]);
    expect(dueGroup(parts(9000, [1000, 300]), 10_000)).toBeUndefined();
  });

  test("merges two of similar size when there is time", () => {
    expect(sizesOf(spareGroup(parts(300_000, 5000, 6000)))).toEqual([5000, 6000]);
    expect(spareGroup(parts(300_000, 100, 120))).toBeUndefined();
  });

  test("merges all when there is time, where it is worth rewriting the largest", () => {
    expect(sizesOf(spareGroup(parts(270_000, 30_000)))).toEqual([270_000, 30_000]);
    expect(sizesOf(spareGroup(parts(30_000, 270_000, 700)))).toEqual([30_000, 270_000, 700]);
    expect(sizesOf(spareGroup(parts(270_000, 9000)))).toEqual([270_000, 9000]);
    expect(spareGroup(parts(270_000, 8000))).toBeUndefined();
    expect(spareGroup(parts(270_000))).toBeUndefined();
    expect(spareGroup(parts(MAX_SEGMENT_DOCS - 1000, 100_000))).toBeUndefined();
    expect(spareGroup([])).toBeUndefined();
  });
});
