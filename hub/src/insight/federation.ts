/**
 * What the catalog says of centers, read once and put together for comparing them. Only records that all members may read
 * count, and of outcomes only whole sealed buckets of enough enterprises.
 *
 * @module
 */

import { type Body, type BodyOf, decodeBody, type RecordKind, urnOf } from "@tributary/proto";
import { CENTER_FACTS, decodeCenterFact, isPublishing } from "../catalog/center-fact.ts";
import { textOf } from "../catalog/describe.ts";
import { entitiesOfRecords } from "../catalog/entity-reader.ts";
import { isIn, viewOf } from "../match/audience.ts";
import { LEAST_ENTERPRISES } from "../match/evidence-base.ts";
import { type Provider, ProviderTable } from "../match/providers.ts";
import { type ReadRelease, readRelease } from "../match/release.ts";
import type { CatalogRow } from "../ports/catalog-row.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import { DocumentSet, type ShingledDocuments } from "./overlap/documents.ts";
import type { BucketRow } from "./overlap/niche.ts";

/** What is known of one center. */
export interface CenterProfile {
  readonly id: string;
  /** As it describes itself; undefined where it does not. */
  readonly body: BodyOf<"center"> | undefined;
  /** Buckets that count. */
  readonly buckets: readonly BucketRow[];
}

/** Centers, ascending by id; elsewhere a center is its position among them. */
export interface Federation {
  readonly centers: readonly CenterProfile[];
  /** Centers that list each provider. */
  readonly listings: readonly (readonly number[])[];
  /** What all members may read of each provider, one each. */
  readonly providers: readonly Provider[];
  readonly documents: ShingledDocuments;
  readonly demands: readonly BodyOf<"demand">[];
}

type ReadCatalog = Pick<CatalogStore, "rows" | "facts" | "factsNamed">;

/** Kinds whose texts are compared. */
const DOCUMENT_KINDS = ["case", "policy", "training", "event"] as const;
const ROWS_AT_ONCE = 1_000;

/** Reads the catalog. @throws {TributaryError} `ERR_STORE_DAMAGED`. */
export async function readFederation(catalog: ReadCatalog): Promise<Federation> {
  const ids: string[] = [];
  for await (const [, value] of catalog.facts(CENTER_FACTS)) {
    const fact = decodeCenterFact(value);
    if (isPublishing(fact)) ids.push(fact.centerId);
  }
  ids.sort();
  const numbers = new Map(ids.map((id, number) => [id, number]));
  const documents = new DocumentSet();
  for (const kind of DOCUMENT_KINDS) {
    for await (const { ref, body } of shownRows(catalog, kind)) {
      const center = numbers.get(ref.centerId);
      if (center === undefined) continue;
      documents.add(center, textOf({ kind, value: decodeBody(kind, body) } as Body));
    }
  }
  const bodies = new Map<string, BodyOf<"center">>();
  for await (const { ref, body } of shownRows(catalog, "center")) {
    bodies.set(ref.centerId, decodeBody("center", body));
  }
  const demands: BodyOf<"demand">[] = [];
  for await (const { body } of shownRows(catalog, "demand")) {
    demands.push(decodeBody("demand", body));
  }
  const buckets = await readBuckets(catalog);
  return {
    centers: ids.map((id) => ({ id, body: bodies.get(id), buckets: buckets.get(id) ?? [] })),
    ...(await readProviders(catalog, numbers)),
    documents: documents.documents(),
    demands,
  };
}

/** Live rows that all members may read. */
async function* shownRows(catalog: ReadCatalog, kind: RecordKind): AsyncIterable<CatalogRow> {
  for await (const row of catalog.rows({ kind })) {
    const isShown = row.verdict === "live" && row.body.length > 0;
    if (isShown && isIn(viewOf(row.visibility), "members")) yield row;
  }
}

/** Providers and the centers of each, whatever its records are called there. */
async function readProviders(
  catalog: ReadCatalog,
  numbers: ReadonlyMap<string, number>,
): Promise<Pick<Federation, "listings" | "providers">> {
  const table = new ProviderTable();
  const rows: CatalogRow[] = [];
  for await (const row of shownRows(catalog, "provider")) {
    if (numbers.has(row.ref.centerId)) rows.push(row);
  }
  for (let i = 0; i < rows.length; i += ROWS_AT_ONCE) {
    const some = rows.slice(i, i + ROWS_AT_ONCE);
    const entities = await entitiesOfRecords(
      catalog,
      some.map(({ ref }) => urnOf(ref)),
    );
    for (const { ref, body } of some) {
      table.put(ref, "members", decodeBody("provider", body), entities.get(urnOf(ref)));
    }
  }
  const listings = new Map<string, Set<number>>();
  for (const { ref } of rows) {
    const id = table.idOf(ref) as string;
    const centers = listings.get(id) ?? new Set();
    centers.add(numbers.get(ref.centerId) as number);
    listings.set(id, centers);
  }
  return {
    listings: [...listings.values()].map((centers) => [...centers]),
    providers: [...listings.keys()].map((id) => table.get(id, "members") as Provider),
  };
}

/** Buckets that count, by center. */
async function readBuckets(catalog: ReadCatalog): Promise<ReadonlyMap<string, BucketRow[]>> {
  const releases: { readonly centerId: string; readonly release: ReadRelease }[] = [];
  for await (const { ref, body } of shownRows(catalog, "outcome")) {
    releases.push({ centerId: ref.centerId, release: readRelease(decodeBody("outcome", body)) });
  }
  const retracted = new Set(
    releases.flatMap(({ centerId, release }) => release.retracted.map((id) => `${centerId}/${id}`)),
  );
  const buckets = new Map<string, BucketRow[]>();
  for (const { centerId, release } of releases) {
    const { columns } = release;
    const list = buckets.get(centerId) ?? [];
    for (let row = 0; row < columns.size; row += 1) {
      if ((columns.n[row] as number) < LEAST_ENTERPRISES.members) continue;
      if (!retracted.has(`${centerId}/${columns.ids[row]}`)) list.push({ columns, row });
    }
    buckets.set(centerId, list);
  }
  return buckets;
}
