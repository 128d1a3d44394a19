/**
 * How fast does a hub take batches?
 *
 * One hub process, one feeder process, 1,000-record batches of 1 kB records, signed before the clock starts: through
 * verification, sequence, synced log and receipt, with catalog and index following. Compared with plain synced writes
 * of the same bytes to the same kind of store, in the same run. At the end ten times the records, once.
 *
 * Arguments: records a run (default 60,000), runs (default 5).
 *
 * @module
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type BodyOf,
  encodeBody,
  encodeRecord,
  type HubStatus,
  randomBytes,
  systemClock,
} from "@tributary/proto";
import { AdminService } from "@tributary/proto/wire";
import { Level } from "level";
import { median, quantile, report } from "../../.tools/bench-report.ts";
import { openDataFolder } from "../src/adapters/data-folder.ts";
import { createHubClient } from "../src/adapters/grpc-hub-client.ts";
import { HubProcess, runHubCommand } from "../test/support/hub-process.ts";
import { type Publisher, TestAgent } from "../test/support/test-agent.ts";

const BATCH_RECORDS = 1_000;
const RECORD_BYTES = 1_000;
const records = Number(process.argv[2] ?? 60_000);
const runs = Number(process.argv[3] ?? 5);

const PHRASES = [
  "铜加工车间的能耗在线监测",
  "注塑机联网后的停机时间分析",
  "中小企业仓储管理系统上线",
  "焊接质量的视觉检测",
  "供应商协同平台",
  "订单排产由表格改为系统",
  "设备点检数字化",
  "废水排放数据自动上报",
  "刀具寿命预测",
  "质量追溯到批次",
  "能源审计与峰谷用电调整",
  "生产报工扫码",
  "模具管理台账",
  "老旧机床加装传感器",
  "客户投诉闭环",
  "合格率由百分之九十一提高到九十六",
  "库存周转天数下降",
  "一次交检合格率稳定",
  "人工录入减少一半以上",
  "交付周期缩短三天",
  "改造投入在一年内收回",
  "车间主任每日看板",
  "技改补贴与转型券结合",
  "专家入户诊断",
  "分三期实施",
  "先打通数据再优化流程",
  "与园区平台对接",
  "由服务商驻场两个月",
  "培训班组长四十人",
  "ERP integration with the shop floor",
  "predictive maintenance of compressors",
  "energy dashboard",
];

interface Run {
  readonly recordsPerS: number;
  readonly searchablePerS: number;
  readonly p99ReceiptMs: number;
  readonly levelPerS: number;
}

const results: Run[] = [];
for (let run = 0; run < runs; run += 1) {
  const result = await measure(records);
  results.push(result);
  tell(`run ${run + 1}`, result);
}
const tenfold = await measure(10 * records);
tell("ten times the records", tenfold);
const of = (value: (run: Run) => number) => median(results.map(value));
const recordsPerS = of((run) => run.recordsPerS);
const searchablePerS = of((run) => run.searchablePerS);
report("ingest", {
  records,
  records_per_s: Math.round(recordsPerS),
  searchable_per_s: Math.round(searchablePerS),
  p99_receipt_ms: of((run) => run.p99ReceiptMs),
  ratio_level: of((run) => run.recordsPerS / run.levelPerS),
  /** Time of ten times the records over the median time of the records. */
  time_ratio_10x: (10 * recordsPerS) / tenfold.recordsPerS,
  searchable_time_ratio_10x: (10 * searchablePerS) / tenfold.searchablePerS,
});

function tell(title: string, { recordsPerS, searchablePerS, p99ReceiptMs, levelPerS }: Run): void {
  console.log(
    `${title}: ${Math.round(recordsPerS)} records/s to receipt, ${Math.round(searchablePerS)} to searchable, p99 ${p99ReceiptMs.toFixed(0)} ms; plain level ${Math.round(levelPerS)}`,
  );
}

