import {
  decodeRecord,
  isTributaryError,
  openBatch,
  splitRecords,
  TributaryError,
  verifyBatch,
  verifyingKeyOf,
} from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { acknowledgeAll, feedBench, MemoryMark, pendingRecords } from "../../test/feed-fixture.ts";
import { MemoryFeedStore } from "../adapters/memory-feed-store.ts";
import { aDraft, aRecordState } from "../ports/feed-store.contract.ts";
import type { FeedChange } from "../ports/feed-store.ts";

const batchOf = (...keys: string[]) => ({
  feed: 1,
  drafts: keys.map((key) => aDraft({ key })),
  rows: [],
});

describe("a feed", () => {
  test("signs batches that a hub verifies, dense and chained", async () => {
    const { open, options, key } = await feedBench();
    const feed = await open();
    await feed.append(batchOf("a", "b"));
    await feed.append(batchOf("c"));
    const verifier = await verifyingKeyOf(key);
    const verify = (frame: Uint8Array) =>
      verifyBatch(frame, { hubOrigin: options.hubOrigin, keyOf: () => verifier });

    const first = await verify((await feed.pendingFrom(0n))?.frame as Uint8Array);
    const second = await verify((await feed.pendingFrom(1n))?.frame as Uint8Array);
    expect(await feed.pendingFrom(2n)).toBeUndefined();
    expect(first.header).toMatchObject({ seq: 0n, firstRecordSeq: 0n, recordCount: 2 });
    expect(second.header).toMatchObject({ seq: 1n, firstRecordSeq: 2n, recordCount: 1 });
    expect(second.header.prevHash).toEqual(first.headerHash);
    expect(second.header.feedId).toEqual(first.header.feedId);
    expect(first.header.prevHash).toEqual(new Uint8Array(32));
  });

  test("salts each record anew and raises the revision of each key, also when the clock is set back", async () => {
    const { open, clock } = await feedBench();
    const feed = await open();
    await feed.append(batchOf("a"));
    clock.advance(-10 * 365 * 86_400_000);
    const [first] = await pendingRecords(feed);
    const again = aDraft({
      key: "a",
      previous: aRecordState({ key: "a", revision: first?.revision as bigint }),
    });
    await feed.append({ feed: 1, drafts: [again], rows: [] });
    const [, second] = await pendingRecords(feed);
    expect(second?.revision).toBe((first?.revision as bigint) + 1n);
    expect(second?.salt).not.toEqual(first?.salt);
  });

  test("begins with a snapshot that an empty batch ends", async () => {
    const { open } = await feedBench();
    const feed = await open();
    await feed.append(batchOf("a"));
    await feed.endSnapshot(1);
    await feed.endSnapshot(1);
    await feed.append(batchOf("b"));
    const snapshots = [];
    for (let seq = 0n; seq < feed.state.nextSeq; seq += 1n) {
      const { frame } = (await feed.pendingFrom(seq)) as { frame: Uint8Array };
      snapshots.push(openBatch(frame).header.snapshot);
    }
    expect(snapshots).toEqual(["part", "end", "none"]);
  });

  test("announces the steps of a batch in the order of their durability", async () => {
    const { open, steps, log } = await feedBench();
    const feed = await open();
    await feed.append(batchOf("a"));
    expect(steps).toEqual(["append", "sign", "sync"]);
    await feed.prepareToSend(0n);
    expect(steps).toEqual(["append", "sign", "sync", "mark"]);
    await acknowledgeAll(feed, log);
    expect(steps).toEqual(["append", "sign", "sync", "mark", "receipt", "truncate"]);
  });

  test("writes the header before it announces the sync, and nothing before it is signed", async () => {
    const seen: string[] = [];
    class WatchedStore extends MemoryFeedStore {
      override async commit(change: FeedChange): Promise<void> {
        if (change.batch) seen.push("commit");
        await super.commit(change);
      }
    }
    const { open } = await feedBench({
      store: new WatchedStore(),
      steps: (step) => seen.push(step),
    });
    const feed = await open();
    await feed.append(batchOf("a"));
    expect(seen).toEqual(["append", "sign", "commit", "sync"]);
  });

  test("marks the newest batch before the first is sent, and writes the mark once for many", async () => {
    const { open, mark, steps } = await feedBench();
    const feed = await open();
    await feed.append(batchOf("a"));
    await feed.append(batchOf("b"));
    await feed.prepareToSend(0n);
    expect(mark.mark).toEqual({ feedId: feed.state.feedId, seq: 1n });
    await feed.prepareToSend(1n);
    expect(steps.filter((step) => step === "mark").length).toBe(1);
  });

  test("goes on where it stopped when it is opened again", async () => {
    const { open, log } = await feedBench();
    const feed = await open();
    await feed.append(batchOf("a"));
    await feed.append(batchOf("b"));
    await feed.prepareToSend(1n);
    const receiptOf = async (seq: bigint) => {
      const { frame } = (await feed.pendingFrom(seq)) as { frame: Uint8Array };
      const { headerBytes, signature } = openBatch(frame);
      return log.append(headerBytes, signature);
    };
    await feed.acknowledge(0n, await receiptOf(0n));
    const again = await open();
    expect(again.state).toEqual(feed.state);
    expect(again.outbox).toEqual(feed.outbox);
    expect(again.outbox).toMatchObject({ firstSeq: 1n, batches: 1 });
    expect((await again.pendingFrom(0n))?.frame).toEqual((await feed.pendingFrom(1n))?.frame);
  });

  test("refuses a batch when the outbox is full, keeps what it has, and goes on after a receipt", async () => {
    const { open, log } = await feedBench({ maxOutboxBytes: 250 });
    const feed = await open();
    await feed.append(batchOf("a", "b"));
    const full = await feed.append(batchOf("c", "d", "e", "f", "g")).catch((error) => error);
    expect(isTributaryError(full, "ERR_OUTBOX_FULL")).toBe(true);
    expect((await pendingRecords(feed)).map(({ key }) => key)).toEqual(["a", "b"]);
    await acknowledgeAll(feed, log);
    await feed.append(batchOf("c", "d", "e", "f", "g"));
    expect(feed.state.nextSeq).toBe(2n);
  });

  test("signs nothing more after a write that failed, until it is opened again", async () => {
    class FailingStore extends MemoryFeedStore {
      isFull = false;
      override async commit(change: FeedChange): Promise<void> {
        if (this.isFull) throw new TributaryError("ERR_STORE_FULL", "full");
        await super.commit(change);
      }
    }
    const store = new FailingStore();
    const { open } = await feedBench({ store });
    const feed = await open();
    store.isFull = true;
    await expect(feed.append(batchOf("a"))).rejects.toMatchObject({ code: "ERR_STORE_FULL" });
    store.isFull = false;
    await expect(feed.append(batchOf("b"))).rejects.toMatchObject({ code: "ERR_STORE_FULL" });
    const again = await open();
    await again.append(batchOf("b"));
    expect((await pendingRecords(again)).map(({ key }) => key)).toEqual(["b"]);
  });

  test("refuses drafts that were made for the feed before", async () => {
    const { open } = await feedBench();
    const feed = await open();
    await feed.renew("renewed");
    await expect(feed.append(batchOf("a"))).rejects.toMatchObject({ code: "ERR_FEED_RENEWED" });
  });
});

