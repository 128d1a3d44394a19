import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Level } from "level";
import { afterEach, describe, expect, test, vi } from "vitest";
import { describeLogStore } from "../ports/log-store.contract.ts";
import type { LogStore } from "../ports/log-store.ts";
import { openLevelLogStore } from "./level-log-store.ts";

const folders: string[] = [];

afterEach(() => {
  vi.restoreAllMocks();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tributary-log-"));
  folders.push(folder);
  return folder;
}

describeLogStore("LevelLogStore", () => openLevelLogStore(newFolder(), { reserveBytes: 0 }));

describe("LevelLogStore", () => {
  test("keeps everything when it is opened again", async () => {
    const folder = newFolder();
    {
      await using store = await openLevelLogStore(folder, { reserveBytes: 0 });
      await fill(store);
    }
    await using store = await openLevelLogStore(folder, { reserveBytes: 0 });
    expect(await store.entryCount()).toBe(2);
    expect(await store.readHead()).toEqual({ size: 2, checkpoint: "two" });
    expect(await store.readFact("feed/a")).toEqual(bytes("x"));
    expect((await store.readEntry(1))?.records).toEqual(bytes("records 1"));
  });

  test.each(["e", "r", "p", "t", "f", "h"])(
    "refuses a value of class %s with one flipped bit",
    async (letter) => {
      const folder = newFolder();
      {
        await using store = await openLevelLogStore(folder, { reserveBytes: 0 });
        await fill(store);
      }
      await damage(folder, letter);
      await using store = await openLevelLogStore(folder, { reserveBytes: 0 });
      await expect(readAll(store)).rejects.toMatchObject({ code: "ERR_STORE_DAMAGED" });
    },
  );

  test("reads an entry whose records are damaged, and the other way round", async () => {
    for (const [letter, read, other] of [
      ["r", "readLeaf", "readRecords"],
      ["e", "readRecords", "readLeaf"],
    ] as const) {
      const folder = newFolder();
      {
        await using store = await openLevelLogStore(folder, { reserveBytes: 0 });
        await fill(store);
      }
      await damage(folder, letter);
      await using store = await openLevelLogStore(folder, { reserveBytes: 0 });
      expect(await store[read](0)).toBeDefined();
      await expect(store[other](0)).rejects.toMatchObject({ code: "ERR_STORE_DAMAGED" });
    }
  });

  test("refuses a value that stands under another key", async () => {
    const folder = newFolder();
    {
      await using store = await openLevelLogStore(folder, { reserveBytes: 0 });
      await fill(store);
    }
    const db = rawLevel(folder);
    const [first, second] = [entryKey(0), entryKey(1)];
    await db.put(second, (await db.get(first)) as Uint8Array);
    await db.close();
    await using store = await openLevelLogStore(folder, { reserveBytes: 0 });
    await expect(store.readEntry(1)).rejects.toMatchObject({ code: "ERR_STORE_DAMAGED" });
  });

  test("refuses to read over a missing entry", async () => {
    const folder = newFolder();
    {
      await using store = await openLevelLogStore(folder, { reserveBytes: 0 });
      await fill(store);
    }
    const db = rawLevel(folder);
    await db.del(entryKey(0));
    await db.close();
    await using store = await openLevelLogStore(folder, { reserveBytes: 0 });
    await expect(Array.fromAsync(store.readEntries(0, 2))).rejects.toMatchObject({
      code: "ERR_STORE_DAMAGED",
    });
  });

  test("refuses to write when the disk has less room than its reserve, and writes nothing", async () => {
    await using store = await openLevelLogStore(newFolder(), { reserveBytes: 2 ** 60 });
    await expect(fill(store)).rejects.toMatchObject({ code: "ERR_STORE_FULL" });
    expect(await store.entryCount()).toBe(0);
  });

  test("syncs every write before it says that it is done", async () => {
    const batch = vi.spyOn(Level.prototype, "batch");
    await using store = await openLevelLogStore(newFolder(), { reserveBytes: 0 });
    await fill(store);
    await store.replaceFacts(new Map([["feed/b", bytes("y")]]));
    await store.replaceRecords(0, bytes("z"));
    expect(batch.mock.calls.map((args) => (args as unknown[])[1])).toEqual(
      Array(4).fill({ sync: true }),
    );
  });

  test.each([
    ["of the same table", async () => {}],
    ["of an earlier table", async (store: LogStore) => store.dropReplaced()],
  ])("leaves no byte on disk that was replaced, %s", async (_, between) => {
    const folder = newFolder();
    await using store = await openLevelLogStore(folder, { reserveBytes: 0 });
    await fill(store);
    await store.replaceRecords(0, bytes("紫铜管件厂"));
    await between(store);
    await store.replaceRecords(0, bytes("erased"));
    await store.dropReplaced();
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    expect(files.some((file) => file.includes("紫铜管件厂"))).toBe(false);
    expect(files.some((file) => file.includes("erased"))).toBe(true);
  });

  test("writes nothing more after a write that failed, until it is opened again", async () => {
    const folder = newFolder();
    {
      await using store = await openLevelLogStore(folder, { reserveBytes: 0 });
      await fill(store);
      const batch = vi.spyOn(Level.prototype, "batch").mockRejectedValueOnce(new Error("no"));
      for (let i = 0; i < 2; i += 1) {
        await expect(store.writeHead(head())).rejects.toMatchObject({ code: "ERR_STORE_FAILED" });
      }
      await expect(
        store.writeEntries([{ position: 2, entry: bytes("x"), records: bytes("") }], new Map()),
      ).rejects.toMatchObject({ code: "ERR_STORE_FAILED" });
      expect(batch).toHaveBeenCalledTimes(1);
    }
    await using store = await openLevelLogStore(folder, { reserveBytes: 0 });
    await store.writeHead(head());
  });

  test("lets two handles of one process read and write one folder", async () => {
    const folder = newFolder();
    await using writer = await openLevelLogStore(folder, { reserveBytes: 0 });
    await using reader = await openLevelLogStore(folder, { reserveBytes: 0 });
    await fill(writer);
    expect(await reader.entryCount()).toBe(2);
  });
});

async function fill(store: LogStore): Promise<void> {
  await store.writeEntries(
    [0, 1].map((position) => ({
      position,
      entry: bytes(`entry ${position}`),
      records: bytes(`records ${position}`),
    })),
    new Map([["feed/a", bytes("x")]]),
  );
  await store.writeHead(head());
}

function head() {
  return {
    size: 2,
    checkpoint: "two",
    tiles: new Map([["tile/0/000", bytes("hashes")]]),
    receipts: [{ position: 0, receipt: bytes("receipt") }],
  };
}

async function readAll(store: LogStore): Promise<void> {
  await store.readHead();
  await store.readTile("tile/0/000");
  await store.readReceipt(0);
  await Array.fromAsync(store.readEntries(0, 2));
  await Array.fromAsync(store.facts(""));
}

async function damage(folder: string, letter: string): Promise<void> {
  const db = rawLevel(folder);
  for await (const [key, value] of db.iterator({ gte: bytes(letter), limit: 1 })) {
    value[value.length - 1] = (value.at(-1) as number) ^ 1;
    await db.put(key, value);
  }
  await db.close();
}

function rawLevel(folder: string): Level<Uint8Array, Uint8Array> {
  return new Level<Uint8Array, Uint8Array>(folder, { keyEncoding: "view", valueEncoding: "view" });
}

function entryKey(position: number): Uint8Array {
  return Uint8Array.of(0x65, 0, 0, 0, 0, 0, 0, 0, position);
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
