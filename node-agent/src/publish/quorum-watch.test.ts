import {
  cosign,
  formatNote,
  formatVkey,
  generateSigningKey,
  LogFollower,
  ManualClock,
  MemoryCheckpointStore,
  type Misbehaviour,
  parseNote,
  utf8,
} from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { FakeLog } from "../../test/fake-log.ts";
import { MemoryFeedStore } from "../adapters/memory-feed-store.ts";
import type { FeedState } from "../ports/feed-store.ts";
import { openMemo } from "../sync/memo.ts";
import { EpochWatch } from "./epoch-watch.ts";
import { LogWatch } from "./log-watch.ts";
import { QuorumWatch } from "./quorum-watch.ts";

const signal = new AbortController().signal;
const logKey = await generateSigningKey();
const WITNESSES = await Promise.all(
  ["ada", "bob", "cyd"].map(async (name) => ({ name, key: await generateSigningKey() })),
);
const LINES = WITNESSES.map(
  ({ name, key }) => `witness ${name} ${formatVkey(name, key.publicKey, "cosignature")}`,
).join("\n");
const POLICY = `${LINES}\ngroup most 2 ada bob cyd\nquorum most`;
const PATIENCE_MS = 120_000;

/** The newest checkpoint of a log with cosignatures of the first witnesses. */
async function cosigned(log: FakeLog, count: number, nowMs = 1_000): Promise<string> {
  const { text, signatures } = parseNote(await log.checkpoint());
  const lines = WITNESSES.slice(0, count).map(({ name, key }) =>
    cosign(text, { name, key, nowMs }),
  );
  return formatNote({ text, signatures: [...signatures, ...(await Promise.all(lines))] });
}

function feedState(ordinal: number, nextSeq: bigint): FeedState {
  return {
    ordinal,
    feedId: new Uint8Array(16).fill(ordinal),
    reason: "first",
    openedAtMs: 0,
    nextSeq,
    lastHash: new Uint8Array(32),
    nextRecordSeq: 0n,
    isSnapshotOpen: false,
    live: {},
  };
}

/** An agent with a log that it follows, and no receipts. */
async function world({ policy = POLICY, store = new MemoryFeedStore() } = {}) {
  const hub = { log: new FakeLog(logKey), cosigned: "" };
  const clock = new ManualClock();
  const memo = await openMemo(store);
  const reports: Misbehaviour[] = [];
  const view = {
    checkpoint: () => hub.log.checkpoint(),
    consistencyProof: async (from: number, to: number) => hub.log.consistencyProof(from, to),
    receipt: (position: number) => hub.log.receipt(position),
    cosigned: async () => hub.cosigned,
  };
  const logWatch = new LogWatch({
    follower: new LogFollower({ log: hub.log, view, store: new MemoryCheckpointStore() }),
    epochs: new EpochWatch({
      log: hub.log,
      centerId: "copper",
      store,
      ask: async () => Promise.reject(new TypeError("no epoch is asked for here")),
    }),
    memo,
    clock,
    async report(misbehaviour) {
      reports.push(misbehaviour);
      return "proof.json";
    },
  });
  const watch = new QuorumWatch({ log: hub.log, policy, view, logWatch, store, memo, clock });
  let [ordinal, seq] = [1, 0n];
  return {
    hub,
    clock,
    memo,
    reports,
    view,
    watch,
    store,
    /** Signs a batch; it gets its receipt from that log. */
    async publish(log: FakeLog | "none" = hub.log) {
      const [header, signature] = [utf8(`batch ${ordinal} ${seq}`), new Uint8Array(64)];
      const batch = { seq, header, signature, records: new Uint8Array(), tally: {} };
      await store.commit({ feed: feedState(ordinal, seq + 1n), batch });
      if (log !== "none") {
        const receipt = await log.append(header, signature);
        await store.commit({ receipt: { feed: ordinal, seq, receipt, bytes: 0 } });
      }
      seq += 1n;
    },
    async renew() {
      [ordinal, seq] = [ordinal + 1, 0n];
      await store.commit({ feed: feedState(ordinal, 0n) });
    },
    async look() {
      await watch.look(signal);
      return watch.standing();
    },
  };
}

