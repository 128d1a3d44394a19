/**
 * What do other centers notice of one that sends a hundred times its quota?
 *
 * One hub process with the default quotas; eight centers that each send five batches of ten records a second; and one in a
 * process of its own, which sends 5,000 small batches a second, or as many as its credit lets through, on as many streams as it
 * may have, and does not care for refusals. Quiet and loud turns alternate, so that whatever else the machine does falls on
 * both. The figure is the 99th percentile of the time from sending to receipt, of the eight.
 *
 * npm run bench -- fairness [--turns 6] [--seconds 5]
 *
 * @module
 */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Invitation, systemClock } from "@tributary/proto";
import { AdminService } from "@tributary/proto/wire";
import { quantile, report } from "../../.tools/bench-report.ts";
import { initDataFolder } from "../src/adapters/data-folder.ts";
import type { HubClient } from "../src/adapters/grpc-hub-client.ts";
import { DEFAULT_QUOTA } from "../src/ingest/quota.ts";
import { operatorOf } from "../test/support/drill.ts";
import { HubProcess } from "../test/support/hub-process.ts";
import { caseRecord, type Publisher, TestAgent } from "../test/support/test-agent.ts";

const CENTERS = 8;
const BATCHES_PER_SECOND = 5;
const BATCH_RECORDS = 10;
const TIMES_QUOTA = 100;
const LOUD_STREAMS = 4;
const TICK_MS = 10;
/** What applies unless an operator says otherwise; the hubs of tests have no limits. */
const QUOTA = {
  TRIBUTARY_HUB_QUOTA_BATCHES_PER_SECOND: String(DEFAULT_QUOTA.batchesPerSecond),
  TRIBUTARY_HUB_QUOTA_RECORDS_PER_MINUTE: String(DEFAULT_QUOTA.recordsPerMinute),
  TRIBUTARY_HUB_QUOTA_BYTES_PER_DAY: String(DEFAULT_QUOTA.bytesPerDay),
};

const { values } = parseArgs({
  options: {
    turns: { type: "string", default: "6" },
    seconds: { type: "string", default: "5" },
    /** Address of the hub: plays the loud center, whose join code comes as a message. */
    loud: { type: "string" },
  },
});
if (values.loud === undefined) await measure(Number(values.turns), Number(values.seconds));
else await beLoud(values.loud);

