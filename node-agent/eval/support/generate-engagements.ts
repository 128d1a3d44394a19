/**
 * A synthetic center: a register of enterprises and the engagements of some years, skewed as in life. Few providers and
 * scenarios have most of the work; a third of it comes from customers who were there before, and most of these keep
 * their provider.
 *
 * @module
 */

import { standardHierarchies } from "@tributary/proto";
import { checkUscc } from "@tributary/proto/vocabulary";
import type { EvalEngagement, RegisterEntry } from "./engagement.ts";
import { SeededRandom, Weighted } from "./random.ts";

/** How much is generated. */
export interface GeneratorOptions {
  readonly seed: number;
  readonly years: number;
  /** Engagements a year. */
  readonly perYear: number;
  /** Enterprises of the register; 3,000 by default. */
  readonly enterprises?: number;
}

const PROVIDERS = 60;
const SCENARIOS = 24;
/** Manufacturing: divisions 13 to 43 of GB/T 4754. */
const DIVISIONS = Array.from({ length: 31 }, (_, i) => `${13 + i}`);
const SIZES: readonly (readonly [band: string, weight: number])[] = [
  ["small", 0.5],
  ["micro", 0.25],
  ["medium", 0.2],
  ["large", 0.05],
];
const DISTRICTS = ["东城区", "南山区", "西湖区", "北辰区", "高新区", "江南区"] as const;
const REPEAT_SHARE = 0.35;
const KEEPS_PROVIDER = 0.7;
const UNASKED_SHARE = 0.1;

/** Makes the register and the engagements; the same for the same options. */
export function generateEngagements(options: GeneratorOptions): {
  register: RegisterEntry[];
  engagements: EvalEngagement[];
} {
  const random = new SeededRandom(options.seed);
  const register = generateRegister(random, options.enterprises ?? 3000);
  const makeNext = engagementMaker(random, register);
  const quarters = options.years * 4;
  const total = options.years * options.perYear;
  const engagements = Array.from({ length: total }, (_, i) =>
    makeNext(i, Math.floor((i * quarters) / total)),
  );
  return { register, engagements };
}

function generateRegister(random: SeededRandom, count: number): RegisterEntry[] {
  const divisions = Weighted.zipf(DIVISIONS.length, 0.8);
  const order = shuffled(random, DIVISIONS);
  const sizes = new Weighted(SIZES.map(([, weight]) => weight));
  return Array.from({ length: count }, (_, i) => ({
    id: creditCode(random, i),
    name: `${random.pick(DISTRICTS).slice(0, 2)}示例${i}号制造有限公司`,
    sector: `${order[divisions.draw(random)]}${1 + random.integer(9)}0`,
    size: (SIZES[sizes.draw(random)] as (typeof SIZES)[number])[0],
    district: random.pick(DISTRICTS),
  }));
}

/** A unified social credit code with its check digit. */
function creditCode(random: SeededRandom, number: number): string {
  const body = `91330106MA${String(random.integer(100)).padStart(2, "0")}${String(number).padStart(5, "0")}`;
  const digits = [..."0123456789ABCDEFGHJKLMNPQRTUWXY"];
  const code = digits.map((d) => body + d).find((c) => checkUscc(c).status === "valid");
  if (code === undefined) throw new Error(`no check digit fits ${body}`);
  return code;
}

/** Each provider is good at some scenarios and sells these; how good decides the outcome. */
function engagementMaker(random: SeededRandom, register: readonly RegisterEntry[]) {
  const scenarios = shuffled(random, [...standardHierarchies().values("scenario")]).slice(
    0,
    SCENARIOS,
  );
  const byScenario = scenarios.map(() => shuffled(random, range(PROVIDERS)));
  const quality = range(PROVIDERS).map(() => random.normal(0, 4));
  const scenarioRank = Weighted.zipf(SCENARIOS, 0.9);
  const anyProvider = Weighted.zipf(PROVIDERS, 1);
  const specialist = Weighted.zipf(PROVIDERS, 1.6);
  const customers: { readonly entry: RegisterEntry; readonly provider: number }[] = [];

  return (i: number, q: number): EvalEngagement => {
    const known =
      customers.length > 0 && random.next() < REPEAT_SHARE ? random.pick(customers) : undefined;
    const entry = known?.entry ?? random.pick(register);
    const scenario = scenarioRank.draw(random);
    const provider =
      known !== undefined && random.next() < KEEPS_PROVIDER
        ? known.provider
        : random.next() < 0.5
          ? anyProvider.draw(random)
          : ((byScenario[scenario] as number[])[specialist.draw(random)] as number);
    if (known === undefined) customers.push({ entry, provider });
    const delta = random.normal(9 + (quality[provider] as number), 8);
    const grade = Math.round(3.9 + delta / 25 + random.normal(0, 0.8));
    return {
      id: `R${String(i).padStart(7, "0")}`,
      q,
      ent: entry.id,
      sector: entry.sector,
      district: entry.district,
      size: entry.size,
      scenario: scenarios[scenario] as string,
      provider: `P${String(provider + 1).padStart(3, "0")}`,
      costBand: Math.min(5, Math.max(0, Math.round(random.normal(2, 1.3)))),
      months: Math.max(1, Math.round(random.normal(6, 3.5))),
      kpiBefore: Math.round(random.normal(62, 14) * 10) / 10,
      kpiDelta: Math.round(delta * 10) / 10,
      sat: random.next() < UNASKED_SHARE ? null : Math.min(5, Math.max(1, grade)),
      voucher: random.next() < 0.35,
    };
  };
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function shuffled<Item>(random: SeededRandom, items: readonly Item[]): Item[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j] as Item, order[i] as Item];
  }
  return order;
}
