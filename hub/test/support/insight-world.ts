/**
 * An invented federation for tests and benchmarks of insight: centers whose lists, niches and texts are drawn by chance,
 * but for planted pairs that share them. Nothing in it is real. The same seed gives the same.
 *
 * @module
 */

import { type Body, encodeBody, type RecordRef, standardHierarchies } from "@tributary/proto";
import { ACTIVITY_FACTS, encodeActivity } from "../../src/catalog/activity-fact.ts";
import { CENTER_FACTS, encodeCenterFact, unknownCenter } from "../../src/catalog/center-fact.ts";
import type { CatalogRow } from "../../src/ports/catalog-row.ts";
import type { CatalogStore, RowChange } from "../../src/ports/catalog-store.ts";
import { aBucket, aRelease, seeded, usccOf } from "./match-world.ts";

export interface InsightWorldOptions {
  readonly seed: number;
  readonly centers: number;
  readonly providers: number;
  readonly cases: number;
  /** Pairs of neighbours that share; each center is in at most one. */
  readonly planted: number;
  /** Text number n; about 300 characters. */
  readonly text: (number: number) => string;
}

export interface InsightWorld {
  /** Ids of the planted pairs, the smaller first. */
  readonly planted: readonly (readonly [string, string])[];
  readonly rows: Iterable<CatalogRow>;
  readonly facts: ReadonlyMap<string, Uint8Array>;
}

/** Of a list: what a planted center takes from the other. */
const SHARED_PROVIDERS = 0.5;
/** Of its texts: what it copies, with some characters changed. */
const COPIED_TEXTS = 0.3;
/** Of each center: enough that a cell of supply and demand may be shown. */
const DEMANDS = 6;
const CENTER_TYPES = ["region", "industry", "enterprise"];
const PROVINCES = ["11", "31", "32", "33", "36", "37", "42", "43", "44", "51"];
const WORLD_MS = Date.UTC(2026, 0, 1);

export function centerIdOf(number: number): string {
  return `c${String(number).padStart(3, "0")}`;
}

export function insightWorld(options: InsightWorldOptions): InsightWorld {
  const { centers, planted } = options;
  const pairs = Array.from({ length: planted }, (_, i) => [2 * i, 2 * i + 1] as const);
  const ids = Array.from({ length: centers }, (_, i) => centerIdOf(i));
  return {
    planted: pairs.map(([a, b]) => [centerIdOf(a), centerIdOf(b)]),
    facts: new Map(
      ids.flatMap((centerId) => [
        [
          CENTER_FACTS + centerId,
          encodeCenterFact({
            ...unknownCenter(centerId),
            name: `${centerId} 中心`,
            state: "approved",
            stateAtMs: WORLD_MS,
            lastBatchAtMs: WORLD_MS,
          }),
        ],
        [
          ACTIVITY_FACTS + centerId,
          encodeActivity(
            Array.from({ length: 52 }, (_, week) => ({
              week: 2870 + week,
              batches: 1,
              records: 9,
            })),
          ),
        ],
      ]),
    ),
    rows: rowsOf(options),
  };
}

/** Writes the world. */
export async function fillCatalog(catalog: CatalogStore, world: InsightWorld): Promise<void> {
  let rows: RowChange[] = [];
  for (const row of world.rows) {
    rows.push({ row, previousChange: undefined });
    if (rows.length < 1_000) continue;
    await catalog.write({ rows, facts: new Map(), position: 1 });
    rows = [];
  }
  await catalog.write({ rows, facts: world.facts, position: 1 });
}

