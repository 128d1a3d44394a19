import { ManualClock, TributaryError } from "@tributary/proto";
import { describe, expect, test, vi } from "vitest";
import { feedBench } from "../../test/feed-fixture.ts";
import { ListSource, providerMapper, someRows } from "../../test/source-fixture.ts";
import { SyncLoop, type SyncLoopOptions } from "./loop.ts";
import { openMemo } from "./memo.ts";
import type { SyncOutcome } from "./sync-source.ts";

const NEVER = new AbortController().signal;

async function bench(parts: Partial<SyncLoopOptions> = {}) {
  const { open, store, clock } = await feedBench();
  const feed = await open();
  const outcomes: SyncOutcome[] = [];
  const source = new ListSource(someRows(2));
  const loop = new SyncLoop({
    plans: [{ sourceId: "src-a", source, mappers: [providerMapper()], schedule: undefined }],
    feed,
    store,
    memo: await openMemo(store),
    clock,
    isConfigured: () => true,
    report: async () => {},
    random: () => 0.5,
    onOutcome: (_, outcome) => outcomes.push(outcome),
    ...parts,
  });
  return { feed, loop, outcomes };
}

describe("SyncLoop", () => {
  test("ends the opening snapshot when every source was read", async () => {
    const { feed, loop, outcomes } = await bench();
    expect(feed.state.isSnapshotOpen).toBe(true);
    await loop.runOnce(NEVER);
    expect(feed.state.isSnapshotOpen).toBe(false);
    expect(outcomes.map(({ type }) => type)).toEqual(["complete"]);
  });

  test("takes a full outbox after a look as a failed look, and ends the snapshot at the next one", async () => {
    let isFull = true;
    const { feed, loop, outcomes } = await bench({
      afterLook: async () => {
        if (isFull) throw new TributaryError("ERR_OUTBOX_FULL", "the outbox is full");
      },
    });
    await loop.runOnce(NEVER);
    expect(outcomes).toMatchObject([{ type: "failed", problem: { code: "ERR_OUTBOX_FULL" } }]);
    expect(feed.state.isSnapshotOpen).toBe(true);
    isFull = false;
    await loop.runOnce(NEVER);
    expect(outcomes[1]).toEqual({ type: "unchanged" });
    expect(feed.state.isSnapshotOpen).toBe(false);
  });

  test("looks at a source a minute later although the clock was set back by years", async () => {
    const time = new ManualClock();
    let skewMs = 0;
    const { loop, outcomes } = await bench({
      clock: { now: () => time.now() + skewMs, sleep: (ms, signal) => time.sleep(ms, signal) },
    });
    const stop = new AbortController();
    const running = loop.run(stop.signal).catch(() => undefined);
    await vi.waitFor(() => expect(time.sleeping).toBe(1));
    skewMs = -10 * 365 * 86_400_000;
    time.advance(60_000);
    await vi.waitFor(() => expect(outcomes.length).toBe(2));
    stop.abort();
    await running;
  });

  test.each([
    new TributaryError("ERR_STORE_DAMAGED", "the ledger is older than the feed"),
    new RangeError("a fault"),
  ])("ends with what does not pass by itself: %s", async (error) => {
    const { loop } = await bench({ afterLook: () => Promise.reject(error) });
    await expect(loop.runOnce(NEVER)).rejects.toBe(error);
  });
});
