import { decodeRecord, encodeBody, fromUtf8, sha256, toHex, urnOf } from "@tributary/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aRecord, aWithdrawal, SmallLog } from "../../../test/support/small-log.ts";
import {
  aBucket,
  anAnswer,
  aRelease,
  nextRelease,
  releaseRecord,
} from "../../../test/support/small-release.ts";
import { createMemoryCatalogStore } from "../../adapters/memory-catalog-store.ts";
import type { CatalogStore } from "../../ports/catalog-store.ts";
import { COUNTS_FACTS, decodeCounts, NO_COUNTS } from "../counts.ts";
import { catalogDigest } from "../digest.ts";
import { erasedRecord } from "../erasure.ts";
import { foldEntries } from "../fold.ts";
import type { OutcomeRelease, ReleaseBucket, ReleaseChain } from "./context.ts";

async function foldAll(log: SmallLog, chunk = 1): Promise<CatalogStore> {
  const store = createMemoryCatalogStore();
  for (let at = 0; at < log.entries.length; at += chunk) {
    const entries = log.entries.slice(at, at + chunk);
    await store.write((await foldEntries(store, entries, log.lookup)).change);
  }
  return store;
}

/** A log whose entries are later than the epochs of the tests. */
function aLog(): SmallLog {
  return new SmallLog(Date.UTC(2027, 0, 1));
}

async function rowsOf(store: CatalogStore, centerId = "aa") {
  const rows = await Array.fromAsync(store.rows({ kind: "outcome", centerId }));
  return rows.map(({ ref, verdict, verdictReason, findings }) => [
    ref.key,
    verdict,
    verdictReason,
    findings.map(({ rule, code }) => `${rule} ${code}`),
  ]);
}

async function chainOf(store: CatalogStore, centerId = "aa"): Promise<ReleaseChain> {
  return JSON.parse(fromUtf8((await store.fact(`release/chain/${centerId}`)) as Uint8Array));
}

async function bucketState(store: CatalogStore, { bucketId }: ReleaseBucket) {
  const fact = await store.fact(`release/bucket/${toHex(bucketId)}`);
  return fact && JSON.parse(fromUtf8(fact)).state;
}

const first = aRelease();
const [one, two] = first.buckets as [ReleaseBucket, ReleaseBucket];
/** As `first`, and refused: one bucket has fewer groups than records. */
const bad = aRelease({ buckets: [{ ...one, distinct: 9 }, two] });

