import { decodeBody, TributaryError } from "@tributary/proto";
import { describe, expect, test, vi } from "vitest";
import { acknowledgeAll, feedBench, pendingRecords } from "../../test/feed-fixture.ts";
import { begun, engagements, openReleases } from "../../test/release-fixture.ts";
import { MemoryReleaseLedger } from "../adapters/memory-release-ledger.ts";
import { epochAt, tickOf } from "../privacy/release/epoch.ts";
import { ReleasePublisher } from "./release-publisher.ts";
import type { SyncOutcome } from "./sync-source.ts";

const NEVER = new AbortController().signal;
const UNCHANGED: SyncOutcome = { type: "unchanged" };

/** A publisher of six engagements of the first quarter of 2025, after the tick of that quarter. */
async function bench({
  sourceIds = ["outcomes"],
  maxOutboxBytes = 2 ** 20,
  countAtHub = async () => 0,
} = {}) {
  const { open, log, store } = await feedBench({ maxOutboxBytes });
  const feed = await open();
  const ledger = await begun(new MemoryReleaseLedger());
  const { releases, clock } = await openReleases(ledger);
  await releases.take("outcomes", engagements(6));
  clock.advance(1);
  const publisher = new ReleasePublisher({
    releases,
    ledger,
    feed,
    store,
    visibility: "members",
    license: "CC-BY-4.0",
    sourceIds,
    countAtHub,
  });
  const look = (sourceId = "outcomes", outcome = UNCHANGED) =>
    publisher.afterLook(sourceId, outcome, NEVER);
  return { feed, log, ledger, releases, clock, look };
}

describe("ReleasePublisher", () => {
  test("publishes a release once", async () => {
    const { feed, look } = await bench();
    expect(await look()).toBe(1);
    expect(await look()).toBe(0);
    const [record, ...more] = await pendingRecords(feed);
    expect(more).toEqual([]);
    expect(record).toMatchObject({
      kind: "outcome",
      operation: "upsert",
      visibility: "members",
      license: "CC-BY-4.0",
    });
    expect(decodeBody("outcome", record?.body as Uint8Array)).toMatchObject({ epoch: "2025Q1" });
  });

  test("a ledger that knows fewer releases than the hub makes none", async () => {
    const { ledger, feed, clock, look } = await bench({ countAtHub: async () => 1 });
    await expect(look()).rejects.toMatchObject({
      code: "ERR_STORE_DAMAGED",
      message: expect.stringContaining("the hub has 1 releases of this center"),
    });
    expect((await ledger.head())?.nextSeq).toBe(0);
    expect(await pendingRecords(feed)).toEqual([]);
    await ledger.commit({
      head: { openEpoch: epochAt(clock.now()) - 1, nextSeq: 1, lastHash: new Uint8Array(32) },
    });
    expect((await ledger.head())?.nextSeq).toBe(1);
    await look();
    expect((await ledger.head())?.nextSeq).toBe(2);
  });

  test("a release that is due waits for the hub's answer", async () => {
    const countAtHub = vi
      .fn(async () => 0)
      .mockRejectedValueOnce(new TributaryError("ERR_FORBIDDEN", "the membership is pending"));
    const { look } = await bench({ countAtHub });
    await expect(look()).rejects.toMatchObject({ code: "ERR_UNAVAILABLE" });
    expect(await look()).toBe(1);
  });

  test("nobody is asked before a release is due", async () => {
    const countAtHub = vi.fn(async () => 1);
    const { clock, look } = await bench({ countAtHub });
    clock.advance(-1);
    expect(await look()).toBe(0);
    expect(countAtHub).not.toHaveBeenCalled();
  });

  test("reads the releases once, and again when there is a new one", async () => {
    const { ledger, clock, releases, look } = await bench();
    const read = vi.spyOn(ledger, "releases");
    await look();
    const reads = read.mock.calls.length;
    await look();
    await look();
    expect(read).toHaveBeenCalledTimes(reads);
    await releases.take("more", engagements(6, { finished: "2025Q2" }, 100));
    clock.advance(tickOf(epochAt(clock.now())) - clock.now());
    expect(await look()).toBe(1);
    expect(read.mock.calls.length).toBeGreaterThan(reads);
  });

  test("publishes all releases again in a new feed", async () => {
    const { feed, log, look } = await bench();
    await look();
    const [first] = await pendingRecords(feed);
    await acknowledgeAll(feed, log);
    await feed.renew("restored");
    expect(await look()).toBe(1);
    const [again] = await pendingRecords(feed);
    expect(again?.key).toBe(first?.key);
    expect(again?.body).toEqual(first?.body);
    expect(again?.revision).toBe((first?.revision ?? 0n) + 1n);
  });

  test("releases nothing before every source with engagements was read", async () => {
    const { look } = await bench({ sourceIds: ["outcomes", "late"] });
    const failed = { type: "failed" } as SyncOutcome;
    expect(await look("outcomes")).toBe(0);
    expect(await look("late", failed)).toBe(0);
    expect(await look("providers")).toBe(0);
    expect(await look("late")).toBe(1);
  });

  test("publishes what a full outbox had no room for at the next look", async () => {
    const { feed, log, releases, clock, look } = await bench({ maxOutboxBytes: 100 });
    await releases.take("more", engagements(6, { finished: "2025Q2" }, 100));
    clock.advance(tickOf(epochAt(clock.now())) - clock.now());
    await expect(look()).rejects.toMatchObject({ code: "ERR_OUTBOX_FULL" });
    await acknowledgeAll(feed, log);
    expect(await look()).toBe(1);
  });
});
