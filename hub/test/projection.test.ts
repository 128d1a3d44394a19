import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ManualClock,
  parseSearchQuery,
  systemClock,
  type TributaryError,
  toHex,
} from "@tributary/proto";
import { Level } from "level";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openLevelCatalogStore } from "../src/adapters/level-catalog-store.ts";
import { openLevelLogStore } from "../src/adapters/level-log-store.ts";
import { openProjection, type Projection } from "../src/adapters/worker-projection.ts";
import { createQueryApi } from "../src/api/query.ts";
import { catalogDigest } from "../src/catalog/digest.ts";
import type { LogStore } from "../src/ports/log-store.ts";
import { aQuery } from "../src/ports/search-index.contract.ts";
import { aCase, aRecord, SmallLog } from "./support/small-log.ts";

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tributary-projection-"));
  folders.push(folder);
  return folder;
}

type Options = Partial<Parameters<typeof openProjection>[0]>;

async function openAt(folder: string, log: LogStore, options: Options = {}): Promise<Projection> {
  const projection = await openProjection({
    logFolder: join(folder, "log"),
    catalogFolder: join(folder, "catalog"),
    indexFolder: join(folder, "index"),
    logSize: await log.entryCount(),
    clock: systemClock,
    random: () => 0.5,
    queryThreads: 1,
    ...options,
  });
  try {
    await projection.opened;
  } catch (error) {
    await projection[Symbol.asyncDispose]();
    throw error;
  }
  return projection;
}

function openLog(folder: string): Promise<LogStore> {
  return openLevelLogStore(join(folder, "log"), { reserveBytes: 0 });
}

/** A log of some batches in the store of `folder`. */
async function writeLog(folder: string, batches = 4): Promise<SmallLog> {
  const log = new SmallLog();
  log.member("aa");
  for (let batch = 0; batch < batches; batch += 1) addBatch(log, batch);
  await using store = await openLog(folder);
  await store.writeEntries(log.entries, new Map());
  return log;
}

function addBatch(log: SmallLog, batch: number): void {
  log.batch(
    "aa",
    Array.from({ length: 40 }, (_, i) =>
      aRecord({ key: `${batch}-${i}`, body: aCase(`铜加工 第 ${batch} 批 ${i}`) }),
    ),
  );
}

function until(projection: Projection, logSize: number): Promise<void> {
  return projection.waitUntilSearchable(logSize, AbortSignal.timeout(20_000));
}

async function found(projection: Projection, log: LogStore, query: string): Promise<number> {
  const size = await log.entryCount();
  const api = createQueryApi({
    catalog: projection.catalog,
    index: projection.index,
    log: {
      size,
      entry: () => Promise.reject(new TypeError("not needed")),
      freshReceipt: () => Promise.reject(new TypeError("not needed")),
    },
    catalogPosition: () => projection.progress.catalogPosition,
    waitBeyond: (position, signal) => projection.waitBeyond(position, signal),
    lastHeardMs: () => undefined,
    clock: systemClock,
  });
  const signal = AbortSignal.timeout(10_000);
  const { total, hits } = await api.search(parseSearchQuery({ query }), { type: "public" }, signal);
  expect(hits.length).toBe(Math.min(20, total));
  return total;
}

async function digestOf(folder: string): Promise<string> {
  await using catalog = await openLevelCatalogStore(join(folder, "catalog"));
  return toHex(await catalogDigest(catalog));
}

