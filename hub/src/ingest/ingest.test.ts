import {
  type BuiltBatch,
  buildBatch,
  decodeBatchHeader,
  decodeLogEntry,
  decodeRefusal,
  generateSigningKey,
  ManualClock,
  type PublishAnswer,
  randomBytes,
  type SigningKey,
  type Snapshot,
  TributaryError,
  type VerifyingKey,
  verifyingKeyOf,
  verifyReceipt,
  ZERO_HASH,
} from "@tributary/proto";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { MemoryCheckpointAnchor } from "../adapters/memory-checkpoint-anchor.ts";
import { MemoryLogStore } from "../adapters/memory-log-store.ts";
import { type CheckpointSigner, createCheckpointSigner } from "../log/checkpoint-signer.ts";
import { MerkleLog } from "../log/merkle-log.ts";
import { noEvents } from "../ports/hub-events.ts";
import type { StoredEntry } from "../ports/log-store.ts";
import { FeedTable } from "./feed-table.ts";
import { Ingest, type PublisherKeys } from "./ingest.ts";
import { type Quota, QuotaMeter } from "./quota.ts";
import { Replay } from "./replay.ts";

const ORIGIN = "hub.example/log";
const NO_QUOTA: Quota = { batchesPerSecond: 1e9, recordsPerMinute: 1e9, bytesPerDay: 1e12 };

let hubKey: SigningKey;
let signer: CheckpointSigner;
let centerKey: SigningKey;
let verifyingKey: VerifyingKey;

beforeAll(async () => {
  hubKey = await generateSigningKey();
  signer = createCheckpointSigner(ORIGIN, hubKey);
  centerKey = await generateSigningKey();
  verifyingKey = await verifyingKeyOf(centerKey);
});

describe("a batch that comes next", () => {
  test("is answered by a receipt that verifies", async () => {
    const { ingest } = await open();
    const feed = new Feed();
    const answer = await ingest.accept("aa", (await feed.next()).frame);
    expect(answer).toMatchObject({ type: "receipt", seq: 0n });
    const { entry } = await verifyReceipt(receiptOf(answer), signer);
    expect(entry.type).toBe("batch");
    expect(decodeBatchHeader(entry.statement).feedId).toEqual(feed.feedId);
  });

  test("is accepted behind others that still wait for the disk", async () => {
    const { ingest, store } = await open();
    const feed = new Feed();
    const frames = await feed.frames(20);
    const answers = await Promise.all(frames.map((frame) => ingest.accept("aa", frame)));
    expect(answers.map((a) => [a.type, a.seq])).toEqual(
      frames.map((_, i) => ["receipt", BigInt(i)]),
    );
    expect(await sequencesIn(store)).toEqual(frames.map((_, i) => BigInt(i)));
  });

  test("ends where the feed head says", async () => {
    const { ingest } = await open();
    const feed = new Feed();
    await acceptAll(ingest, await feed.frames(3));
    expect(ingest.feedHead("aa")).toMatchObject({
      feedId: feed.feedId,
      nextSeq: 3n,
      lastHash: feed.lastHash,
      nextRecordSeq: 6n,
      pausedCode: "",
    });
    expect(ingest.feedHead("aa", randomBytes(16))).toBeUndefined();
  });
});

describe("a batch that came before", () => {
  test("is answered by the same receipt, byte for byte, before and after a start", async () => {
    const hub = await open();
    const feed = new Feed();
    const frames = await feed.frames(3);
    const first = await acceptAll(hub.ingest, frames);
    const again = await acceptAll(hub.ingest, frames);
    expect(again.map(receiptOf)).toEqual(first.map(receiptOf));
    const restarted = await open(hub);
    expect((await acceptAll(restarted.ingest, frames)).map(receiptOf)).toEqual(
      first.map(receiptOf),
    );
    expect(await restarted.store.entryCount()).toBe(3);
  });

  test("is answered by the same receipt while the first still waits for the disk", async () => {
    const { ingest, store } = await open();
    const { frame } = await new Feed().next();
    const [first, second] = await Promise.all([
      ingest.accept("aa", frame),
      ingest.accept("aa", frame.slice()),
    ]);
    expect(receiptOf(second)).toEqual(receiptOf(first));
    expect(await store.entryCount()).toBe(1);
  });
});

