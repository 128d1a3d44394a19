import {
  type CenterSummary,
  type EpochSummary,
  encodeEpochSummary,
  encodeLogEntry,
  epochParts,
} from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { aRecord, aWithdrawal, SmallLog, START_MS } from "../../test/support/small-log.ts";
import { createMemoryCatalogStore } from "../adapters/memory-catalog-store.ts";
import type { StoredEntry } from "../ports/log-store.ts";
import { auditSummaries } from "./audit-summaries.ts";
import { catalogDigest } from "./digest.ts";
import { erasedRecord } from "./erasure.ts";
import { foldEntries } from "./fold.ts";
import { summarizeCatalog } from "./summary.ts";

const signal = new AbortController().signal;
const NONE = new Uint8Array();

async function audit(log: SmallLog, newest = 10) {
  const catalog = createMemoryCatalogStore();
  const source = {
    async *readEntries(from: number, to: number) {
      yield* log.entries.slice(from, to);
    },
    readEntry: log.lookup,
  };
  const result = await auditSummaries(source, log.entries.length, catalog, { newest, signal });
  return { ...result, catalog };
}

async function folded(log: SmallLog) {
  const store = createMemoryCatalogStore();
  await store.write((await foldEntries(store, log.entries, log.lookup)).change);
  return store;
}

/** Appends what a hub states, changed. */
async function summarize(
  log: SmallLog,
  epoch: number,
  change: (row: CenterSummary) => CenterSummary = (row) => row,
): Promise<void> {
  const { logSize, centers } = await summarizeCatalog(await folded(log), log.lookup);
  const [part] = epochParts({ epoch, logSize, periodMs: 1_000, centers: centers.map(change) });
  const entry = encodeLogEntry({
    receivedAtMs: START_MS + log.entries.length * 1_000,
    type: "epoch",
    statement: encodeEpochSummary(part as EpochSummary),
    signature: NONE,
    detail: NONE,
  });
  const position = log.entries.length;
  log.entries.push({ position, entry, records: NONE } satisfies StoredEntry);
}

async function honest() {
  const log = new SmallLog();
  log.member("copper");
  log.member("zinc");
  const records = [aRecord({ key: "a" }), aRecord({ key: "b" })];
  const batch = log.batch("copper", records);
  await summarize(log, 0);
  log.batch("copper", [aWithdrawal("a", 2n)]);
  log.batch("zinc", [aRecord({ key: "z" })]);
  await summarize(log, 1);
  return { log, batch, records };
}

describe("an audit with the records", () => {
  test("finds that the summaries are what the log makes, and makes the catalog of the whole log", async () => {
    const { log } = await honest();
    const { catalog, ...result } = await audit(log);
    expect(result).toEqual({ summaries: 2, rows: 4, partly: 0, problems: [] });
    expect(await catalogDigest(catalog)).toEqual(await catalogDigest(await folded(log)));
    expect(await audit(log, 1)).toMatchObject({ summaries: 1, rows: 2 });
  });

  test.each<[string, Partial<CenterSummary>]>([
    ["digest of its records", { catalogDigest: new Uint8Array(32) }],
    ["quarantined 1, 0", { quarantined: 1 }],
    ["withdrawn 0, 1", { withdrawn: 0 }],
    ["stale 1, 0", { stale: 1 }],
    ["erased 1, 0", { erased: 1 }],
    ["accepted 2, 3", { accepted: 2 }],
    ["newest batch", { lastHash: new Uint8Array(32) }],
    ["feed", { feedId: new Uint8Array(16).fill(9) }],
  ])("names what is stated otherwise: %s", async (what, change) => {
    const { log } = await honest();
    await summarize(log, 2, (row) => (row.centerId === "copper" ? { ...row, ...change } : row));
    expect((await audit(log)).problems).toEqual([
      {
        position: log.entries.length - 1,
        problem: `epoch 2 is wrong about copper: ${what}`,
      },
    ]);
  });

  test("does not accuse a hub of what an erasure took since, and still compares the rest", async () => {
    const { log, batch, records } = await honest();
    log.erase(batch, 1);
    log.replaceRecords(batch, [records[0] as Uint8Array, erasedRecord(records[1] as Uint8Array)]);
    await summarize(log, 2);
    expect(await audit(log)).toMatchObject({ summaries: 3, rows: 6, partly: 2, problems: [] });
  });
});
