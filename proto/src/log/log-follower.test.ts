import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { utf8 } from "../crypto/bytes.ts";
import { generateSigningKey, type SigningKey } from "../crypto/keys.ts";
import { signCheckpoint, type TrustedLog } from "./checkpoint.ts";
import { encodeLogEntry } from "./entry.ts";
import {
  LogFollower,
  type LogView,
  MemoryCheckpointStore,
  MisbehaviourError,
} from "./log-follower.ts";
import { consistencyPath, inclusionPath, leafHash, merkleRoot } from "./merkle.ts";
import { type Misbehaviour, verifyMisbehaviour } from "./misbehaviour.ts";
import { formatMisbehaviourFile, parseMisbehaviourFile } from "./misbehaviour-file.ts";
import { formatVkey } from "./note.ts";
import { encodeReceipt } from "./receipt.ts";

const origin = "hub.example/log";
const signal = new AbortController().signal;
let key: SigningKey;
let log: TrustedLog;

beforeAll(async () => {
  key = await generateSigningKey();
  log = { origin, vkey: formatVkey(origin, key.publicKey) };
});

/** A hub that answers truly about whatever entries it has at the moment. */
class Hub implements LogView {
  entries: Uint8Array[] = [];
  nowMs = 1_000;

  grow(count: number, what = "entry"): this {
    for (let i = 0; i < count; i += 1) this.entries.push(this.entry(what));
    return this;
  }

  entry(what: string): Uint8Array {
    this.nowMs += 1;
    return encodeLogEntry({
      receivedAtMs: this.nowMs,
      type: "restart",
      statement: utf8(`${what} ${this.nowMs}`),
      signature: new Uint8Array(),
      detail: new Uint8Array(),
    });
  }

  get leaves(): Uint8Array[] {
    return this.entries.map(leafHash);
  }

  checkpoint(): Promise<string> {
    const { leaves } = this;
    return signCheckpoint({ origin, size: leaves.length, root: merkleRoot(leaves) }, key);
  }

  async consistencyProof(from: number, to: number): Promise<Uint8Array[]> {
    return consistencyPath(this.leaves.slice(0, to), from);
  }

  async receipt(index: number): Promise<Uint8Array> {
    const entry = this.entries[index] as Uint8Array;
    const path = inclusionPath(this.leaves, index);
    return encodeReceipt({ entry, index, path, checkpoint: await this.checkpoint() });
  }
}

function follow(view: LogView, store = new MemoryCheckpointStore()) {
  return { follower: new LogFollower({ log, view, store }), store };
}

/** What the follower accuses the hub of, after it went through the file and back. */
async function accusation(follower: LogFollower): Promise<Misbehaviour> {
  const error = await follower.look(signal).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(MisbehaviourError);
  const { misbehaviour } = error as MisbehaviourError;
  const file = formatMisbehaviourFile({ misbehaviour, log, foundBy: "test", foundAtMs: 1 });
  return parseMisbehaviourFile(file).misbehaviour;
}

/** As {@link accusation}, when the hub has grown beyond what the follower keeps. */
function accusationAfter(hub: Hub, follower: LogFollower): Promise<Misbehaviour> {
  hub.grow(2);
  return accusation(follower);
}

function growAndLook(hub: Hub, count: number, follower: LogFollower) {
  hub.grow(count);
  return follower.look(signal);
}

describe("a follower of an honest log", () => {
  test("accepts every growth, from any size to any other", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 9 }), { minLength: 2, maxLength: 5 }),
        async (steps) => {
          const hub = new Hub().grow(1);
          const { follower } = follow(hub);
          expect((await follower.look(signal)).type).toBe("first");
          for (const step of steps) {
            const { type, size } = await growAndLook(hub, step, follower);
            expect([type, size]).toEqual([step === 0 ? "same" : "grown", hub.entries.length]);
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  test("accepts an older checkpoint as old news, and a hub that is behind without taking it", async () => {
    const hub = new Hub().grow(5);
    const { follower, store } = follow(hub);
    const old = await hub.checkpoint();
    await growAndLook(hub, 4, follower);
    expect(await follower.compare(old, signal)).toMatchObject({ type: "same", size: 9 });
    expect((await growAndLook(hub, 1, follower)).size).toBe(10);
    const kept = await store.read();
    hub.entries = hub.entries.slice(0, 6);
    expect(await follower.look(signal)).toMatchObject({ type: "behind", size: 10 });
    expect(await store.read()).toEqual(kept);
  });

  test("goes on after a restart from what its store kept", async () => {
    const hub = new Hub().grow(3);
    const { follower, store } = follow(hub);
    await follower.look(signal);
    expect(await growAndLook(hub, 2, follow(hub, store).follower)).toMatchObject({ type: "grown" });
  });
});

