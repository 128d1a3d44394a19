/**
 * How well a provider fits a demand, apart from its outcomes: mean of the parts that the demand asks about, each 0 to 1.
 *
 * Sector and region come from structured fields of the provider's records, size and budget from the engagements in
 * buckets, pains from cases that a center vouches for. What a provider says of itself is in none of them.
 *
 * @module
 */

import type { MatchDemand } from "@tributary/proto";
import { regionFactor, SECTOR_FIT } from "./comparability.ts";
import { withinBudget } from "./must-haves.ts";
import type { Provider } from "./providers.ts";
import { sectorOf } from "./taxonomy.ts";

/** What else is known of the provider. */
export interface FitFacts {
  /** Similarity of the nearest verified case to the pains; 0 to 1. */
  readonly similarity: number;
  /** Mean comparability of the size of its engagements; undefined without engagements. */
  readonly size: number | undefined;
  /** Counts of engagements by cost band. */
  readonly costs: readonly number[];
}

/** The fit of a provider; 0 if the demand asks about nothing. */
export type Fit = (provider: Provider, facts: FitFacts) => number;

/** Prepares a demand: many providers are compared with it. */
export function fitFor({ industry, sizeBand, region, pains, budgetCny }: MatchDemand): Fit {
  const sectorFit = nearest((code) => sectorFactor(industry, code), SECTOR_FIT.other);
  const regionFit = nearest((code) => regionFactor(region, code), regionFactor(region, undefined));
  const parts = [
    industry !== "",
    region !== "",
    sizeBand !== "",
    budgetCny !== undefined,
    pains !== "",
  ].filter(Boolean).length;
  return (provider, { size = 0, costs, similarity }) => {
    if (parts === 0) return 0;
    let sum = 0;
    if (industry !== "") sum += sectorFit(provider.industries);
    if (region !== "") sum += regionFit(provider.regions);
    if (sizeBand !== "") sum += size;
    if (budgetCny !== undefined) sum += budgetFit(costs, budgetCny);
    if (pains !== "") sum += similarity;
    return sum / parts;
  };
}

/** The largest factor of some codes. Codes are few, so each is judged once. */
function nearest(factorOf: (code: string) => number, otherwise: number) {
  const known = new Map<string, number>();
  return (codes: readonly string[]): number => {
    let best = otherwise;
    for (const code of codes) {
      let factor = known.get(code);
      if (factor === undefined) {
        factor = factorOf(code);
        known.set(code, factor);
      }
      if (factor > best) best = factor;
    }
    return best;
  };
}

/** Same class, division, section, none. */
function sectorFactor(wanted: string, found: string): number {
  if (wanted === found) return SECTOR_FIT.same;
  const [a, b] = [sectorOf(wanted), sectorOf(found)];
  if (a.division !== 0 && a.division === b.division) return SECTOR_FIT.division;
  return a.section !== 0 && a.section === b.section ? SECTOR_FIT.section : SECTOR_FIT.other;
}

/** Share of the engagements within the budget; one of each kind is added, so that one says little. */
function budgetFit(costs: readonly number[], budgetCny: number): number {
  const all = costs.reduce((a, b) => a + b, 0);
  return (withinBudget(costs, budgetCny) + 1) / (all + 2);
}
