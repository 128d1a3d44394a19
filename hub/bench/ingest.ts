/**
 * How fast does a hub take batches?
 *
 * One hub process, one feeder process, 1,000-record batches of 1 kB records, signed before the clock starts: through
 * verification, sequence, synced log and receipt, with catalog and index following. Compared with plain synced writes
 * of the same bytes to the same kind of store, in the same run. At the end ten times the records, once.
 *
 * With `--witnesses N` or `--mtls` the question is what trust costs: two hubs, one of them with N witnesses that cosign its log and
 * with TLS on which both sides show certificates, take as many records in turn, so that whatever else the machine does falls on
 * both. `ratio_trust` is the median over the pairs. The witnesses run in the feeder's process, on the same machine.
 *
 * npm run bench -- ingest [RECORDS_A_RUN 60000] [RUNS 5] [--witnesses N] [--mtls]
 *
 * @module
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
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
import { openDataFolder, readRunning } from "../src/adapters/data-folder.ts";
import { createHubClient, type HubClient } from "../src/adapters/grpc-hub-client.ts";
import { HubProcess, runHubCommand } from "../test/support/hub-process.ts";
import { type Publisher, TestAgent } from "../test/support/test-agent.ts";
import { certifiedCenter, openWitnesses, type Witnesses } from "./support/trusted-centers.ts";

const BATCH_RECORDS = 1_000;
const RECORD_BYTES = 1_000;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    witnesses: { type: "string", default: "0" },
    mtls: { type: "boolean", default: false },
  },
});
const records = Number(positionals[0] ?? 60_000);
const runs = Number(positionals[1] ?? 5);
const trust: Trust = { witnesses: Number(values.witnesses), mtls: values.mtls };

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

/** In what a run differs from one that trusts the hub and the network. */
interface Trust {
  readonly witnesses: number;
  readonly mtls: boolean;
}

const NONE: Trust = { witnesses: 0, mtls: false };

interface Run {
  readonly recordsPerS: number;
  readonly searchablePerS: number;
  readonly p99ReceiptMs: number;
  readonly levelPerS: number;
}

if (trust.witnesses > 0 || trust.mtls) await compareTrust();
else await measureAlone();

async function measureAlone(): Promise<void> {
  const results: Run[] = [];
  for (let run = 1; run <= runs; run += 1) results.push(await onNewHub(`run ${run}`, records));
  const tenfold = await onNewHub("ten times the records", 10 * records);
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
}

async function onNewHub(title: string, count: number): Promise<Run> {
  await using feed = await openFeed(NONE);
  const run = await measure(feed, count);
  tell(title, run);
  return run;
}

async function compareTrust(): Promise<void> {
  await using plainFeed = await openFeed(NONE);
  await using trustFeed = await openFeed(trust);
  // Until code is compiled and files are open.
  for (const feed of [plainFeed, trustFeed]) await measure(feed, records);
  const pairs: { readonly plain: Run; readonly trusted: Run }[] = [];
  const measured = async (run: number, feed: BenchFeed) => {
    const result = await measure(feed, records);
    tell(`run ${run}, ${feed === plainFeed ? "plain" : "trust"}`, result);
    return result;
  };
  for (let run = 1; run <= runs; run += 1) {
    // Each goes first as often as the other: what a turn leaves to do falls on the next one.
    const isPlainFirst = run % 2 === 1;
    const first = await measured(run, isPlainFirst ? plainFeed : trustFeed);
    const second = await measured(run, isPlainFirst ? trustFeed : plainFeed);
    pairs.push(
      isPlainFirst ? { plain: first, trusted: second } : { plain: second, trusted: first },
    );
  }
  const of = (value: (pair: (typeof pairs)[number]) => number) => median(pairs.map(value));
  report("ingest-trust", {
    records,
    ...trust,
    plain_records_per_s: Math.round(of(({ plain }) => plain.recordsPerS)),
    trust_records_per_s: Math.round(of(({ trusted }) => trusted.recordsPerS)),
    plain_p99_receipt_ms: of(({ plain }) => plain.p99ReceiptMs),
    trust_p99_receipt_ms: of(({ trusted }) => trusted.p99ReceiptMs),
    ratio_trust: of(({ plain, trusted }) => trusted.recordsPerS / plain.recordsPerS),
    /** Each run over the plain synced writes that were measured right before it: a machine that others use is as slow for both. */
    ratio_trust_to_level: of(
      ({ plain, trusted }) =>
        trusted.recordsPerS / trusted.levelPerS / (plain.recordsPerS / plain.levelPerS),
    ),
    ratio_trust_searchable: of(
      ({ plain, trusted }) => trusted.searchablePerS / plain.searchablePerS,
    ),
  });
}

