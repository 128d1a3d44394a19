/**
 * What `bench/match.ts` runs in a thread with the memory of the hub's own.
 *
 * @module
 */

import { type RecordRef, standardHierarchies } from "@tributary/proto";
import { median, quantile, report } from "../../../.tools/bench-report.ts";
import { CaseTable } from "../../src/match/cases.ts";
import type { Knowledge } from "../../src/match/contenders.ts";
import { EvidenceBase } from "../../src/match/evidence-base.ts";
import { match } from "../../src/match/match.ts";
import { plan } from "../../src/match/plan.ts";
import { ProviderTable } from "../../src/match/providers.ts";
import type { Question } from "../../src/match/question.ts";
import { readRelease } from "../../src/match/release.ts";
import {
  aBucket,
  aDemand,
  aRelease,
  type Bucket,
  NAMED_LEVELS,
  normal,
  seeded,
  usccOf,
} from "../../test/support/match-world.ts";

const PROVIDERS = 10_000;
const BUCKETS = 200_000;
const CENTERS = 40;
const RELEASE = 250;
const MATCHES = 400;
const PLANS = 60;
const KPIS = ["PRODUCTION_EFFICIENCY", "DEFECT_RATE", "OPERATING_COST", "ENERGY_INTENSITY"];

const random = seeded(7);
const hierarchies = standardHierarchies();
const scenarios = [...hierarchies.values("scenario")];
const sectors = [...hierarchies.values("division")].filter((code) => code >= "13" && code <= "43");
const sizes = ["large", "medium", "small", "micro"];
const regions = ["360100", "320100", "440300", "510100", "110000"];

function pick<T>(from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

const base = new EvidenceBase();
const providers = new ProviderTable();
const cases = new CaseTable();
const specialities: string[][] = [];
for (let i = 0; i < PROVIDERS; i += 1) {
  const own = Array.from({ length: 4 }, () => pick(scenarios));
  specialities.push(own);
  const ref: RecordRef = { kind: "provider", centerId: `c${i % CENTERS}`, key: String(i) };
  providers.put(ref, "public", {
    name: `服务商 ${i}`,
    uscc: usccOf(i),
    scenarios: own,
    industries: [pick(sectors), pick(sectors)],
    region: pick(regions),
    systems: ["mes"],
  });
}
const skill = Array.from({ length: PROVIDERS }, () => 5 * normal(random));

function bucketOf(): Bucket {
  const provider = Math.floor(random() * PROVIDERS);
  const n = 5 + Math.floor(random() * 12);
  const deltas = Object.fromEntries(
    KPIS.slice(0, 2 + Math.floor(random() * 3)).map((kpi) => [
      kpi,
      Array.from({ length: n }, () => 8 + (skill[provider] as number) + 8 * normal(random)),
    ]),
  );
  return aBucket({
    provider: usccOf(provider),
    scenario: pick(specialities[provider] as string[]),
    sector: pick(sectors),
    size: pick(sizes),
    level: Math.floor(random() * NAMED_LEVELS),
    deltas,
    n,
    cost: [0, n, 0, 0, 0, 0],
    ...(n >= 10 && { satisfied: Math.round(n * 0.8) }),
  });
}

let loadMs = 0;
for (let at = 0; at < BUCKETS; at += RELEASE) {
  const body = aRelease(Array.from({ length: RELEASE }, bucketOf));
  const ref: RecordRef = {
    kind: "outcome",
    centerId: `c${(at / RELEASE) % CENTERS}`,
    key: String(at),
  };
  const from = performance.now();
  base.put({ ref, view: "public", ...readRelease(body) });
  loadMs += performance.now() - from;
}
const centers = new Map(
  Array.from({ length: CENTERS }, (_, i) => [
    `c${i}`,
    { region: pick(regions), operatorUscc: undefined },
  ]),
);
const knowledge: Knowledge = { base, providers, cases, centers };

function timed(run: () => unknown): number {
  const from = performance.now();
  run();
  return performance.now() - from;
}

function prepare(): void {
  while (base.prepareNext());
}

const prepareMs = timed(prepare);
const refreshMs = Array.from({ length: 9 }, (_, i) => {
  const ref: RecordRef = { kind: "outcome", centerId: "c1", key: `new ${i}` };
  base.put({ ref, view: "public", ...readRelease(aRelease([bucketOf()])) });
  return timed(prepare);
});

function questionOf(count: number): Question {
  const chosen = new Set<string>();
  while (chosen.size < count) chosen.add(pick(scenarios));
  return {
    demand: aDemand({
      scenarios: [...chosen],
      industry: pick(sectors),
      sizeBand: "small",
      region: pick(regions),
      ...(random() < 0.5 && { budgetCny: 800_000, pains: "设备停机多，质量不稳" }),
    }),
    view: random() < 0.5 ? "public" : "members",
    nowMs: Date.UTC(2026, 5, 1),
    hits: {
      cases: [],
      providers: Array.from({ length: 50 }, () => {
        const i = Math.floor(random() * PROVIDERS);
        return { ref: { kind: "provider", centerId: `c${i % CENTERS}`, key: String(i) }, score: 1 };
      }),
    },
  };
}

/** CPU time of this thread, ms: on a machine that others use too, it says more than the clock. */
function cpuTimed(run: () => unknown): number {
  const from = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(from);
  return (user + system) / 1000;
}

for (let i = 0; i < 40; i += 1) match(knowledge, questionOf(1), 10);
const matchMs = Array.from({ length: MATCHES }, () => {
  const question = questionOf(1);
  return timed(() => match(knowledge, question, 10));
});
const matchCpuMs = Array.from({ length: MATCHES }, () => {
  const question = questionOf(1);
  return cpuTimed(() => match(knowledge, question, 10));
});
const severalMs = Array.from({ length: PLANS }, () => {
  const question = questionOf(3);
  return timed(() => match(knowledge, question, 10));
});
const planColdMs = timed(() => plan(knowledge, questionOf(6)));
for (let i = 0; i < 10; i += 1) plan(knowledge, questionOf(6));
const planMs = Array.from({ length: PLANS }, () => {
  const question = questionOf(6);
  return timed(() => plan(knowledge, question));
});
const planCpuMs = Array.from({ length: PLANS }, () => {
  const question = questionOf(6);
  return cpuTimed(() => plan(knowledge, question));
});
const answer = match(knowledge, questionOf(1), 10);
console.log(answer.providers[0]?.because.zh);
const memory = process.memoryUsage();
report("match", {
  providers: PROVIDERS,
  buckets: base.size,
  rankedInLastAnswer: answer.ranked,
  matchP50Ms: median(matchMs),
  matchP99Ms: quantile(matchMs, 0.99),
  matchCpuP50Ms: median(matchCpuMs),
  matchCpuP99Ms: quantile(matchCpuMs, 0.99),
  threeScenariosP99Ms: quantile(severalMs, 0.99),
  planSixP50Ms: median(planMs),
  planSixColdMs: planColdMs,
  planSixP95Ms: quantile(planMs, 0.95),
  planSixMaxMs: Math.max(...planMs),
  planSixCpuP50Ms: median(planCpuMs),
  loadMs,
  prepareAllMs: prepareMs,
  refreshOneFamilyMs: median(refreshMs),
  rssMb: memory.rss / 2 ** 20,
});