async function measure(turns: number, seconds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "tributary-bench-"));
  try {
    const data = await initDataFolder(join(folder, "hub"), undefined);
    await using hub = await HubProcess.start(data.path, QUOTA);
    using operator = operatorOf(hub, data.adminToken);
    const loud = fork(import.meta.filename, ["--loud", hub.up.grpc]);
    loud.send(await inviteTo(operator, "loud"));
    await once(loud, "message");
    const centers: Sender[] = [];
    for (let i = 0; i < CENTERS; i += 1) {
      const agent = await TestAgent.join(await inviteTo(operator, `quiet-${i}`));
      const publisher = await agent.publisher(hub.up.grpc);
      await publisher.credit;
      centers.push({ agent, publisher });
    }
    await sendAll(centers, 2); // until code is compiled and files are open
    const alone: number[] = [];
    const besides: number[] = [];
    let sent = 0;
    let refused = 0;
    for (let turn = 0; turn < turns; turn += 1) {
      alone.push(...(await sendAll(centers, seconds)));
      loud.send("go");
      besides.push(...(await sendAll(centers, seconds)));
      const count = await countOf(loud);
      sent += count.sent;
      refused += count.refused;
      console.log(
        `turn ${turn + 1}: p99 ${quantile(alone, 0.99).toFixed(1)} ms without, ${quantile(besides, 0.99).toFixed(1)} ms with a center that sent ${Math.round(count.sent / seconds)} batches/s`,
      );
    }
    loud.kill();
    for (const { publisher } of centers) await publisher[Symbol.asyncDispose]();
    report("fairness", {
      centers: CENTERS,
      p50_alone_ms: quantile(alone, 0.5),
      p50_besides_ms: quantile(besides, 0.5),
      p99_alone_ms: quantile(alone, 0.99),
      p99_besides_ms: quantile(besides, 0.99),
      p99_ratio: quantile(besides, 0.99) / quantile(alone, 0.99),
      loud_wants_batches_per_s: TIMES_QUOTA * DEFAULT_QUOTA.batchesPerSecond,
      loud_sent_batches_per_s: sent / turns / seconds,
      loud_refused_share: refused / sent,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Sender {
  readonly agent: TestAgent;
  readonly publisher: Publisher;
}

/** Each center sends at its pace; resolves to the time from sending to receipt of each batch, in ms. */
async function sendAll(centers: readonly Sender[], seconds: number): Promise<number[]> {
  const latencies: number[] = [];
  await Promise.all(
    centers.map(async ({ agent, publisher }, place) => {
      const intervalMs = 1_000 / BATCHES_PER_SECOND;
      await systemClock.sleep((intervalMs * place) / centers.length);
      for (let i = 0; i < seconds * BATCHES_PER_SECOND; i += 1) {
        const seq = agent.nextSeq;
        const records = Array.from({ length: BATCH_RECORDS }, (_, n) =>
          caseRecord(`${seq}-${n}`, "铜加工车间的能耗在线监测"),
        );
        const { frame } = await agent.batch(records, seq === 0n ? "end" : "none");
        const sentAtMs = performance.now();
        const answer = await publisher.send(frame, agent.feedId, seq);
        if (answer.type !== "receipt") throw new Error(`refused: ${JSON.stringify(answer)}`);
        const tookMs = performance.now() - sentAtMs;
        latencies.push(tookMs);
        await systemClock.sleep(Math.max(0, intervalMs - tookMs));
      }
    }),
  );
  return latencies;
}

async function inviteTo(operator: HubClient, center: string): Promise<string> {
  const request = { centerId: center, centerName: center, preapproved: true };
  return (await operator.call<Invitation>(AdminService.method.createInvitation, request)).code;
}

interface LoudCount {
  readonly sent: number;
  readonly refused: number;
}

/** Stops the loud center; resolves to what it did since it began. */
async function countOf(loud: ChildProcess): Promise<LoudCount> {
  loud.send("stop");
  const [count] = await once(loud, "message");
  return count as LoudCount;
}

/** The loud center: sends between "go" and "stop". */
async function beLoud(address: string): Promise<never> {
  const [code] = (await once(process, "message")) as [string];
  const agent = await TestAgent.join(code);
  const { frame } = await agent.batch([caseRecord("a", "题目")], "end");
  const streams: Publisher[] = [];
  for (let i = 0; i < LOUD_STREAMS; i += 1) streams.push(await agent.publisher(address));
  const { batches } = await (streams[0] as Publisher).credit;
  process.send?.("ready");
  const perTick = (TIMES_QUOTA * DEFAULT_QUOTA.batchesPerSecond * TICK_MS) / 1_000 / LOUD_STREAMS;
  const inFlight = streams.map(() => 0);
  for (;;) {
    await once(process, "message");
    let isOver = false;
    process.once("message", () => {
      isOver = true;
    });
    let sent = 0;
    let refused = 0;
    while (!isOver) {
      for (const [i, stream] of streams.entries()) {
        for (let n = 0; n < perTick && (inFlight[i] as number) < batches; n += 1) {
          inFlight[i] = (inFlight[i] as number) + 1;
          sent += 1;
          // The same batch again and again: a quota is asked before a sequence is.
          void stream.sendJunk(frame).then(({ type }) => {
            inFlight[i] = (inFlight[i] as number) - 1;
            if (type === "refusal") refused += 1;
          });
        }
      }
      await systemClock.sleep(TICK_MS);
    }
    process.send?.({ sent, refused } satisfies LoudCount);
  }
}
