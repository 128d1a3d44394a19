/**
 * Decisions of assessors about centers, by center: facts of the catalog, so that what stands is found without reading all
 * decisions.
 *
 * @module
 */

import type { DecisionVerb } from "@tributary/proto";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { DecisionFact } from "./decision-fact.ts";
import { decisionsStanding } from "./decision-positions.ts";

/** Verbs of assessors. Curators neither make these decisions nor undo them. */
export const ASSESSOR_ACTIONS = [
  "grade",
  "review",
  "select",
] as const satisfies readonly DecisionVerb[];

export type AssessorAction = (typeof ASSESSOR_ACTIONS)[number];

/** True for a verb of assessors. */
export function isAssessorAction(action: string): action is AssessorAction {
  return (ASSESSOR_ACTIONS as readonly string[]).includes(action);
}

/** Names the fact with the positions of the decisions of one verb about one center. */
export function assessorFactName(action: AssessorAction, centerId: string): string {
  return `assessor/${action}/${centerId}`;
}

/** Decisions of one verb that were not taken back, by center, the oldest first. */
export async function standingDecisions(
  catalog: Pick<CatalogStore, "factsNamed">,
  action: AssessorAction,
  centerIds: readonly string[],
): Promise<ReadonlyMap<string, readonly DecisionFact[]>> {
  const facts = await catalog.factsNamed(centerIds.map((id) => assessorFactName(action, id)));
  const standing = new Map<string, readonly DecisionFact[]>();
  for (const [i, centerId] of centerIds.entries()) {
    const fact = facts[i];
    if (fact !== undefined) standing.set(centerId, await decisionsStanding(catalog, fact));
  }
  return standing;
}
