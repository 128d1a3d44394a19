import { type RecordVerdict, splitRecords, toHex } from "@tributary/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anySteps, logOf, type RecordStep, type Step } from "../../test/support/any-log.ts";
import type { SmallLog } from "../../test/support/small-log.ts";
import { createMemoryCatalogStore } from "../adapters/memory-catalog-store.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import {
  acceptedOf,
  addCounts,
  COUNTS_FACTS,
  type Counts,
  decodeCounts,
  NO_COUNTS,
} from "./counts.ts";
import { catalogDigest } from "./digest.ts";
import { decodeEntry } from "./entry.ts";
import { erasedRecord } from "./erasure.ts";
import { foldEntries } from "./fold.ts";

/** @param cuts Lengths of the chunks; what is left is one more. */
async function foldIn(log: SmallLog, cuts: readonly number[]): Promise<CatalogStore> {
  const store = createMemoryCatalogStore();
  let at = 0;
  for (const length of [...cuts, log.entries.length]) {
    const entries = log.entries.slice(at, at + length);
    if (entries.length > 0) {
      await store.write((await foldEntries(store, entries, log.lookup)).change);
    }
    at += entries.length;
  }
  return store;
}

async function countsOf(store: CatalogStore): Promise<Counts> {
  let sum = NO_COUNTS;
  for await (const [, value] of store.facts(COUNTS_FACTS))
    sum = addCounts(sum, decodeCounts(value));
  return sum;
}

describe("for any log", () => {
  test("the digest does not depend on how the log is cut into chunks", async () => {
    await fc.assert(
      fc.asyncProperty(anySteps, fc.array(fc.integer({ min: 1, max: 6 })), async (steps, cuts) => {
        const log = logOf(steps);
        const whole = await catalogDigest(await foldIn(log, []));
        const ones = await catalogDigest(
          await foldIn(
            log,
            steps.map(() => 1),
          ),
        );
        const some = await catalogDigest(await foldIn(log, cuts));
        expect([toHex(ones), toHex(some)]).toEqual([toHex(whole), toHex(whole)]);
      }),
      { numRuns: 300 },
    );
  });

  test("each accepted record is counted under exactly one verdict, and each row under its own", async () => {
    await fc.assert(
      fc.asyncProperty(anySteps, async (steps) => {
        const log = logOf(steps);
        const store = await foldIn(log, []);
        const counts = await countsOf(store);
        const accepted = log.entries
          .map(decodeEntry)
          .reduce((sum, entry) => sum + (entry.type === "batch" ? entry.records.length : 0), 0);
        expect(acceptedOf(counts)).toBe(accepted);
        const rows = await Array.fromAsync(store.rows({}));
        expect(counts.rows).toBe(rows.length);
        const shown = (verdict: RecordVerdict) =>
          rows.filter((row) => row.verdict === verdict).length;
        for (const verdict of ["live", "pending", "withdrawn", "hidden"] as const) {
          expect([verdict, counts[verdict]]).toEqual([verdict, shown(verdict)]);
        }
        expect(shown("superseded")).toBe(0);
        const unreadable = await Array.fromAsync(store.facts("unreadable/"));
        expect(counts.quarantined).toBe(shown("quarantined") + unreadable.length);
      }),
      { numRuns: 300 },
    );
  });

  test("what an erasure leaves in the log gives the same catalog as what was there", async () => {
    await fc.assert(
      fc.asyncProperty(anySteps, async (steps) => {
        const log = logOf(steps);
        const before = await catalogDigest(await foldIn(log, [3, 3, 3]));
        replaceErased(log);
        expect(toHex(await catalogDigest(await foldIn(log, [])))).toBe(toHex(before));
      }),
      { numRuns: 300 },
    );
  });

  test("the newest readable revision of the newest feed is what the catalog holds", async () => {
    const plain = anySteps.map((steps) => steps.filter((step) => isPlain(step)));
    await fc.assert(
      fc.asyncProperty(plain, async (steps) => {
        const store = await foldIn(logOf(steps), []);
        const rows = await Array.fromAsync(store.rows({}));
        const found = rows.map(({ ref, verdict, logPosition, recordIndex, labels }) => ({
          name: `${ref.kind}/${ref.centerId}/${ref.key}`,
          verdict,
          place: [logPosition, recordIndex],
          labels,
        }));
        expect(found).toEqual(modelOf(steps));
      }),
      { numRuns: 300 },
    );
  });
});

/** As `hub erase` would: the bytes of erased records make room for what is left of them. */
function replaceErased(log: SmallLog): void {
  for (const entry of log.entries.map(decodeEntry)) {
    if (entry.type !== "erasure" || entry.erasure.position >= entry.position) continue;
    const { position, index } = entry.erasure;
    const batch = log.entries[position];
    const decoded = batch && decodeEntry(batch);
    if (decoded?.type !== "batch" || index >= decoded.records.length) continue;
    const records = splitRecords(batch?.records as Uint8Array, decoded.records.length);
    log.replaceRecords(
      position,
      records.map((bytes, i) => (i === index ? erasedRecord(bytes) : bytes)),
    );
  }
}

/** Steps that the declarative model understands: no snapshots that end, nobody leaves, nothing waits or is erased. */
function isPlain(step: Step): boolean {
  return (step.type === "batch" && step.snapshot !== "end") || step.type === "decision";
}

/** The catalog by its definition: for each key the maximum of its records, and the decisions after it was first known. */
function modelOf(steps: readonly Step[]) {
  const newestFeed = new Map<string, number>();
  const found = new Map<
    string,
    { place: [number, number]; rank: [number, bigint]; record: RecordStep; since: number }
  >();
  for (const [position, step] of steps.entries()) {
    if (step.type !== "batch") continue;
    const feed = Math.max(step.feed, newestFeed.get(step.center) ?? 0);
    newestFeed.set(step.center, feed);
    for (const [index, record] of step.records.entries()) {
      if (record.what === "garbage") continue;
      const name = `${record.kind}/${step.center}/${record.key}`;
      const before = found.get(name);
      const isHigher =
        before === undefined ||
        feed > before.rank[0] ||
        (feed === before.rank[0] && record.revision > before.rank[1]);
      if (!isHigher) continue;
      const since = before?.since ?? position;
      found.set(name, { place: [position, index], rank: [feed, record.revision], record, since });
    }
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { place, record, since }]) => {
      let isHidden = false;
      const labels = new Set<string>();
      for (const step of steps.slice(since)) {
        if (step.type !== "decision" || `${step.kind}/${step.center}/${step.key}` !== name)
          continue;
        if (step.action === "hide" || step.action === "unhide") isHidden = step.action === "hide";
        if (step.action === "label") labels.add(step.argument);
        if (step.action === "unlabel") labels.delete(step.argument);
      }
      const own = {
        upsert: isHidden ? "hidden" : "live",
        withdraw: "withdrawn",
        poison: "quarantined",
      };
      const verdict = own[record.what as keyof typeof own];
      return { name, verdict, place, labels: [...labels].sort() };
    });
}