function* rowsOf({ seed, centers, providers, cases, planted, text }: InsightWorldOptions) {
  const random = seeded(seed);
  const partnerOf = (center: number) =>
    center % 2 === 1 && center < 2 * planted ? center - 1 : undefined;

  const lists = listsOf(random, centers, providers);
  for (let center = 0; center < centers; center += 1) {
    const partner = partnerOf(center);
    const list = lists[center] as Set<number>;
    if (partner !== undefined) {
      for (const provider of lists[partner] as Set<number>) {
        if (random() < SHARED_PROVIDERS) list.add(provider);
      }
    }
    for (const provider of list) {
      yield rowOf(center, `p${provider}`, {
        kind: "provider",
        value: { name: `服务商${provider}`, uscc: usccOf(provider), scenarios: ["S01"] },
      });
    }
  }

  for (let center = 0; center < centers; center += 1) {
    const like = partnerOf(center) ?? center;
    const province = PROVINCES[like % PROVINCES.length];
    yield rowOf(center, "self", {
      kind: "center",
      value: {
        name: `${centerIdOf(center)} 中心`,
        region: `${province}0100`,
        centerType: CENTER_TYPES[center % CENTER_TYPES.length],
        tier: "provincial",
      },
    });
    for (let i = 0; i < DEMANDS; i += 1) {
      const scenarios = [`S0${1 + (like % 4)}`];
      const client = { industry: "3612", region: `${province}0100` };
      yield rowOf(center, `d${i}`, { kind: "demand", value: { title: "需求", client, scenarios } });
    }
    yield rowOf(center, "v1", {
      kind: "voucher_programme",
      value: { title: "转型券", region: `${province}0100`, issued: 120, redeemed: 84 },
    });
    yield rowOf(center, "2025Q4", { kind: "outcome", value: aRelease(bucketsOf(like)) });
  }

  const each = Math.ceil(cases / centers);
  for (let center = 0; center < centers; center += 1) {
    const partner = partnerOf(center);
    for (let i = 0; i < each; i += 1) {
      const isCopy = partner !== undefined && i < COPIED_TEXTS * each;
      const words = isCopy ? changed(text(partner * each + i), random) : text(center * each + i);
      yield rowOf(center, `k${i}`, {
        kind: "case",
        value: { title: words.slice(0, 12), abstract: words, scenarios: ["S01"] },
      });
    }
  }
}

/** Who lists whom: by an inclination of each center and a fame of each provider, independently. */
function listsOf(random: () => number, centers: number, providers: number): Set<number>[] {
  const inclination = Array.from({ length: centers }, () => 0.3 + 1.7 * random());
  const lists = inclination.map(() => new Set<number>());
  for (let provider = 0; provider < providers; provider += 1) {
    // Some are national.
    const fame = random() < 0.02 ? 0.3 : 0.015;
    lists.forEach((list, center) => {
      if (random() < fame * (inclination[center] as number)) list.add(provider);
    });
  }
  return lists;
}

/** Outcomes of a center that does few things: which, its number says. */
function bucketsOf(center: number) {
  const hierarchies = standardHierarchies();
  const scenarios = [...hierarchies.values("scenario")].sort();
  const divisions = [...hierarchies.values("division")]
    .filter((code) => code >= "13" && code <= "43")
    .sort();
  return Array.from({ length: 12 }, (_, i) => ({
    ...aBucket({
      scenario: scenarios[(center * 3 + (i % 4)) % scenarios.length] as string,
      sector: divisions[(center * 5 + (i % 3)) % divisions.length] as string,
      size: "small",
      level: 4,
      provider: usccOf(i),
      n: 6,
      deltas: { PRODUCTION_EFFICIENCY: [6, 8, 10, 12, 14, 9] },
    }),
    voucher: i % 4,
  }));
}

/** Every hundredth character replaced, or up to three times as many. */
function changed(text: string, random: () => number): string {
  const rate = 0.03 * random();
  return [...text].map((character) => (random() < rate ? "改" : character)).join("");
}

function rowOf(center: number, key: string, body: Body): CatalogRow {
  const ref: RecordRef = { kind: body.kind, centerId: centerIdOf(center), key };
  return {
    ref,
    revision: 1n,
    verdict: "live",
    verdictReason: "",
    accepted: { verdict: "live", reason: "" },
    visibility: "public",
    visibleTo: [],
    license: "",
    validUntilMs: undefined,
    logPosition: 0,
    recordIndex: 0,
    receivedAtMs: WORLD_MS,
    feedPosition: 0,
    firstPosition: 0,
    changePosition: 0,
    decisions: [],
    labels: [],
    audience: { widest: "public", centers: [] },
    provenance: undefined,
    findings: [],
    body: encodeBody(body.kind, body.value as never),
  };
}