test("a kept checkpoint that does not verify is told, and nothing takes its place unasked", async () => {
  const hub = new Hub().grow(3);
  const store = new MemoryCheckpointStore();
  const damaged = (await hub.receipt(2)).fill(7, 60, 61);
  await store.write(damaged);
  await expect(follow(hub, store).follower.look(signal)).rejects.toMatchObject({
    code: "ERR_STORE_DAMAGED",
  });
  expect(await store.read()).toEqual(damaged);
});

describe("a follower convicts, with a file that verifies offline, a hub that", () => {
  // Sizes around powers of two, where a consistency proof leaves the old root out.
  test.each([1, 2, 3, 4, 7, 8, 9])("edits an entry below a checkpoint of %i", async (size) => {
    const hub = new Hub().grow(size);
    const { follower } = follow(hub);
    await follower.look(signal);
    hub.entries[Math.floor(size / 2)] = hub.entry("edited");
    const found = await accusationAfter(hub, follower);
    expect(await verifyMisbehaviour(found, log)).toMatchObject({ kind: "rewritten" });
  });

  test("drops an entry and goes on", async () => {
    const hub = new Hub().grow(6);
    const { follower } = follow(hub);
    await follower.look(signal);
    hub.entries.splice(2, 1);
    const found = await accusationAfter(hub, follower);
    expect(await verifyMisbehaviour(found, log)).toMatchObject({ kind: "rewritten" });
  });

  test("shows two logs of one size", async () => {
    const hub = new Hub().grow(6);
    const { follower } = follow(hub);
    await follower.look(signal);
    hub.entries[5] = hub.entry("other");
    const found = await accusation(follower);
    expect(await verifyMisbehaviour(found, log)).toMatchObject({ kind: "fork", sizes: [6, 6] });
  });

  test("cuts its log and lets it grow again", async () => {
    const hub = new Hub().grow(9);
    const { follower } = follow(hub);
    await follower.look(signal);
    hub.entries = hub.entries.slice(0, 4);
    expect(await follower.look(signal)).toMatchObject({ type: "behind" });
    hub.grow(1);
    const found = await accusation(follower);
    expect(await verifyMisbehaviour(found, log)).toMatchObject({ kind: "shrunk", sizes: [9, 5] });
  });

  test("replaces the entry of a receipt", async () => {
    const hub = new Hub().grow(4);
    const first = await hub.receipt(2);
    hub.entries[2] = hub.entry("other");
    const found: Misbehaviour = { kind: "replaced", first, second: await hub.receipt(2) };
    expect(await verifyMisbehaviour(found, log)).toMatchObject({ kind: "replaced" });
  });

  test("sends proofs that prove nothing: then nothing is accepted, and nobody accused", async () => {
    const hub = new Hub().grow(5);
    const { follower, store } = follow(hub);
    await follower.look(signal);
    const kept = await store.read();
    hub.grow(2).consistencyProof = async () => [];
    await expect(follower.look(signal)).rejects.toMatchObject({
      code: "ERR_CHECKPOINT_INCONSISTENT",
    });
    expect(await store.read()).toEqual(kept);
  });
});

describe("nobody can be framed:", () => {
  test("true statements of an honest log prove nothing, whatever they are called", async () => {
    const hub = new Hub().grow(4);
    const [note, receipt] = [await hub.checkpoint(), await hub.receipt(3)];
    hub.grow(3);
    const [later, same] = [await hub.receipt(5), await hub.receipt(3)];
    const claims: Misbehaviour[] = [
      { kind: "fork", first: note, second: note },
      { kind: "fork", first: note, second: await hub.checkpoint() },
      { kind: "rewritten", first: note, second: same },
      { kind: "rewritten", first: note, second: later },
      { kind: "replaced", first: receipt, second: same },
      { kind: "shrunk", first: receipt, second: later },
      { kind: "shrunk", first: later, second: receipt },
    ];
    for (const claim of claims) {
      await expect(verifyMisbehaviour(claim, log), claim.kind).rejects.toMatchObject({
        code: "ERR_MISBEHAVIOUR_UNPROVEN",
      });
    }
  });

  test("what another key signed is not the log's", async () => {
    const hub = new Hub().grow(2);
    const first = await hub.checkpoint();
    hub.entries[0] = hub.entry("other");
    const claim: Misbehaviour = { kind: "fork", first, second: await hub.checkpoint() };
    await verifyMisbehaviour(claim, log);
    const other = await generateSigningKey();
    const elsewhere = { origin, vkey: formatVkey(origin, other.publicKey) };
    await expect(verifyMisbehaviour(claim, elsewhere)).rejects.toMatchObject({
      code: "ERR_NOTE_SIGNATURE",
    });
  });

  test.each(["", "{}", "null", '{"type":"tributary-misbehaviour/1"}', "[".repeat(9_999)])(
    "a text that is no file is refused: %.20s",
    (text) => {
      expect(() => parseMisbehaviourFile(text)).toThrow(
        expect.objectContaining({ code: "ERR_MISBEHAVIOUR_MALFORMED" }),
      );
    },
  );
});