describe("another batch under a sequence that was accepted", () => {
  test("is kept as evidence and pauses the feed, also after a start", async () => {
    const hub = await open();
    const feed = new Feed();
    const fork = feed.copy();
    await acceptAll(hub.ingest, await feed.frames(2));
    const other = await fork.next();
    const answer = await hub.ingest.accept("aa", other.frame);
    expect(answer).toMatchObject({
      type: "refusal",
      refusal: { code: "ERR_BATCH_EQUIVOCATION" },
    });
    const kept = decodeLogEntry((await hub.log.entry(2)).entry);
    expect(kept.type).toBe("refusal");
    expect(kept.statement).toEqual(other.header);
    expect(decodeRefusal(kept.detail).code).toBe("ERR_BATCH_EQUIVOCATION");
    const restarted = await open(hub);
    expect(restarted.ingest.feedHead("aa")?.pausedCode).toBe("ERR_BATCH_EQUIVOCATION");
    expect(await restarted.ingest.accept("aa", (await feed.next()).frame)).toMatchObject({
      refusal: { code: "ERR_FEED_PAUSED" },
    });
  });

  test("is found while the first still waits for the disk", async () => {
    const { ingest } = await open();
    const feed = new Feed();
    const fork = feed.copy();
    const [first, second] = await Promise.all([
      ingest.accept("aa", (await feed.next()).frame),
      ingest.accept("aa", (await fork.next()).frame),
    ]);
    expect(first.type).toBe("receipt");
    expect(second).toMatchObject({ refusal: { code: "ERR_BATCH_EQUIVOCATION" } });
  });

  test("fills the log with one entry, however often it comes", async () => {
    const { ingest, store } = await open();
    const feed = new Feed();
    const forks = Array.from({ length: 3 }, () => feed.copy());
    await ingest.accept("aa", (await feed.next()).frame);
    for (const fork of forks) {
      expect(await ingest.accept("aa", (await fork.next()).frame)).toMatchObject({
        refusal: { code: "ERR_BATCH_EQUIVOCATION" },
      });
    }
    expect(await store.entryCount()).toBe(2);
  });

  test("pauses nothing unless the center's key signed it", async () => {
    const { ingest } = await open();
    const feed = new Feed();
    const fork = feed.copy();
    await ingest.accept("aa", (await feed.next()).frame);
    const forged = (await fork.next()).frame.slice();
    forged[signatureAt(forged)] = (forged[signatureAt(forged)] as number) ^ 1;
    expect(await ingest.accept("aa", forged)).toMatchObject({ refusal: { code: "ERR_SIGNATURE" } });
    expect(ingest.feedHead("aa")?.pausedCode).toBe("");
  });
});

describe("a batch that does not come next", () => {
  test("ahead of the feed is refused with the sequence that is expected, and not stored", async () => {
    const { ingest, store } = await open();
    const frames = await new Feed().frames(4);
    await ingest.accept("aa", frames[0] as Uint8Array);
    expect(await ingest.accept("aa", frames[3] as Uint8Array)).toMatchObject({
      refusal: { code: "ERR_BATCH_GAP", expectedSeq: 1 },
    });
    expect(await store.entryCount()).toBe(1);
    expect((await acceptAll(ingest, frames.slice(1))).every((a) => a.type === "receipt")).toBe(
      true,
    );
  });

  test("with the next sequence and another predecessor pauses the feed", async () => {
    const { ingest } = await open();
    const feed = new Feed();
    const other = feed.copy();
    await ingest.accept("aa", (await feed.next()).frame);
    await other.next();
    expect(await ingest.accept("aa", (await other.next()).frame)).toMatchObject({
      refusal: { code: "ERR_BATCH_FORK" },
    });
    expect(ingest.feedHead("aa")?.pausedCode).toBe("ERR_BATCH_FORK");
  });

  test("with another predecessor pauses nothing unless the center's key signed it", async () => {
    const { ingest } = await open();
    const feed = new Feed();
    const other = feed.copy();
    await ingest.accept("aa", (await feed.next()).frame);
    await other.next();
    const forged = (await other.next()).frame.slice();
    forged[signatureAt(forged)] = (forged[signatureAt(forged)] as number) ^ 1;
    expect(await ingest.accept("aa", forged)).toMatchObject({ refusal: { code: "ERR_SIGNATURE" } });
    expect(ingest.feedHead("aa")?.pausedCode).toBe("");
  });

  test("with another count of records before it is refused", async () => {
    const { ingest } = await open();
    const feed = new Feed();
    await ingest.accept("aa", (await feed.next()).frame);
    feed.nextRecordSeq += 1n;
    expect(await ingest.accept("aa", (await feed.next()).frame)).toMatchObject({
      refusal: { code: "ERR_HEADER_MALFORMED" },
    });
  });

  test("of a feed that the hub does not know is refused unless it is its first", async () => {
    const { ingest } = await open();
    const feed = new Feed();
    await feed.next();
    expect(await ingest.accept("aa", (await feed.next()).frame)).toMatchObject({
      refusal: { code: "ERR_FEED_UNKNOWN" },
    });
  });
});