describe("a receipt", () => {
  test("lets the batch leave the outbox and is kept", async () => {
    const { open, log, store } = await feedBench();
    const feed = await open();
    await feed.append(batchOf("a"));
    await acknowledgeAll(feed, log);
    expect(feed.outbox).toEqual({ firstSeq: undefined, batches: 0, bytes: 0, tally: {} });
    expect(await feed.pendingFrom(0n)).toBeUndefined();
    expect(await store.receipt(1, 0n)).toBeDefined();
  });

  test("makes the batch one that can be given back, byte for byte, also of a feed before", async () => {
    const { open, log } = await feedBench();
    const feed = await open();
    const { feedId } = feed.state;
    await feed.append(batchOf("a"));
    const sent = await feed.pendingFrom(0n);
    // Nobody has a receipt for it yet: it may never have left.
    expect(await feed.returned(feedId, 0n)).toBeUndefined();
    await acknowledgeAll(feed, log);
    expect(await feed.returned(feedId, 0n)).toEqual(sent?.frame);
    await feed.renew("renewed");
    expect(await (await open()).returned(feedId, 0n)).toEqual(sent?.frame);
    expect(await feed.returned(feedId, 1n)).toBeUndefined();
    expect(await feed.returned(new Uint8Array(16), 0n)).toBeUndefined();
  });

  test("makes the oldest records go where there is no room for those of another batch", async () => {
    const { open, log, store } = await feedBench();
    const [{ feedId }, kept] = [(await open()).state, () => Array.fromAsync(store.kept())];
    const first = await open();
    await first.append(batchOf("a"));
    await acknowledgeAll(first, log);
    const bytes = (await kept())[0]?.bytes as number;
    expect(bytes).toBeGreaterThan(30);
    // Room for two batches; what was kept before counts after a start.
    const feed = await open({ maxKeptBytes: 2 * bytes });
    for (const key of ["b", "c"]) {
      await feed.append(batchOf(key));
      await acknowledgeAll(feed, log);
    }
    expect((await kept()).map(({ seq }) => seq)).toEqual([1n, 2n]);
    expect(await feed.returned(feedId, 0n)).toBeUndefined();
    const none = await open({ maxKeptBytes: 0 });
    await none.append(batchOf("d"));
    await acknowledgeAll(none, log);
    expect(await kept()).toEqual([]);
  });

  test("changes nothing when it comes twice", async () => {
    const { open, log } = await feedBench();
    const feed = await open();
    await feed.append(batchOf("a"));
    await feed.append(batchOf("b"));
    const { headerBytes, signature } = openBatch((await feed.pendingFrom(0n))?.frame as Uint8Array);
    const receipt = await log.append(headerBytes, signature);
    await feed.acknowledge(0n, receipt);
    const { outbox } = feed;
    await feed.acknowledge(0n, receipt);
    expect(feed.outbox).toEqual(outbox);
  });

  const forgeries: readonly [
    string,
    (parts: {
      header: Uint8Array;
      signature: Uint8Array;
    }) => [Uint8Array, Uint8Array, "batch" | "curation"],
  ][] = [
    ["another header", ({ header, signature }) => [flip(header), signature, "batch"]],
    ["another signature", ({ header, signature }) => [header, flip(signature), "batch"]],
    ["a decision instead of a batch", ({ header, signature }) => [header, signature, "curation"]],
  ];
  test.each(forgeries)("of %s is refused, and the batch stays", async (_, forge) => {
    const { open, log } = await feedBench();
    const feed = await open();
    await feed.append(batchOf("a"));
    const { headerBytes, signature } = openBatch((await feed.pendingFrom(0n))?.frame as Uint8Array);
    const receipt = await log.append(...forge({ header: headerBytes, signature }));
    await expect(feed.acknowledge(0n, receipt)).rejects.toMatchObject({
      code: "ERR_RECEIPT_MISMATCH",
    });
    expect(feed.outbox.batches).toBe(1);
  });

  test("with any single byte changed is refused, and the batch stays", async () => {
    const { open, log } = await feedBench();
    const feed = await open();
    await feed.append(batchOf("a"));
    const { headerBytes, signature } = openBatch((await feed.pendingFrom(0n))?.frame as Uint8Array);
    await log.append(Uint8Array.of(1), new Uint8Array(), "restart");
    const receipt = await log.append(headerBytes, signature);
    for (let at = 0; at < receipt.length; at++) {
      const forged = receipt.slice();
      forged[at] = (forged[at] as number) ^ 1;
      await expect(feed.acknowledge(0n, forged), `byte ${at}`).rejects.toThrow(TributaryError);
    }
    expect(feed.outbox.batches).toBe(1);
  });

  test("of a later batch is refused while an earlier one waits", async () => {
    const { open, log } = await feedBench();
    const feed = await open();
    await feed.append(batchOf("a"));
    await feed.append(batchOf("b"));
    const { headerBytes, signature } = openBatch((await feed.pendingFrom(1n))?.frame as Uint8Array);
    const receipt = await log.append(headerBytes, signature);
    await expect(feed.acknowledge(1n, receipt)).rejects.toMatchObject({
      code: "ERR_RECEIPT_MISMATCH",
    });
    expect(feed.outbox.batches).toBe(2);
  });
});