async function measure(count: number): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), "tributary-bench-"));
  try {
    await runHubCommand(["init", "--data", folder]);
    await using hub = await HubProcess.start(folder);
    const agent = await join_(folder);
    const frames = await signedFrames(agent, Math.ceil(count / BATCH_RECORDS));
    const levelPerS = await plainLevel(frames);
    const dataFolder = await openDataFolder(folder);
    using client = createHubClient({
      address: hub.up.grpc,
      token: dataFolder.adminToken,
      timeoutMs: 10_000,
      nowMs: () => systemClock.now(),
    });
    await using publisher = await agent.publisher(hub.up.grpc);
    const { batches, bytes } = await publisher.credit;
    const startedAtMs = performance.now();
    const latencies = await publishAll(publisher, agent.feedId, frames, { batches, bytes });
    const receivedAtMs = performance.now();
    for (;;) {
      const status = await client.call<HubStatus>(AdminService.method.getHubStatus, {});
      if (status.indexSize >= status.logSize) break;
      await systemClock.sleep(20);
    }
    const searchableAtMs = performance.now();
    return {
      recordsPerS: (count * 1_000) / (receivedAtMs - startedAtMs),
      searchablePerS: (count * 1_000) / (searchableAtMs - startedAtMs),
      p99ReceiptMs: quantile(latencies, 0.99),
      levelPerS,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function join_(folder: string): Promise<TestAgent> {
  const { stdout } = await runHubCommand([
    "invite",
    ...["--data", folder, "--center", "bench", "--name", "bench", "--preapproved", "--json"],
  ]);
  return TestAgent.join((JSON.parse(stdout) as { readonly code: string }).code);
}

async function signedFrames(agent: TestAgent, batches: number): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  for (let batch = 0; batch < batches; batch += 1) {
    const run = Array.from({ length: BATCH_RECORDS }, (_, i) => record(batch * BATCH_RECORDS + i));
    frames.push((await agent.batch(run)).frame);
  }
  return frames;
}

/** Sends with a window of the hub's credit; resolves to the time from sending to receipt of each batch, in ms. */
async function publishAll(
  publisher: Publisher,
  feedId: Uint8Array,
  frames: readonly Uint8Array[],
  credit: { readonly batches: number; readonly bytes: number },
): Promise<number[]> {
  const latencies: number[] = [];
  const inFlight = new Set<Promise<void>>();
  let bytesInFlight = 0;
  for (const [seq, frame] of frames.entries()) {
    while (inFlight.size >= credit.batches || bytesInFlight + frame.length > credit.bytes) {
      await Promise.race(inFlight);
    }
    bytesInFlight += frame.length;
    const sentAtMs = performance.now();
    const answered: Promise<void> = publisher.send(frame, feedId, BigInt(seq)).then((answer) => {
      if (answer.type !== "receipt") throw new Error(`refused: ${JSON.stringify(answer)}`);
      latencies.push(performance.now() - sentAtMs);
      bytesInFlight -= frame.length;
      inFlight.delete(answered);
    });
    inFlight.add(answered);
  }
  await Promise.all(inFlight);
  return latencies;
}

/** The same bytes, one synced write a batch, with the settings of the hub's log. */
async function plainLevel(frames: readonly Uint8Array[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "tributary-level-"));
  const db = new Level<string, Uint8Array>(folder, {
    valueEncoding: "view",
    writeBufferSize: 32 * 2 ** 20,
  });
  await db.open();
  const startedAtMs = performance.now();
  for (const [seq, frame] of frames.entries()) {
    await db.put(String(seq).padStart(16, "0"), frame, { sync: true });
  }
  const seconds = (performance.now() - startedAtMs) / 1_000;
  await db.close();
  await rm(folder, { recursive: true });
  return (frames.length * BATCH_RECORDS) / seconds;
}

/** A case of about 1 kB that reads like one: sentences of a few hundred words in many orders. */
function record(number: number): Uint8Array {
  const body: BodyOf<"case"> = { title: sentence(number, 2), abstract: "" };
  for (let i = 1; encodeBody("case", body).length < RECORD_BYTES - 120; i += 1) {
    body.abstract += sentence(number * 31 + i * 7, 3);
  }
  return encodeRecord({
    salt: randomBytes(16),
    kind: "case",
    key: `case-${number}`,
    operation: "upsert",
    revision: 1n,
    visibility: "public",
    visibleTo: [],
    license: "CC-BY-4.0",
    body: encodeBody("case", body),
  });
}

function sentence(seed: number, parts: number): string {
  let text = "";
  for (let i = 0; i < parts; i += 1) {
    text += PHRASES[(seed * 17 + i * 29 + Math.floor(seed / PHRASES.length)) % PHRASES.length];
  }
  return `${text}。`;
}
