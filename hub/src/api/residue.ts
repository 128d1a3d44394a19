/**
 * What is left of a center at this hub: looked for where it would be, not taken from what should have happened.
 *
 * @module
 */

import { type Offboarding, parseUrn } from "@tributary/proto";
import { entitiesAfter } from "../catalog/entity-reader.ts";
import type { Eraser } from "../ingest/eraser.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { IndexReader } from "../ports/search-index.ts";

export interface ResidueOptions {
  readonly catalog: CatalogStore;
  readonly index: IndexReader;
  readonly eraser: Eraser;
}

export type Residue = Pick<
  Offboarding,
  "catalogRecords" | "indexDocuments" | "entities" | "versions" | "contents"
>;

/** States in which nobody is shown a record. */
const GONE: ReadonlySet<string> = new Set(["withdrawn", "erased", "superseded"]);

/** Everything that there is of a center. @throws {TributaryError} What the stores throw. */
export async function residueOf(
  centerId: string,
  { catalog, index, eraser }: ResidueOptions,
  signal: AbortSignal,
): Promise<Residue> {
  let catalogRecords = 0;
  for await (const { verdict, body } of catalog.rows({ centerId })) {
    signal.throwIfAborted();
    if (!GONE.has(verdict) || body.length > 0) catalogRecords += 1;
  }
  let entities = 0;
  for await (const { members } of entitiesAfter(catalog, undefined)) {
    signal.throwIfAborted();
    if (members.some(({ urn }) => parseUrn(urn).centerId === centerId)) entities += 1;
  }
  const { total } = await index.search(
    {
      text: "",
      filters: [{ field: "center", values: [centerId] }],
      reader: { type: "operator" },
      limit: 1,
      after: undefined,
      facets: [],
      stale: { atMs: 0, centers: new Set() },
      sort: "newest",
      explain: false,
    },
    signal,
  );
  const { versions, erased } = await eraser.countOf(centerId);
  return { catalogRecords, indexDocuments: total, entities, versions, contents: versions - erased };
}
