/**
 * The entity service: which records are one provider, and why, as far as the reader may see them.
 *
 * @module
 */

import {
  type EntitiesAnswer,
  type Entity,
  type EntityAnswer,
  type EntityLink,
  type EntityMember,
  parseUrn,
  TributaryError,
  urnOf,
} from "@tributary/proto";
import { checkUscc } from "@tributary/proto/vocabulary";
import { z } from "zod";
import { entityIdOf } from "../catalog/entities/entity.ts";
import { explanationText } from "../catalog/entities/explain.ts";
import type { EntityMember as StoredMember } from "../catalog/entity-fact.ts";
import { entitiesAfter, findEntity, type StoredEntity } from "../catalog/entity-reader.ts";
import { isShown, mayRead } from "../catalog/verdict.ts";
import type { CatalogRow } from "../ports/catalog-row.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { Reader } from "../ports/search-index.ts";
import {
  type CenterBoard,
  type CoverageOptions,
  CoverageReader,
  coverageOf,
} from "./query-coverage.ts";
import { requireRow } from "./query-list.ts";
import { pageTokenOf, placeOfPage } from "./query-page-token.ts";
import { shownRow, viewOf } from "./query-view.ts";

export interface EntityApiOptions extends CoverageOptions {
  readonly catalog: Pick<CatalogStore, "get" | "getMany" | "fact" | "facts">;
}

export interface ListEntitiesRequest {
  /** 1 to 100; 0 means 50. */
  readonly pageSize: number;
  readonly pageToken: string;
  /** 0 means 1. */
  readonly minMembers: number;
}

const ENTITY_ID = /^ent_[0-9a-f]{24}$/;
const DEFAULT_PAGE = 50;
const MAX_PAGE = 100;
/** Entities that one page looks at; one that finds few among them is short. */
const MAX_SCANNED = 2_000;
const entityPlace = z.strictObject({ id: z.string().regex(ENTITY_ID) });

export type EntityApi = ReturnType<typeof createEntityApi>;

export function createEntityApi(options: EntityApiOptions) {
  const { catalog, catalogPosition } = options;
  const coverage = new CoverageReader(options);
  return {
    /** @throws {TributaryError} `ERR_ARGUMENT_INVALID`, `ERR_URN_MALFORMED`, `ERR_NOT_FOUND`. */
    async getEntity({ id }: { readonly id: string }, reader: Reader): Promise<EntityAnswer> {
      const logSize = catalogPosition();
      const stored = await findEntity(catalog, await entityIdFor(catalog, id, reader));
      const board = await coverage.board();
      const entity = stored && (await shownEntity(catalog, stored, reader, board));
      if (entity === undefined) {
        throw new TributaryError("ERR_NOT_FOUND", `there is no entity ${id}`, {
          messageZh: `没有实体 ${id}`,
        });
      }
      return { entity, coverage: coverageOf(board, logSize) };
    },

    /** @throws {TributaryError} `ERR_ARGUMENT_INVALID`, `ERR_PAGE_TOKEN`. */
    async listEntities(
      { pageSize, pageToken, minMembers }: ListEntitiesRequest,
      reader: Reader,
      signal: AbortSignal,
    ): Promise<EntitiesAnswer> {
      const size = pageSize || DEFAULT_PAGE;
      if (size > MAX_PAGE) {
        throw new TributaryError(
          "ERR_ARGUMENT_INVALID",
          `a page has at most ${MAX_PAGE} entities, not ${size}`,
          { messageZh: `每页最多 ${MAX_PAGE} 个实体，请求为 ${size}` },
        );
      }
      const order = { entities: minMembers };
      const after = placeOfPage(pageToken, order, entityPlace)?.id;
      const logSize = catalogPosition();
      const board = await coverage.board();
      const entities: Entity[] = [];
      let scanned = 0;
      for await (const stored of entitiesAfter(catalog, after)) {
        signal.throwIfAborted();
        scanned += 1;
        const isCandidate = stored.members.length >= minMembers;
        const entity = isCandidate ? await shownEntity(catalog, stored, reader, board) : undefined;
        if (entity !== undefined && entity.members.length >= minMembers) entities.push(entity);
        if (entities.length >= size || scanned >= MAX_SCANNED) {
          const nextPageToken = pageTokenOf({ id: stored.id }, order);
          return { entities, nextPageToken, coverage: coverageOf(board, logSize) };
        }
      }
      return { entities, nextPageToken: "", coverage: coverageOf(board, logSize) };
    },
  };
}

async function entityIdFor(
  catalog: Pick<CatalogStore, "get">,
  id: string,
  reader: Reader,
): Promise<string> {
  if (ENTITY_ID.test(id)) return id;
  if (id.startsWith("urn:")) {
    const { ref } = await requireRow(catalog, parseUrn(id), reader);
    return entityIdOf(urnOf(ref));
  }
  throw new TributaryError(
    "ERR_ARGUMENT_INVALID",
    "an entity is named by ent_ and 24 hexadecimal digits, or by the URN of one of its records",
    { messageZh: "实体须以 ent_ 加 24 位十六进制数字，或其任一记录的 URN 指定" },
  );
}

/** The entity as far as the reader may see it; undefined if that is nothing. */
async function shownEntity(
  catalog: Pick<CatalogStore, "getMany">,
  { id, members }: StoredEntity,
  reader: Reader,
  board: CenterBoard,
): Promise<Entity | undefined> {
  const rows = await catalog.getMany(members.map(({ urn }) => parseUrn(urn)));
  const seen = members
    .flatMap((member, i) => {
      const row = rows[i];
      return row !== undefined && isShown(row) && mayRead(row, reader) ? [{ member, row }] : [];
    })
    .sort((a, b) => a.row.firstPosition - b.row.firstPosition);
  const [oldest] = seen;
  if (oldest === undefined) return undefined;
  const visible = new Set(seen.map(({ member }) => member.urn));
  const shown = seen.map(({ row }) => shownRow(row, board));
  const codes = shown.flatMap(({ body }) => {
    const { status, normalised } = checkUscc((body?.kind === "provider" && body.value.uscc) || "");
    return status === "valid" ? [normalised] : [];
  });
  return {
    id,
    name: shown[0]?.description?.title ?? oldest.row.ref.key,
    uscc: codes[0] ?? "",
    members: seen.map(({ member, row }) => memberOf(member, row, { id, reader, board, visible })),
  };
}

function memberOf(
  { link }: StoredMember,
  row: CatalogRow,
  to: {
    readonly id: string;
    readonly reader: Reader;
    readonly board: CenterBoard;
    readonly visible: ReadonlySet<string>;
  },
): EntityMember {
  const { id, reader, board, visible } = to;
  const view = viewOf(shownRow(row, board), board, { reader, withBody: false });
  const record = { ...view, entityId: id };
  return link === undefined || !visible.has(link.to) ? { record } : { record, link: linkOf(link) };
}

/** An explanation as it is shown. */
export function linkOf({ to, why }: NonNullable<StoredMember["link"]>): EntityLink {
  return {
    to,
    prior: why.prior,
    weights: why.evidence,
    bits: why.bits,
    probability: why.probability,
    asserted: why.asserted ?? "",
    text: explanationText(why, "en"),
    textZh: explanationText(why, "zh"),
  };
}
