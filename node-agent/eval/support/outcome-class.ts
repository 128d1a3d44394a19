/**
 * What counts as one outcome where diversity is asked for.
 *
 * @module
 */

import { clipDelta, SATISFIED_FROM } from "@tributary/proto";
import type { EvalEngagement } from "./engagement.ts";

const CLASS_POINTS = 5;

/** Class of an outcome: five points of the delta, and satisfied or not. Who was not asked counts as not satisfied. */
export function outcomeClassOf({ kpiDelta, sat }: EvalEngagement): string {
  const band = Math.floor(clipDelta(kpiDelta) / CLASS_POINTS);
  return `${band} ${sat !== null && sat >= SATISFIED_FROM}`;
}
