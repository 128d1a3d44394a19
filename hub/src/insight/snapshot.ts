/**
 * Everything that is computed over the whole catalog, in one pass.
 *
 * @module
 */

import type { CatalogStore } from "../ports/catalog-store.ts";
import type { InsightSnapshot } from "../ports/insights.ts";
import { assess } from "./assessment/assess.ts";
import { benchmarkEstimates } from "./benchmark/candidates.ts";
import { readFederation } from "./federation.ts";
import { marketOf } from "./market.ts";
import { overlapOf } from "./overlap/overlap.ts";
import { vouchersOf } from "./vouchers.ts";

/**
 * Reads the catalog and computes. Takes seconds for a large one.
 *
 * @param nowMs Ms since the epoch.
 * @throws {TributaryError} `ERR_STORE_DAMAGED`.
 */
export async function computeSnapshot(
  catalog: Pick<CatalogStore, "position" | "rows" | "facts" | "factsNamed">,
  nowMs: number,
): Promise<InsightSnapshot> {
  // Read before the rows: what is written meanwhile is not promised.
  const position = await catalog.position();
  const federation = await readFederation(catalog);
  return {
    overlap: overlapOf(federation),
    market: marketOf(federation),
    assessments: assess(federation, nowMs),
    benchmarks: benchmarkEstimates(federation, nowMs),
    vouchers: vouchersOf(federation, nowMs),
    position,
    computedAtMs: nowMs,
  };
}
