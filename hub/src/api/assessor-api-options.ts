/**
 * What assessments and benchmarks are made of.
 *
 * @module
 */

import type { CatalogStore } from "../ports/catalog-store.ts";
import type { Insights } from "../ports/insights.ts";
import type { DecisionLogOptions } from "./decision-log.ts";
import type { CoverageOptions } from "./query-coverage.ts";

/** What services of assessors need. */
export interface AssessorApiOptions
  extends Pick<DecisionLogOptions, "log" | "random">,
    CoverageOptions {
  readonly catalog: Pick<CatalogStore, "fact" | "facts" | "factsNamed">;
  readonly insights: Insights;
}
