import {
  batchHeaderHash,
  catalogLeaf,
  decodeBatchHeader,
  decodeLogEntry,
  leafHash,
  merkleRoot,
} from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { aRecord, aWithdrawal, SmallLog, START_MS } from "../../test/support/small-log.ts";
import { createMemoryCatalogStore } from "../adapters/memory-catalog-store.ts";
import type { StoredEntry } from "../ports/log-store.ts";
import { erasedRecord } from "./erasure.ts";
import { foldEntries } from "./fold.ts";
import { summarizeCatalog } from "./summary.ts";

/** The summary of a log, folded in chunks of so many entries. */
async function summaryOf(log: SmallLog, chunk = 100) {
  const store = createMemoryCatalogStore();
  for (let at = 0; at < log.entries.length; at += chunk) {
    const entries = log.entries.slice(at, at + chunk);
    await store.write((await foldEntries(store, entries, log.lookup)).change);
  }
  return summarizeCatalog(store, log.lookup);
}

function headerAt(log: SmallLog, position: number): Uint8Array {
  const { entry } = log.entries[position] as StoredEntry;
  return decodeLogEntry(entry).statement;
}

const digest = (...leaves: Parameters<typeof catalogLeaf>[0][]) =>
  merkleRoot(leaves.map(catalogLeaf).map(leafHash));

describe("a summary of the catalog", () => {
  test("has a row for every center that the log names, with or without a batch", async () => {
    const log = new SmallLog();
    log.member("zinc");
    log.member("copper", "pending");
    const { logSize, centers } = await summaryOf(log);
    expect(logSize).toBe(2);
    expect(centers.map(({ centerId }) => centerId)).toEqual(["copper", "zinc"]);
    expect(centers[0]).toMatchObject({
      feedId: new Uint8Array(),
      lastHash: new Uint8Array(),
      nextSeq: 0,
      accepted: 0,
      catalogDigest: merkleRoot([]),
    });
  });

  test("tells the newest batch, the counts by verdict, and where each record of the catalog is", async () => {
    const log = new SmallLog();
    log.member("copper");
    const first = log.batch("copper", [
      aRecord({ key: "a" }),
      aRecord({ key: "b" }),
      aRecord({ key: "c", body: Uint8Array.of(255) }),
      aRecord({ key: "d", validUntilMs: START_MS - 1 }),
      aRecord({ key: "e", validUntilMs: START_MS + 86_400_000 }),
    ]);
    const second = log.batch("copper", [aWithdrawal("a", 2n), aRecord({ key: "b", revision: 2n })]);
    const [row] = (await summaryOf(log)).centers;
    expect(row).toMatchObject({
      nextSeq: Number(decodeBatchHeader(headerAt(log, second)).seq) + 1,
      lastHash: batchHeaderHash(headerAt(log, second)),
      accepted: 7,
      quarantined: 1,
      stale: 1,
      withdrawn: 1,
      erased: 0,
    });
    expect(row?.feedId).toHaveLength(16);
    expect(row?.catalogDigest).toEqual(
      digest(
        { position: second, index: 0, verdict: "withdrawn" },
        { position: second, index: 1, verdict: "live" },
        { position: first, index: 2, verdict: "quarantined" },
        { position: first, index: 3, verdict: "live" },
        { position: first, index: 4, verdict: "live" },
      ),
    );
  });

  test("is the same however the log is cut, and whether it was folded before an erasure or after it", async () => {
    const log = new SmallLog();
    log.member("copper");
    const records = [aRecord({ key: "a" }), aRecord({ key: "b" })];
    const batch = log.batch("copper", records);
    log.erase(batch, 0);
    const before = await summaryOf(log, 1);
    expect(before.centers[0]).toMatchObject({ erased: 1 });
    expect(before.centers[0]?.catalogDigest).toEqual(
      digest({ position: batch, index: 1, verdict: "live" }),
    );
    log.replaceRecords(batch, [erasedRecord(records[0] as Uint8Array), records[1] as Uint8Array]);
    expect(await summaryOf(log)).toEqual(before);
  });
});
