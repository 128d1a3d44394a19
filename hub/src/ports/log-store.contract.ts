/**
 * The contract of {@link LogStore}, as tests.
 *
 * Durability against the loss of power is what the drills are for; this suite covers order, atomicity and reading.
 *
 * @module
 */

import { describe, expect, test } from "vitest";
import type { LogStore, StoredEntry } from "./log-store.ts";

/** @param open Makes a new, empty store. Called once a test. */
export function describeLogStore(name: string, open: () => Promise<LogStore>): void {
  describe(`${name} is a LogStore`, () => {
    test("starts empty", async () => {
      await using store = await open();
      expect(await store.entryCount()).toBe(0);
      expect(await store.readHead()).toBeUndefined();
      expect(await store.readEntry(0)).toBeUndefined();
      expect(await store.readLeaf(0)).toBeUndefined();
      expect(await store.readRecords(0)).toBeUndefined();
      expect(await store.readTile("tile/0/000")).toBeUndefined();
      expect(await store.readReceipt(0)).toBeUndefined();
      expect(await store.readFact("feed/a")).toBeUndefined();
      expect(await collect(store.readEntries(0, 10))).toEqual([]);
      expect(await collect(store.facts(""))).toEqual([]);
    });

    test("reads back entries and facts that were written together", async () => {
      await using store = await open();
      await store.writeEntries([entry(0), entry(1)], facts({ "feed/a": "x", "feed/b": "y" }));
      await store.writeEntries([entry(2, "")], facts({ "feed/a": "z" }));
      expect(await store.entryCount()).toBe(3);
      expect(plain(await store.readEntry(1))).toEqual(plain(entry(1)));
      expect(plain(await store.readEntry(2))).toEqual(plain(entry(2, "")));
      expect(await store.readLeaf(1)).toEqual(entry(1).entry);
      expect(await store.readRecords(1)).toEqual(entry(1).records);
      expect(await store.readRecords(2)).toBeUndefined();
      expect(text(await store.readFact("feed/a"))).toBe("z");
      expect(text(await store.readFact("feed/b"))).toBe("y");
    });

    test("reads a range in order, and stops at its end or at the end of the log", async () => {
      await using store = await open();
      const all = Array.from({ length: 300 }, (_, position) => entry(position));
      await store.writeEntries(all, new Map());
      expect((await collect(store.readEntries(0, 1_000))).map((e) => e.position)).toEqual(
        all.map((e) => e.position),
      );
      expect((await collect(store.readEntries(254, 258))).map(plain)).toEqual(
        all.slice(254, 258).map(plain),
      );
      expect(await collect(store.readEntries(5, 5))).toEqual([]);
    });

    test("reads a range as of when iteration begins", async () => {
      await using store = await open();
      await store.writeEntries([entry(0)], new Map());
      const reading = store.readEntries(0, 10)[Symbol.asyncIterator]();
      expect((await reading.next()).value).toMatchObject({ position: 0 });
      await store.writeEntries([entry(1)], new Map());
      expect((await reading.next()).done).toBe(true);
    });

    test.each([
      ["a first position that is not the count", [1]],
      ["a gap", [0, 2]],
      ["a repeated position", [0, 0]],
    ])("refuses %s, and writes nothing", async (_, positions) => {
      await using store = await open();
      await expect(
        store.writeEntries(
          positions.map((position) => entry(position)),
          facts({ "feed/a": "x" }),
        ),
      ).rejects.toMatchObject({ code: "ERR_LOG_CONFLICT" });
      expect(await store.entryCount()).toBe(0);
      expect(await store.readFact("feed/a")).toBeUndefined();
      await store.writeEntries([entry(0)], new Map());
      expect(await store.entryCount()).toBe(1);
    });

    test("lets exactly one of two writes at one position succeed", async () => {
      await using store = await open();
      const results = await Promise.allSettled([
        store.writeEntries([entry(0, "first")], new Map()),
        store.writeEntries([entry(0, "second")], new Map()),
      ]);
      expect(results.map((r) => r.status).sort()).toEqual(["fulfilled", "rejected"]);
      expect(results.find((r) => r.status === "rejected")?.reason).toMatchObject({
        code: "ERR_LOG_CONFLICT",
      });
      expect(await store.entryCount()).toBe(1);
    });

    test("replaces the head and its tiles, and keeps every receipt", async () => {
      await using store = await open();
      await store.writeEntries([entry(0), entry(1)], new Map());
      await store.writeHead({
        size: 1,
        checkpoint: "one",
        tiles: new Map([["tile/0/000", bytes("a")]]),
        receipts: [{ position: 0, receipt: bytes("r0") }],
      });
      await store.writeHead({
        size: 2,
        checkpoint: "two",
        tiles: new Map([
          ["tile/0/000", bytes("ab")],
          ["tile/1/000", bytes("c")],
        ]),
        receipts: [{ position: 1, receipt: bytes("r1") }],
      });
      expect(await store.readHead()).toEqual({ size: 2, checkpoint: "two" });
      expect(text(await store.readTile("tile/0/000"))).toBe("ab");
      expect(text(await store.readTile("tile/1/000"))).toBe("c");
      expect(text(await store.readReceipt(0))).toBe("r0");
      expect(text(await store.readReceipt(1))).toBe("r1");
    });

    test("lists facts by prefix, ascending by their UTF-8 bytes", async () => {
      await using store = await open();
      const written = { "feed/b": "2", "feed/a": "1", "feed/é": "3", member: "4", "feec/z": "5" };
      await store.writeEntries([entry(0)], facts(written));
      const found = await collect(store.facts("feed/"));
      expect(found.map(([fact, value]) => [fact, text(value)])).toEqual([
        ["feed/a", "1"],
        ["feed/b", "2"],
        ["feed/é", "3"],
      ]);
    });

    test("replaces all facts at once", async () => {
      await using store = await open();
      await store.writeEntries([entry(0)], facts({ "feed/a": "1", "feed/b": "2" }));
      await store.replaceFacts(facts({ "feed/b": "3", "feed/c": "4" }));
      const found = await collect(store.facts(""));
      expect(found.map(([fact, value]) => [fact, text(value)])).toEqual([
        ["feed/b", "3"],
        ["feed/c", "4"],
      ]);
      expect(await store.entryCount()).toBe(1);
    });

    test("replaces the records of one batch and nothing else", async () => {
      await using store = await open();
      await store.writeEntries([entry(0), entry(1)], new Map());
      await store.replaceRecords(0, bytes("erased"));
      const first = await store.readEntry(0);
      expect(text(first?.records)).toBe("erased");
      expect(text(first?.entry)).toBe("entry 0");
      expect(plain(await store.readEntry(1))).toEqual(plain(entry(1)));
    });

    test("still has everything when what was replaced is dropped", async () => {
      await using store = await open();
      await store.writeEntries([entry(0), entry(1)], new Map([["feed/a", bytes("1")]]));
      await store.replaceRecords(1, bytes("erased"));
      await store.dropReplaced();
      expect(plain(await store.readEntry(0))).toEqual(plain(entry(0)));
      expect(text((await store.readEntry(1))?.records)).toBe("erased");
      expect(text(await store.readFact("feed/a"))).toBe("1");
    });

    test("does not change what it stored when the caller reuses its buffer", async () => {
      await using store = await open();
      const buffer = bytes("before");
      await store.writeEntries([{ position: 0, entry: buffer, records: buffer }], new Map());
      buffer.fill(0);
      expect(text((await store.readEntry(0))?.entry)).toBe("before");
    });
  });
}

function entry(position: number, records = `records ${position}`): StoredEntry {
  return { position, entry: bytes(`entry ${position}`), records: bytes(records) };
}

function facts(values: Readonly<Record<string, string>>): ReadonlyMap<string, Uint8Array> {
  return new Map(Object.entries(values).map(([name, value]) => [name, bytes(value)]));
}

function plain(stored: StoredEntry | undefined): unknown {
  return (
    stored && {
      position: stored.position,
      entry: text(stored.entry),
      records: text(stored.records),
    }
  );
}

function bytes(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function text(value: Uint8Array | undefined): string | undefined {
  return value && new TextDecoder().decode(value);
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}
