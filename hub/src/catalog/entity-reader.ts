/**
 * Reads what the fold keeps of entities.
 *
 * @module
 */

import type { CatalogStore } from "../ports/catalog-store.ts";
import { entityIdOf } from "./entities/entity.ts";
import { compareIds } from "./entities/record.ts";
import type { Stake } from "./entities/review.ts";
import {
  CHANGE_FACTS,
  changeFactName,
  decodeEntityFact,
  ENTITY_OF_FACTS,
  type EntityMember,
  MEMBERS_FACTS,
  OPEN_PAIR_FACTS,
  type Question,
  type RecordEntity,
} from "./entity-fact.ts";

type Facts = Pick<CatalogStore, "factsNamed">;

/** An entity as it is stored. */
export interface StoredEntity {
  readonly id: string;
  readonly members: readonly EntityMember[];
}

/**
 * Names that an entity goes through before it is found. Each redirect is younger than the one that leads to it, so there are
 * no circles; the bound is for a store that is damaged.
 */
const MAX_REDIRECTS = 1_000;

/** Entities of records by their URNs; records that are of none are left out. */
export async function entitiesOfRecords(
  catalog: Facts,
  urns: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const values = await catalog.factsNamed(urns.map((urn) => ENTITY_OF_FACTS + entityIdOf(urn)));
  const found = new Map<string, string>();
  for (const value of values) {
    if (value === undefined) continue;
    const { urn, entity } = decodeEntityFact<RecordEntity>(value);
    found.set(urn, entity);
  }
  return found;
}

/** The entity with an id, now or earlier; undefined if there is none, or none any more. */
export async function findEntity(
  catalog: Pick<CatalogStore, "fact">,
  id: string,
): Promise<StoredEntity | undefined> {
  let at = id;
  for (let i = 0; i < MAX_REDIRECTS; i++) {
    const bytes = await catalog.fact(ENTITY_OF_FACTS + at);
    if (bytes === undefined) return undefined;
    const { entity } = decodeEntityFact<RecordEntity>(bytes);
    if (entity === at) {
      const members = await catalog.fact(MEMBERS_FACTS + at);
      return members && { id: at, members: decodeEntityFact<EntityMember[]>(members) };
    }
    at = entity;
  }
  return undefined;
}

/** Entities by id, behind `after`. */
export async function* entitiesAfter(
  catalog: Pick<CatalogStore, "facts">,
  after: string | undefined,
): AsyncIterable<StoredEntity> {
  const from = after === undefined ? undefined : MEMBERS_FACTS + after;
  for await (const [name, value] of catalog.facts(MEMBERS_FACTS, from)) {
    const id = name.slice(MEMBERS_FACTS.length);
    yield { id, members: decodeEntityFact<EntityMember[]>(value) };
  }
}

/** What depends on answers about records, by their URNs: their entity and how many records it has. */
export async function stakesOf(
  catalog: Facts,
  urns: readonly string[],
): Promise<ReadonlyMap<string, Stake>> {
  const entities = await entitiesOfRecords(catalog, urns);
  const ids = [...new Set(entities.values())];
  const lists = await catalog.factsNamed(ids.map((id) => MEMBERS_FACTS + id));
  const sizes = new Map(
    lists.map((list, i) => {
      const size = list === undefined ? 0 : decodeEntityFact<EntityMember[]>(list).length;
      return [ids[i] as string, size];
    }),
  );
  const stakes = [...entities].map(
    ([urn, entity]) => [urn, { entity, value: sizes.get(entity) ?? 0 }] as const,
  );
  return new Map(stakes);
}

/** Pairs of records that a person should decide about. */
export async function* openQuestions(
  catalog: Pick<CatalogStore, "facts">,
): AsyncIterable<Question> {
  for await (const [, value] of catalog.facts(OPEN_PAIR_FACTS)) {
    yield* decodeEntityFact<Question[]>(value);
  }
}

/** URNs of records whose entity changed at a position of at least `from`, ascending, each once. */
export async function recordsWithOtherEntity(
  catalog: Pick<CatalogStore, "facts">,
  from: number,
): Promise<readonly string[]> {
  const urns = new Set<string>();
  const after = from === 0 ? undefined : changeFactName(from - 1);
  for await (const [, value] of catalog.facts(CHANGE_FACTS, after)) {
    for (const urn of decodeEntityFact<string[]>(value)) urns.add(urn);
  }
  return [...urns].sort(compareIds);
}
