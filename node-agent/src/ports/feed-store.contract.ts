import { randomBytes } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import type { RecordDraft } from "../feed/record-draft.ts";
import { newSourceState } from "../sync/source-state.ts";
import type {
  FeedState,
  FeedStore,
  RecordState,
  RowChange,
  RowEntry,
  StoredBatch,
} from "./feed-store.ts";

/**
 * The contract of {@link FeedStore}, as tests. Durability is covered by the drills that kill the agent.
 *
 * @param open Makes a new, empty store. Called once a test.
 */
export function describeFeedStore(name: string, open: () => Promise<FeedStore>): void {
  describe(`${name} is a FeedStore`, () => {
    test("starts empty", async () => {
      await using store = await open();
      expect(await store.feeds()).toEqual([]);
      expect(await store.sources()).toEqual(new Map());
      expect(await store.agent()).toEqual({});
      expect(await all(store.headers(1, 0n))).toEqual([]);
      expect((await all(store.rows("a"))).flat()).toEqual([]);
      expect(await store.outbox(1)).toEqual({
        firstSeq: undefined,
        batches: 0,
        bytes: 0,
        tally: {},
      });
    });

    test("keeps feeds in the order of their ordinals, the newest state of each", async () => {
      await using store = await open();
      const first = aFeed({ ordinal: 1 });
      const second = aFeed({ ordinal: 2, reason: "restored", isSnapshotOpen: true });
      await store.commit({ feed: second });
      await store.commit({ feed: first });
      await store.commit({ feed: { ...first, nextSeq: 2n ** 53n, nextRecordSeq: 7n } });
      expect(await store.feeds()).toEqual([
        { ...first, nextSeq: 2n ** 53n, nextRecordSeq: 7n },
        second,
      ]);
    });

    test("reads headers back from a sequence on, in order", async () => {
      await using store = await open();
      const batches = [0n, 1n, 2n, 256n, 2n ** 40n].map((seq) => aBatch(seq));
      for (const batch of batches.toReversed()) {
        await store.commit({ feed: aFeed({ nextSeq: batch.seq + 1n }), batch });
      }
      const kept = batches.map(({ seq, header, signature }) => ({ seq, header, signature }));
      expect(await all(store.headers(1, 0n))).toEqual(kept);
      expect(await all(store.headers(1, 2n))).toEqual(kept.slice(2));
      expect(await all(store.headers(2, 0n))).toEqual([]);
      expect(await store.header(1, 256n)).toEqual(kept[3]);
      expect(await store.header(1, 255n)).toBeUndefined();
    });

    test("lets a batch leave the outbox with its receipt, and keeps its records until they are dropped", async () => {
      await using store = await open();
      const [a, b] = [aBatch(0n, 10), aBatch(1n, 20)] as const;
      await store.commit({ feed: aFeed({ nextSeq: 1n }), batch: a });
      await store.commit({ feed: aFeed({ nextSeq: 2n }), batch: b });
      expect(await store.outbox(1)).toEqual({
        firstSeq: 0n,
        batches: 2,
        bytes: 30,
        tally: { a: { records: 6, growth: 4 } },
      });
      expect(await store.waiting(1, 1n)).toEqual({ bytes: 20, tally: b.tally });
      expect(await store.waiting(1, 2n)).toBeUndefined();
      expect(await store.records(1, 0n)).toEqual(a.records);

      const receipt = randomBytes(9);
      await store.commit({ receipt: { feed: 1, seq: 0n, receipt, bytes: 10 } });
      expect(await store.outbox(1)).toEqual({
        firstSeq: 1n,
        batches: 1,
        bytes: 20,
        tally: b.tally,
      });
      expect(await store.waiting(1, 0n)).toBeUndefined();
      expect(await store.records(1, 0n)).toEqual(a.records);
      expect(await all(store.kept())).toEqual([{ feed: 1, seq: 0n, bytes: 10 }]);
      await store.commit({ dropped: [{ feed: 1, seq: 0n }] });
      expect(await store.records(1, 0n)).toBeUndefined();
      expect(await all(store.kept())).toEqual([]);
      expect(await store.receipt(1, 0n)).toEqual(receipt);
      expect(await store.receipt(1, 1n)).toBeUndefined();
      expect((await all(store.headers(1, 0n))).map(({ seq }) => seq)).toEqual([0n, 1n]);
    });

    test("empties the outbox of the feed before when a new feed begins", async () => {
      await using store = await open();
      const batch = aBatch(0n);
      await store.commit({ feed: aFeed({ nextSeq: 1n }), batch });
      await store.commit({ feed: aFeed({ ordinal: 2 }) });
      expect(await store.records(1, 0n)).toBeUndefined();
      expect((await store.outbox(1)).batches).toBe(0);
      expect((await all(store.headers(1, 0n))).length).toBe(1);
    });

    test("keeps the records of batches with a receipt when a new feed begins, oldest first", async () => {
      await using store = await open();
      const [a, b] = [aBatch(0n, 10), aBatch(1n, 20)] as const;
      await store.commit({ feed: aFeed({ nextSeq: 1n }), batch: a });
      await store.commit({ feed: aFeed({ nextSeq: 2n }), batch: b });
      const receipt = randomBytes(9);
      await store.commit({ receipt: { feed: 1, seq: 0n, receipt, bytes: 10 } });
      await store.commit({ feed: aFeed({ ordinal: 2 }) });
      await store.commit({ feed: aFeed({ ordinal: 2, nextSeq: 1n }), batch: a });
      await store.commit({ receipt: { feed: 2, seq: 0n, receipt, bytes: 10 } });
      expect(await store.records(1, 0n)).toEqual(a.records);
      expect(await store.records(1, 1n)).toBeUndefined();
      expect(await all(store.kept())).toEqual([
        { feed: 1, seq: 0n, bytes: 10 },
        { feed: 2, seq: 0n, bytes: 10 },
      ]);
    });

    test("drops a batch in the step that brings its receipt", async () => {
      await using store = await open();
      await store.commit({ feed: aFeed({ nextSeq: 1n }), batch: aBatch(0n, 10) });
      await store.commit({
        receipt: { feed: 1, seq: 0n, receipt: randomBytes(9), bytes: 10 },
        dropped: [{ feed: 1, seq: 0n }],
      });
      expect(await store.records(1, 0n)).toBeUndefined();
      expect(await all(store.kept())).toEqual([]);
    });

    test("keeps rows by source, in the order of their hashes, until they are deleted", async () => {
      await using store = await open();
      const [one, two] = [aRow(2), aRow(1)] as const;
      await store.commit({ rows: [rowChange("a", one), rowChange("a", two)] });
      await store.commit({ rows: [rowChange("ab", aRow(3))] });
      expect((await all(store.rows("a"))).flat()).toEqual([two, one]);
      await store.commit({ rows: [{ sourceId: "a", rowHash: one.rowHash }] });
      expect((await all(store.rows("a"))).flat()).toEqual([two]);
    });

    test("forgets all states of rows and records at once, and nothing else", async () => {
      await using store = await open();
      await store.commit({
        feed: aFeed(),
        rows: [rowChange("a", aRow(1)), rowChange("b", aRow(2))],
        records: [aRecordState({ key: "k" })],
        sources: [newSourceState("a")],
      });
      await store.commit({ feed: aFeed({ ordinal: 2 }), forgetsStates: true });
      for (const source of ["a", "b"]) expect((await all(store.rows(source))).flat()).toEqual([]);
      expect(await store.recordStates([{ kind: "provider", key: "k" }])).toEqual([undefined]);
      expect((await store.sources()).size).toBe(1);
      expect((await store.feeds()).map(({ ordinal }) => ordinal)).toEqual([1, 2]);
    });

    test("answers record states in the order of the question", async () => {
      await using store = await open();
      const states = ["甲", "b", "c"].map((key) => aRecordState({ key }));
      await store.commit({ records: states });
      await store.commit({ records: [aRecordState({ key: "b", revision: 9n, isLive: false })] });
      expect(
        await store.recordStates(
          ["c", "?", "b", "甲"].map((key) => ({ kind: "provider" as const, key })),
        ),
      ).toEqual([
        states[2],
        undefined,
        aRecordState({ key: "b", revision: 9n, isLive: false }),
        states[0],
      ]);
      expect(await store.recordStates([{ kind: "case", key: "b" }])).toEqual([undefined]);
    });

    test("keeps the newest state of each source and of the agent", async () => {
      await using store = await open();
      await store.commit({ sources: [newSourceState("a"), newSourceState("b")] });
      await store.commit({ sources: [{ ...newSourceState("a"), liveRecords: 3 }] });
      await store.commit({ agent: { heardAtMs: 1 } });
      expect(await store.sources()).toEqual(
        new Map([
          ["a", { ...newSourceState("a"), liveRecords: 3 }],
          ["b", newSourceState("b")],
        ]),
      );
      expect(await store.agent()).toEqual({ heardAtMs: 1 });
    });

    test("gives staged chunks back in their order, by source, until they are cleared", async () => {
      await using store = await open();
      const chunks = Array.from({ length: 12 }, (_, index) => ({
        drafts: [aDraft({ key: `k${index}` })],
        rows: [rowChange("a", aRow(index))],
      }));
      for (const chunk of chunks) await store.stage("a", chunk);
      await store.stage("ab", { drafts: [], rows: [] });
      expect(await all(store.staged("a"))).toEqual(chunks);
      await store.clearStaged("a");
      expect(await all(store.staged("a"))).toEqual([]);
      expect((await all(store.staged("ab"))).length).toBe(1);
    });

    test("writes a batch, its row states and its record states together", async () => {
      await using store = await open();
      const batch = aBatch(0n);
      await store.commit({
        feed: aFeed({ nextSeq: 1n }),
        batch,
        rows: [rowChange("a", aRow(1))],
        records: [aRecordState({ key: "k" })],
        sources: [newSourceState("a")],
      });
      expect(await store.records(1, 0n)).toEqual(batch.records);
      expect((await all(store.rows("a"))).flat()).toEqual([aRow(1)]);
      expect(await store.recordStates([{ kind: "provider", key: "k" }])).toEqual([
        aRecordState({ key: "k" }),
      ]);
      expect((await store.sources()).size).toBe(1);
    });
  });
}

