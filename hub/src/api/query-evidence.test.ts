import {
  buildBatch,
  decodeRecord,
  encodeMembershipChange,
  generateSigningKey,
  ManualClock,
  parseSignedBatch,
  type RecordRef,
  type SigningKey,
  splitRecords,
  type TrustedLog,
  toHex,
  verifyEvidence,
} from "@tributary/proto";
import { beforeAll, describe, expect, test } from "vitest";
import { aRecord } from "../../test/support/small-log.ts";
import { createMemoryCatalogStore } from "../adapters/memory-catalog-store.ts";
import { MemoryCheckpointAnchor } from "../adapters/memory-checkpoint-anchor.ts";
import { MemoryLogStore } from "../adapters/memory-log-store.ts";
import { erasedRecord } from "../catalog/erasure.ts";
import { foldEntries } from "../catalog/fold.ts";
import { createCheckpointSigner } from "../log/checkpoint-signer.ts";
import { MerkleLog } from "../log/merkle-log.ts";
import type { Reader } from "../ports/search-index.ts";
import { CoverageReader } from "./query-coverage.ts";
import { evidence } from "./query-evidence.ts";

const ORIGIN = "hub.example/log";
const visitor: Reader = { type: "public" };
const clock = new ManualClock();

let hubKey: SigningKey;
let firstKey: SigningKey;
let secondKey: SigningKey;

beforeAll(async () => {
  [hubKey, firstKey, secondKey] = await Promise.all([
    generateSigningKey(),
    generateSigningKey(),
    generateSigningKey(),
  ]);
});

function refOf(key: string): RecordRef {
  return { kind: "case", centerId: "aa", key };
}

/** A log that is signed by a hub and a center, which changes its key on the way. */
async function signedLog() {
  const store = new MemoryLogStore();
  const signer = createCheckpointSigner(ORIGIN, hubKey);
  const log = await MerkleLog.open({ store, anchor: new MemoryCheckpointAnchor(), signer, clock });
  const catalog = createMemoryCatalogStore();

  const approve = (key: SigningKey, state: "pending" | "approved" = "approved") =>
    log.append({
      type: "membership",
      statement: encodeMembershipChange({
        centerId: "aa",
        state,
        publicKey: key.publicKey,
        recoveryPublicKey: new Uint8Array(),
        actor: "admin",
        reason: "",
        proofOfPossession: "",
        centerName: "甲",
      }),
    });
  const publish = async (key: SigningKey, seq: bigint, records: Uint8Array[]) => {
    const { frame } = await buildBatch(
      {
        hubOrigin: ORIGIN,
        centerId: "aa",
        feedId: new Uint8Array(16).fill(Number(seq)),
        seq: 0n,
        prevHash: new Uint8Array(32),
        firstRecordSeq: 0n,
        createdAtMs: 1,
        snapshot: "part",
        records,
      },
      key,
    );
    const { header: statement, signature, records: run } = parseSignedBatch(frame);
    return log.append({ type: "batch", statement, signature, records: run });
  };
  const fold = async () => {
    const entries = await Array.fromAsync(log.entries(await catalog.position(), log.size));
    const { change } = await foldEntries(catalog, entries, (at) => store.readEntry(at));
    await catalog.write(change);
  };
  const ask = (ref: RecordRef, reader = visitor) =>
    evidence(
      {
        catalog,
        log,
        coverage: new CoverageReader({
          catalog,
          catalogPosition: () => log.size,
          lastHeardMs: () => undefined,
          clock,
        }),
      },
      ref,
      reader,
    );
  const trusted: TrustedLog = signer;
  return { store, log, catalog, approve, publish, fold, ask, trusted };
}

describe("evidence", () => {
  test("proves each record of a batch, under the key that signed it", async () => {
    const hub = await signedLog();
    await hub.approve(firstKey, "pending");
    await hub.approve(firstKey);
    const records = ["1", "2", "3"].map((key) => aRecord({ key }));
    await hub.publish(firstKey, 1n, records);
    await hub.approve(secondKey);
    await hub.publish(secondKey, 2n, [aRecord({ key: "2", revision: 2n })]);
    await hub.approve(firstKey);
    await hub.fold();
    for (const [key, signer, position, membershipPosition] of [
      ["1", firstKey, 2, 1],
      ["2", secondKey, 4, 3],
      ["3", firstKey, 2, 1],
    ] as const) {
      const proven = await verifyEvidence(await hub.ask(refOf(key)), hub.trusted);
      expect(proven).toMatchObject({
        centerId: "aa",
        position,
        membershipPosition,
        checkpointSize: 6,
      });
      expect(proven.record.key).toBe(key);
      expect(toHex(proven.keyId)).toBe(toHex(signer.keyId));
    }
  });

  test("is not given of what the reader may not see, of what was erased, and of what is not there", async () => {
    const hub = await signedLog();
    await hub.approve(firstKey);
    await hub.publish(firstKey, 1n, [aRecord({ key: "1", visibility: "members" })]);
    await hub.fold();
    await expect(hub.ask(refOf("1"))).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
    await expect(hub.ask(refOf("9"))).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
    const member: Reader = { type: "member", centerId: "bb" };
    expect((await hub.ask(refOf("1"), member)).length).toBeGreaterThan(500);
    const row = await hub.catalog.get(refOf("1"));
    await hub.catalog.write({
      rows: [
        {
          row: { ...(row as NonNullable<typeof row>), verdict: "erased" },
          previousChange: row?.changePosition,
        },
      ],
      facts: new Map(),
      position: 2,
    });
    await expect(hub.ask(refOf("1"), { type: "operator" })).rejects.toMatchObject({
      code: "ERR_NOT_FOUND",
    });
  });

  test("proves the neighbours of an erased record, and never something that was put in its place", async () => {
    const hub = await signedLog();
    await hub.approve(firstKey);
    await hub.publish(firstKey, 1n, [aRecord({ key: "1" }), aRecord({ key: "2" })]);
    await hub.fold();
    const stored = await hub.store.readEntry(1);
    const [first, second] = splitRecords(stored?.records as Uint8Array, 2) as [
      Uint8Array,
      Uint8Array,
    ];
    await hub.store.replaceRecords(1, joined([erasedRecord(first), second]));
    const proven = await verifyEvidence(await hub.ask(refOf("2")), hub.trusted);
    expect(decodeRecord(second)).toEqual(proven.record);
    await hub.store.replaceRecords(1, joined([aRecord({ key: "1", revision: 9n }), second]));
    await expect(hub.ask(refOf("2"))).rejects.toMatchObject({ code: "ERR_LOG_DAMAGED" });
  });
});

/** Records as a batch carries them. */
function joined(records: readonly Uint8Array[]): Uint8Array {
  const parts = records.flatMap((record) => {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, record.length);
    return [length, record];
  });
  return new Uint8Array(Buffer.concat(parts));
}