function tell(title: string, { recordsPerS, searchablePerS, p99ReceiptMs, levelPerS }: Run): void {
  console.log(
    `${title}: ${Math.round(recordsPerS)} records/s to receipt, ${Math.round(searchablePerS)} to searchable, p99 ${p99ReceiptMs.toFixed(0)} ms; plain level ${Math.round(levelPerS)}`,
  );
}

/** A hub, and the one center that publishes there. */
interface BenchFeed extends AsyncDisposable {
  readonly agent: TestAgent;
  readonly publisher: Publisher;
  readonly client: HubClient;
  readonly witnesses: Witnesses | undefined;
}

async function openFeed({ witnesses: count, mtls }: Trust): Promise<BenchFeed> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "tributary-bench-"));
  opened.defer(() => rm(folder, { recursive: true }));
  const hubFolder = join(folder, "hub");
  await runHubCommand(["init", "--data", hubFolder]);
  const hub = opened.use(
    await HubProcess.start(hubFolder, mtls ? { TRIBUTARY_HUB_TLS: "on" } : {}),
  );
  const { agent, channel } = mtls
    ? await certifiedCenter(folder, hubFolder, "bench")
    : { agent: await join_(hubFolder), channel: undefined };
  const witnesses =
    count > 0 ? opened.use(await openWitnesses(folder, hubFolder, count)) : undefined;
  const dataFolder = await openDataFolder(hubFolder);
  const client = opened.use(
    createHubClient({
      address: hub.up.grpc,
      certificate: (await readRunning(dataFolder))?.certificate,
      token: dataFolder.adminToken,
      timeoutMs: 10_000,
      nowMs: () => systemClock.now(),
    }),
  );
  const publisher = opened.use(await agent.publisher(hub.up.grpc, undefined, channel));
  const closes = opened.move();
  const close = () => closes.disposeAsync();
  return { agent, publisher, client, witnesses, [Symbol.asyncDispose]: close };
}

async function measure(feed: BenchFeed, count: number): Promise<Run> {
  const { agent, publisher, client, witnesses } = feed;
  const firstSeq = agent.nextSeq;
  const frames = await signedFrames(agent, Math.ceil(count / BATCH_RECORDS));
  const levelPerS = await plainLevel(frames);
  const credit = await publisher.credit;
  const startedAtMs = performance.now();
  const latencies = await publishAll(publisher, { feedId: agent.feedId, firstSeq, frames }, credit);
  const receivedAtMs = performance.now();
  let logSize: number;
  for (;;) {
    const status = await client.call<HubStatus>(AdminService.method.getHubStatus, {});
    logSize = status.logSize;
    if (status.indexSize >= logSize) break;
    await systemClock.sleep(20);
  }
  const searchableAtMs = performance.now();
  // They have seen what was measured, not only what was there before.
  await witnesses?.cosigned(logSize);
  return {
    recordsPerS: (count * 1_000) / (receivedAtMs - startedAtMs),
    searchablePerS: (count * 1_000) / (searchableAtMs - startedAtMs),
    p99ReceiptMs: quantile(latencies, 0.99),
    levelPerS,
  };
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
  const first = Number(agent.nextRecordSeq);
  for (let batch = 0; batch < batches; batch += 1) {
    const run = Array.from({ length: BATCH_RECORDS }, (_, i) =>
      record(first + batch * BATCH_RECORDS + i),
    );
    frames.push((await agent.batch(run)).frame);
  }
  return frames;
}

/** Sends with a window of the hub's credit; resolves to the time from sending to receipt of each batch, in ms. */
async function publishAll(
  publisher: Publisher,
  {
    feedId,
    firstSeq,
    frames,
  }: {
    readonly feedId: Uint8Array;
    readonly firstSeq: bigint;
    readonly frames: readonly Uint8Array[];
  },
  credit: { readonly batches: number; readonly bytes: number },
): Promise<number[]> {
  const latencies: number[] = [];
  const inFlight = new Set<Promise<void>>();
  let bytesInFlight = 0;
  for (const [i, frame] of frames.entries()) {
    while (inFlight.size >= credit.batches || bytesInFlight + frame.length > credit.bytes) {
      await Promise.race(inFlight);
    }
    bytesInFlight += frame.length;
    const sentAtMs = performance.now();
    const answered: Promise<void> = publisher
      .send(frame, feedId, firstSeq + BigInt(i))
      .then((answer) => {
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
