// npm run eval -- ranking: how well providers are ranked by what centers publish of outcomes, in a seeded simulator.
//
// Each of 60 providers has a true effect theta ~ N(0, tau); an engagement's outcome is theta + N(0, sigma). Centers seal
// outcomes into buckets of 5 to 12 enterprises, exactly as releases carry them (whole points, clipped, integer moments),
// and the production functions rank from those buckets. Printed for each regime: the share of the oracle's gain that the
// first five places reach, beside the estimate alone (what the caps, bands and other parts of the score cost) and naive
// orders of the same providers; how many true effects the 80 % intervals cover; and whether the order
// stays the same when every self-description is rewritten and self-reported cases are added.
//
// One point of the simulator's scale is UNIT points of an effect. The 25 % of providers with one bucket alone cannot be
// ranked, by rule: what they would have added to the gain is lost and counted as lost.

import type { BodyOf, RecordRef } from "@tributary/proto";
import { report } from "../../.tools/bench-report.ts";
import { CaseTable } from "../src/match/cases.ts";
import { fieldOf, type Knowledge } from "../src/match/contenders.ts";
import { EvidenceBase } from "../src/match/evidence-base.ts";
import { match } from "../src/match/match.ts";
import { Z80 } from "../src/match/numbers.ts";
import { ProviderTable } from "../src/match/providers.ts";
import { NO_HITS, type Question } from "../src/match/question.ts";
import { rank } from "../src/match/rank.ts";
import { readRelease } from "../src/match/release.ts";
import {
  aBucket,
  aDemand,
  aRelease,
  type Bucket,
  normal,
  seeded,
  usccOf,
} from "../test/support/match-world.ts";

const PROVIDERS = 60;
const CENTERS = ["north", "south", "east", "west"];
const TOP = 5;
const WORLDS = 300;
const UNIT = 8;
const REGIMES = [
  { tau: 0.4, sigma: 1, bar: 0.5 },
  { tau: 0.6, sigma: 0.8, bar: 0.64 },
  { tau: 0.2, sigma: 1, bar: 0.29 },
] as const;
const NOW_MS = Date.UTC(2026, 3, 1);

interface World {
  readonly knowledge: Knowledge;
  /** True effect by provider id, in points. */
  readonly truth: ReadonlyMap<string, number>;
  /** Measured mean and number of engagements by provider id. */
  readonly observed: ReadonlyMap<string, { readonly mean: number; readonly n: number }>;
}

function worldOf(random: () => number, tau: number, sigma: number, claims: string): World {
  const buckets = new Map(CENTERS.map((center) => [center, [] as Bucket[]]));
  const providers = new ProviderTable();
  const cases = new CaseTable();
  const truth = new Map<string, number>();
  const observed = new Map<string, { mean: number; n: number }>();
  for (let i = 0; i < PROVIDERS; i += 1) {
    const id = usccOf(i);
    const theta = tau * normal(random);
    truth.set(id, 10 + UNIT * theta);
    const count = i % 4 === 0 ? 1 : 2 + Math.floor(10 * random() ** 4);
    let [sum, n] = [0, 0];
    const first = Math.floor(random() * CENTERS.length);
    for (let b = 0; b < count; b += 1) {
      const size = 5 + Math.floor(8 * random() ** 2);
      const deltas = Array.from(
        { length: size },
        () => 10 + UNIT * (theta + sigma * normal(random)),
      );
      sum += deltas.reduce((a, x) => a + x, 0);
      n += size;
      const center = CENTERS[(first + b) % CENTERS.length] as string;
      buckets.get(center)?.push(
        aBucket({
          provider: id,
          deltas: { PRODUCTION_EFFICIENCY: deltas },
          sector: pick(random, ["36", "36", "36", "34"]),
        }),
      );
    }
    observed.set(id, { mean: sum / n, n });
    providers.put({ kind: "provider", centerId: "north", key: id }, "public", {
      name: `Provider ${i}`,
      uscc: id,
      scenarios: ["S01"],
      industries: ["36"],
      ...selfDescription(claims, i),
    });
    if (claims !== "") cases.put(caseRef(i), "public", selfReportedCase(id));
  }
  const base = new EvidenceBase();
  for (const [centerId, of] of buckets) {
    const ref: RecordRef = { kind: "outcome", centerId, key: "2026Q1" };
    base.put({ ref, view: "members", ...readRelease(aRelease(of)) });
  }
  return { knowledge: { base, providers, cases, centers: new Map() }, truth, observed };
}

function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

function selfDescription(claims: string, i: number): Partial<BodyOf<"provider">> {
  if (claims === "") return { selfDescription: "modest", claimedCases: 0 };
  return { selfDescription: `${claims} `.repeat(1 + (i % 7)), claimedCases: (i * 37) % 500 };
}

function caseRef(i: number): RecordRef {
  return { kind: "case", centerId: "north", key: `self ${i}` };
}

