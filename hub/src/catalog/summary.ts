/**
 * What an epoch summary says of each center, read from the catalog: with the same log, every hub says the same.
 *
 * @module
 */

import {
  type CenterSummary,
  CompactRange,
  catalogLeaf,
  decodeLogEntry,
  fromHex,
  leafHash,
} from "@tributary/proto";
import type { CatalogStore } from "../ports/catalog-store.ts";
import { CENTER_FACTS, decodeCenterFact } from "./center-fact.ts";
import { acceptedOf, COUNTS_FACTS, decodeCounts, NO_COUNTS } from "./counts.ts";
import type { EntryLookup } from "./erasure.ts";
import { isShown } from "./verdict.ts";

/** All centers at one size of the log. */
export interface CatalogSummary {
  readonly logSize: number;
  /** Ascending by id; every center that the log names. */
  readonly centers: readonly CenterSummary[];
}

interface CenterRows {
  readonly tree: CompactRange;
  stale: number;
}

/**
 * Reads the whole catalog.
 *
 * @param store Nobody writes to it meanwhile.
 * @param lookup Finds the newest entry, whose time says what is stale.
 */
export async function summarizeCatalog(
  store: CatalogStore,
  lookup: EntryLookup,
): Promise<CatalogSummary> {
  const logSize = await store.position();
  const newest = logSize === 0 ? undefined : await lookup(logSize - 1);
  const atMs = newest === undefined ? 0 : decodeLogEntry(newest.entry).receivedAtMs;
  const rows = await rowsByCenter(store, atMs);
  const centers: CenterSummary[] = [];
  for await (const [, bytes] of store.facts(CENTER_FACTS)) {
    const { centerId, feed } = decodeCenterFact(bytes);
    const counted = await store.fact(COUNTS_FACTS + centerId);
    const counts = counted === undefined ? NO_COUNTS : decodeCounts(counted);
    const { tree, stale } = rows.get(centerId) ?? { tree: new CompactRange(), stale: 0 };
    centers.push({
      centerId,
      feedId: fromHex(feed?.feedId ?? ""),
      nextSeq: feed?.nextSeq ?? 0,
      lastHash: fromHex(feed?.lastHash ?? ""),
      accepted: acceptedOf(counts),
      quarantined: counts.quarantined,
      stale,
      withdrawn: counts.withdrawn,
      erased: counts.erased,
      catalogDigest: tree.root(),
    });
  }
  return { logSize, centers };
}

/** Erased records are left out: whoever reads the log after their erasure does not know what they were. */
async function rowsByCenter(store: CatalogStore, atMs: number): Promise<Map<string, CenterRows>> {
  const centers = new Map<string, CenterRows>();
  for await (const row of store.rows({})) {
    if (row.verdict === "erased") continue;
    const { centerId } = row.ref;
    let center = centers.get(centerId);
    if (center === undefined) {
      center = { tree: new CompactRange(), stale: 0 };
      centers.set(centerId, center);
    }
    const { logPosition: position, recordIndex: index, verdict } = row;
    center.tree.append(leafHash(catalogLeaf({ position, index, verdict })));
    if (isShown(row) && row.validUntilMs !== undefined && row.validUntilMs < atMs) {
      center.stale += 1;
    }
  }
  return centers;
}
