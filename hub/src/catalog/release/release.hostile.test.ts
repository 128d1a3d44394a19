import { encodeBody, fromUtf8, toHex } from "@tributary/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aRecord, SmallLog } from "../../../test/support/small-log.ts";
import {
  aBucket,
  aRelease,
  nextRelease,
  nullifiersOf,
  releaseRecord,
} from "../../../test/support/small-release.ts";
import { createMemoryCatalogStore } from "../../adapters/memory-catalog-store.ts";
import type { CatalogStore } from "../../ports/catalog-store.ts";
import { erasedLicense } from "../erased-mark.ts";
import { foldEntries } from "../fold.ts";
import { erasedBodyOf } from "./erased-effect.ts";
import { readEffect } from "./fold-release.ts";

async function foldAll(log: SmallLog): Promise<CatalogStore> {
  const store = createMemoryCatalogStore();
  await store.write((await foldEntries(store, log.entries, log.lookup)).change);
  return store;
}

function aLog(): SmallLog {
  return new SmallLog(Date.UTC(2027, 0, 1));
}

async function verdictOf(store: CatalogStore, key: string, centerId = "aa") {
  return (await store.get({ kind: "outcome", centerId, key }))?.verdict;
}

const good = aRelease();
const license = erasedLicense(new Uint8Array(32));
const erasedBody = erasedBodyOf(readEffect(encodeBody("outcome", good), ""));

describe("a hostile release", () => {
  test("in every single-byte change gives a verdict, and the next release is judged", async () => {
    const body = encodeBody("outcome", good);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(body.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, mask) => {
          const bad = body.slice();
          bad[at] = (bad[at] as number) ^ mask;
          const log = aLog();
          log.batch("aa", [aRecord({ kind: "outcome", key: "2025Q4", body: bad })]);
          log.batch("aa", [releaseRecord(nextRelease(good, "2026Q1"))]);
          const store = await foldAll(log);
          // A change of a hash or of a figure within its bands is a valid release.
          expect(["quarantined", "live"]).toContain(await verdictOf(store, "2025Q4"));
          expect(["quarantined", "live"]).toContain(await verdictOf(store, "2026Q1"));
        },
      ),
      { numRuns: 200, seed: 1 },
    );
  });

  test("of as many nullifiers as fit is judged", async () => {
    const n = 7_000;
    const nullifiers = nullifiersOf("many", n);
    const statistics = {
      n,
      sum: 0,
      sumOfSquares: 4_294_967_294,
      histogram: [4_294_967_295, 4_294_967_295, 0, 0, 0],
      clipLow: -50,
      clipHigh: 50,
    };
    const { cost: _, months: __, ...rest } = aBucket("many", { nullifiers, n, distinct: n });
    const log = aLog();
    const buckets = [{ ...rest, kpi: { OEE: statistics } }];
    log.batch("aa", [releaseRecord(aRelease({ buckets }))]);
    const store = await foldAll(log);
    expect(await verdictOf(store, "2025Q4")).toBe("quarantined");
    expect(await Array.fromAsync(store.facts("release/nullifier/"))).toHaveLength(n);
  });

  test("with names that objects have of themselves is judged", async () => {
    const log = aLog();
    const kpi = JSON.parse('{"constructor":{"n":10},"toString":{"n":10}}');
    log.batch("aa", [releaseRecord(aRelease({ buckets: [aBucket("x", { kpi })] }))]);
    const row = await (await foldAll(log)).get({ kind: "outcome", centerId: "aa", key: "2025Q4" });
    expect(row?.findings.map(({ rule }) => rule)).toContain("H2");
  });
});

describe("a record that a center writes as if it were an erased release", () => {
  test("is not shown, whatever it says", async () => {
    const log = aLog();
    log.batch("aa", [aRecord({ kind: "outcome", key: "2025Q4", license, body: erasedBody })]);
    const store = await foldAll(log);
    expect(await verdictOf(store, "2025Q4")).toBe("quarantined");
  });

  test("takes no bucket of another center", async () => {
    const [one] = good.buckets ?? [];
    const bad = { ...good, unit: "nobody" };
    const log = aLog();
    log.batch("aa", [releaseRecord(bad)]);
    log.batch("bb", [aRecord({ kind: "outcome", key: "2025Q4", license, body: erasedBody })]);
    const buckets = good.buckets ?? [];
    log.batch("aa", [releaseRecord(nextRelease(bad, "2026Q1", { buckets }))]);
    const store = await foldAll(log);
    expect(await verdictOf(store, "2026Q1")).toBe("live");
    const fact = await store.fact(`release/bucket/${toHex(one?.bucketId as Uint8Array)}`);
    expect(JSON.parse(fromUtf8(fact as Uint8Array)).centerId).toBe("aa");
  });

  test("cannot stop the fold, in any single-byte change", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(erasedBody.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, mask) => {
          const body = erasedBody.slice();
          body[at] = (body[at] as number) ^ mask;
          const log = aLog();
          log.batch("aa", [
            aRecord({ kind: "outcome", key: "2025Q4", license, body }),
            releaseRecord(nextRelease(good, "2026Q1")),
          ]);
          const store = await foldAll(log);
          expect(await verdictOf(store, "2025Q4")).toBe("quarantined");
          expect(["quarantined", "live"]).toContain(await verdictOf(store, "2026Q1"));
        },
      ),
      { numRuns: 300, seed: 2 },
    );
  });
});
