import { decodeBody, MAX_NATS_FRAME_BYTES, openBatch, TributaryError } from "@tributary/proto";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import {
  acknowledgeAll,
  type FeedBench,
  feedBench,
  pendingRecords,
} from "../../test/feed-fixture.ts";
import { ListSource, providerMapper, someRows } from "../../test/source-fixture.ts";
import type { Feed, PendingBatch } from "../feed/feed.ts";
import { type Decision, decide, type PlacedText } from "../privacy/decision.ts";
import { openDecisionBook } from "../privacy/decision-book.ts";
import { type Memo, openMemo } from "./memo.ts";
import type { BadRow, RowMapper } from "./row-mapper.ts";
import { type SyncOptions, type SyncOutcome, syncSource } from "./sync-source.ts";

const never = new AbortController().signal;

interface Bench extends FeedBench {
  readonly feed: Feed;
  readonly memo: Memo;
  readonly source: ListSource;
  readonly bad: BadRow[];
  readonly sync: (parts?: Parts) => Promise<SyncOutcome>;
  /** Records signed since the last call, as [operation, key, name]. */
  readonly published: () => Promise<[string, string, string?][]>;
}

interface Parts extends Partial<SyncOptions> {
  readonly sourceId?: string;
  readonly source?: ListSource;
  readonly mappers?: readonly RowMapper[];
  readonly signal?: AbortSignal;
}

async function bench(rows = someRows(3), maxOutboxBytes = 2 ** 24): Promise<Bench> {
  const feedParts = await feedBench({ maxOutboxBytes });
  const feed = await feedParts.open();
  const memo = await openMemo(feedParts.store);
  const source = new ListSource(rows);
  const bad: BadRow[] = [];
  const sync = ({
    sourceId = "src-a",
    mappers = [providerMapper()],
    signal,
    ...parts
  }: Parts = {}) =>
    syncSource(
      { sourceId, source: parts.source ?? source, mappers },
      {
        feed,
        store: feedParts.store,
        memo,
        clock: feedParts.clock,
        isConfigured: () => true,
        report: async (_, rows) => {
          bad.splice(0, bad.length, ...rows);
        },
        ...parts,
      },
      signal ?? never,
    );
  const published = async () => {
    const records = await pendingRecords(feed);
    await acknowledgeAll(feed, feedParts.log);
    return records.map(({ operation, key, kind, body }): [string, string, string?] =>
      operation === "withdraw"
        ? [operation, key]
        : [operation, key, (decodeBody(kind, body) as { name: string }).name],
    );
  };
  return { ...feedParts, feed, memo, source, bad, sync, published };
}