describe("a receipt", () => {
  test("waits for witnesses until a checkpoint that covers it carries the quorum, and is final then", async () => {
    const { hub, publish, look, watch } = await world();
    expect(await watch.standing()).toEqual({ final: 0, pending: 0, size: 0 });
    await publish();
    await publish();
    hub.cosigned = await cosigned(hub.log, 1);
    expect(await look()).toEqual({ final: 0, pending: 2, size: 0 });
    hub.cosigned = await cosigned(hub.log, 2, 5_000);
    await publish();
    expect(await look()).toEqual({ final: 2, pending: 1, size: 2, quorumAtMs: 5_000 });
    expect(await look()).toMatchObject({ final: 2, pending: 1 });
    hub.cosigned = await cosigned(hub.log, 3, 9_000);
    expect(await look()).toEqual({ final: 3, pending: 0, size: 3, quorumAtMs: 9_000 });
  });

  test("stays final over a restart, and is looked at anew when the policy changes", async () => {
    const first = await world();
    await first.publish();
    first.hub.cosigned = await cosigned(first.hub.log, 2);
    await first.look();
    const { store } = first;
    expect(await (await world({ store })).watch.standing()).toMatchObject({ final: 1, pending: 0 });
    const strict = POLICY.replace("most 2", "most 3");
    const second = await world({ store, policy: strict });
    expect(await second.watch.standing()).toEqual({ final: 0, pending: 1, size: 0 });
  });

  test("of a feed that was replaced counts too, and a batch there that never got one does not", async () => {
    const { hub, publish, renew, look } = await world();
    await publish();
    await publish("none");
    await renew();
    await publish();
    hub.cosigned = await cosigned(hub.log, 2);
    await publish();
    expect(await look()).toMatchObject({ final: 2, pending: 1 });
    hub.cosigned = await cosigned(hub.log, 2);
    expect(await look()).toMatchObject({ final: 3, pending: 0 });
  });

  test("is final at once where the policy needs nobody", async () => {
    const { hub, publish, look } = await world({ policy: "quorum none" });
    await publish();
    hub.cosigned = await hub.log.checkpoint();
    expect(await look()).toEqual({ final: 1, pending: 0, size: 1 });
  });

  test("of another log than the one that witnesses saw stays pending, and convicts the hub", async () => {
    const { hub, publish, look, memo, reports } = await world();
    const fork = new FakeLog(logKey);
    await publish(fork);
    await hub.log.append(utf8("for everybody else"), new Uint8Array(64));
    hub.cosigned = await cosigned(hub.log, 3);
    expect(await look()).toMatchObject({ final: 0, pending: 1 });
    expect(memo.agent.pause?.code).toBe("ERR_LOG_MISBEHAVED");
    expect(reports).toMatchObject([{ kind: "fork" }]);
  });

  test("is not final by cosignatures on a log that this agent does not see", async () => {
    const { hub, publish, look, memo } = await world();
    await publish();
    const fork = new FakeLog(logKey);
    await fork.append(utf8("for the witnesses"), new Uint8Array(64));
    hub.cosigned = await cosigned(fork, 3);
    expect(await look()).toMatchObject({ final: 0, pending: 1, size: 0 });
    expect(memo.agent.quorumProblem?.code).toBe("ERR_QUORUM");
  });

  test("stays pending while the hub proves nothing, and what was proven before stays final", async () => {
    const { hub, publish, look, view, memo } = await world();
    await publish();
    await publish();
    await publish();
    hub.cosigned = await cosigned(hub.log, 2);
    const { consistencyProof } = view;
    view.consistencyProof = async (from, to) => (from === 2 ? [] : consistencyProof(from, to));
    expect(await look()).toMatchObject({ final: 1, pending: 2 });
    expect(memo.agent.quorumProblem?.code).toBe("ERR_CHECKPOINT_INCONSISTENT");
    view.consistencyProof = consistencyProof;
    expect(await look()).toMatchObject({ final: 3, pending: 0 });
    expect(memo.agent.quorumProblem).toBeUndefined();
  });
});

describe("a lack of witnesses", () => {
  test("is told once it has lasted, with who cosigned, and no more when there is a quorum", async () => {
    const { hub, publish, look, clock, watch } = await world();
    await publish();
    hub.cosigned = await cosigned(hub.log, 1);
    await look();
    clock.advance(PATIENCE_MS - 1);
    expect((await look()).problem).toBeUndefined();
    clock.advance(1);
    expect((await watch.standing()).problem).toMatchObject({
      code: "ERR_QUORUM",
      message: expect.stringContaining("ada"),
      messageZh: expect.stringContaining("ada"),
      sinceMs: clock.now() - PATIENCE_MS,
    });
    hub.cosigned = await cosigned(hub.log, 2);
    expect((await look()).problem).toBeUndefined();
  });

  test("is told where the hub shows an older quorum than before, and none at all", async () => {
    const { hub, publish, look, memo } = await world();
    await publish();
    const older = await cosigned(hub.log, 2);
    await publish();
    hub.cosigned = await cosigned(hub.log, 2);
    await look();
    hub.cosigned = older;
    expect(await look()).toMatchObject({ final: 2, size: 2 });
    expect(memo.agent.quorumProblem?.message).toMatch(/1 entries after those of 2/);
    hub.cosigned = await hub.log.checkpoint();
    await look();
    expect(memo.agent.quorumProblem?.message).toMatch(/nobody/);
  });

  test("of a policy for another log is found before anything is asked", async () => {
    const other = formatVkey("hub.other/x", logKey.publicKey);
    await expect(world({ policy: `log ${other}\n${POLICY}` })).rejects.toMatchObject({
      code: "ERR_WITNESS_POLICY",
    });
  });
});