describe("a release in the log", () => {
  test("is live, and uses its records up", async () => {
    const log = aLog();
    log.batch("aa", [releaseRecord(first)]);
    const store = await foldAll(log);
    expect(await rowsOf(store)).toEqual([["2025Q4", "live", "", []]]);
    expect(await chainOf(store)).toMatchObject({
      nextSeq: 1,
      place: { epoch: "2025Q4", part: 0 },
      records: 20,
      spent: { 2025: "3/100" },
    });
    expect(await bucketState(store, one)).toBe("sealed");
    const used = await Array.fromAsync(store.facts("release/nullifier/"));
    expect(used).toHaveLength(20);
  });

  test("is followed by the next ones, each with the hash of the one before", async () => {
    const log = aLog();
    const second = nextRelease(first, "2026Q1");
    const third = nextRelease(second, "2026Q2");
    log.batch("aa", [releaseRecord(first), releaseRecord(second)]);
    log.batch("aa", [releaseRecord(third)]);
    expect((await rowsOf(await foldAll(log))).map(([, verdict]) => verdict)).toEqual([
      "live",
      "live",
      "live",
    ]);
  });

  test("of several parts is one release a part", async () => {
    const log = aLog();
    const part = { ...first, parts: 2 };
    const next = nextRelease(part, "2025Q4", { part: 1, parts: 2, buckets: [aBucket("three")] });
    log.batch("aa", [releaseRecord(part), releaseRecord(next)]);
    const store = await foldAll(log);
    expect(await rowsOf(store)).toEqual([
      ["2025Q4", "live", "", []],
      ["2025Q4.1", "live", "", []],
    ]);
  });

  test("is refused with the rule and the sentence, shows nothing, and is not approved by a curator", async () => {
    const log = aLog();
    log.batch("aa", [releaseRecord(bad), aRecord({ key: "neighbour" })]);
    log.decide("approve", [urnOf({ centerId: "aa", kind: "outcome", key: "2025Q4" })]);
    const store = await foldAll(log);
    expect(await rowsOf(store)).toEqual([
      ["2025Q4", "quarantined", "ERR_RELEASE_REFUSED", ["H4 distinct"]],
    ]);
    const row = await store.get({ centerId: "aa", kind: "outcome", key: "2025Q4" });
    expect(row?.body.length).toBe(0);
    expect(row?.findings[0]?.message).toMatch(
      /^bucket 0 \([0-9a-f]{8}\): distinct is 9 and n is 10/,
    );
    const neighbour = await store.get({ centerId: "aa", kind: "case", key: "neighbour" });
    expect(neighbour?.verdict).toBe("live");
  });

  test("before its epoch is over is refused, by the time of its log entry", async () => {
    const log = new SmallLog(Date.UTC(2026, 0, 1) - 1000);
    log.batch("aa", [releaseRecord(first)]);
    log.batch("bb", [releaseRecord(first)]);
    const store = await foldAll(log);
    expect(await rowsOf(store)).toEqual([
      ["2025Q4", "quarantined", "ERR_RELEASE_REFUSED", ["H1 early"]],
    ]);
    // A second later, but the records are used up.
    expect((await rowsOf(store, "bb"))[0]?.[3]).toEqual(["H6 bucket_again", "H6 bucket_again"]);
  });

  test("is held to the hub's policy of that moment", async () => {
    const log = aLog();
    log.policy("outcome_release", '{"minLevel":3}');
    log.policy("outcome_release", '{"minLevel":"none"}');
    log.batch("aa", [releaseRecord(first)]);
    log.policy("outcome_release", "{}");
    log.policy("another_rule", '{"minLevel":3}');
    log.batch("bb", [releaseRecord(aRelease({ buckets: [aBucket("b")] }))]);
    const store = await foldAll(log);
    expect((await rowsOf(store))[0]?.[3]).toEqual(["H3 level"]);
    expect((await rowsOf(store, "bb"))[0]?.[1]).toBe("live");
  });

  test("waits where outcomes need approval", async () => {
    const log = aLog();
    log.policy("approval_required", '["outcome"]');
    log.batch("aa", [releaseRecord(first)]);
    expect((await rowsOf(await foldAll(log)))[0]?.[1]).toBe("pending");
  });

  test("that is odd is live, with what a curator should look at", async () => {
    const log = aLog();
    const large = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"].map((n) => aBucket(n));
    log.batch("aa", [releaseRecord(first)]);
    log.batch("aa", [releaseRecord(nextRelease(first, "2026Q1", { buckets: large }))]);
    expect((await rowsOf(await foldAll(log)))[1]).toEqual([
      "2026Q1",
      "live",
      "",
      ["H12 size_change"],
    ]);
  });
});