describe("a pass", () => {
  test("publishes every row at first, and nothing when nothing changed", async () => {
    const { sync, published, source } = await bench();
    expect(await sync()).toMatchObject({ type: "complete", result: { rows: 3, added: 3 } });
    expect(await published()).toEqual([
      ["upsert", "k0", "青禾 0"],
      ["upsert", "k1", "青禾 1"],
      ["upsert", "k2", "青禾 2"],
    ]);
    expect(await sync()).toEqual({ type: "unchanged" });
    expect(source.reads).toBe(1);
    source.touch();
    expect(await sync()).toMatchObject({ result: { unchangedRows: 3, added: 0, updated: 0 } });
    expect(await published()).toEqual([]);
  });

  test("publishes only the rows that changed, were added or vanished, withdrawals last", async () => {
    const { sync, published, source } = await bench(someRows(10));
    await sync();
    await published();
    source.rows = [
      { key: "new", name: "新" },
      ...someRows(10).slice(0, 8),
      { key: "k8", name: "改" },
    ];
    expect(await sync()).toMatchObject({
      result: { rows: 10, unchangedRows: 8, added: 1, updated: 1, withdrawn: 1, liveRecords: 10 },
    });
    expect(await published()).toEqual([
      ["upsert", "new", "新"],
      ["upsert", "k8", "改"],
      ["withdraw", "k9"],
    ]);
  });

  test("does not publish a row whose mapped content is what was published", async () => {
    const { sync, published, source } = await bench();
    await sync();
    await published();
    source.rows = someRows(3).map((row) => ({ ...row, 备注: "不外发" }));
    expect(await sync()).toMatchObject({ result: { unchangedRows: 0, updated: 0 } });
    expect(await published()).toEqual([]);
    source.touch();
    expect(await sync()).toMatchObject({ result: { unchangedRows: 3 } });
  });

  test("maps every row again when the mapping changed, and publishes what came out differently", async () => {
    const { sync, published } = await bench();
    await sync();
    await published();
    const mappers = [
      providerMapper({
        mappingId: new Uint8Array(8).fill(2),
        map: (row) => {
          const mapped = providerMapper().map(row);
          return mapped.type === "record" && mapped.key === "k1"
            ? { ...mapped, license: "CC-BY-4.0" }
            : mapped;
        },
      }),
    ];
    await sync({ mappers });
    expect(await published()).toEqual([["upsert", "k1", "青禾 1"]]);
  });

  test("gives a key that comes back a higher revision than its withdrawal", async () => {
    const { sync, feed, source, clock } = await bench(someRows(9));
    await sync();
    source.rows = someRows(8);
    await sync();
    clock.advance(-1_000_000);
    source.rows = someRows(9);
    await sync();
    const revisions = (await pendingRecords(feed))
      .filter(({ key }) => key === "k8")
      .map(({ operation, revision }) => ({ operation, revision }));
    expect(revisions.map(({ operation }) => operation)).toEqual(["upsert", "withdraw", "upsert"]);
    expect(revisions[0]?.revision).toBeLessThan(revisions[1]?.revision as bigint);
    expect(revisions[1]?.revision).toBeLessThan(revisions[2]?.revision as bigint);
  });

  test("cuts batches at 1,000 records", async () => {
    const { sync, feed } = await bench(someRows(2500));
    await sync();
    expect(feed.outbox.batches).toBe(3);
  });

  test("closes a batch after 250 ms of reading", async () => {
    const { sync, feed, clock } = await bench();
    const source = new ListSource(someRows(3));
    const slow = new Proxy(source, {
      get: (target, name) =>
        name !== "read"
          ? Reflect.get(target, name).bind(target)
          : async function* (table: string, signal: AbortSignal) {
              for await (const row of target.read(table, signal)) {
                clock.advance(100);
                yield row;
              }
            },
    });
    source.rows = someRows(12);
    await sync({ source: slow });
    expect(feed.outbox.batches).toBe(3);
    expect((await pendingRecords(feed)).length).toBe(12);
  });

  test("is the same whatever the order and number of passes, for any edits", async () => {
    const edit = fc.array(fc.record({ key: fc.nat(12), name: fc.nat(3) }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 5 }), async (states) => {
        const { sync, published, source, memo } = await bench([]);
        const hub = new Map<string, string>();
        for (const state of states) {
          source.rows = state.map(({ key, name }) => ({ key: `k${key}`, name: `名 ${name}` }));
          await memo.updateSource("src-a", { acceptsMassChange: true });
          await sync();
          for (const [operation, key, name] of await published()) {
            if (operation === "withdraw") expect(hub.delete(key)).toBe(true);
            else hub.set(key, name as string);
          }
          const expected = new Map<string, string>();
          for (const { key, name } of source.rows) {
            if (!expected.has(key as string)) expected.set(key as string, name as string);
          }
          expect(hub).toEqual(expected);
        }
      }),
      { numRuns: 60 },
    );
  });
});

test("a batch fits the narrowest courier, however large its records are", async () => {
  const { sync, feed } = await bench(someRows(9));
  const technologies = Array.from({ length: 500 }, () => "x".repeat(490));
  const large = (key: string) => ({ name: key, technologies });
  const mapper = providerMapper({
    map: ({ cells }) => {
      const key = String(cells["key"]);
      const envelope = { visibility: "public", visibleTo: [], license: "" } as const;
      return { type: "record", key, value: large(key), ...envelope };
    },
  });
  expect(await sync({ mappers: [mapper] })).toMatchObject({ type: "complete" });
  const sizes: number[] = [];
  for (let seq = 0n; seq < feed.state.nextSeq; seq += 1n) {
    sizes.push((await feed.pendingFrom(seq))?.frame.length ?? 0);
  }
  expect(sizes.length).toBeGreaterThan(2);
  for (const size of sizes) expect(size).toBeLessThanOrEqual(MAX_NATS_FRAME_BYTES);
});

