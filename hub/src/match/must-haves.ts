/**
 * What a demand insists on. Hard filters come before any score. Whether a provider has free capacity is in no record.
 *
 * @module
 */

import { COST_BANDS_CNY, type MatchDemand } from "@tributary/proto";
import { fold, NATION } from "@tributary/proto/vocabulary";
import type { Provider } from "./providers.ts";

/** What a provider lacks; see `LeftOut`. */
export type Lacking =
  | "qualifications"
  | "systems"
  | "provider_types"
  | "delivery_modes"
  | "serves_region"
  | "excluded"
  | "budget";

/** The first thing that a provider lacks; undefined if it has all. @param today ISO 8601 date. */
export function lackingOf(
  provider: Provider,
  { must, region }: MatchDemand,
  today: string,
): Lacking | undefined {
  const { qualifications, systems, providerTypes, deliveryModes, servesRegion, excluded } = must;
  if (excluded.some((id) => id === provider.id || provider.codes.has(id))) return "excluded";
  const held = provider.qualifications.filter(({ until }) => until === "" || until >= today);
  const holds = (wanted: string) => held.some(({ text }) => text.includes(fold(wanted)));
  if (!qualifications.every(holds)) return "qualifications";
  if (!systems.every((system) => provider.systems.has(system))) return "systems";
  if (!hasOne(providerTypes, provider.types)) return "provider_types";
  if (!hasOne(deliveryModes, provider.deliveryModes)) return "delivery_modes";
  const serves = (code: string) => servesRegionOf(code, region);
  if (servesRegion && region !== "" && !provider.regions.some(serves)) return "serves_region";
  return undefined;
}

function hasOne(wanted: readonly string[], has: ReadonlySet<string>): boolean {
  return wanted.length === 0 || wanted.some((word) => has.has(word));
}

/** True if a served region has the wanted one in it. */
function servesRegionOf(served: string, wanted: string): boolean {
  if (served === wanted || served === NATION) return true;
  const significant = served.replace(/(?:00){1,2}$/, "");
  return /^\d{2,6}$/.test(significant) && wanted.startsWith(significant);
}

/** Engagements of known cost from which on a budget filters. */
const LEAST_COSTS = 10;

/** True if no engagement of many was within the budget. @param costs Counts by cost band. */
export function isBeyondBudget(costs: readonly number[], budgetCny: number): boolean {
  const all = costs.reduce((a, b) => a + b, 0);
  return all >= LEAST_COSTS && withinBudget(costs, budgetCny) === 0;
}

/** Engagements whose cost band begins within the budget. */
export function withinBudget(costs: readonly number[], budgetCny: number): number {
  return costs.reduce((sum, count, band) => (lowestOf(band) <= budgetCny ? sum + count : sum), 0);
}

/** Lower end of the band in which the median engagement is, in CNY; undefined if none is known. */
export function typicalCost(costs: readonly number[]): number | undefined {
  const all = costs.reduce((a, b) => a + b, 0);
  let seen = 0;
  for (const [band, count] of costs.entries()) {
    seen += count;
    if (count > 0 && seen * 2 >= all) return lowestOf(band);
  }
  return undefined;
}

function lowestOf(band: number): number {
  return band === 0 ? 0 : (COST_BANDS_CNY[band - 1] as number);
}