describe("after a release that was refused", () => {
  test("the next one is held to its sequence and hash, and is live", async () => {
    const log = aLog();
    log.batch("aa", [releaseRecord(bad)]);
    log.batch("aa", [releaseRecord(nextRelease(bad, "2026Q1"))]);
    const store = await foldAll(log);
    expect((await rowsOf(store)).map(([, verdict]) => verdict)).toEqual(["quarantined", "live"]);
  });

  test("a body that cannot be read has taken its place", async () => {
    const log = aLog();
    const body = Uint8Array.of(0xff, 1);
    log.batch("aa", [aRecord({ kind: "outcome", key: "2025Q4", body })]);
    const store = await foldAll(log);
    expect((await rowsOf(store))[0]).toEqual(["2025Q4", "quarantined", "ERR_BODY_MALFORMED", []]);
    expect(await chainOf(store)).toMatchObject({ nextSeq: 1, place: { epoch: "2025Q4" } });
  });

  test("an agent that was set back goes on from where it is", async () => {
    const log = aLog();
    const second = nextRelease(first, "2026Q1");
    const again = nextRelease(second, "2026Q2", { releaseSeq: 1 });
    log.batch("aa", [releaseRecord(first), releaseRecord(second), releaseRecord(again)]);
    log.batch("aa", [releaseRecord(nextRelease(again, "2026Q3"))]);
    expect((await rowsOf(await foldAll(log))).map(([, , , findings]) => findings)).toEqual([
      [],
      [],
      ["H1 seq"],
      [],
    ]);
  });

  test("its bucket may come again as it was, and its records in no other", async () => {
    const buckets = [two];
    const again = nextRelease(bad, "2026Q1", { buckets });
    const log = aLog();
    log.batch("aa", [releaseRecord(bad)]);
    expect(await bucketState(await foldAll(log), two)).toBe("refused");
    log.batch("aa", [releaseRecord(again)]);
    const store = await foldAll(log);
    expect((await rowsOf(store))[1]?.[1]).toBe("live");
    expect(await bucketState(store, two)).toBe("sealed");

    const other = aLog();
    other.batch("aa", [releaseRecord(bad)]);
    const recut = { ...two, voucher: 5 };
    other.batch("aa", [releaseRecord(nextRelease(bad, "2026Q1", { buckets: [recut] }))]);
    expect((await rowsOf(await foldAll(other)))[1]?.[3]).toEqual(["H6 bucket_again"]);
  });

  test("its noise is paid for", async () => {
    const log = aLog();
    log.batch("aa", [releaseRecord(bad)]);
    const noised = [
      anAnswer({ queryId: new Uint8Array(32).fill(1), rho: "1/100", sigmaSquared: "5000" }),
    ];
    const budget = { year: 2025, spentRho: "1/100", capYear: "1/20", capLife: "1/4" };
    log.batch("aa", [releaseRecord(nextRelease(bad, "2026Q1", { noised, budget }))]);
    expect((await rowsOf(await foldAll(log)))[1]?.[3]).toEqual(["H9 spent"]);
  });

  test("it took nothing back", async () => {
    const { bucketId } = one;
    const retracted = [{ bucketId, reason: "legal" }];
    const refused = nextRelease(first, "2026Q1", { retracted, unit: "nobody" });
    const log = aLog();
    log.batch("aa", [releaseRecord(first), releaseRecord(refused)]);
    expect(await bucketState(await foldAll(log), one)).toBe("sealed");
    log.batch("aa", [releaseRecord(nextRelease(refused, "2026Q2", { retracted }))]);
    const store = await foldAll(log);
    expect((await rowsOf(store))[2]?.[1]).toBe("live");
    expect(await bucketState(store, one)).toBe("retracted");
  });
});

describe("records are used once", () => {
  test("over all centers", async () => {
    const log = aLog();
    log.batch("aa", [releaseRecord(first)]);
    log.batch("bb", [releaseRecord(aRelease({ buckets: [one] }))]);
    expect((await rowsOf(await foldAll(log), "bb"))[0]?.[3]).toEqual(["H6 bucket_again"]);
  });

  test("also after their bucket was taken back, and after the center has left", async () => {
    const retracted = [{ bucketId: one.bucketId, reason: "error" }];
    const second = nextRelease(first, "2026Q1", { retracted });
    const log = aLog();
    log.batch("aa", [releaseRecord(first), releaseRecord(second)]);
    log.batch("aa", [releaseRecord(nextRelease(second, "2026Q2", { buckets: [one] }))]);
    log.member("aa", "left");
    log.batch("bb", [releaseRecord(aRelease({ buckets: [two] }))]);
    const store = await foldAll(log);
    expect((await rowsOf(store))[2]?.[3]).toEqual(["H6 bucket_again"]);
    expect((await rowsOf(store, "bb"))[0]?.[3]).toEqual(["H6 bucket_again"]);
  });
});