describe("what the hub has of a source", () => {
  test("is what it has accepted; the rest waits, also over a restart", async () => {
    const { sync, published, source, feed, open } = await bench(someRows(10));
    expect(feed.standing("src-a")).toEqual({ published: 0, waiting: 0 });
    await sync();
    expect(feed.standing("src-a")).toEqual({ published: 0, waiting: 10 });
    await published();
    expect(feed.standing("src-a")).toEqual({ published: 10, waiting: 0 });
    source.rows = [...someRows(8), { key: "k8", name: "改" }, { key: "new", name: "新" }];
    await sync();
    source.rows = someRows(8);
    await sync();
    // One change, one withdrawal and one new record, and then two withdrawals.
    const standing = { published: 10, waiting: 5 };
    expect(feed.standing("src-a")).toEqual(standing);
    expect((await open()).standing("src-a")).toEqual(standing);
    await published();
    expect(feed.standing("src-a")).toEqual({ published: 8, waiting: 0 });
    expect((await open()).standing("src-a")).toEqual({ published: 8, waiting: 0 });
  });

  test("is counted batch by batch while a large source is on its way", async () => {
    const { sync, feed, log } = await bench(someRows(1_500));
    await sync();
    const { seq, frame } = (await feed.pendingFrom(0n)) as PendingBatch;
    const { headerBytes, signature } = openBatch(frame);
    await feed.acknowledge(seq, await log.append(headerBytes, signature));
    expect(feed.standing("src-a")).toEqual({ published: 1_000, waiting: 500 });
  });

  test("is nothing of a new feed until that is accepted", async () => {
    const { sync, published, feed } = await bench();
    await sync();
    await published();
    await feed.renew("renewed");
    await sync();
    expect(feed.standing("src-a")).toEqual({ published: 0, waiting: 3 });
    await published();
    expect(feed.standing("src-a")).toEqual({ published: 3, waiting: 0 });
  });

  test("leaves a source with the record that another takes over", async () => {
    const { sync, published, feed } = await bench();
    await sync();
    await published();
    const other = new ListSource([{ key: "k1", name: "另一处" }]);
    await sync({ sourceId: "src-b", source: other, isConfigured: (id) => id === "src-b" });
    expect(feed.standing("src-a")).toEqual({ published: 3, waiting: 0 });
    expect(feed.standing("src-b")).toEqual({ published: 0, waiting: 1 });
    await published();
    expect(feed.standing("src-a")).toEqual({ published: 2, waiting: 0 });
    expect(feed.standing("src-b")).toEqual({ published: 1, waiting: 0 });
  });
});

