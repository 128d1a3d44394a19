import { encodeBody, sha256, toHex } from "@tributary/proto";
import { beforeEach, describe, expect, test } from "vitest";
import { MemoryReleaseLedger } from "../../adapters/memory-release-ledger.ts";
import { aPending } from "../../ports/release-ledger.contract.ts";
import type { StoredBucket, StoredRelease } from "../../ports/release-ledger.ts";
import { backupLedger, readLedgerBackup } from "./ledger-backup.ts";

const keys = {
  enterprise: new Uint8Array(32).fill(1),
  nullifier: new Uint8Array(32).fill(2),
  salt: new Uint8Array(32).fill(3),
};
const nullifier = new Uint8Array(32).fill(9);
const bucketId = new Uint8Array(16).fill(8);

const bucket: StoredBucket = {
  bucketId: toHex(bucketId),
  epoch: 8100,
  level: 7,
  label: ["*", "*", "C", "*"],
  members: [
    { nullifier: toHex(nullifier), group: "00", facts: aPending("x").facts, finished: 8100 },
  ],
};
const release: StoredRelease = {
  seq: 0,
  epoch: 8100,
  part: 0,
  parts: 1,
  body: encodeBody("outcome", {
    epoch: "2025Q1",
    policy: { k: 5 },
    buckets: [
      {
        bucketId,
        label: ["*", "*", "C", "*"],
        n: 1,
        distinct: 1,
        nullifiers: [nullifier],
        commitment: new Uint8Array(32),
      },
    ],
  }),
};
const head = { openEpoch: 8101, nextSeq: 1, lastHash: sha256(release.body) };

describe("a backup of the ledger", () => {
  let ledger: MemoryReleaseLedger;

  beforeEach(async () => {
    ledger = new MemoryReleaseLedger();
    await ledger.commit({
      head,
      pending: [aPending("aa")],
      buckets: [bucket],
      releases: [release],
    });
  });

  test("holds all of it, and the secrets", async () => {
    const budget = [new Uint8Array([1, 2]), new Uint8Array([3])];
    const backup = readLedgerBackup(await backupLedger(ledger, keys, budget));
    expect(backup).toEqual({
      keys,
      budget,
      content: { head, pending: [aPending("aa")], buckets: [bucket], releases: [release] },
    });
  });

  test("is refused when a character of it changed", async () => {
    const text = await backupLedger(ledger, keys, []);
    const changed = text.replace('"openEpoch":8101', '"openEpoch":8100');
    expect(changed).not.toBe(text);
    const damaged = expect.objectContaining({ code: "ERR_STORE_DAMAGED" });
    expect(() => readLedgerBackup(changed)).toThrow(damaged);
    expect(() => readLedgerBackup("")).toThrow(damaged);
  });

  test.each([
    ["a release is missing", { head: { ...head, nextSeq: 2 } }, /newest release is missing/],
    ["a release was changed", { head: { ...head, lastHash: nullifier } }, /newest release/],
    [
      "a bucket lost a member",
      { buckets: [{ ...bucket, members: [] }] },
      /not the one that was released/,
    ],
    [
      "a bucket was never released",
      { buckets: [{ ...bucket, bucketId: "77", members: [] }] },
      /never released/,
    ],
    [
      "a used record waits again",
      { pending: [aPending(toHex(nullifier))] },
      /waits although it was used/,
    ],
    [
      "a release does not follow",
      {
        releases: [{ ...release, seq: 1 }],
        head: { ...head, nextSeq: 2 },
      },
      /does not follow/,
    ],
  ])("is not made when %s", async (_, change, message) => {
    await ledger.commit(change);
    await expect(backupLedger(ledger, keys, [])).rejects.toThrow(message);
  });
});
