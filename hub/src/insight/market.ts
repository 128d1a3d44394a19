/**
 * What is demanded and who offers it, by sector or by scenario, in each province.
 *
 * Demands are of enterprises: fewer than five in a cell are not counted. Engagements come from whole sealed buckets. A
 * provider counts in the cluster of its sectors and in the section that this is a part of.
 *
 * @module
 */

import { type MarketCell, standardHierarchies } from "@tributary/proto";
import { LEAST_ENTERPRISES } from "../match/evidence-base.ts";
import { SCENARIO_CODES } from "../match/taxonomy.ts";
import type { Federation } from "./federation.ts";
import { provinceOf } from "./overlap/territory.ts";

/** A change of how it is counted is a new version. */
export const MARKET_RULE = "market/2";
export const MIN_DEMANDS: number = LEAST_ENTERPRISES.members;

/** All cells, as they are answered. */
export interface Market {
  readonly sector: readonly MarketCell[];
  readonly scenario: readonly MarketCell[];
}

export function marketOf(federation: Federation): Market {
  const sectors = new Cells();
  const scenarios = new Cells();
  for (const { client, scenarios: wanted = [] } of federation.demands) {
    const provinces = [provinceOf(client?.region ?? "")];
    sectors.addDemand(sectorsOf([client?.industry ?? ""]), provinces);
    scenarios.addDemand(wanted, provinces);
  }
  for (const provider of federation.providers) {
    const provinces = provider.regions.length === 0 ? [""] : provider.regions.map(provinceOf);
    sectors.addProvider(withSections(provider.industries), provinces);
    scenarios.addProvider([...provider.scenarios].map(scenarioOf), provinces);
  }
  for (const { id, body, buckets } of federation.centers) {
    const province = provinceOf(body?.region ?? "");
    for (const { columns, row } of buckets) {
      const n = columns.n[row] as number;
      for (const sector of sectorsOf([columns.sector[row] as string])) {
        sectors.addEngagements(sector, province, id, n);
      }
      scenarios.addEngagements(scenarioOf(columns.scenario[row] as number), province, id, n);
    }
  }
  return { sector: sectors.list(), scenario: scenarios.list() };
}

/** Counts by topic and province. */
class Cells {
  readonly #cells = new Map<string, Cell>();

  addDemand(topics: Iterable<string>, provinces: readonly string[]): void {
    for (const cell of this.#each(topics, provinces)) cell.demands += 1;
  }

  addProvider(topics: Iterable<string>, provinces: readonly string[]): void {
    for (const cell of this.#each(topics, provinces)) cell.providers += 1;
  }

  addEngagements(topic: string, province: string, center: string, count: number): void {
    const { engagements } = this.#cell(topic, province);
    engagements.set(center, (engagements.get(center) ?? 0) + count);
  }

  /** The most demands first, then the fewest providers; those that may not be counted stand behind those that may. */
  list(): MarketCell[] {
    return [...this.#cells.values()]
      .map(shown)
      .sort(
        (x, y) =>
          (y.demands ?? 0) - (x.demands ?? 0) ||
          x.providers - y.providers ||
          compare(x.topic, y.topic) ||
          compare(x.province, y.province),
      );
  }

  /** Cells of all combinations, each once. */
  #each(topics: Iterable<string>, provinces: readonly string[]): Cell[] {
    const places = [...new Set(provinces)];
    return [...new Set(topics)].flatMap((topic) => places.map((of) => this.#cell(topic, of)));
  }

  #cell(topic: string, province: string): Cell {
    const name = `${topic} ${province}`;
    let cell = this.#cells.get(name);
    if (cell === undefined) {
      cell = { topic, province, demands: 0, providers: 0, engagements: new Map() };
      this.#cells.set(name, cell);
    }
    return cell;
  }
}

interface Cell {
  readonly topic: string;
  readonly province: string;
  demands: number;
  providers: number;
  /** By center. */
  readonly engagements: Map<string, number>;
}

function shown({ topic, province, demands, providers, engagements: byCenter }: Cell): MarketCell {
  const counts = [...byCenter.values()];
  const engagements = counts.reduce((sum, count) => sum + count, 0);
  return {
    topic,
    province,
    ...((demands === 0 || demands >= MIN_DEMANDS) && { demands }),
    providers,
    engagements,
    centers: counts.length,
    ...(engagements > 0 && {
      concentration: counts.reduce((sum, count) => sum + (count / engagements) ** 2, 0),
    }),
  };
}

/** Clusters of sectors; a section where a code says no more. Codes that say nothing are left out. */
function sectorsOf(codes: readonly string[]): Set<string> {
  const hierarchies = standardHierarchies();
  const clusters = hierarchies.values("cluster");
  const sections = hierarchies.values("section");
  return new Set(
    codes.flatMap((code) => {
      if (clusters.has(code) || sections.has(code)) return [code];
      return hierarchies.sectorOf(code)?.cluster ?? [];
    }),
  );
}

/** The same with the sections of the clusters: who serves a part may serve a demand of which only the section is known. */
function withSections(codes: readonly string[]): Set<string> {
  const sections = codes.flatMap((code) => standardHierarchies().sectorOf(code)?.section ?? []);
  return new Set([...sectorsOf(codes), ...sections]);
}

function scenarioOf(number: number): string {
  return SCENARIO_CODES[number] as string;
}

/** ASCII codes. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
