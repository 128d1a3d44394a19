/**
 * Facts that list the decisions about one thing by their positions, so that what stands is found without reading all.
 *
 * @module
 */

import { fromUtf8, utf8 } from "@tributary/proto";
import type { CatalogStore } from "../ports/catalog-store.ts";
import { type DecisionFact, decisionFactName, decodeDecisionFact } from "./decision-fact.ts";

/** The fact with one position more. */
export function withPosition(fact: Uint8Array | undefined, position: number): Uint8Array {
  return utf8(JSON.stringify([...(fact === undefined ? [] : positionsOf(fact)), position]));
}

/** The decisions of such a fact that were not taken back, the oldest first. */
export async function decisionsStanding(
  catalog: Pick<CatalogStore, "factsNamed">,
  fact: Uint8Array,
): Promise<readonly DecisionFact[]> {
  return (await catalog.factsNamed(positionsOf(fact).map(decisionFactName)))
    .filter((bytes) => bytes !== undefined)
    .map(decodeDecisionFact)
    .filter(({ retractedAt }) => retractedAt === undefined);
}

/** Positions that such a fact lists, ascending. */
export function positionsOf(fact: Uint8Array): readonly number[] {
  return JSON.parse(fromUtf8(fact)) as number[];
}