function selfReportedCase(uscc: string): BodyOf<"case"> {
  return {
    title: "雄心勃勃的案例",
    painPoints: "效率低",
    stage: "accepted",
    providers: [{ uscc }],
    outcomes: [{ kpi: "PRODUCTION_EFFICIENCY", value: 300, method: "self", evidence: "E0" }],
  };
}

const question: Question = {
  demand: aDemand({ industry: "36", sizeBand: "medium", pains: "效率低" }),
  view: "members",
  nowMs: NOW_MS,
  hits: NO_HITS,
};

/** The same question with all self-reported cases as the best hits. */
const questionWithHits: Question = {
  ...question,
  hits: {
    cases: Array.from({ length: PROVIDERS }, (_, i) => ({ ref: caseRef(i), score: PROVIDERS - i })),
    providers: [],
  },
};

/** Mean true effect of the first places above that of all, by that of the best possible choice. */
function shareOfGain(order: readonly string[], truth: World["truth"]): number {
  const all = [...truth.values()];
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const best = mean(all.toSorted((a, b) => b - a).slice(0, TOP));
  const got = mean(order.slice(0, TOP).map((id) => truth.get(id) as number));
  return (got - mean(all)) / (best - mean(all));
}

const figures: Record<string, unknown> = {};
const shares: Record<string, number> = {};
let covered = 0;
let intervals = 0;
let changedOrders = 0;
const coverageByRegime: Record<string, number> = {};
for (const { tau, sigma, bar } of REGIMES) {
  const gains = { ranking: 0, estimate: 0, rawMean: 0, caseCount: 0, claims: 0 };
  let [inside, all] = [0, 0];
  for (let world = 0; world < WORLDS; world += 1) {
    const seed = world * 1000 + Math.round(tau * 100);
    const { knowledge, truth, observed } = worldOf(seeded(seed), tau, sigma, "");
    const field = fieldOf(knowledge, question);
    const order = rank(field.ranked, "2026-04-01").map(({ contender }) => contender.id);
    gains.ranking += shareOfGain(order, truth);
    const by = (of: (id: string, i: number) => number) =>
      [...truth.keys()]
        .filter((id) => order.includes(id))
        .map((id, i) => ({ id, value: of(id, i) }))
        .sort((a, b) => b.value - a.value)
        .map(({ id }) => id);
    const estimates = new Map(field.ranked.map(({ id, posterior }) => [id, posterior.mean]));
    gains.estimate += shareOfGain(
      by((id) => estimates.get(id) ?? 0),
      truth,
    );
    gains.rawMean += shareOfGain(
      by((id) => observed.get(id)?.mean ?? 0),
      truth,
    );
    gains.caseCount += shareOfGain(
      by((id) => observed.get(id)?.n ?? 0),
      truth,
    );
    gains.claims += shareOfGain(
      by((_, i) => (i * 37) % 500),
      truth,
    );
    const [estimator] = field.estimators;
    const kpi = [...(estimator?.model?.baselines.keys() ?? [])][0] as number;
    for (const { cells, id } of field.ranked) {
      const estimate = cells[0] && estimator?.kpi(cells[0], kpi);
      if (estimate === undefined) continue;
      all += 1;
      const distance = Math.abs((truth.get(id) as number) - estimate.posterior.mean);
      if (distance <= Z80 * estimate.posterior.sd) inside += 1;
    }
    if (world < 20) {
      const loud = worldOf(seeded(seed), tau, sigma, "国内领先、行业第一、案例无数");
      const before = match(knowledge, question, 50);
      const after = match(loud.knowledge, questionWithHits, 50);
      const ids = (of: typeof before) => of.providers.map(({ providerId }) => providerId).join();
      if (ids(before) !== ids(after)) changedOrders += 1;
    }
  }
  covered += inside;
  intervals += all;
  const name = `tau${tau}_sigma${sigma}`;
  shares[name] = Math.round((gains.ranking / WORLDS) * 1000) / 1000;
  coverageByRegime[name] = Math.round((inside / all) * 1000) / 1000;
  const percent = (gain: number) => `${((gain / WORLDS) * 100).toFixed(1)} %`;
  console.log(
    `tau ${tau} sigma ${sigma}: ranking ${percent(gains.ranking)} (bar ${Math.round(bar * 100)} %), estimate alone ${percent(gains.estimate)}, raw mean ${percent(gains.rawMean)}, case count ${percent(gains.caseCount)}, claims ${percent(gains.claims)}; coverage ${((inside / all) * 100).toFixed(1)} %`,
  );
}
const coverage = covered / intervals;
figures["shareOfOracleGain"] = shares;
figures["coverage80"] = coverage;
figures["coverageByRegime"] = coverageByRegime;
figures["ordersChangedBySelfDescription"] = changedOrders;
figures["invariantToSelfDescription"] = changedOrders === 0;
figures["holds"] =
  changedOrders === 0 &&
  coverage >= 0.78 &&
  coverage <= 0.82 &&
  REGIMES.every(({ tau, sigma, bar }) => (shares[`tau${tau}_sigma${sigma}`] as number) >= bar);
report("ranking", figures);