describe("I7: a release is never changed", () => {
  const ref = { centerId: "aa", kind: "outcome", key: "2025Q4" } as const;
  const other = aRelease({ buckets: [one] });

  test.each([
    ["another body", releaseRecord(other, { revision: 2n })],
    ["a withdrawal", aWithdrawal("2025Q4", 2n, "outcome")],
    [
      "a body that cannot be read",
      releaseRecord(first, { revision: 2n, body: Uint8Array.of(255) }),
    ],
  ])("%s leaves it as it is, and is told", async (_, record) => {
    const log = aLog();
    log.batch("aa", [releaseRecord(first)]);
    const at = log.batch("aa", [record]);
    const store = await foldAll(log);
    expect(await rowsOf(store)).toEqual([["2025Q4", "live", "", ["I7 release_changed"]]]);
    expect(await store.get(ref)).toMatchObject({
      revision: 1n,
      body: encodeBody("outcome", first),
      changePosition: at,
    });
    const counts = decodeCounts((await store.fact(`${COUNTS_FACTS}aa`)) as Uint8Array);
    expect(counts).toEqual({ ...NO_COUNTS, live: 1, quarantined: 1, rows: 1 });
    expect((await chainOf(store)).nextSeq).toBe(1);
    log.erase(at, 0);
    const erased = await foldAll(log);
    const after = decodeCounts((await erased.fact(`${COUNTS_FACTS}aa`)) as Uint8Array);
    expect(after).toEqual({ ...NO_COUNTS, live: 1, erased: 1, rows: 1 });
    expect((await rowsOf(erased))[0]?.[1]).toBe("live");
  });

  test("the same body again, as in the snapshot of a new feed, is not judged again", async () => {
    for (const [release, verdict] of [
      [first, "live"],
      [bad, "quarantined"],
    ] as const) {
      const log = aLog();
      log.batch("aa", [releaseRecord(release)]);
      log.batch("aa", [releaseRecord(release)], { feed: 1, snapshot: "end" });
      const store = await foldAll(log);
      expect((await rowsOf(store))[0]?.[1]).toBe(verdict);
      expect((await rowsOf(store))[0]?.[3]).toEqual(release === first ? [] : ["H4 distinct"]);
      expect((await chainOf(store)).nextSeq).toBe(1);
    }
  });

  test("what a new feed left out comes back with its verdict", async () => {
    const log = aLog();
    const others = ["1", "2", "3", "4"].map((key) => aRecord({ key }));
    log.batch("aa", [releaseRecord(first), ...others]);
    log.batch("aa", others, { feed: 1, snapshot: "end" });
    expect((await rowsOf(await foldAll(log)))[0]?.[1]).toBe("withdrawn");
    log.batch("aa", [releaseRecord(first)], { feed: 1 });
    expect((await rowsOf(await foldAll(log)))[0]?.[1]).toBe("live");
  });

  test("a withdrawal of what never came does not stand in the way", async () => {
    const log = aLog();
    log.batch("aa", [aWithdrawal("2025Q4", 1n, "outcome")]);
    log.batch("aa", [releaseRecord(first, { revision: 2n })]);
    expect((await rowsOf(await foldAll(log)))[0]?.[1]).toBe("live");
  });
});

test("the digest covers what releases are held to, and does not depend on chunks", async () => {
  const log = aLog();
  const releases: OutcomeRelease[] = [bad];
  for (const epoch of ["2026Q1", "2026Q2", "2026Q3"]) {
    releases.push(nextRelease(releases.at(-1) as OutcomeRelease, epoch));
  }
  for (const release of releases) log.batch("aa", [releaseRecord(release)]);
  const digests = await Promise.all(
    [1, 2, 3, 4].map(async (chunk) => toHex(await catalogDigest(await foldAll(log, chunk)))),
  );
  expect(new Set(digests).size).toBe(1);
  const store = await foldAll(log);
  const before = toHex(await catalogDigest(store));
  const [name] = (await Array.fromAsync(store.facts("release/nullifier/")))[0] as [
    string,
    Uint8Array,
  ];
  await store.write({ rows: [], facts: new Map([[name, undefined]]), position: 4 });
  expect(toHex(await catalogDigest(store))).not.toBe(before);
});

