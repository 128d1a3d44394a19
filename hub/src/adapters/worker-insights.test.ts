import { encodeBody, ManualClock, TributaryError } from "@tributary/proto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { usccOf } from "../../test/support/match-world.ts";
import { aRecord, SmallLog } from "../../test/support/small-log.ts";
import { temporaryPath } from "../../test/support/temporary-folder.ts";
import { foldEntries } from "../catalog/fold.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import { openLevelCatalogStore } from "./level-catalog-store.ts";
import { WorkerInsights } from "./worker-insights.ts";

const NEVER = new AbortController().signal;

let folder: string;
let store: CatalogStore;
let log: SmallLog;
let clock: ManualClock;
let position: number;

beforeEach(async () => {
  folder = temporaryPath("catalog");
  store = await openLevelCatalogStore(folder);
  log = new SmallLog();
  clock = new ManualClock(Date.now());
  for (const center of ["aa", "bb"]) {
    log.member(center);
    const body = encodeBody("provider", { name: "服务商", uscc: usccOf(1) });
    log.batch(center, [aRecord({ kind: "provider", key: "p", body })]);
  }
  await fill();
});

afterEach(async () => {
  await store[Symbol.asyncDispose]();
});

async function fill(): Promise<void> {
  const entries = log.entries.slice(await store.position());
  await store.write((await foldEntries(store, entries, log.lookup)).change);
  position = log.entries.length;
}

function open(onFailed?: (error: TributaryError) => void): WorkerInsights {
  return new WorkerInsights({
    catalogFolder: folder,
    catalogPosition: () => position,
    clock,
    ...(onFailed && { onFailed }),
  });
}

describe("insight in a thread", () => {
  test("computes for the first question, and again when the catalog has grown and a minute is over", async () => {
    await using insights = open();
    const first = await insights.snapshot(NEVER);
    expect(first).toMatchObject({
      position: 4,
      overlap: { centers: [{ id: "aa" }, { id: "bb" }] },
    });
    expect(await insights.snapshot(NEVER)).toBe(first);
    log.member("cc");
    await fill();
    expect(await insights.snapshot(NEVER)).toBe(first);
    clock.advance(120_000);
    // Answered with the old, while the new is computed.
    expect(await insights.snapshot(NEVER)).toBe(first);
    await vi.waitFor(async () => expect((await insights.snapshot(NEVER)).position).toBe(5), {
      timeout: 20_000,
    });
  });

  test("lets callers leave, and refuses when it stops", async () => {
    const insights = open();
    const leaving = new AbortController();
    const left = insights.snapshot(leaving.signal);
    leaving.abort(new Error("left"));
    await expect(left).rejects.toThrow("left");
    const waiting = insights.snapshot(NEVER);
    const refused = expect(waiting).rejects.toBeDefined();
    await insights[Symbol.asyncDispose]();
    await refused;
  });

  test("tells of a catalog that cannot be read, and computes when it can be again", async () => {
    const failures: TributaryError[] = [];
    await using insights = open((error) => failures.push(error));
    await store.write({
      rows: [],
      facts: new Map([["center/zz", Uint8Array.of(123)]]),
      position: position,
    });
    await expect(insights.snapshot(NEVER)).rejects.toBeInstanceOf(TributaryError);
    expect(failures).toHaveLength(1);
    await store.write({ rows: [], facts: new Map([["center/zz", undefined]]), position });
    expect((await insights.snapshot(NEVER)).overlap.centers).toHaveLength(2);
  });
});
