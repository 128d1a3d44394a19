/**
 * What an answer rests on: which centers are fresh, stale or paused, and the log size.
 *
 * @module
 */

import type { Clock, Coverage } from "@tributary/proto";
import {
  CENTER_FACTS,
  type CenterFact,
  decodeCenterFact,
  isPublishing,
} from "../catalog/center-fact.ts";
import { readTaxonomy, type Taxonomy } from "../catalog/taxonomy.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";

/** Centers as of one moment. */
export interface CenterBoard {
  readonly nowMs: number;
  readonly fresh: number;
  /** Not heard from within their promise. */
  readonly stale: ReadonlySet<string>;
  readonly paused: ReadonlySet<string>;
  /** Name of a center for people; its id where the log has none. */
  nameOf(centerId: string): string;
  centerOf(centerId: string): CenterFact | undefined;
  /** Centers whose records are or may be in answers; ascending. */
  members(): readonly string[];
  /** The vocabulary as curators changed it. */
  readonly taxonomy: Taxonomy;
}

export interface CoverageOptions {
  readonly catalog: Pick<CatalogStore, "facts">;
  /** Log size that the catalog covers now. */
  readonly catalogPosition: () => number;
  /** When a center's agent was last heard from; ms since the epoch; undefined when not since the hub started. */
  readonly lastHeardMs: (centerId: string) => number | undefined;
  readonly clock: Clock;
  /** For how long a center may be silent. Default 24 h. */
  readonly staleAfterMs?: number | undefined;
}

const DAY_MS = 86_400_000;

/** Reads the centers of the catalog when they have changed, and judges them by the clock at each call. */
export class CoverageReader {
  readonly #options: CoverageOptions;
  #read: Promise<Read> | undefined;
  /** Position at which `#read` was read. */
  #readAt = -1;

  constructor(options: CoverageOptions) {
    this.#options = options;
  }

  async board(): Promise<CenterBoard> {
    const { clock, lastHeardMs, staleAfterMs = DAY_MS } = this.#options;
    const { centers, taxonomy } = await this.#readAgain();
    const nowMs = clock.now();
    const stale = new Set<string>();
    const paused = new Set<string>();
    let fresh = 0;
    for (const center of centers.values()) {
      const { centerId } = center;
      if (isPaused(center)) paused.add(centerId);
      if (!isPublishing(center)) continue;
      const heardMs = Math.max(
        center.stateAtMs ?? 0,
        center.lastBatchAtMs ?? 0,
        lastHeardMs(centerId) ?? 0,
      );
      if (nowMs - heardMs > staleAfterMs) stale.add(centerId);
      else if (!paused.has(centerId)) fresh += 1;
    }
    return {
      nowMs,
      fresh,
      stale,
      paused,
      nameOf: (centerId) => centers.get(centerId)?.name || centerId,
      centerOf: (centerId) => centers.get(centerId),
      members: () => [...centers.values()].filter(isPublishing).map(({ centerId }) => centerId),
      taxonomy,
    };
  }

  async #readAgain(): Promise<Read> {
    const { catalog, catalogPosition } = this.#options;
    const position = catalogPosition();
    if (this.#read === undefined || position !== this.#readAt) {
      this.#readAt = position;
      this.#read = readBoth(catalog);
      this.#read.catch(() => {
        this.#read = undefined;
      });
    }
    return this.#read;
  }
}

/** What is read again when the catalog has changed. */
interface Read {
  readonly centers: ReadonlyMap<string, CenterFact>;
  readonly taxonomy: Taxonomy;
}

async function readBoth(catalog: Pick<CatalogStore, "facts">): Promise<Read> {
  const [centers, taxonomy] = await Promise.all([readCenters(catalog), readTaxonomy(catalog)]);
  return { centers, taxonomy };
}

/** Coverage of an answer that was computed at a log size. A paused center that is silent counts as paused. */
export function coverageOf(board: CenterBoard, logSize: number): Coverage {
  const stale = [...board.stale].filter((centerId) => !board.paused.has(centerId));
  return {
    centersFresh: board.fresh,
    centersStale: stale.length,
    centersPaused: board.paused.size,
    logSize,
    centersNotFresh: [...stale, ...board.paused].sort(),
  };
}

async function readCenters(
  catalog: Pick<CatalogStore, "facts">,
): Promise<ReadonlyMap<string, CenterFact>> {
  const centers = new Map<string, CenterFact>();
  for await (const [, value] of catalog.facts(CENTER_FACTS)) {
    const center = decodeCenterFact(value);
    centers.set(center.centerId, center);
  }
  return centers;
}

function isPaused(center: CenterFact): boolean {
  const { state, pauses } = center;
  if (!isPublishing(center)) return false;
  return pauses.length > 0 || state === "suspended" || state === "revoked";
}
