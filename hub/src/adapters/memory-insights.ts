/**
 * {@link Insights} on the caller's own thread, computed for each question: for tests and small catalogs.
 *
 * @module
 */

import type { Clock } from "@tributary/proto";
import { computeSnapshot } from "../insight/snapshot.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { Insights } from "../ports/insights.ts";

export function createMemoryInsights(catalog: CatalogStore, clock: Clock): Insights {
  return {
    async snapshot(signal) {
      signal.throwIfAborted();
      return await computeSnapshot(catalog, clock.now());
    },
  };
}
