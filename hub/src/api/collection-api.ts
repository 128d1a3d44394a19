/**
 * Featured collections: what curators put together for everybody, as far as the reader may see it.
 *
 * @module
 */

import {
  type Collection,
  type CollectionsAnswer,
  collectionStatement,
  parseUrn,
  TributaryError,
} from "@tributary/proto";
import { standingCollection, standingCollections } from "../catalog/collection-fact.ts";
import type { DecisionFact } from "../catalog/decision-fact.ts";
import { isShown, mayRead } from "../catalog/verdict.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { Reader } from "../ports/search-index.ts";
import { invalidArgument } from "./decision-log.ts";
import {
  type CenterBoard,
  type CoverageOptions,
  CoverageReader,
  coverageOf,
} from "./query-coverage.ts";
import { withEntities } from "./query-entity.ts";
import { shownRow, viewOf } from "./query-view.ts";

export interface CollectionApiOptions extends CoverageOptions {
  readonly catalog: Pick<CatalogStore, "fact" | "facts" | "factsNamed" | "getMany">;
}

export type CollectionApi = ReturnType<typeof createCollectionApi>;

/** Collections that a hub has at once: every visitor of the start page reads all of them. */
const MAX_COLLECTIONS = 50;
const MAX_RECORDS = 60;
/** Records that a list of all collections shows of each. */
const SAMPLE = 3;

/** Readers were identified. */
export function createCollectionApi(options: CollectionApiOptions) {
  const { catalog, catalogPosition } = options;
  const coverage = new CoverageReader(options);
  return {
    /** @throws {TributaryError} `ERR_NOT_FOUND` if one is named and there is none of that name. */
    async listCollections(
      { id }: { readonly id: string },
      reader: Reader,
    ): Promise<CollectionsAnswer> {
      const logSize = catalogPosition();
      const board = await coverage.board();
      const decisions =
        id === "" ? await standingCollections(catalog) : [await requireStanding(catalog, id)];
      const most = id === "" ? SAMPLE : MAX_RECORDS;
      const collections = await Promise.all(
        decisions.map((decision) => collectionOf(catalog, decision, { reader, board, most })),
      );
      return { collections, coverage: coverageOf(board, logSize) };
    },
  };
}

/**
 * The records of a collection that stands, to be named by what ends it.
 *
 * @throws {TributaryError} `ERR_NOT_FOUND` if there is no such collection.
 */
export async function requireStanding(
  catalog: Pick<CatalogStore, "fact" | "factsNamed">,
  id: string,
): Promise<DecisionFact> {
  const decision = await standingCollection(catalog, id);
  if (decision !== undefined) return decision;
  throw new TributaryError("ERR_NOT_FOUND", `there is no collection ${JSON.stringify(id)}`, {
    messageZh: `没有合集 ${JSON.stringify(id)}`,
  });
}

/**
 * Checks what a decision `feature` says before it is logged.
 *
 * @throws {TributaryError} `ERR_STATEMENT_MALFORMED`, `ERR_URN_MALFORMED`; `ERR_NOT_FOUND` for a record that the hub does not
 * have; `ERR_ARGUMENT_INVALID` for too many.
 */
export async function requireCollection(
  catalog: CollectionApiOptions["catalog"],
  argument: string,
  subjects: readonly string[],
): Promise<void> {
  const { id } = collectionStatement.decode(argument);
  if (subjects.length === 0 || subjects.length > MAX_RECORDS) {
    throw invalidArgument(
      `a collection has 1 to ${MAX_RECORDS} records, not ${subjects.length}`,
      `合集须有 1 至 ${MAX_RECORDS} 条记录，收到 ${subjects.length} 条`,
    );
  }
  const twice = subjects.find((subject, i) => subjects.indexOf(subject) !== i);
  if (twice !== undefined) {
    throw invalidArgument(`${twice} is there twice`, `${twice} 出现了两次`);
  }
  const rows = await catalog.getMany(subjects.map(parseUrn));
  const unknown = subjects.filter((_, i) => rows[i] === undefined);
  if (unknown.length > 0) {
    throw new TributaryError("ERR_NOT_FOUND", `there is no record ${unknown.join(", ")}`, {
      messageZh: `没有记录 ${unknown.join("、")}`,
    });
  }
  const standing = await standingCollections(catalog);
  const isNew = !standing.some(
    (decision) => collectionStatement.decode(decision.argument).id === id,
  );
  if (isNew && standing.length >= MAX_COLLECTIONS) {
    throw invalidArgument(
      `a hub has at most ${MAX_COLLECTIONS} collections: end one first`,
      `枢纽最多 ${MAX_COLLECTIONS} 个合集，请先撤下一个`,
    );
  }
}

/** A collection as the reader may see it. */
async function collectionOf(
  catalog: Pick<CatalogStore, "getMany" | "factsNamed">,
  decision: DecisionFact,
  to: { readonly reader: Reader; readonly board: CenterBoard; readonly most: number },
): Promise<Collection> {
  const { reader, board, most } = to;
  const { subjects, argument, actor, reason, position, decidedAtMs } = decision;
  const rows = await catalog.getMany(subjects.map(parseUrn));
  const shown = rows
    .filter((row) => row !== undefined)
    .filter((row) => isShown(row) && mayRead(row, reader));
  const views = shown
    .slice(0, most)
    .map((row) => viewOf(shownRow(row, board), board, { reader, withBody: false }));
  return {
    ...collectionStatement.decode(argument),
    records: await withEntities(catalog, views),
    total: shown.length,
    notShown: subjects.length - shown.length,
    actor,
    reason,
    position,
    decidedAtMs,
  };
}