describe("a new feed while another is open", () => {
  test("is refused unless it begins with a snapshot", async () => {
    const { ingest } = await open();
    await ingest.accept("aa", (await new Feed().next()).frame);
    expect(await ingest.accept("aa", (await new Feed().next()).frame)).toMatchObject({
      refusal: { code: "ERR_FEED_OPEN" },
    });
  });

  test("replaces it when it begins with a snapshot, also after a start", async () => {
    const hub = await open();
    const [old, fresh] = [new Feed(), new Feed()];
    const first = await old.next();
    const receipt = receiptOf(await hub.ingest.accept("aa", first.frame));
    await hub.ingest.accept("aa", (await fresh.next("part")).frame);
    const restarted = await open(hub);
    expect(restarted.ingest.feedHead("aa")?.feedId).toEqual(fresh.feedId);
    expect(await restarted.ingest.accept("aa", (await old.next()).frame)).toMatchObject({
      refusal: { code: "ERR_FEED_CLOSED" },
    });
    expect(receiptOf(await restarted.ingest.accept("aa", first.frame))).toEqual(receipt);
    expect((await restarted.ingest.accept("aa", (await fresh.next("end")).frame)).type).toBe(
      "receipt",
    );
  });

  test("does not step around a pause", async () => {
    const { ingest } = await open();
    const feed = new Feed();
    const fork = feed.copy();
    await ingest.accept("aa", (await feed.next()).frame);
    await ingest.accept("aa", (await fork.next()).frame);
    expect(await ingest.accept("aa", (await new Feed().next("part")).frame)).toMatchObject({
      refusal: { code: "ERR_FEED_PAUSED" },
    });
  });
});

describe("a batch of somebody else or for somebody else is refused", () => {
  test("when it names another center than the caller", async () => {
    const { ingest } = await open();
    expect(await ingest.accept("bb", (await new Feed().next()).frame)).toMatchObject({
      refusal: { code: "ERR_WRONG_CENTER" },
    });
  });

  test("when it names another hub", async () => {
    const { ingest } = await open();
    const feed = new Feed();
    feed.hubOrigin = "other.example/log";
    expect(await ingest.accept("aa", (await feed.next()).frame)).toMatchObject({
      refusal: { code: "ERR_WRONG_AUDIENCE" },
    });
  });

  test("when the center may not publish", async () => {
    const { ingest } = await open({
      members: {
        requireKey: () => {
          throw new TributaryError("ERR_MEMBER_STATE", "suspended");
        },
      },
    });
    expect(await ingest.accept("aa", (await new Feed().next()).frame)).toMatchObject({
      refusal: { code: "ERR_MEMBER_STATE" },
    });
  });

  test("when the center was suspended while its batch was verified", async () => {
    let calls = 0;
    const { ingest, store } = await open({
      members: {
        requireKey: () => {
          calls += 1;
          if (calls > 1) throw new TributaryError("ERR_MEMBER_STATE", "suspended");
          return verifyingKey;
        },
      },
    });
    expect(await ingest.accept("aa", (await new Feed().next()).frame)).toMatchObject({
      refusal: { code: "ERR_MEMBER_STATE" },
    });
    expect(await store.entryCount()).toBe(0);
  });

  test("when another key signed it", async () => {
    const { ingest } = await open();
    const feed = new Feed();
    feed.key = await generateSigningKey();
    const batch = await feed.next();
    expect(await ingest.accept("aa", batch.frame)).toMatchObject({
      refusal: { code: "ERR_KEY_UNKNOWN" },
    });
  });
});

