/**
 * How long does it take to compare all pairs of 230 centers with 10,000 providers and 100,000 cases, and to assess them, does it
 * find the planted pairs, and how long do the dashboards' calls take afterwards?
 *
 * The federation is invented (test/support/insight-world.ts) and lies in a catalog on disk, from which the hub's insight
 * thread reads it. Other work on the machine counts in seconds and not in cpu_seconds. A call is handler, codec and bytes, as the hub's event loop does them.
 *
 * Options: --centers 230, --providers 10000, --cases 100000, --planted 20, --seed 1.
 *
 * @module
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { toBinary } from "@bufbuild/protobuf";
import { randomBytes, systemClock } from "@tributary/proto";
import { AssessmentService, InsightService, VoucherService } from "@tributary/proto/wire";
import { median, quantile, report } from "../../.tools/bench-report.ts";
import { openLevelCatalogStore } from "../src/adapters/level-catalog-store.ts";
import { rpcMessagesOf } from "../src/adapters/rpc-messages.ts";
import { WorkerInsights } from "../src/adapters/worker-insights.ts";
import { createAssessmentApi } from "../src/api/assessment-api.ts";
import { createBenchmarkApi } from "../src/api/benchmark-api.ts";
import { createInsightApi } from "../src/api/insight-api.ts";
import type { Principal } from "../src/api/principal.ts";
import { createVoucherApi } from "../src/api/voucher-api.ts";
import { openEmptyLog } from "../test/support/decided-catalog.ts";
import { centerIdOf, fillCatalog, insightWorld } from "../test/support/insight-world.ts";
import { documentMaker } from "./support/search-corpus.ts";

const { values: options } = parseArgs({
  options: {
    centers: { type: "string", default: "230" },
    providers: { type: "string", default: "10000" },
    cases: { type: "string", default: "100000" },
    planted: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
  },
});
const centers = Number(options.centers);
const cases = Number(options.cases);
const make = documentMaker(Number(options.seed), 300);
const world = insightWorld({
  seed: Number(options.seed),
  centers,
  providers: Number(options.providers),
  cases,
  planted: Number(options.planted),
  text: (number) => make(number).text.body,
});
const folder = mkdtempSync(join(tmpdir(), "insight-"));
const catalog = await openLevelCatalogStore(folder);
await fillCatalog(catalog, world);
console.log("the catalog is written");

const signal = new AbortController().signal;
const insights = new WorkerInsights({
  catalogFolder: folder,
  catalogPosition: () => 1,
  clock: systemClock,
});
const parts = {
  catalog,
  insights,
  catalogPosition: () => 1,
  lastHeardMs: () => undefined,
  clock: systemClock,
  log: await openEmptyLog(systemClock),
  random: randomBytes,
};
const api = {
  ...createInsightApi(parts),
  ...createAssessmentApi(parts),
  ...createBenchmarkApi(parts),
  ...createVoucherApi(parts),
};
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
const started = performance.now();
const cpuBefore = process.cpuUsage();
await insights.snapshot(signal);
const snapshotSeconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(cpuBefore);
delay.disable();

const operator: Principal = { type: "operator", name: "operator" };
const all = { centerId: "", limit: 1_000, withMatrix: false };
const { pairs, compared } = await api.listOverlap(all, { principal: operator, signal });
const truth = new Set(world.planted.map(([a, b]) => `${a} ${b}`));
const planted = ({ centerA, centerB }: (typeof pairs)[number]) =>
  truth.has(`${centerA} ${centerB}`);
const significant = pairs.filter(({ providers }) => providers?.significant);
const copied = pairs.filter(({ actions }) => actions.some(({ code }) => code === "syndicate"));

const METHODS = [InsightService, AssessmentService, VoucherService].flatMap(
  ({ methods }) => methods,
);

/** One call, from the values of its request to the bytes of its answer. */
async function call(name: string, run: () => Promise<object>): Promise<readonly [number, number]> {
  const method = METHODS.find((known) => known.name === name);
  if (method === undefined) throw new TypeError(`there is no ${name}`);
  const from = performance.now();
  const bytes = toBinary(method.output, rpcMessagesOf(method).encode(await run()));
  return [performance.now() - from, bytes.length];
}

const context = { principal: operator, signal };
const calls: Readonly<Record<string, () => Promise<readonly [number, number]>>> = {
  activity: () => call("ListActivity", () => api.listActivity({ centerId: "" }, context)),
  overlap: () =>
    call("ListOverlap", () =>
      api.listOverlap({ centerId: "", limit: 100, withMatrix: true }, context),
    ),
  overlap_of_center: () =>
    call("ListOverlap", () =>
      api.listOverlap({ centerId: centerIdOf(0), limit: 100, withMatrix: false }, context),
    ),
  market: () => call("ListMarket", () => api.listMarket({ by: "scenario", province: "" }, context)),
  assessments: () => call("ListAssessments", () => api.listAssessments({ centerId: "" }, context)),
  assessment_of_center: () =>
    call("ListAssessments", () => api.listAssessments({ centerId: centerIdOf(0) }, context)),
  benchmarks: () => call("ListBenchmarks", () => api.listBenchmarks({ centerId: "" }, context)),
  vouchers: () => call("ListVouchers", () => api.listVouchers({ province: "" }, context)),
};
const figures: Record<string, number> = {};
const times: number[] = [];
for (const [name, run] of Object.entries(calls)) {
  for (let i = 0; i < 20; i += 1) await run();
  const runs: (readonly [number, number])[] = [];
  for (let i = 0; i < 200; i += 1) runs.push(await run());
  const ms = runs.map(([time]) => time);
  times.push(...ms);
  figures[`${name}_p50_ms`] = median(ms);
  figures[`${name}_p99_ms`] = quantile(ms, 0.99);
  figures[`${name}_kb`] = (runs[0]?.[1] ?? 0) / 1000;
}

report("insight", {
  centers,
  providers: Number(options.providers),
  cases,
  pairs: compared,
  snapshot_seconds: snapshotSeconds,
  snapshot_cpu_seconds: (user + system) / 1e6,
  loop_delay_p99_ms: delay.percentile(99) / 1e6,
  dashboards_p99_ms: quantile(times, 0.99),
  ...figures,
  planted: truth.size,
  overlap_p: significant.filter(planted).length / significant.length,
  overlap_r: significant.filter(planted).length / truth.size,
  copies_p: copied.filter(planted).length / copied.length,
  copies_r: copied.filter(planted).length / truth.size,
  rss_mb: process.memoryUsage().rss / 2 ** 20,
});
await insights[Symbol.asyncDispose]();
await catalog[Symbol.asyncDispose]();
rmSync(folder, { recursive: true });
