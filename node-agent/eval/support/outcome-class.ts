/**
 * What counts as one outcome where diversity is asked for.
 *
 * @module
 */

import { bandOf, clipDelta, DELTA_BANDS, SATISFIED_FROM } from "@tributary/proto";
import type { EvalEngagement } from "./engagement.ts";

/** Class of an outcome: the published band of its delta, and satisfied or not. Not asked counts as not satisfied. */
export function outcomeClassOf({ kpiDelta, sat }: EvalEngagement): string {
  return `${bandOf(clipDelta(kpiDelta), DELTA_BANDS)} ${sat !== null && sat >= SATISFIED_FROM}`;
}
