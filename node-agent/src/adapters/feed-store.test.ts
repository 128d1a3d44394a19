import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "@tributary/proto";
import { Level } from "level";
import { expect, test } from "vitest";
import { aFeed, describeFeedStore } from "../ports/feed-store.contract.ts";
import { newSourceState } from "../sync/source-state.ts";
import { openLevelFeedStore } from "./level-feed-store.ts";
import { MemoryFeedStore } from "./memory-feed-store.ts";

const newFolder = () => mkdtempSync(join(tmpdir(), "tributary-store-"));

const BATCH = {
  seq: 0n,
  header: new Uint8Array(120),
  signature: new Uint8Array(64),
  records: new Uint8Array(99),
  tally: {},
};

describeFeedStore("MemoryFeedStore", async () => new MemoryFeedStore());
describeFeedStore("LevelFeedStore", () => openLevelFeedStore(newFolder()));

test("a store that is open refuses a second process", async () => {
  const folder = newFolder();
  await using _store = await openLevelFeedStore(folder);
  await expect(openLevelFeedStore(folder)).rejects.toMatchObject({ code: "ERR_FOLDER_IN_USE" });
});

test("what was committed is there after the store is opened again", async () => {
  const folder = newFolder();
  {
    await using store = await openLevelFeedStore(folder);
    await store.commit({ feed: aFeed({ nextSeq: 5n }) });
  }
  await using store = await openLevelFeedStore(folder);
  expect(await store.feeds()).toEqual([aFeed({ nextSeq: 5n })]);
});

test("a folder that an earlier version wrote has its waiting batches, and counts what was signed", async () => {
  const folder = newFolder();
  const batch = { ...BATCH, tally: { a: { records: 3, growth: 3 } } };
  {
    await using store = await openLevelFeedStore(folder);
    const source = { ...newSourceState("a"), liveRecords: 7 };
    await store.commit({ feed: aFeed({ nextSeq: 1n, live: { a: 4 } }), batch, sources: [source] });
  }
  const database = new Level<Uint8Array, Uint8Array>(folder, {
    keyEncoding: "view",
    valueEncoding: "view",
  });
  for await (const [key, value] of database.iterator()) {
    const text = new TextDecoder("latin1").decode(value.slice(SUM_BYTES));
    if (text.includes('"tally"')) await database.put(key, withSum(Uint8Array.of(0, 0, 0, 99)));
    else if (text.includes('"live":')) {
      const { live: _, ...feed } = JSON.parse(text);
      await database.put(key, withSum(new TextEncoder().encode(JSON.stringify(feed))));
    }
  }
  await database.close();
  await using store = await openLevelFeedStore(folder);
  expect(await store.feeds()).toEqual([aFeed({ nextSeq: 1n, live: { a: 7 } })]);
  expect(await store.outbox(1)).toEqual({ firstSeq: 0n, batches: 1, bytes: 99, tally: {} });
});

/** Bytes of the checksum before each value. */
const SUM_BYTES = 8;

function withSum(content: Uint8Array): Uint8Array {
  return new Uint8Array([...sha256(content).slice(0, SUM_BYTES), ...content]);
}

test("a single flipped bit in a feed, a header, its records, a receipt or a state is not returned", async () => {
  const ref = { kind: "provider", key: "甲" } as const;
  const folder = newFolder();
  {
    await using store = await openLevelFeedStore(folder);
    await store.commit({ feed: aFeed({ nextSeq: 1n }), batch: BATCH });
    await store.commit({ feed: aFeed({ nextSeq: 2n }), batch: { ...BATCH, seq: 1n } });
    await store.commit({ receipt: { feed: 1, seq: 1n, receipt: new Uint8Array(50), bytes: 99 } });
    const row = { ...ref, rowHash: "row", feed: 1, isRemarked: false };
    await store.commit({ rows: [{ sourceId: "a", rowHash: "row", entry: row }] });
    const state = { sourceId: "a", revision: 1n, contentHash: new Uint8Array(16), feed: 1 };
    await store.commit({ records: [{ ...ref, ...state, isLive: true }] });
    expect(await store.recordStates([ref])).toEqual([{ ...ref, ...state, isLive: true }]);
    expect((await Array.fromAsync(store.rows("a"))).flat()).toEqual([row]);
  }
  const database = new Level<Uint8Array, Uint8Array>(folder, {
    keyEncoding: "view",
    valueEncoding: "view",
  });
  for await (const [key, value] of database.iterator()) {
    const flipped = value.slice();
    flipped[flipped.length - 1] = (flipped.at(-1) as number) ^ 0x10;
    await database.put(key, flipped);
  }
  await database.close();

  await using store = await openLevelFeedStore(folder);
  const damaged = expect.objectContaining({ code: "ERR_STORE_DAMAGED" });
  await expect(store.feeds()).rejects.toThrow(damaged);
  await expect(Array.fromAsync(store.headers(1, 0n))).rejects.toThrow(damaged);
  await expect(store.records(1, 0n)).rejects.toThrow(damaged);
  await expect(store.receipt(1, 1n)).rejects.toThrow(damaged);
  await expect(store.outbox(1)).rejects.toThrow(damaged);
  await expect(store.waiting(1, 0n)).rejects.toThrow(damaged);
  const derivable = expect.objectContaining({
    code: "ERR_STORE_DAMAGED",
    details: { what: "states" },
  });
  await expect(Array.fromAsync(store.rows("a"))).rejects.toThrow(derivable);
  await expect(store.recordStates([ref])).rejects.toThrow(derivable);
  expect(await Array.fromAsync(store.kept())).toEqual([{ feed: 1, seq: 1n, bytes: 0 }]);
});
