/**
 * Negative control: a set of tables whose cells are shown if they count at least k records, refreshed every quarter.
 * Every cell is large enough; what the cells say together is not.
 *
 * @module
 */

import type { PublishedSet } from "../attacks/published.ts";
import type { EvalEngagement } from "../engagement.ts";

const TABLES: Readonly<Record<string, (engagement: EvalEngagement) => string>> = {
  all: () => "",
  scenario: ({ scenario }) => scenario,
  provider: ({ provider }) => provider,
  sector: ({ sector }) => sector.slice(0, 2),
  scenarioProvider: ({ scenario, provider }) => `${scenario} ${provider}`,
  scenarioSector: ({ scenario, sector }) => `${scenario} ${sector.slice(0, 2)}`,
};

/** Publishes the tables at the end of each quarter over all records so far. */
export function thresholdedTables(
  engagements: readonly EvalEngagement[],
  k: number,
): PublishedSet[] {
  const quarters = [...new Set(engagements.map(({ q }) => q))].sort((a, b) => a - b);
  return quarters.flatMap((quarter) => {
    const soFar = [...engagements.entries()].filter(([, { q }]) => q <= quarter);
    return Object.entries(TABLES).flatMap(([table, cellOf]) => {
      const cells = Map.groupBy(soFar, ([, engagement]) => cellOf(engagement));
      return [...cells.values()]
        .filter((cell) => cell.length >= k)
        .map((cell) => ({
          family: `${table} ${quarter}`,
          records: cell.map(([record]) => record),
        }));
    });
  });
}
