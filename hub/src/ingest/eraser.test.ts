import {
  decodeErasure,
  decodeLogEntry,
  decodeRecord,
  encodeBatchHeader,
  fromUtf8,
  generateSigningKey,
  joinRecords,
  leafHash,
  ManualClock,
  merkleRoot,
  recordHashes,
  splitRecords,
  TributaryError,
  ZERO_HASH,
} from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { aCase, aRecord } from "../../test/support/small-log.ts";
import { aRelease, releaseRecord } from "../../test/support/small-release.ts";
import { createMemoryCatalogStore } from "../adapters/memory-catalog-store.ts";
import { MemoryCheckpointAnchor } from "../adapters/memory-checkpoint-anchor.ts";
import { MemoryLogStore } from "../adapters/memory-log-store.ts";
import { erasedHashOf } from "../catalog/erasure.ts";
import { foldEntries } from "../catalog/fold.ts";
import { effectOfErased } from "../catalog/release/erased-effect.ts";
import { createCheckpointSigner } from "../log/checkpoint-signer.ts";
import { MerkleLog } from "../log/merkle-log.ts";
import { Eraser } from "./eraser.ts";
import { batchFactName, encodeBatchPlace } from "./feed-table.ts";

const NEVER = new AbortController().signal;
const ORDER = { centerId: "aa", refs: undefined, actor: "admin", reason: "on request" };
const SECRET = "紫铜管件厂";

/** A log with batches of centers, a catalog that covers it, and an eraser. */
async function bench(batches: readonly (readonly [center: string, records: Uint8Array[]])[]) {
  const store = new MemoryLogStore();
  const signer = createCheckpointSigner("hub.example/log", await generateSigningKey());
  const log = await MerkleLog.open({
    store,
    anchor: new MemoryCheckpointAnchor(),
    signer,
    clock: new ManualClock(Date.UTC(2027, 0, 1)),
  });
  for (const [seq, [centerId, records]] of batches.entries()) {
    const place = { centerId, feedId: new Uint8Array(16), seq: BigInt(seq) };
    await log.append({
      type: "batch",
      statement: encodeBatchHeader({
        hubOrigin: "hub.example",
        ...place,
        keyId: ZERO_HASH,
        prevHash: ZERO_HASH,
        firstRecordSeq: 0n,
        recordCount: records.length,
        recordsRoot: merkleRoot(recordHashes(records)),
        createdAtMs: 0,
        snapshot: "none",
      }),
      signature: new Uint8Array(64),
      records: joinRecords(records),
      facts: (position) => [
        [
          batchFactName(centerId, place.feedId, place.seq),
          encodeBatchPlace({ position, headerHash: ZERO_HASH }),
        ],
      ],
    });
  }
  const catalog = createMemoryCatalogStore();
  const entries = await Array.fromAsync(store.readEntries(0, log.size));
  const fold = await foldEntries(catalog, entries, async (position) => entries[position]);
  await catalog.write(fold.change);
  const recordsAt = async (position: number) => {
    const { records } = await log.entry(position);
    return splitRecords(records, batches[position]?.[1].length ?? 0);
  };
  return { store, log, catalog, recordsAt, eraser: new Eraser({ log, store, catalog }) };
}

const version = (key: string, revision: bigint) =>
  aRecord({ key, revision, body: aCase(`${SECRET} ${revision}`) });