describe("a bad row", () => {
  test("is reported and does not stop the others", async () => {
    const { sync, published, source, bad, memo } = await bench();
    source.rows = [{ key: "", name: "无键" }, ...someRows(2), { key: "k9", name: "" }];
    expect(await sync()).toMatchObject({ type: "complete", result: { rows: 4, badRows: 2 } });
    expect((await published()).map(([, key]) => key)).toEqual(["k0", "k1"]);
    expect(bad.map(({ row, problems }) => [row.row, problems[0]?.rule])).toEqual([
      [2, "missing"],
      [5, "missing"],
    ]);
    expect(memo.source("src-a").lastPass?.badRows).toBe(2);
  });

  test("keeps the record that its key had", async () => {
    const { sync, published, source } = await bench();
    await sync();
    await published();
    source.rows = [...someRows(2), { key: "k2", name: "" }];
    await sync();
    expect(await published()).toEqual([]);
  });

  test("is one whose key stands in an earlier row, changed or not; the first counts", async () => {
    const { sync, published, source, bad } = await bench();
    await sync();
    await published();
    source.rows = [{ key: "k1", name: "先" }, ...someRows(3)];
    await sync();
    expect(await published()).toEqual([["upsert", "k1", "先"]]);
    expect(bad.map(({ row, problems }) => [row.row, problems[0]?.rule])).toEqual([
      [4, "key.duplicate"],
    ]);
  });

  test("is one that repeats a row word for word", async () => {
    const { sync, published, bad } = await bench([...someRows(2), ...someRows(1)]);
    await sync();
    expect((await published()).length).toBe(2);
    expect(bad.map(({ row }) => row.row)).toEqual([4]);
  });

  test("is one whose key is published from another source", async () => {
    const { sync, published, bad } = await bench();
    await sync();
    await published();
    const other = new ListSource([
      { key: "k1", name: "另一处" },
      { key: "k9", name: "新" },
    ]);
    await sync({ sourceId: "src-b", source: other });
    expect(await published()).toEqual([["upsert", "k9", "新"]]);
    expect(bad[0]?.problems[0]?.rule).toBe("key.other_source");
  });

  test("is none when the other source is no longer configured: the record moves over", async () => {
    const { sync, published, source, memo } = await bench();
    await sync();
    await published();
    const other = new ListSource([{ key: "k1", name: "另一处" }]);
    const isConfigured = (sourceId: string) => sourceId === "src-b";
    await sync({ sourceId: "src-b", source: other, isConfigured });
    expect(await published()).toEqual([["upsert", "k1", "另一处"]]);
    source.rows = [];
    await memo.updateSource("src-a", { acceptsMassChange: true });
    await sync({ isConfigured });
    expect((await published()).sort()).toEqual([
      ["withdraw", "k0"],
      ["withdraw", "k2"],
    ]);
  });

  test("is told again in each pass, also a remark on a row that did not change", async () => {
    const { sync, published, source, bad } = await bench();
    const mapper = providerMapper();
    const remark = { column: "name", rule: "odd", message: "odd", messageZh: "异常" };
    const mappers = [
      providerMapper({
        map: (row) => {
          const mapped = mapper.map(row);
          return mapped.type === "record" && mapped.key === "k1"
            ? { ...mapped, remarks: [remark] }
            : mapped;
        },
      }),
    ];
    source.rows = [...someRows(3), { key: "k9", name: "" }];
    for (let pass = 0; pass < 2; pass++) {
      source.touch();
      expect(await sync({ mappers })).toMatchObject({ result: { remarkedRows: 1, badRows: 1 } });
      expect(bad.map(({ row, problems }) => [row.row, problems[0]?.rule])).toEqual([
        [5, "missing"],
        [3, "odd"],
      ]);
      expect((await published()).length).toBe(pass === 0 ? 3 : 0);
    }
  });

  test("is one that the privacy gate refuses; what it masks is counted", async () => {
    const { sync, published, source, bad, memo } = await bench();
    source.rows = [
      { key: "13800138000", name: "青禾" },
      { key: "k1", name: "青禾 13800138000" },
    ];
    await sync();
    expect(await published()).toEqual([["upsert", "k1", "青禾 〔已隐去〕"]]);
    expect(bad[0]?.problems[0]?.rule).toBe("ERR_PRIVACY");
    expect(memo.source("src-a").lastPass?.findings).toEqual([
      { field: "name", type: "mobile", count: 1 },
    ]);
  });
});

describe("a text about a client", () => {
  const caseMapper: RowMapper = {
    ...providerMapper(),
    kind: "case",
    map: (row) => {
      const mapped = providerMapper().map(row);
      if (mapped.type === "bad") return mapped;
      const { name } = mapped.value as { readonly name: string };
      return { ...mapped, value: { title: name, scenarios: ["S20"] } as never };
    },
  };

  test("leaves masked, and as it is once a person approved it, although the source did not change", async () => {
    const { sync, feed, source } = await bench();
    const text = "赣州青禾机械有限公司换线";
    source.rows = [{ key: "k1", name: text }];
    const log: Decision[] = [];
    const decisions = await openDecisionBook({
      read: async () => log,
      add: async (decision) => void log.push(decision),
    });
    const privacy = async () => ({
      policy: { verdictOn: (placed: PlacedText) => decisions.verdictOn(placed) },
      revision: decisions.revision,
    });
    const titles = async () =>
      (await pendingRecords(feed)).map(
        ({ body }) => (decodeBody("case", body) as { title: string }).title,
      );
    await sync({ mappers: [caseMapper], privacy });
    expect(await titles()).toEqual(["〔企业〕换线"]);
    expect(await sync({ mappers: [caseMapper], privacy })).toEqual({ type: "unchanged" });
    const placed = { kind: "case", key: "k1", field: "title", text } as const;
    await decisions.add(decide(placed, { verdict: "approved", by: "王敏", atMs: 1 }));
    await sync({ mappers: [caseMapper], privacy });
    expect(await titles()).toEqual(["〔企业〕换线", text]);
  });
});

