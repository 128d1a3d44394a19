import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type CenterSummary,
  type EpochSummary,
  encodeEpochSummary,
  epochParts,
  generateSigningKey,
  LogFollower,
  ManualClock,
  type Misbehaviour,
  systemClock,
  utf8,
  verifyMisbehaviour,
} from "@tributary/proto";
import { afterEach, describe, expect, test } from "vitest";
import { FakeHub } from "../../test/fake-hub.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { fileCheckpointStore } from "../adapters/file-checkpoint-store.ts";
import { grpcLogView } from "../adapters/grpc-log-view.ts";
import { MemoryFeedStore } from "../adapters/memory-feed-store.ts";
import { openMemo } from "../sync/memo.ts";
import { EpochWatch } from "./epoch-watch.ts";
import { LogWatch } from "./log-watch.ts";

const signal = new AbortController().signal;
const opened: AsyncDisposable[] = [];

afterEach(async () => {
  for (const one of opened.splice(0)) await one[Symbol.asyncDispose]();
});

/** A hub on gRPC with five entries, and a watch that has looked once. */
async function watched() {
  const hub = await FakeHub.start();
  opened.push(hub);
  const grow = async (count: number) => {
    for (let i = 0; i < count; i += 1) {
      hub.log.nowMs += 1;
      await hub.log.append(utf8(`entry ${hub.log.nowMs}`), new Uint8Array(64));
    }
  };
  await grow(5);
  const folder = await temporaryFolder();
  opened.push(folder);
  const file = join(folder.path, "log.receipt");
  const store = new MemoryFeedStore();
  const memo = await openMemo(store);
  const clock = new ManualClock(hub.log.nowMs);
  const reports: Misbehaviour[] = [];
  const caller = {
    hub: hub.address,
    tls: false,
    hubOrigin: hub.log.origin,
    centerId: "copper",
    key: await generateSigningKey(),
    clock: systemClock,
  };
  const view = grpcLogView(() => caller);
  const watch = new LogWatch({
    follower: new LogFollower({ log: hub.log, view, store: fileCheckpointStore(file) }),
    epochs: new EpochWatch({
      log: hub.log,
      centerId: caller.centerId,
      store,
      ask: (signal) => view.epoch(caller.centerId, signal),
    }),
    memo,
    clock,
    async report(misbehaviour) {
      reports.push(misbehaviour);
      return "proof.json";
    },
  });
  await watch.look(signal);
  return { hub, grow, memo, watch, reports, file, clock };
}

