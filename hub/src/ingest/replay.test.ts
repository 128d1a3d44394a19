import {
  batchHeaderHash,
  buildBatch,
  encodeBatchHeader,
  encodeCurationDecision,
  encodeLogEntry,
  encodeMembershipChange,
  encodeRefusal,
  type FeedPlace,
  generateSigningKey,
  joinRecords,
  type LogEntryType,
  type MembershipChangeInput,
  parseSignedBatch,
  randomBytes,
  refusalOf,
  type SigningKey,
  signJoinProof,
  TributaryError,
  utf8,
  ZERO_HASH,
} from "@tributary/proto";
import { beforeAll, describe, expect, test } from "vitest";
import { erasedRecord } from "../catalog/erasure.ts";
import type { StoredEntry } from "../ports/log-store.ts";
import { Replay } from "./replay.ts";

const ORIGIN = "hub.example/log";

let key: SigningKey;

beforeAll(async () => {
  key = await generateSigningKey();
});

describe("Replay", () => {
  test("finds nothing wrong with a sound log", async () => {
    const log = new Written();
    log.approve();
    await log.batch();
    await log.batch();
    const replay = await replayOf(log);
    expect(replay.problems).toEqual([]);
    expect([replay.batches, replay.records]).toEqual([2, 4]);
  });

  test.each<[string, (log: Written) => Promise<void>, RegExp]>([
    [
      "a key that the log has not approved",
      async (log) => {
        await log.batch();
      },
      /not valid at its place/,
    ],
    [
      "a batch twice",
      async (log) => {
        log.approve();
        const batch = await log.batch();
        log.add("batch", batch.statement, batch.signature, batch.records);
      },
      /batch 0 does not follow batch 0/,
    ],
    [
      "a missing batch",
      async (log) => {
        log.approve();
        await log.batch();
        log.seq += 1n;
        await log.batch();
      },
      /does not follow/,
    ],
    [
      "a batch that does not follow its predecessor",
      async (log) => {
        log.approve();
        await log.batch();
        log.lastHash = randomBytes(32);
        await log.batch();
      },
      /does not follow/,
    ],
    [
      "records that were not signed",
      async (log) => {
        log.approve();
        await log.batch();
        const last = log.entries.at(-1) as StoredEntry;
        log.entries[log.entries.length - 1] = {
          ...last,
          records: joinRecords([utf8("other"), utf8("records")]),
        };
      },
      /do not hash to the root/,
    ],
    [
      "a signature by somebody else",
      async (log) => {
        log.approve();
        const header = encodeBatchHeader({
          hubOrigin: ORIGIN,
          centerId: "aa",
          keyId: key.keyId,
          feedId: log.feedId,
          seq: 0n,
          prevHash: ZERO_HASH,
          firstRecordSeq: 0n,
          recordCount: 1,
          recordsRoot: randomBytes(32),
          createdAtMs: 1,
          snapshot: "none",
        });
        log.add("batch", header, randomBytes(64), joinRecords([utf8("x")]));
      },
      /not signed by the key/,
    ],
  ])("finds %s", async (_, write, problem) => {
    const log = new Written();
    await write(log);
    expect((await replayOf(log)).problems.map((p) => p.problem).join("\n")).toMatch(problem);
  });

  test("takes a rotation whose proofs hold, and the key before where it overlaps", async () => {
    const log = new Written();
    log.approve();
    await log.batch();
    const fresh = await generateSigningKey();
    await log.rotate(fresh, key, { feedId: log.feedId, seq: 2 });
    await log.batch();
    await log.batch(undefined, fresh);
    expect((await replayOf(log)).problems).toEqual([]);
  });

  test.each<[string, (log: Written, fresh: SigningKey) => Promise<void>, RegExp]>([
    [
      "a rotation that no key of the center permits",
      (log, fresh) => log.rotate(fresh, fresh),
      /does not show that the key belongs/,
    ],
    [
      "a batch under the key before, beyond the overlap",
      async (log, fresh) => {
        await log.rotate(fresh, key, { feedId: log.feedId, seq: 1 });
        await log.batch();
      },
      /not valid at its place/,
    ],
    [
      "a departure that no key of the center signed",
      (log, fresh) => log.leave(fresh),
      /does not show that the key belongs/,
    ],
    [
      "a batch of a center that was revoked",
      async (log) => {
        log.membership({ state: "revoked", publicKey: EMPTY, recoveryPublicKey: EMPTY });
        await log.batch();
      },
      /not valid at its place/,
    ],
  ])("tells of %s", async (_, write, problem) => {
    const log = new Written();
    log.approve();
    await log.batch();
    await write(log, await generateSigningKey());
    const { problems } = await replayOf(log);
    expect(problems.map(({ problem }) => problem).join()).toMatch(problem);
  });

  test.each(["revoked", "left"] as const)(
    "closes the open feed of a center that is %s",
    async (state) => {
      const log = new Written();
      log.approve();
      await log.batch();
      if (state === "left") await log.leave(key);
      else log.membership({ state, publicKey: EMPTY, recoveryPublicKey: EMPTY });
      const { facts, problems } = await replayOf(log);
      expect(problems).toEqual([]);
      const feed = [...facts].find(([name]) => name.startsWith("feed/aa/"))?.[1];
      expect(JSON.parse(Buffer.from(feed as Uint8Array).toString())).toMatchObject({
        isOpen: false,
      });
    },
  );

  test("takes an erased record for the one that was signed", async () => {
    const log = new Written();
    log.approve();
    await log.batch([utf8("first"), utf8("second")]);
    const last = log.entries.at(-1) as StoredEntry;
    log.entries[log.entries.length - 1] = {
      ...last,
      records: joinRecords([erasedRecord(utf8("first")), utf8("second")]),
    };
    expect((await replayOf(log)).problems).toEqual([]);
  });

  test("pauses a feed by a refusal or a decision, and releases it by another", async () => {
    const pausedAfter = async (...steps: ((log: Written) => void)[]) => {
      const log = new Written();
      log.approve();
      await log.batch();
      for (const step of steps) step(log);
      const facts = (await replayOf(log)).facts;
      const [feed] = [...facts].filter(([name]) => name.startsWith("feed/")).map(([, v]) => v);
      return (JSON.parse(Buffer.from(feed as Uint8Array).toString()) as { pausedCode: string })
        .pausedCode;
    };
    const fork = (log: Written) => log.refuse("ERR_BATCH_FORK");
    const decide =
      (action: string, id = "1", retracts = "") =>
      (log: Written) =>
        log.decide(action, id, retracts);
    expect(await pausedAfter(fork)).toBe("ERR_BATCH_FORK");
    expect(await pausedAfter(fork, decide("release"))).toBe("");
    expect(await pausedAfter(decide("pause"))).toBe("ERR_FEED_PAUSED");
    expect(await pausedAfter(decide("pause"), decide("retract", "2", "1"))).toBe("");
    expect(await pausedAfter(decide("hide"))).toBe("");
  });
});