describe("a frame that was changed", () => {
  test("in any byte is refused, never accepted and never pauses the feed", async () => {
    const { frame } = await new Feed().next();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: frame.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, change) => {
          const { ingest, store } = await open();
          const changed = frame.slice();
          changed[at] = (changed[at] as number) ^ change;
          const answer = await ingest.accept("aa", changed);
          expect(answer.type).toBe("refusal");
          expect(await store.entryCount()).toBe(0);
          expect((await ingest.accept("aa", frame)).type).toBe("receipt");
        },
      ),
      { numRuns: 150 },
    );
  });

  test("by cutting its end is refused", async () => {
    const { ingest } = await open();
    const { frame } = await new Feed().next();
    for (const length of [0, 1, 60, frame.length - 1]) {
      expect(await ingest.accept("aa", frame.slice(0, length))).toMatchObject({
        type: "refusal",
        refusal: { code: "ERR_FRAME_MALFORMED" },
      });
    }
  });
});

describe("checks come in the order of their cost", () => {
  test("and what is refused early costs no quota and no signature", async () => {
    const asked: string[] = [];
    const { ingest } = await open({
      quota: { batchesPerSecond: 1, recordsPerMinute: 100, bytesPerDay: 1e9 },
      members: {
        requireKey: () => {
          asked.push("key");
          return verifyingKey;
        },
      },
    });
    const { frame } = await new Feed().next();
    await ingest.accept("bb", frame);
    await ingest.accept("aa", frame.slice(0, 10));
    expect(asked).toEqual([]);
    expect((await ingest.accept("aa", frame)).type).toBe("receipt");
    expect(await ingest.accept("aa", frame)).toMatchObject({
      refusal: { code: "ERR_QUOTA", limitName: "batches_per_second", limitValue: 1 },
    });
  });
});

describe("when the disk is full", () => {
  test("nothing is lost and nothing is doubled: the agent's next try goes on where the log ends", async () => {
    const store = new FailingStore();
    const { ingest } = await open({ store });
    const frames = await new Feed().frames(6);
    await ingest.accept("aa", frames[0] as Uint8Array);
    store.isFull = true;
    const refused = await Promise.all(frames.slice(1, 4).map((f) => ingest.accept("aa", f)));
    expect(refused[0]).toMatchObject({ refusal: { code: "ERR_STORE_FULL", retryAfterMs: 1_000 } });
    expect(refused.map((a) => a.type)).toEqual(["refusal", "refusal", "refusal"]);
    expect(ingest.feedHead("aa")?.nextSeq).toBe(1n);
    store.isFull = false;
    const answers = await Promise.all(frames.map((f) => ingest.accept("aa", f)));
    expect(answers.every((a) => a.type === "receipt")).toBe(true);
    expect(await sequencesIn(store)).toEqual([0n, 1n, 2n, 3n, 4n, 5n]);
  });

  test("a replaced feed is open again", async () => {
    const store = new FailingStore();
    const { ingest } = await open({ store });
    const [old, fresh] = [new Feed(), new Feed()];
    await ingest.accept("aa", (await old.next()).frame);
    store.isFull = true;
    await ingest.accept("aa", (await fresh.next("part")).frame);
    store.isFull = false;
    expect(ingest.feedHead("aa")?.feedId).toEqual(old.feedId);
    expect((await ingest.accept("aa", (await old.next()).frame)).type).toBe("receipt");
  });
});

describe("for any order, repetition and start in between", () => {
  test("the log holds each batch once, dense and chained, and its facts are those of a replay", async () => {
    const frames = await new Feed().frames(8);
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            { weight: 8, arbitrary: fc.integer({ min: 0, max: 7 }) },
            { weight: 1, arbitrary: fc.constant("restart" as const) },
          ),
          { maxLength: 40 },
        ),
        async (steps) => {
          let hub = await open();
          let expected = 0;
          for (const step of steps) {
            if (step === "restart") {
              hub = await open(hub);
              continue;
            }
            const answer = await hub.ingest.accept("aa", frames[step] as Uint8Array);
            if (step < expected) expect(answer.type).toBe("receipt");
            else if (step === expected) {
              expect(answer.type).toBe("receipt");
              expected += 1;
            } else if (expected === 0) {
              expect(answer).toMatchObject({ refusal: { code: "ERR_FEED_UNKNOWN" } });
            } else {
              expect(answer).toMatchObject({
                refusal: { code: "ERR_BATCH_GAP", expectedSeq: expected },
              });
            }
          }
          expect(await sequencesIn(hub.store)).toEqual(
            Array.from({ length: expected }, (_, i) => BigInt(i)),
          );
          const replay = new Replay(ORIGIN);
          for await (const entry of hub.store.readEntries(0, 100)) await replay.take(entry);
          expect(
            replay.problems.filter(({ problem }) => !problem.includes("its key is not valid")),
          ).toEqual([]);
          const stored = await Array.fromAsync(hub.store.facts(""));
          expect(new Map(stored)).toEqual(new Map([...replay.facts].sort()));
        },
      ),
      { numRuns: 40 },
    );
  });
});

