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

/** 0 if the demand asks about nothing. */
export function fitOf(provider: Provider, demand: MatchDemand, facts: FitFacts): number {
  const { industry, sizeBand, region, pains, budgetCny } = demand;
  let parts = 0;
  let sum = 0;
  const add = (part: number) => {
    parts += 1;
    sum += part;
  };
  if (industry !== "") add(sectorFit(provider, industry));
  if (region !== "") add(regionFit(provider, region));
  if (sizeBand !== "") add(facts.size ?? 0);
  if (budgetCny !== undefined) add(budgetFit(facts.costs, budgetCny));
  if (pains !== "") add(facts.similarity);
  return parts === 0 ? 0 : sum / parts;
}

/** The nearest of its industries: same class, division, section, none. */
function sectorFit({ industries, sectors }: Provider, wanted: string): number {
  if (industries.includes(wanted)) return SECTOR_FIT.same;
  const of = sectorOf(wanted);
  let best: number = SECTOR_FIT.other;
  for (const { division, section } of sectors) {
    if (of.division !== 0 && division === of.division) return SECTOR_FIT.division;
    if (of.section !== 0 && section === of.section) best = SECTOR_FIT.section;
  }
  return best;
}

function regionFit({ regions }: Provider, wanted: string): number {
  let best = regionFactor(wanted, undefined);
  for (const region of regions) best = Math.max(best, regionFactor(wanted, region));
  return best;
}

/** Share of the engagements within the budget; one of each kind is added, so that one says little. */
function budgetFit(costs: readonly number[], budgetCny: number): number {
  const all = costs.reduce((a, b) => a + b, 0);
  return (withinBudget(costs, budgetCny) + 1) / (all + 2);
}
