/**
 * A snapshot that waits until somebody confirms what it left out.
 *
 * @module
 */

import {
  CENTER_FACTS,
  encodeCenterFact,
  type HeldSnapshot,
  unknownCenter,
} from "../../src/catalog/center-fact.ts";
import type { CatalogStore } from "../../src/ports/catalog-store.ts";

export const HELD: HeldSnapshot = {
  feedId: "ab".repeat(16),
  feedPosition: 4,
  position: 41,
  omitted: 17,
  kept: 3,
  sinceMs: 5,
};

/** Has {@link HELD} wait of centers, in a catalog that has nothing else. */
export async function holdSnapshotOf(
  catalog: CatalogStore,
  ...centerIds: readonly string[]
): Promise<void> {
  const facts = centerIds.map((centerId) => {
    const fact = encodeCenterFact({ ...unknownCenter(centerId), held: HELD });
    return [CENTER_FACTS + centerId, fact] as const;
  });
  await catalog.write({ rows: [], facts: new Map(facts), position: HELD.position + 1 });
}
