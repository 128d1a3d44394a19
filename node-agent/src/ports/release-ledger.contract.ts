import { describe, expect, test } from "vitest";
import type {
  LedgerHead,
  ReleaseLedger,
  StoredBucket,
  StoredPending,
  StoredRelease,
} from "./release-ledger.ts";

/**
 * The contract of {@link ReleaseLedger}, as tests. Durability is covered by the drills that kill the agent.
 *
 * @param open Makes a new, empty ledger. Called once a test.
 */
export function describeReleaseLedger(name: string, open: () => Promise<ReleaseLedger>): void {
  describe(`${name} is a ReleaseLedger`, () => {
    test("starts empty", async () => {
      await using ledger = await open();
      expect(await ledger.head()).toBeUndefined();
      expect(await Array.fromAsync(ledger.pending())).toEqual([]);
      expect(await Array.fromAsync(ledger.buckets())).toEqual([]);
      expect(await Array.fromAsync(ledger.releases(0))).toEqual([]);
    });

    test("answers the newest head", async () => {
      await using ledger = await open();
      const head: LedgerHead = { openEpoch: 8100, nextSeq: 0, lastHash: new Uint8Array() };
      await ledger.commit({ head });
      expect(await ledger.head()).toEqual(head);
      const next = { openEpoch: 8101, nextSeq: 3, lastHash: new Uint8Array(32).fill(7) };
      await ledger.commit({ head: next });
      expect(await ledger.head()).toEqual(next);
    });

    test("keeps what waits under its nullifier until it is dropped", async () => {
      await using ledger = await open();
      await ledger.commit({ pending: [aPending("b"), aPending("a")] });
      await ledger.commit({ pending: [{ ...aPending("a"), hasVoucher: true }] });
      expect(await Array.fromAsync(ledger.pending())).toEqual([
        { ...aPending("a"), hasVoucher: true },
        aPending("b"),
      ]);
      await ledger.commit({ dropped: ["a", "never-there"] });
      expect(await Array.fromAsync(ledger.pending())).toEqual([aPending("b")]);
    });

    test("moves records from waiting to a bucket in one change", async () => {
      await using ledger = await open();
      await ledger.commit({ pending: [aPending("a"), aPending("b")] });
      await ledger.commit({ dropped: ["a"], buckets: [aBucket("02", "a")] });
      await ledger.commit({
        buckets: [{ ...aBucket("01", "c"), retraction: { reason: "legal", epoch: 8102 } }],
      });
      expect(await Array.fromAsync(ledger.pending())).toEqual([aPending("b")]);
      expect(await Array.fromAsync(ledger.buckets())).toEqual([
        { ...aBucket("01", "c"), retraction: { reason: "legal", epoch: 8102 } },
        aBucket("02", "a"),
      ]);
    });

    test("answers releases in order, from any sequence on, more than nine of them", async () => {
      await using ledger = await open();
      const releases = Array.from({ length: 12 }, (_, seq) => aRelease(seq));
      await ledger.commit({ releases: releases.slice(6) });
      await ledger.commit({ releases: releases.slice(0, 6) });
      expect(await Array.fromAsync(ledger.releases(0))).toEqual(releases);
      expect(await Array.fromAsync(ledger.releases(10))).toEqual(releases.slice(10));
      expect(await Array.fromAsync(ledger.releases(12))).toEqual([]);
    });
  });
}

/** A record that waits. */
export function aPending(nullifier: string): StoredPending {
  return {
    sourceId: "outcomes",
    nullifier,
    group: "00",
    isPublic: false,
    facts: { scenario: "S21", provider: "91350100M000100Y43", sector: "3670", size: "small" },
    families: ["D"],
    finished: 8100,
    entered: 8101,
    cost: 2,
    hasVoucher: false,
    deltas: { ON_TIME_DELIVERY: -3 },
    leadKpi: "ON_TIME_DELIVERY",
  };
}

function aBucket(bucketId: string, nullifier: string): StoredBucket {
  const { group, facts, finished } = aPending(nullifier);
  return {
    bucketId,
    epoch: 8101,
    level: 2,
    label: ["S21", "91350100M000100Y43", "C", "*"],
    members: [{ nullifier, group, facts, finished }],
  };
}

function aRelease(seq: number): StoredRelease {
  return { seq, epoch: 8100 + seq, part: 0, parts: 1, body: Uint8Array.of(seq, 0, 255) };
}
