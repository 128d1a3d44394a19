/**
 * Which entity the records of an answer describe.
 *
 * @module
 */

import type { RecordView } from "@tributary/proto";
import { entitiesOfRecords } from "../catalog/entity-reader.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";

/** The views, those of shown providers with the id of their entity. */
export async function withEntities(
  catalog: Pick<CatalogStore, "factsNamed">,
  views: readonly RecordView[],
): Promise<readonly RecordView[]> {
  const providers = views.filter(hasEntity).map(({ urn }) => urn);
  if (providers.length === 0) return views;
  const entities = await entitiesOfRecords(catalog, providers);
  return views.map((view) => {
    const entityId = hasEntity(view) ? entities.get(view.urn) : undefined;
    return entityId === undefined ? view : { ...view, entityId };
  });
}

/** The same for one view. */
export async function withEntity(
  catalog: Pick<CatalogStore, "factsNamed">,
  view: RecordView,
): Promise<RecordView> {
  return (await withEntities(catalog, [view]))[0] as RecordView;
}

function hasEntity({ ref, state }: RecordView): boolean {
  return ref.kind === "provider" && (state === "live" || state === "stale");
}