describe("the projection", () => {
  test("follows the log, from its beginning and as it grows", async () => {
    const folder = await newFolder();
    const entries = await writeLog(folder);
    await using log = await openLog(folder);
    await using projection = await openAt(folder, log);
    await until(projection, 5);
    expect(await found(projection, log, "铜加工")).toBe(160);
    addBatch(entries, 9);
    await log.writeEntries(entries.entries.slice(5), new Map());
    projection.follow(6);
    await projection.waitBeyond(5, AbortSignal.timeout(20_000));
    await until(projection, 6);
    expect(await found(projection, log, '"第 9 批"')).toBe(40);
    expect(projection.progress).toEqual({ catalogPosition: 6, indexPosition: 6 });
  });

  test("gives records a meaning when it has a folder for it and there are enough", async () => {
    const folder = await newFolder();
    await writeLog(folder);
    await using log = await openLog(folder);
    const semanticFolder = join(folder, "semantic");
    const alike = async (projection: Projection) => {
      const { hits } = await projection.index.search(
        aQuery("铜加工 第三 批", { channel: "semantic" }),
        AbortSignal.timeout(10_000),
      );
      return hits.length;
    };
    {
      await using projection = await openAt(folder, log, { semanticFolder });
      await until(projection, 5);
      await vi.waitFor(async () => expect(await alike(projection)).toBe(20), { timeout: 60_000 });
    }
    await using without = await openAt(folder, log);
    await until(without, 5);
    expect(await alike(without)).toBe(0);
    expect(await found(without, log, "铜加工")).toBe(160);
  });

  test("goes on where it was after a stop, and answers the same when everything is deleted", async () => {
    const folder = await newFolder();
    await writeLog(folder);
    await using log = await openLog(folder);
    const rebuilds: string[] = [];
    const onRebuild = (reason: string) => rebuilds.push(reason);
    {
      await using projection = await openAt(folder, log, { onRebuild });
      await until(projection, 5);
    }
    const digest = await digestOf(folder);
    {
      await using projection = await openAt(folder, log, { onRebuild });
      expect(projection.progress).toEqual({ catalogPosition: 5, indexPosition: 5 });
      expect(await found(projection, log, "铜加工")).toBe(160);
    }
    expect(rebuilds).toEqual([]);
    await rm(join(folder, "catalog"), { recursive: true });
    await rm(join(folder, "index"), { recursive: true });
    {
      await using projection = await openAt(folder, log);
      await until(projection, 5);
      expect(await found(projection, log, "铜加工")).toBe(160);
    }
    expect(await digestOf(folder)).toBe(digest);
  });

  test.each(["index", "catalog"])("makes %s anew when it alone is deleted", async (name) => {
    const folder = await newFolder();
    await writeLog(folder);
    await using log = await openLog(folder);
    {
      await using projection = await openAt(folder, log);
      await until(projection, 5);
    }
    const digest = await digestOf(folder);
    await rm(join(folder, name), { recursive: true });
    {
      await using projection = await openAt(folder, log);
      await projection.waitBeyond(4, AbortSignal.timeout(20_000));
      await until(projection, 5);
      expect(await found(projection, log, "铜加工")).toBe(160);
    }
    expect(await digestOf(folder)).toBe(digest);
  });

  test("makes a catalog anew in which a reader finds damage, and answers that it is unavailable meanwhile", async () => {
    const folder = await newFolder();
    await writeLog(folder);
    await using log = await openLog(folder);
    {
      await using projection = await openAt(folder, log);
      await until(projection, 5);
    }
    const digest = await digestOf(folder);
    const db = new Level<Uint8Array, Uint8Array>(join(folder, "catalog"), {
      keyEncoding: "view",
      valueEncoding: "view",
    });
    const name = new TextEncoder().encode("rcase\0aa\x000-0");
    const value = (await db.get(name)) as Uint8Array;
    value[20] = (value[20] as number) ^ 4;
    await db.put(name, value);
    await db.close();
    {
      const rebuilds: string[] = [];
      await using projection = await openAt(folder, log, {
        onRebuild: (reason) => rebuilds.push(reason),
      });
      const ref = { kind: "case", centerId: "aa", key: "0-0" } as const;
      await expect(projection.catalog.get(ref)).rejects.toMatchObject({ code: "ERR_UNAVAILABLE" });
      await vi.waitFor(() => expect(rebuilds.length).toBe(1), { timeout: 20_000 });
      await vi.waitFor(async () => expect(await projection.catalog.get(ref)).toBeDefined(), {
        timeout: 20_000,
      });
      await until(projection, 5);
    }
    expect(await digestOf(folder)).toBe(digest);
  });

  test("finds by itself that a row has vanished, and makes it anew", async () => {
    const folder = await newFolder();
    await writeLog(folder);
    await using log = await openLog(folder);
    {
      await using projection = await openAt(folder, log);
      await until(projection, 5);
    }
    const digest = await digestOf(folder);
    const db = new Level(join(folder, "catalog"));
    await db.del("rcase\0aa\x000-0");
    await db.close();
    {
      const rebuilds: string[] = [];
      const onRebuild = (reason: string) => rebuilds.push(reason);
      await using projection = await openAt(folder, log, { onRebuild });
      await vi.waitFor(() => expect(rebuilds.length).toBe(1), { timeout: 20_000 });
      await projection.waitBeyond(4, AbortSignal.timeout(20_000));
      await until(projection, 5);
      expect(await found(projection, log, "铜加工")).toBe(160);
    }
    expect(await digestOf(folder)).toBe(digest);
  });

  test("tells when its thread ends, starts it again with growing pauses, and answers from what it has", async () => {
    const folder = await newFolder();
    await writeLog(folder);
    await using log = await openLog(folder);
    const clock = new ManualClock();
    const stops: { code: string; pauseMs: number }[] = [];
    await using projection = await openAt(folder, log, {
      clock,
      onStopped: ({ code }: TributaryError, pauseMs) => stops.push({ code, pauseMs }),
    });
    await until(projection, 5);
    await log.writeEntries(
      [{ position: 5, entry: Uint8Array.of(1, 2, 3), records: new Uint8Array() }],
      new Map(),
    );
    projection.follow(6);
    for (const expected of [1, 2, 3]) {
      await vi.waitFor(() => expect(stops.length).toBe(expected), { timeout: 20_000 });
      expect(projection.isRunning).toBe(false);
      expect(await found(projection, log, "铜加工")).toBe(160);
      clock.advance(60_000);
    }
    expect(stops).toEqual([
      { code: "ERR_LOG_ENTRY_MALFORMED", pauseMs: 375 },
      { code: "ERR_LOG_ENTRY_MALFORMED", pauseMs: 750 },
      { code: "ERR_LOG_ENTRY_MALFORMED", pauseMs: 1500 },
    ]);
  });

  test("refuses to start where its folder is in use", async () => {
    const folder = await newFolder();
    await writeLog(folder);
    await using log = await openLog(folder);
    const held = new Level(join(folder, "index"));
    await held.open();
    try {
      await expect(openAt(folder, log)).rejects.toMatchObject({ code: "ERR_FOLDER_IN_USE" });
    } finally {
      await held.close();
    }
  });
});