/** A feed for tests. */
export function aFeed(parts: Partial<FeedState> = {}): FeedState {
  return {
    ordinal: 1,
    feedId: new Uint8Array(16).fill(parts.ordinal ?? 1),
    reason: "first",
    openedAtMs: 1_700_000_000_000,
    nextSeq: 0n,
    lastHash: new Uint8Array(32),
    nextRecordSeq: 0n,
    isSnapshotOpen: false,
    live: {},
    ...parts,
  };
}

/** A draft for tests. */
export function aDraft(parts: Partial<RecordDraft> = {}): RecordDraft {
  return {
    kind: "provider",
    key: "k",
    operation: "upsert",
    visibility: "public",
    visibleTo: [],
    license: "",
    body: Uint8Array.of(1, 2, 3),
    sourceId: "a",
    contentHash: new Uint8Array(16),
    previous: undefined,
    ...parts,
  };
}

function aBatch(seq: bigint, bytes = 100): StoredBatch {
  return {
    seq,
    header: randomBytes(120),
    signature: randomBytes(64),
    records: randomBytes(bytes),
    tally: { a: { records: 3, growth: 2 } },
  };
}

function aRow(n: number): RowEntry {
  return {
    kind: "provider",
    key: `k${n}`,
    feed: 1,
    isRemarked: n % 2 === 0,
    rowHash: `row-${String(n).padStart(18, "0")}`,
  };
}

function rowChange(sourceId: string, entry: RowEntry): RowChange {
  return { sourceId, rowHash: entry.rowHash, entry };
}

/** A record state for tests. */
export function aRecordState(parts: Partial<RecordState>): RecordState {
  return {
    kind: "provider",
    key: "k",
    sourceId: "a",
    revision: 1n,
    contentHash: new Uint8Array(16).fill(7),
    feed: 1,
    isLive: true,
    ...parts,
  };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  return Array.fromAsync(items);
}
