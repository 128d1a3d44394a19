/**
 * What the catalog says of centers, read once and put together for comparing them. Only records that all members may read
 * count, and of outcomes only whole sealed buckets of enough enterprises.
 *
 * @module
 */

import { type Body, type BodyOf, type RecordKind, type RecordRef, urnOf } from "@tributary/proto";
import { ACTIVITY_FACTS, decodeActivity } from "../catalog/activity-fact.ts";
import {
  CENTER_FACTS,
  type CenterFact,
  decodeCenterFact,
  isPublishing,
} from "../catalog/center-fact.ts";
import { COUNTS_FACTS, type Counts, decodeCounts, NO_COUNTS } from "../catalog/counts.ts";
import { currentBody } from "../catalog/current-body.ts";
import { bodyOf, textOf } from "../catalog/describe.ts";
import { entitiesOfRecords } from "../catalog/entity-reader.ts";
import { readTaxonomy, type Taxonomy } from "../catalog/taxonomy.ts";
import { isIn, viewOf } from "../match/audience.ts";
import { LEAST_ENTERPRISES } from "../match/evidence-base.ts";
import { type Provider, ProviderTable } from "../match/providers.ts";
import { monthOfEpoch, type ReadRelease, readRelease } from "../match/release.ts";
import type { CatalogRow } from "../ports/catalog-row.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { CenterHistory } from "./activity.ts";
import { type Portfolio, Portfolios } from "./assessment/portfolio.ts";
import { DocumentSet, type ShingledDocuments } from "./overlap/documents.ts";
import type { BucketRow } from "./overlap/niche.ts";

/** What is known of one center. */
export interface CenterProfile {
  readonly id: string;
  /** As it describes itself; undefined where it does not. */
  readonly body: BodyOf<"center"> | undefined;
  /** Buckets that count. */
  readonly buckets: readonly BucketRow[];
  readonly portfolio: Portfolio;
  readonly history: CenterHistory;
  readonly counts: Counts;
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
  readonly programmes: readonly {
    readonly ref: RecordRef;
    readonly body: BodyOf<"voucher_programme">;
  }[];
}

type ReadCatalog = Pick<CatalogStore, "rows" | "facts" | "factsNamed">;

/** A catalog, and the vocabulary that its bodies are read by. */
interface Source {
  readonly catalog: ReadCatalog;
  readonly taxonomy: Taxonomy;
}

/** Kinds whose texts are compared. */
const DOCUMENT_KINDS = ["case", "policy", "training", "event"] as const;
const ROWS_AT_ONCE = 1_000;

/** Reads the catalog. @throws {TributaryError} `ERR_STORE_DAMAGED`. */
export async function readFederation(catalog: ReadCatalog): Promise<Federation> {
  const source = { catalog, taxonomy: await readTaxonomy(catalog) };
  const facts: CenterFact[] = [];
  for await (const [, value] of catalog.facts(CENTER_FACTS)) {
    const fact = decodeCenterFact(value);
    if (isPublishing(fact)) facts.push(fact);
  }
  const ids = facts.map(({ centerId }) => centerId).sort();
  const numbers = new Map(ids.map((id, number) => [id, number]));
  const portfolios = new Portfolios();
  const bodies = new Map<string, BodyOf<"center">>();
  for await (const { ref, body } of shownBodies(source, "center")) {
    bodies.set(ref.centerId, body);
    portfolios.add(ref, { kind: "center", value: body });
  }
  const documents = new DocumentSet();
  for (const kind of DOCUMENT_KINDS) {
    for await (const { ref, body } of shownBodies(source, kind)) {
      const center = numbers.get(ref.centerId);
      if (center === undefined) continue;
      const described = { kind, value: body } as Body;
      documents.add(center, textOf(described));
      portfolios.add(ref, described);
    }
  }
  const demands: BodyOf<"demand">[] = [];
  for await (const { ref, body } of shownBodies(source, "demand")) {
    demands.push(body);
    portfolios.add(ref, { kind: "demand", value: body });
  }
  const buckets = await readBuckets(source, portfolios);
  const providers = await readProviders(source, numbers, portfolios);
  const histories = await readHistories(catalog, facts);
  return {
    centers: ids.map((id) => ({
      id,
      body: bodies.get(id),
      buckets: buckets.get(id) ?? [],
      portfolio: portfolios.of(id),
      ...(histories.get(id) as Pick<CenterProfile, "history" | "counts">),
    })),
    ...providers,
    documents: documents.documents(),
    demands,
    programmes: await Array.fromAsync(shownBodies(source, "voucher_programme")),
  };
}

