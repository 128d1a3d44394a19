/**
 * How the catalog is: what the admin service and the metrics tell of it.
 *
 * @module
 */

import { CENTER_FACTS, decodeCenterFact } from "../catalog/center-fact.ts";
import { COUNTS_FACTS, type Counts, decodeCounts, VERDICTS } from "../catalog/counts.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";

/** What the catalog says of one center. */
export interface CenterStatus {
  readonly live: number;
  readonly quarantined: number;
  /** When its newest batch was received; ms since the epoch; 0 before the first. */
  readonly lastBatchAtMs: number;
  /** Why the catalog holds back what the center sends, for example `ERR_MASS_CHANGE`; empty when it does not. */
  readonly pausedCode: string;
}

/** How far the projections are. */
export interface CatalogProgress {
  /** Log size that the catalog covers. */
  readonly catalogPosition: number;
  /** Log size that answers rest on. */
  readonly indexPosition: number;
}

/** Reads the catalog's own counts when asked. */
export class CatalogStatus {
  readonly #catalog: Pick<CatalogStore, "facts">;
  readonly #progress: () => CatalogProgress;

  constructor(catalog: Pick<CatalogStore, "facts">, progress: () => CatalogProgress) {
    this.#catalog = catalog;
    this.#progress = progress;
  }

  get progress(): CatalogProgress {
    return this.#progress();
  }

  /** Number of accepted records by verdict, over all centers. */
  async records(): Promise<readonly { readonly state: string; readonly count: number }[]> {
    const counts = [...(await this.#counts()).values()];
    return VERDICTS.map((state) => ({
      state,
      count: counts.reduce((sum, of) => sum + of[state], 0),
    }));
  }

  /** By center id. */
  async centers(): Promise<ReadonlyMap<string, CenterStatus>> {
    const counts = await this.#counts();
    const centers = new Map<string, CenterStatus>();
    for await (const [, value] of this.#catalog.facts(CENTER_FACTS)) {
      const { centerId, pauses, lastBatchAtMs = 0 } = decodeCenterFact(value);
      const { live = 0, quarantined = 0 } = counts.get(centerId) ?? {};
      const pausedCode = pauses[0]?.code ?? "";
      centers.set(centerId, { live, quarantined, lastBatchAtMs, pausedCode });
    }
    return centers;
  }

  async #counts(): Promise<ReadonlyMap<string, Counts>> {
    const counts = new Map<string, Counts>();
    for await (const [name, value] of this.#catalog.facts(COUNTS_FACTS)) {
      counts.set(name.slice(COUNTS_FACTS.length), decodeCounts(value));
    }
    return counts;
  }
}