/** Signs the batches of one feed. */
class Feed {
  hubOrigin = ORIGIN;
  key = centerKey;
  feedId = randomBytes(16);
  nextSeq = 0n;
  nextRecordSeq = 0n;
  lastHash: Uint8Array = ZERO_HASH;

  async next(snapshot: Snapshot = "none"): Promise<BuiltBatch> {
    const built = await buildBatch(
      {
        hubOrigin: this.hubOrigin,
        centerId: "aa",
        feedId: this.feedId,
        seq: this.nextSeq,
        prevHash: this.lastHash,
        firstRecordSeq: this.nextRecordSeq,
        createdAtMs: 1,
        snapshot,
        records: [randomBytes(100), randomBytes(50)],
      },
      this.key,
    );
    this.nextSeq += 1n;
    this.nextRecordSeq += 2n;
    this.lastHash = built.headerHash;
    return built;
  }

  async frames(count: number): Promise<Uint8Array[]> {
    const frames: Uint8Array[] = [];
    for (let i = 0; i < count; i += 1) frames.push((await this.next()).frame);
    return frames;
  }

  copy(): Feed {
    return Object.assign(new Feed(), this);
  }
}

class FailingStore extends MemoryLogStore {
  isFull = false;

  override async writeEntries(
    entries: readonly StoredEntry[],
    facts: ReadonlyMap<string, Uint8Array>,
  ): Promise<void> {
    if (this.isFull) throw new TributaryError("ERR_STORE_FULL", "full");
    await super.writeEntries(entries, facts);
  }
}

interface OpenHub {
  readonly store: MemoryLogStore;
  readonly anchor: MemoryCheckpointAnchor;
  readonly log: MerkleLog;
  readonly ingest: Ingest;
}

async function open(
  options: {
    readonly store?: MemoryLogStore;
    readonly anchor?: MemoryCheckpointAnchor;
    readonly members?: PublisherKeys;
    readonly quota?: Quota;
  } = {},
): Promise<OpenHub> {
  const store = options.store ?? new MemoryLogStore();
  const anchor = options.anchor ?? new MemoryCheckpointAnchor();
  const clock = new ManualClock();
  const log = await MerkleLog.open({ store, anchor, signer, clock });
  const ingest = new Ingest({
    log,
    feeds: await FeedTable.load((prefix) => log.facts(prefix)),
    members: options.members ?? { requireKey: keyOrRefusal },
    quota: new QuotaMeter(options.quota ?? NO_QUOTA, clock),
    events: noEvents,
    hubOrigin: ORIGIN,
    onStep: () => undefined,
  });
  return { store, anchor, log, ingest };
}

function keyOrRefusal({ keyId }: { readonly keyId: Uint8Array }): VerifyingKey {
  if (Buffer.compare(keyId, verifyingKey.keyId) === 0) return verifyingKey;
  throw new TributaryError("ERR_KEY_UNKNOWN", "another key");
}

function receiptOf(answer: PublishAnswer): Uint8Array {
  if (answer.type !== "receipt") throw new Error(`no receipt: ${JSON.stringify(answer.type)}`);
  return answer.receipt;
}

async function acceptAll(ingest: Ingest, frames: readonly Uint8Array[]): Promise<PublishAnswer[]> {
  const answers: PublishAnswer[] = [];
  for (const frame of frames) answers.push(await ingest.accept("aa", frame));
  return answers;
}

async function sequencesIn(store: MemoryLogStore): Promise<bigint[]> {
  const sequences: bigint[] = [];
  for await (const { entry } of store.readEntries(0, 1_000)) {
    const { type, statement } = decodeLogEntry(entry);
    if (type === "batch") sequences.push(decodeBatchHeader(statement).seq);
  }
  return sequences;
}

/** Offset of the first byte of the signature: behind the header's field and the signature's tag and length. */
function signatureAt(frame: Uint8Array): number {
  const length = ((frame[1] as number) & 127) | ((frame[2] as number) << 7);
  return 3 + length + 2;
}