describe("a store that went back in time", () => {
  test("is left for a new feed when it is behind the mark", async () => {
    const { open, options, mark } = await feedBench();
    const feed = await open();
    await feed.append(batchOf("a"));
    await feed.prepareToSend(0n);
    // The backup was taken before the batch.
    const backup = new MemoryFeedStore();
    await backup.commit({
      feed: { ...feed.state, nextSeq: 0n, nextRecordSeq: 0n, lastHash: new Uint8Array(32) },
    });
    const restored = await open({ ...options, store: backup });
    expect(restored.state).toMatchObject({ ordinal: 2, reason: "restored", isSnapshotOpen: true });
    expect(restored.state.feedId).not.toEqual(feed.state.feedId);
    await restored.append({ ...batchOf("a"), feed: 2 });
    await restored.prepareToSend(0n);
    expect(mark.mark).toEqual({ feedId: restored.state.feedId, seq: 0n });
    expect((await open({ store: backup })).state.ordinal).toBe(2);
  });

  test("is left for a new feed when the mark names a feed that it does not know", async () => {
    const { open, mark, store } = await feedBench();
    const feed = await open();
    await feed.append(batchOf("a"));
    mark.mark = { feedId: new Uint8Array(16).fill(9), seq: 0n };
    expect((await open({ store })).state).toMatchObject({ ordinal: 2, reason: "restored" });
  });

  test("is told from a new feed whose mark was not written yet", async () => {
    const { open } = await feedBench();
    const feed = await open();
    await feed.append(batchOf("a"));
    await feed.prepareToSend(0n);
    await feed.renew("renewed");
    expect((await open()).state).toMatchObject({ ordinal: 2, reason: "renewed" });
  });

  test("marks what it sends though a feed before it had sent more", async () => {
    const { open, mark } = await feedBench();
    const feed = await open();
    for (const key of ["a", "b", "c"]) await feed.append(batchOf(key));
    await feed.prepareToSend(2n);
    await feed.renew("renewed");
    const renewed = await open();
    await renewed.append({ ...batchOf("a"), feed: 2 });
    await renewed.prepareToSend(0n);
    expect(mark.mark).toEqual({ feedId: renewed.state.feedId, seq: 0n });
  });

  test("is left for a new feed when it is empty and the mark is not", async () => {
    const { open, mark } = await feedBench();
    mark.mark = { feedId: new Uint8Array(16).fill(9), seq: 0n };
    expect((await open()).state).toMatchObject({ ordinal: 1, reason: "restored" });
  });
});