describe("a watch over the hub's log", () => {
  test("keeps the largest checkpoint in a file, and lets an honest log grow", async () => {
    const { grow, memo, watch, file } = await watched();
    const before = await readFile(file);
    await grow(3);
    await watch.look(signal);
    expect(await readFile(file)).not.toEqual(before);
    expect(memo.agent).toEqual({});
  });

  test("stops publication with a proof when the hub's log was cut and grew again", async () => {
    const { hub, grow, memo, watch, reports } = await watched();
    hub.log.cut(2);
    await grow(1);
    await watch.look(signal);
    expect(memo.agent.pause).toMatchObject({
      by: "hub",
      code: "ERR_LOG_MISBEHAVED",
      message: expect.stringContaining("proof.json"),
      messageZh: expect.stringContaining("proof.json"),
    });
    const [found] = reports;
    expect(await verifyMisbehaviour(found as Misbehaviour, hub.log)).toMatchObject({
      kind: "shrunk",
    });
  });

  test("finds a receipt of another log than the one that is shown", async () => {
    const { hub, grow, memo, watch, reports } = await watched();
    await grow(1);
    const note = await hub.log.checkpoint();
    await memo.updateAgent({ checkpoint: { size: 6, root: "", note } });
    hub.log.cut(5);
    await grow(2);
    await watch.look(signal);
    expect(memo.agent.pause?.code).toBe("ERR_LOG_MISBEHAVED");
    expect(reports).toMatchObject([{ kind: "rewritten", first: note }]);
  });

  test("pauses without an accusation when the log proves nothing", async () => {
    const { hub, grow, memo, watch, reports } = await watched();
    await grow(2);
    hub.log.consistencyProof = () => [];
    await watch.look(signal);
    expect(memo.agent.pause?.code).toBe("ERR_CHECKPOINT_INCONSISTENT");
    expect(reports).toEqual([]);
  });

  test("says that the hub shows less than it signed, in checkpoints or receipts, without a pause", async () => {
    const { hub, memo, watch, reports } = await watched();
    hub.log.cut(3);
    await watch.look(signal);
    expect(memo.agent.logProblem?.code).toBe("ERR_CHECKPOINT_INCONSISTENT");
    expect([memo.agent.pause, reports]).toEqual([undefined, []]);

    const { memo: other, watch: second, hub: frozen, grow: growOther } = await watched();
    await growOther(2);
    const note = await frozen.log.checkpoint();
    await other.updateAgent({ checkpoint: { size: 7, root: "", note } });
    frozen.log.cut(5);
    await second.look(signal);
    expect(other.agent.logProblem?.code).toBe("ERR_CHECKPOINT_INCONSISTENT");
  });

  test("says since when the log could not be looked at, until it can", async () => {
    const { hub, grow, memo, watch } = await watched();
    await grow(1);
    const checkpoint = hub.log.checkpoint;
    hub.log.checkpoint = async () => "no checkpoint";
    await watch.look(signal);
    expect(memo.agent.pause).toBeUndefined();
    expect(memo.agent.logProblem).toMatchObject({ code: "ERR_NOTE_MALFORMED" });
    hub.log.checkpoint = checkpoint;
    await watch.look(signal);
    expect(memo.agent.logProblem).toBeUndefined();
  });
});

describe("a watch over the hub's epoch summaries", () => {
  const periodMs = 60_000;

  async function summarize(hub: FakeHub, epoch: number, centers: readonly CenterSummary[]) {
    const [part] = epochParts({ epoch, logSize: hub.log.size, periodMs, centers });
    const signature = new Uint8Array();
    await hub.log.append(encodeEpochSummary(part as EpochSummary), signature, "epoch");
    hub.epochAt = hub.log.size - 1;
  }

  test("keeps what was promised, and says once, with a file, when the promise is broken", async () => {
    const { hub, memo, watch, reports, clock } = await watched();
    await summarize(hub, 4, []);
    await watch.look(signal);
    const writtenAtMs = hub.log.nowMs;
    expect(memo.agent).toMatchObject({ epoch: { epoch: 4, writtenAtMs, periodMs } });
    clock.advance(writtenAtMs + 2 * periodMs - clock.now());
    await watch.look(signal);
    expect([memo.agent.logProblem, reports]).toEqual([undefined, []]);
    clock.advance(1);
    await watch.look(signal);
    await watch.look(signal);
    expect(memo.agent.logProblem).toMatchObject({ code: "ERR_EPOCH_OVERDUE" });
    expect(memo.agent.pause).toBeUndefined();
    expect(reports).toMatchObject([{ kind: "overdue" }]);
    hub.log.nowMs += 2 * periodMs;
    await summarize(hub, 5, []);
    await watch.look(signal);
    expect(memo.agent.logProblem).toBeUndefined();
  });

  test("says that a hub withholds which shows an older summary than before, or none", async () => {
    const { hub, memo, watch } = await watched();
    await summarize(hub, 0, []);
    await summarize(hub, 1, []);
    await watch.look(signal);
    for (const epochAt of [hub.log.size - 2, undefined]) {
      hub.epochAt = epochAt;
      await watch.look(signal);
      expect(memo.agent.logProblem?.code).toBe("ERR_CHECKPOINT_INCONSISTENT");
    }
  });

  test("does not take another entry for a summary", async () => {
    const { hub, memo, watch } = await watched();
    hub.epochAt = 1;
    await watch.look(signal);
    expect(memo.agent.logProblem?.code).toBe("ERR_PROTOCOL");
  });
});