const EMPTY = new Uint8Array();

/** A log that is written by hand, sound or not. */
class Written {
  readonly entries: StoredEntry[] = [];
  readonly feedId = randomBytes(16);
  seq = 0n;
  recordSeq = 0n;
  lastHash: Uint8Array = ZERO_HASH;

  add(
    type: LogEntryType,
    statement: Uint8Array,
    signature: Uint8Array = EMPTY,
    records: Uint8Array = EMPTY,
    detail: Uint8Array = EMPTY,
  ): void {
    const entry = encodeLogEntry({ receivedAtMs: 1, type, statement, signature, detail });
    this.entries.push({ position: this.entries.length, entry, records });
  }

  approve(): void {
    this.membership({ state: "approved" });
  }

  membership(change: Partial<MembershipChangeInput>): void {
    const approval: MembershipChangeInput = {
      centerId: "aa",
      state: "approved",
      publicKey: key.publicKey,
      recoveryPublicKey: key.publicKey,
      actor: "operator",
      reason: "",
      proofOfPossession: "",
      centerName: "",
    };
    this.add("membership", encodeMembershipChange({ ...approval, ...change }));
  }

  async rotate(to: SigningKey, by: SigningKey, until?: FeedPlace): Promise<void> {
    const statement = {
      hubOrigin: ORIGIN,
      centerId: "aa",
      publicKey: to.publicKey,
      recoveryPublicKey: key.publicKey,
      challenge: randomBytes(32),
      previousKeyUntil: until,
    };
    this.membership({
      publicKey: to.publicKey,
      proofOfPossession: await signJoinProof("join", to, statement),
      authorization: await signJoinProof("rotate", by, statement),
      ...(until && { previousKeyFeed: until.feedId, previousKeyBeforeSeq: until.seq }),
    });
  }

  async leave(by: SigningKey): Promise<void> {
    const statement = {
      hubOrigin: ORIGIN,
      centerId: "aa",
      publicKey: key.publicKey,
      recoveryPublicKey: key.publicKey,
      challenge: randomBytes(32),
    };
    this.membership({
      state: "left",
      publicKey: EMPTY,
      recoveryPublicKey: EMPTY,
      proofOfPossession: await signJoinProof("leave", by, statement),
    });
  }

  async batch(
    records: readonly Uint8Array[] = [randomBytes(20), randomBytes(30)],
    signer: SigningKey = key,
  ) {
    const { frame, header } = await buildBatch(
      {
        hubOrigin: ORIGIN,
        centerId: "aa",
        feedId: this.feedId,
        seq: this.seq,
        prevHash: this.lastHash,
        firstRecordSeq: this.recordSeq,
        createdAtMs: 1,
        snapshot: "none",
        records,
      },
      signer,
    );
    const parts = parseSignedBatch(frame);
    this.add("batch", header, parts.signature, parts.records);
    this.seq += 1n;
    this.recordSeq += BigInt(records.length);
    this.lastHash = batchHeaderHash(header);
    return { statement: header, signature: parts.signature, records: parts.records };
  }

  refuse(code: "ERR_BATCH_FORK"): void {
    const header = encodeBatchHeader({
      hubOrigin: ORIGIN,
      centerId: "aa",
      keyId: key.keyId,
      feedId: this.feedId,
      seq: 1n,
      prevHash: randomBytes(32),
      firstRecordSeq: 2n,
      recordCount: 1,
      recordsRoot: randomBytes(32),
      createdAtMs: 1,
      snapshot: "none",
    });
    const detail = encodeRefusal(refusalOf(new TributaryError(code, "because")));
    this.add("refusal", header, randomBytes(64), new Uint8Array(), detail);
  }

  decide(action: string, decisionId: string, retracts: string): void {
    const decision = {
      decisionId,
      action,
      subjects: action === "retract" ? [] : ["urn:dth:aa"],
      argument: "",
      actor: "operator",
      reason: "",
      retracts,
    };
    this.add("curation", encodeCurationDecision(decision));
  }
}

async function replayOf(log: Written): Promise<Replay> {
  const replay = new Replay(ORIGIN);
  for (const entry of log.entries) await replay.take(entry);
  return replay;
}