describe("a store that does not hold together", () => {
  test("is left for a new feed when the newest header is missing or another", async () => {
    for (const lastHash of [new Uint8Array(32).fill(1), undefined]) {
      const { open, store } = await feedBench();
      const feed = await open();
      await feed.append(batchOf("a"));
      await store.commit({
        feed: { ...feed.state, ...(lastHash ? { lastHash } : { nextSeq: 5n }) },
        batch: {
          seq: 9n,
          header: Uint8Array.of(1),
          signature: new Uint8Array(64),
          records: Uint8Array.of(),
          tally: {},
        },
      });
      expect((await open()).state).toMatchObject({ ordinal: 2, reason: "damaged" });
    }
  });

  test("is left for a new feed when a batch of the outbox is missing", async () => {
    const { open, store } = await feedBench();
    const feed = await open();
    for (const key of ["a", "b", "c"]) await feed.append(batchOf(key));
    await store.commit({ receipt: { feed: 1, seq: 1n, receipt: Uint8Array.of(1), bytes: 1 } });
    expect((await open()).state).toMatchObject({ ordinal: 2, reason: "damaged" });
  });

  test("a mark that cannot be read does not stop a feed", async () => {
    const { open, store } = await feedBench();
    const feed = await open();
    await feed.append(batchOf("a"));
    expect((await open({ store, mark: new MemoryMark() })).state).toEqual(feed.state);
  });
});

test("the records in the outbox are those that were appended, byte for byte", async () => {
  const { open } = await feedBench();
  const feed = await open();
  await feed.append(batchOf("a", "b"));
  const { records } = openBatch((await feed.pendingFrom(0n))?.frame as Uint8Array);
  expect(splitRecords(records, 2).map((bytes) => decodeRecord(bytes).key)).toEqual(["a", "b"]);
});

function flip(bytes: Uint8Array): Uint8Array {
  const flipped = bytes.slice();
  flipped[0] = (flipped[0] as number) ^ 1;
  return flipped;
}