describe("absence", () => {
  test("of a source, a read that breaks off or a table that is gone withdraws and publishes nothing", async () => {
    const { sync, published, source, memo } = await bench(someRows(20));
    await sync();
    await published();
    source.rows = [{ key: "new", name: "新" }, ...someRows(20)];
    source.failsAfter = 5;
    expect(await sync()).toMatchObject({ type: "failed", problem: { code: "ERR_SOURCE_CHANGED" } });
    source.failsAfter = undefined;
    source.tables = {};
    expect(await sync()).toMatchObject({ type: "failed", problem: { code: "ERR_SOURCE_TABLE" } });
    expect(await published()).toEqual([]);
    expect(memo.source("src-a").liveRecords).toBe(20);
    source.rows = [{ key: "new", name: "新" }, ...someRows(20)];
    expect(await sync()).toMatchObject({ type: "complete" });
    expect((await published()).map(([, key]) => key)).toEqual(["new"]);
    expect(memo.source("src-a").problem).toBeUndefined();
  });

  test("of all rows is an error, also in a small source", async () => {
    const { sync, published, source } = await bench(someRows(2));
    await sync();
    await published();
    source.rows = [];
    expect(await sync()).toMatchObject({ type: "failed", problem: { code: "ERR_SOURCE_EMPTY" } });
    source.rows = [{ key: "", name: "只有坏行" }];
    expect(await sync()).toMatchObject({ type: "failed", problem: { code: "ERR_SOURCE_EMPTY" } });
    expect(await published()).toEqual([]);
  });

  test("of all rows of one of several tables is an error", async () => {
    const { sync, published, source } = await bench();
    const mappers = ["a", "b"].map((table) => providerMapper({ table }));
    source.tables = { a: someRows(20), b: someRows(2, 20) };
    await sync({ mappers });
    await published();
    source.tables = { a: someRows(20), b: [] };
    source.touch();
    expect(await sync({ mappers })).toMatchObject({ problem: { code: "ERR_SOURCE_EMPTY" } });
    expect(await published()).toEqual([]);
  });

  test("of more than a quarter pauses the source and publishes nothing, until a person confirms", async () => {
    const { sync, published, source, memo } = await bench(someRows(100));
    await sync();
    await published();
    source.rows = [...someRows(74), { key: "new", name: "新" }];
    expect(await sync()).toMatchObject({ type: "paused", pause: { code: "ERR_MASS_CHANGE" } });
    expect(await sync()).toMatchObject({ type: "paused" });
    expect(source.reads).toBe(2);
    expect(await published()).toEqual([]);

    await memo.updateSource("src-a", { pause: undefined, acceptsMassChange: true });
    expect(await sync()).toMatchObject({ result: { added: 1, withdrawn: 26, liveRecords: 75 } });
    expect((await published()).length).toBe(27);
    // The confirmation was for this once.
    source.rows = someRows(10);
    expect(await sync()).toMatchObject({ type: "paused", pause: { code: "ERR_MASS_CHANGE" } });
  });

  test("of a quarter passes, and so does growth to nine times the size", async () => {
    const { sync, published, source } = await bench(someRows(100));
    await sync();
    await published();
    source.rows = someRows(75);
    expect(await sync()).toMatchObject({ result: { withdrawn: 25 } });
    source.rows = someRows(900);
    expect(await sync()).toMatchObject({ result: { added: 825, withdrawn: 0 } });
  });

  test("of 60 % of the keys with as many new ones pauses the source before any of the new ones leaves", async () => {
    const { sync, published, source } = await bench(someRows(100));
    await sync();
    await published();
    source.rows = [...someRows(40), ...someRows(60, 500)];
    expect(await sync()).toMatchObject({ type: "paused" });
    expect(await published()).toEqual([]);
  });

  test("an aborted pass rejects with the reason of its signal and commits nothing that withdraws", async () => {
    const { sync, published, source } = await bench(someRows(20));
    await sync();
    await published();
    source.rows = someRows(16);
    const stop = new AbortController();
    stop.abort(new Error("stop"));
    await expect(sync({ signal: stop.signal })).rejects.toThrow("stop");
    expect(await published()).toEqual([]);
  });
});

