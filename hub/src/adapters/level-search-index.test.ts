import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Level } from "level";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testAnalyzer } from "../../test/support/open-test-index.ts";
import { aDocument, aQuery, describeSearchIndex, keysOf } from "../ports/search-index.contract.ts";
import { openLevelSearchIndex } from "./level-search-index.ts";
import { WorkerIndexReader } from "./worker-index-reader.ts";

const NEVER = new AbortController().signal;

/** One for all tests: starting threads takes longer than what they do. */
let reader: WorkerIndexReader;
let root: string;
let folders = 0;
beforeAll(async () => {
  reader = new WorkerIndexReader({ threads: 1 });
  root = await mkdtemp(join(tmpdir(), "tributary-index-"));
});
afterAll(async () => {
  await reader[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

async function openIndex(folder: string, onReset?: (reason: string) => void) {
  const writer = await openLevelSearchIndex(folder, {
    publish: (generation) => reader.publish(generation),
    dictionary: testAnalyzer().dictionary.data,
    ...(onReset === undefined ? {} : { onReset }),
  });
  return {
    writer,
    reader,
    [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
  };
}

function newFolder(): string {
  folders += 1;
  return join(root, String(folders));
}

describeSearchIndex("the index over LevelDB and threads", () => openIndex(newFolder()));

describe("an index that is opened again", () => {
  const documents = Array.from({ length: 60 }, (_, i) =>
    aDocument({ key: `k${i}`, title: `设备上云 ${i}`, facets: { year: [`${2020 + (i % 5)}`] } }),
  );

  async function fill(folder: string): Promise<void> {
    await using index = await openIndex(folder);
    for (let i = 0; i < documents.length; i += 7) {
      const upserts = documents.slice(i, i + 7);
      await index.writer.apply({ upserts, deletes: [], position: i + 1 });
    }
    await index.writer.apply({ upserts: [], deletes: [documents[3]?.ref as never], position: 99 });
    await index.writer.flush();
  }

  test("serves what was flushed, with its deletes and its position", async () => {
    const folder = newFolder();
    await fill(folder);
    await using index = await openIndex(folder);
    expect(await index.writer.position()).toBe(99);
    const result = await index.reader.search(
      aQuery("设备上云", { limit: 100, facets: ["year"] }),
      NEVER,
    );
    expect(result.total).toBe(59);
    expect(result.position).toBe(99);
    expect(keysOf(result)).not.toContain("k3");
    expect(result.facets[0]?.values.map(({ count }) => count)).toEqual([12, 12, 12, 12, 11]);
  });

  test("forgets what was applied and not flushed, and says so by its position", async () => {
    const folder = newFolder();
    await fill(folder);
    {
      await using index = await openIndex(folder);
      const late = aDocument({ key: "late", title: "迟到" });
      await index.writer.apply({ upserts: [late], deletes: [], position: 100 });
    }
    await using index = await openIndex(folder);
    expect(await index.writer.position()).toBe(99);
    expect((await index.reader.search(aQuery("迟到"), NEVER)).total).toBe(0);
  });

  test.each(["b", "m", "h"])("begins empty when a value under %s is damaged", async (prefix) => {
    const folder = newFolder();
    await fill(folder);
    await damage(folder, prefix);
    const reasons: string[] = [];
    await using index = await openIndex(folder, (reason) => reasons.push(reason));
    expect(reasons).toEqual([expect.stringContaining("checksum")]);
    expect(await index.writer.position()).toBe(0);
    expect((await index.reader.search(aQuery(""), NEVER)).total).toBe(0);
    const again = aDocument({ key: "again", title: "重建" });
    await index.writer.apply({ upserts: [again], deletes: [], position: 1 });
    await index.writer.flush();
    expect(await index.writer.position()).toBe(1);
  });

  test("begins empty when a chunk is missing", async () => {
    const folder = newFolder();
    await fill(folder);
    await damage(folder, "b", "delete");
    const reasons: string[] = [];
    await using index = await openIndex(folder, (reason) => reasons.push(reason));
    expect(reasons).toEqual([expect.stringContaining("missing")]);
    expect(await index.writer.position()).toBe(0);
  });

  test("refuses a folder that is in use", async () => {
    const folder = newFolder();
    await using _index = await openIndex(folder);
    await expect(openLevelSearchIndex(folder, { publish() {} })).rejects.toMatchObject({
      code: "ERR_FOLDER_IN_USE",
    });
  });

  /** Flips a bit in the middle of the first value whose key begins with `prefix`, or deletes it. */
  async function damage(folder: string, prefix: string, how: "flip" | "delete" = "flip") {
    await using db = new Level<Uint8Array, Uint8Array>(folder, {
      keyEncoding: "view",
      valueEncoding: "view",
    });
    const [entry] = await db.iterator({ gte: Buffer.from(prefix), limit: 1 }).all();
    const [key, value] = entry as [Uint8Array, Uint8Array];
    expect(Buffer.from(key).toString("latin1", 0, 1)).toBe(prefix);
    const middle = value.length >>> 1;
    value[middle] = (value[middle] as number) ^ 1;
    if (how === "flip") await db.put(key, value);
    else await db.del(key);
  }
});
