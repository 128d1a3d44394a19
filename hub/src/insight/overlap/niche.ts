/**
 * What a center does for whom: its engagements, spread over cells of scenario, cluster of sectors, half of sizes and
 * province served. Only whole sealed buckets are read, so that a cell says no more than they do.
 *
 * A bucket's label says each of these only so far. What it leaves open is spread evenly over all that it may be.
 *
 * @module
 */

import { ANY, type RecordRef, standardHierarchies } from "@tributary/proto";
import type { ReleaseColumns } from "../../match/release.ts";
import { FAMILY_OF, SCENARIO_CODES, SIZE_HALVES } from "../../match/taxonomy.ts";

/** Engagements of a center. */
export interface Engagements {
  /** All of its buckets that count. */
  readonly total: number;
  /** Those whose bucket names the scenario; by the number of `SCENARIO_CODES`. */
  readonly byScenario: Uint32Array;
  /** Shares of cells of scenario, cluster and half; they add up to 1 unless there are none. */
  readonly cells: Float64Array;
  /** Provinces served: over them the cells are spread evenly. */
  readonly provinces: ReadonlySet<string>;
}

/** A row of a release that counts. */
export interface BucketRow {
  readonly release: RecordRef;
  readonly columns: ReleaseColumns;
  readonly row: number;
}

const CLUSTERS = [...standardHierarchies().values("cluster")].sort();
const HALVES = [1, 2];
/** Scenarios that a number may stand for: itself, or those of a family. */
const SCENARIOS_OF: readonly (readonly number[])[] = SCENARIO_CODES.map((_, number) => {
  const members = SCENARIO_CODES.flatMap((_code, other) =>
    other !== number && FAMILY_OF[other] === number ? [other] : [],
  );
  return members.length === 0 ? [number] : members;
});
const clustersOfLabel = new Map<string, readonly number[]>();

/** @param provinces That the center serves; at least one. */
export function engagementsOf(
  rows: readonly BucketRow[],
  provinces: ReadonlySet<string>,
): Engagements {
  const cells = new Float64Array(SCENARIO_CODES.length * CLUSTERS.length * SIZE_HALVES.length);
  const byScenario = new Uint32Array(SCENARIO_CODES.length);
  let total = 0;
  for (const { columns, row } of rows) {
    const n = columns.n[row] as number;
    const scenario = columns.scenario[row] as number;
    total += n;
    byScenario[scenario] = (byScenario[scenario] as number) + n;
    const spread = cellsOf(
      SCENARIOS_OF[scenario] as readonly number[],
      clustersOf(columns.sector[row] as string),
      columns.half[row] as number,
    );
    for (const cell of spread) cells[cell] = (cells[cell] as number) + n / spread.length;
  }
  return {
    total,
    byScenario,
    cells: cells.map((mass) => (total === 0 ? 0 : mass / total)),
    provinces,
  };
}

/** Common part of two distributions, `1 - sum |a - b| / 2`; 0 to 1. */
export function commonShare(a: Engagements, b: Engagements): number {
  const provinces = [...a.provinces].filter((province) => b.provinces.has(province)).length;
  if (provinces === 0) return 0;
  let common = 0;
  a.cells.forEach((share, cell) => {
    common += Math.min(share / a.provinces.size, (b.cells[cell] as number) / b.provinces.size);
  });
  // A sum in another order may be larger by the last digit.
  return Math.min(1, provinces * common);
}

function cellsOf(
  scenarios: readonly number[],
  clusters: readonly number[],
  half: number,
): number[] {
  const halves = half === 0 ? HALVES : [half];
  return scenarios.flatMap((scenario) =>
    clusters.flatMap((cluster) =>
      halves.map((of) => (scenario * CLUSTERS.length + cluster) * SIZE_HALVES.length + of),
    ),
  );
}

/** Numbers of the clusters that a label's sector may be of: a cluster, or a division or section. */
function clustersOf(sector: string): readonly number[] {
  let numbers = clustersOfLabel.get(sector);
  if (numbers === undefined) {
    numbers = CLUSTERS.flatMap((cluster, number) => (mayBe(sector, cluster) ? [number] : []));
    clustersOfLabel.set(sector, numbers);
  }
  return numbers;
}

function mayBe(sector: string, cluster: string): boolean {
  if (sector === ANY || sector === cluster) return true;
  const hierarchies = standardHierarchies();
  if (hierarchies.sectorOf(sector)?.cluster === cluster) return true;
  return [...hierarchies.values("division")].some((division) => {
    const path = hierarchies.sectorOf(division);
    return path?.cluster === cluster && path.section === sector;
  });
}