describe("a new feed", () => {
  test("repeats every record, and withdraws what vanished meanwhile", async () => {
    const { sync, published, source, feed, memo } = await bench(someRows(10));
    await sync();
    await published();
    await feed.renew("restored");
    source.rows = someRows(9);
    expect(await sync()).toMatchObject({ result: { updated: 9, withdrawn: 1 } });
    expect((await published()).length).toBe(10);
    expect(memo.source("src-a").completeInFeed).toBe(2);
  });

  test("is not repeated from the beginning after a pass that was interrupted", async () => {
    const { sync, published, source, feed } = await bench(someRows(7));
    await sync();
    await published();
    await feed.renew("restored");
    source.rows = someRows(1500);
    source.failsAfter = 1200;
    await sync();
    expect((await published()).length).toBe(1000);
    source.failsAfter = undefined;
    await sync();
    expect((await published()).length).toBe(500);
  });

  test("that is opened in mid-read stops the pass", async () => {
    const { sync, feed, source } = await bench(someRows(7));
    const renewing = new Proxy(source, {
      get: (target, name) =>
        name !== "read"
          ? Reflect.get(target, name).bind(target)
          : async function* (table: string, signal: AbortSignal) {
              yield* target.read(table, signal);
              await feed.renew("restored");
            },
    });
    expect(await sync({ source: renewing })).toMatchObject({
      type: "failed",
      problem: { code: "ERR_FEED_RENEWED" },
    });
  });
});

test("a full outbox fails the pass with its code, and the next pass publishes the rest once", async () => {
  const { sync, published, source, memo } = await bench(someRows(1000), 200_000);
  source.rows = someRows(4500);
  expect(await sync()).toMatchObject({ type: "failed", problem: { code: "ERR_OUTBOX_FULL" } });
  const first = await published();
  expect(first.length).toBeGreaterThan(0);
  const all = [...first];
  while (memo.source("src-a").problem !== undefined) {
    await sync();
    all.push(...(await published()));
  }
  expect(all.map(([, key]) => key).sort()).toEqual(
    someRows(4500)
      .map(({ key }) => key)
      .sort(),
  );
});

describe("damage of what is remembered of rows", () => {
  const damagedState = () =>
    new TributaryError("ERR_STORE_DAMAGED", "damaged", { details: { what: "states" } });

  test("opens a new feed, in which everything is published once and what is gone is left out", async () => {
    const { sync, published, source, feed, store } = await bench(someRows(3));
    await sync();
    await published();
    await feed.endSnapshot(1);
    source.rows = someRows(2);
    vi.spyOn(store, "recordStates").mockRejectedValueOnce(damagedState());
    expect(await sync()).toMatchObject({ type: "complete" });
    expect(feed.state).toMatchObject({ ordinal: 2, reason: "damaged", isSnapshotOpen: true });
    expect((await published()).map(([operation, key]) => [operation, key])).toEqual(
      someRows(2).map(({ key }) => ["upsert", key]),
    );
  });

  test("is for a person where it comes back at once", async () => {
    const { sync, store, feed, clock } = await bench(someRows(3));
    const rows = vi.spyOn(store, "rows").mockImplementation(() => {
      throw damagedState();
    });
    await expect(sync()).rejects.toMatchObject({ code: "ERR_STORE_DAMAGED" });
    expect(feed.state.ordinal).toBe(2);
    clock.advance(3_600_000);
    rows.mockRestore();
    expect(await sync()).toMatchObject({ type: "complete" });
  });
});