/** What the log says of how centers publish, by center. */
async function readHistories(
  catalog: ReadCatalog,
  facts: readonly CenterFact[],
): Promise<ReadonlyMap<string, Pick<CenterProfile, "history" | "counts">>> {
  const [activities, counts] = await Promise.all([
    catalog.factsNamed(facts.map(({ centerId }) => ACTIVITY_FACTS + centerId)),
    catalog.factsNamed(facts.map(({ centerId }) => COUNTS_FACTS + centerId)),
  ]);
  return new Map(
    facts.map(({ centerId, stateAtMs, lastBatchAtMs }, i) => {
      const counted = counts[i];
      const history = { stateAtMs, lastBatchAtMs, weeks: decodeActivity(activities[i]) };
      return [
        centerId,
        { history, counts: counted === undefined ? NO_COUNTS : decodeCounts(counted) },
      ];
    }),
  );
}

/** Bodies of live rows that all members may read, with the codes that terms were merged into. */
async function* shownBodies<Kind extends RecordKind>(
  { catalog, taxonomy }: Source,
  kind: Kind,
): AsyncIterable<{ readonly ref: RecordRef; readonly body: BodyOf<Kind> }> {
  for await (const row of shownRows(catalog, kind)) {
    const { value } = currentBody(bodyOf(row), taxonomy);
    yield { ref: row.ref, body: value as BodyOf<Kind> };
  }
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
  source: Source,
  numbers: ReadonlyMap<string, number>,
  portfolios: Portfolios,
): Promise<Pick<Federation, "listings" | "providers">> {
  const table = new ProviderTable();
  const rows: { readonly ref: RecordRef; readonly body: BodyOf<"provider"> }[] = [];
  for await (const row of shownBodies(source, "provider")) {
    if (numbers.has(row.ref.centerId)) rows.push(row);
  }
  for (let i = 0; i < rows.length; i += ROWS_AT_ONCE) {
    const some = rows.slice(i, i + ROWS_AT_ONCE);
    const entities = await entitiesOfRecords(
      source.catalog,
      some.map(({ ref }) => urnOf(ref)),
    );
    for (const { ref, body: value } of some) {
      table.put(ref, "members", value, entities.get(urnOf(ref)));
      portfolios.add(ref, { kind: "provider", value });
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
async function readBuckets(
  source: Source,
  portfolios: Portfolios,
): Promise<ReadonlyMap<string, BucketRow[]>> {
  const releases: { readonly ref: RecordRef; readonly release: ReadRelease }[] = [];
  for await (const { ref, body } of shownBodies(source, "outcome")) {
    releases.push({ ref, release: readRelease(body) });
    portfolios.addRelease(ref, monthOfEpoch(body.epoch));
  }
  const retracted = new Set(
    releases.flatMap(({ ref, release }) => release.retracted.map((id) => `${ref.centerId}/${id}`)),
  );
  const buckets = new Map<string, BucketRow[]>();
  for (const { ref, release } of releases) {
    const { centerId } = ref;
    const { columns } = release;
    const list = buckets.get(centerId) ?? [];
    for (let row = 0; row < columns.size; row += 1) {
      if ((columns.n[row] as number) < LEAST_ENTERPRISES.members) continue;
      if (!retracted.has(`${centerId}/${columns.ids[row]}`))
        list.push({ release: ref, columns, row });
    }
    buckets.set(centerId, list);
  }
  return buckets;
}