describe("Eraser", () => {
  test("erases every version of a record and nothing else, and says so in the log", async () => {
    const [first, other, second] = [version("1", 1n), version("2", 1n), version("1", 2n)];
    const foreign = version("1", 1n);
    const { log, recordsAt, eraser } = await bench([
      ["aa", [first, other]],
      ["aa", [second]],
      ["bb", [foreign]],
    ]);
    const refs = [{ kind: "case", key: "1" } as const];
    expect(await eraser.erase({ ...ORDER, refs }, NEVER)).toBe(2);
    const [left, kept] = await recordsAt(0);
    expect(kept).toEqual(other);
    expect(await recordsAt(2)).toEqual([foreign]);
    expect(erasedHashOf(left as Uint8Array)).toEqual(leafHash(first));
    for (const bytes of [left, ...(await recordsAt(1))]) {
      expect(Buffer.from(bytes as Uint8Array).includes(SECRET)).toBe(false);
      expect(decodeRecord(bytes as Uint8Array)).toMatchObject({ kind: "case", key: "1" });
    }
    const erasures = (await Array.fromAsync(log.entries(3, log.size))).map(({ entry }) =>
      decodeErasure(decodeLogEntry(entry).statement),
    );
    expect(erasures).toEqual([
      { position: 0, index: 0, actor: "admin", reason: "on request" },
      { position: 1, index: 0, actor: "admin", reason: "on request" },
    ]);
    expect(await eraser.countOf("aa")).toEqual({ versions: 3, erased: 2 });
    expect(await eraser.countOf("bb")).toEqual({ versions: 1, erased: 0 });
  });

  test("erases once", async () => {
    const { log, eraser } = await bench([["aa", [version("1", 1n)]]]);
    expect(await eraser.erase(ORDER, NEVER)).toBe(1);
    const { size } = log;
    expect(await eraser.erase(ORDER, NEVER)).toBe(0);
    expect(log.size).toBe(size);
  });

  test("erases records that cannot be read, with all of a center", async () => {
    const { recordsAt, eraser } = await bench([
      ["aa", [Uint8Array.of(255, 7, 7), version("1", 1n)]],
    ]);
    expect(await eraser.erase(ORDER, NEVER)).toBe(2);
    const [unreadable] = await recordsAt(0);
    expect(erasedHashOf(unreadable as Uint8Array)).toEqual(leafHash(Uint8Array.of(255, 7, 7)));
  });

  test("keeps of a release what became of it", async () => {
    const bad = releaseRecord({ ...aRelease(), unit: "nobody" });
    const { recordsAt, eraser } = await bench([["aa", [bad]]]);
    await eraser.erase(ORDER, NEVER);
    const [left] = await recordsAt(0);
    const effect = effectOfErased(decodeRecord(left as Uint8Array).body);
    expect(effect?.reason).toMatch(/^ERR_/);
    expect(effect?.buckets.length).toBeGreaterThan(0);
  });

  test("finishes at the next start what a crash left undone", async () => {
    const { store, log, catalog, recordsAt } = await bench([
      ["aa", [version("1", 1n), version("2", 1n)]],
      ["bb", [version("1", 1n)]],
    ]);
    const before = await recordsAt(0);
    const crash = new TributaryError("ERR_STORE_FAILED", "power");
    const crashing = new Eraser({
      log,
      catalog,
      store: {
        replaceRecords: () => Promise.reject(crash),
        dropReplaced: () => Promise.reject(crash),
      },
    });
    const refs = [{ kind: "case", key: "2" } as const];
    await expect(crashing.erase({ ...ORDER, refs }, NEVER)).rejects.toBe(crash);
    expect(await recordsAt(0)).toEqual(before);
    const restarted = new Eraser({ log, store, catalog });
    await restarted.finish();
    const [kept, erased] = await recordsAt(0);
    expect(kept).toEqual(before[0]);
    expect(erasedHashOf(erased as Uint8Array)).toEqual(leafHash(before[1] as Uint8Array));
    const after = await recordsAt(0);
    await restarted.finish();
    expect(await recordsAt(0)).toEqual(after);
  });

  test("stops between two batches when it is told to", async () => {
    const { eraser, recordsAt } = await bench([["aa", [version("1", 1n)]]]);
    const reason = new Error("stop");
    await expect(eraser.erase(ORDER, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(fromUtf8(decodeRecord((await recordsAt(0))[0] as Uint8Array).body)).toContain(SECRET);
  });
});