describe("an erased release", () => {
  /** As the hub erases: what is left says what became of the release. */
  async function leftOf(log: SmallLog, records: readonly Uint8Array[]): Promise<Uint8Array[]> {
    const store = await foldAll(log);
    const left = records.map(async (bytes) => {
      const { key, body } = decodeRecord(bytes);
      const fact = await store.fact(`release/record/aa/${key}`);
      const known = fact && JSON.parse(fromUtf8(fact));
      return erasedRecord(bytes, known?.bodyHash === toHex(sha256(body)) ? known.reason : "");
    });
    return Promise.all(left);
  }

  test("has no figure and no text left, and keeps its records used", async () => {
    const log = aLog();
    const record = releaseRecord(first);
    const at = log.batch("aa", [record]);
    log.replaceRecords(at, await leftOf(log, [record]));
    log.erase(at, 0);
    log.batch("aa", [releaseRecord(nextRelease(first, "2026Q1"))]);
    log.batch("bb", [releaseRecord(aRelease({ buckets: [one] }))]);
    const store = await foldAll(log);
    expect((await rowsOf(store)).map(([key, verdict]) => [key, verdict])).toEqual([
      ["2025Q4", "erased"],
      ["2026Q1", "live"],
    ]);
    expect((await rowsOf(store, "bb"))[0]?.[3]).toEqual(["H6 bucket_again"]);
    const left = Buffer.from(log.entries[at]?.records as Uint8Array);
    for (const text of ["91350100M000100Y43", "OEE", "S21", "contract-v2"]) {
      expect(left.includes(text)).toBe(false);
    }
  });

  test("gives the same catalog from what is left in the log as from what was there", async () => {
    const anyWhat = fc.constantFrom(
      "good",
      "good",
      "bad",
      "garbage",
      "repeat",
      "change",
      "withdraw",
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyWhat, { minLength: 1, maxLength: 7 }),
        fc.array(fc.nat(6), { maxLength: 4 }),
        async (whats, erased) => {
          const log = aLog();
          const batches: Uint8Array[][] = [];
          let last: OutcomeRelease | undefined;
          for (const [i, what] of whats.entries()) {
            const epoch = `${2000 + i}Q1`;
            const { noised, budget } = aRelease();
            const paid = { noised: i === 0 ? noised : [], budget } as const;
            const next =
              last === undefined
                ? aRelease({ epoch })
                : nextRelease(last, epoch, {
                    ...paid,
                    retracted: [
                      { bucketId: last.buckets?.[0]?.bucketId as Uint8Array, reason: "error" },
                    ],
                  });
            const record = {
              good: () => releaseRecord(next),
              bad: () => releaseRecord({ ...next, unit: "nobody" }),
              garbage: () => aRecord({ kind: "outcome", key: epoch, body: Uint8Array.of(0xff, i) }),
              repeat: () => releaseRecord(last ?? next, { revision: 2n + BigInt(i) }),
              change: () =>
                releaseRecord({ ...(last ?? next), unit: `u${i}` }, { revision: 2n + BigInt(i) }),
              withdraw: () => aWithdrawal(last?.epoch ?? epoch, 2n + BigInt(i), "outcome"),
            }[what]();
            if (what === "good") last = next;
            if (what === "bad") last = { ...next, unit: "nobody" };
            batches.push([record]);
            log.batch("aa", [record]);
          }
          const gone = [...new Set(erased)].filter((position) => position < batches.length);
          for (const position of gone) log.erase(position, 0);
          const before = toHex(await catalogDigest(await foldAll(log)));
          const left = await Promise.all(batches.map((records) => leftOf(log, records)));
          for (const position of gone) log.replaceRecords(position, left[position] ?? []);
          expect(toHex(await catalogDigest(await foldAll(log)))).toBe(before);
        },
      ),
      { numRuns: 150, seed: 1 },
    );
  });
});
