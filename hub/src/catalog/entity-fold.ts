/**
 * Keeps entities in step with the fold of the log: which provider records are one provider, after each entry.
 *
 * A function of the log, like everything that is folded. The model is trained when there are a quarter more provider
 * records than at the last time, counted over the log and not over what is there, and again after an erasure; so two hubs
 * weigh alike. What is kept in memory is made anew from the rows when it is needed first: a hub that starts again answers
 * from the facts, and resolves only when a provider changes or a curator speaks.
 *
 * @module
 */

import { type BodyOf, urnOf } from "@tributary/proto";
import type { CatalogRow } from "../ports/catalog-row.ts";
import { assertionsOf } from "./assertion-of.ts";
import type { Assertion } from "./entities/assertions.ts";
import { type Entity, entityIdOf } from "./entities/entity.ts";
import { type Explanation, explainPair } from "./entities/explain.ts";
import type { Model } from "./entities/model.ts";
import { compareIds, type EntityRecord, isOlder, PROVIDER_SCHEMA } from "./entities/record.ts";
import { resolve } from "./entities/resolve.ts";
import type { Resolver } from "./entities/resolver.ts";
import { openPairsOf } from "./entities/review.ts";
import { loadModel, saveModel } from "./entities/saved-model.ts";
import { trainModel } from "./entities/train.ts";
import {
  changeFactName,
  decodeEntityFact,
  ENTITY_OF_FACTS,
  ENTITY_STATE_FACT,
  type EntityMember,
  type EntityState,
  encodeEntityFact,
  MEMBERS_FACTS,
  MODEL_FACT,
  MODEL_KEYS_FACT,
  OPEN_PAIR_FACTS,
  type Question,
  type RecordEntity,
} from "./entity-fact.ts";
import type { CatalogEntry } from "./entry.ts";
import { providerRecordOf } from "./provider-record.ts";
import type { WorkingSet } from "./working-set.ts";

/** How many more provider records there are before a model is trained anew. */
const GROWTH = 1.25;
/** Provider records before which there is nothing to learn from: the weights are those that training begins with. */
const FEWEST = 16;
const NO_STATE: EntityState = { records: 0, trainedAt: 0, isStale: false };

/** Body of a row that was just decoded; undefined where it has to be read. */
export type ProviderBodyOf = (row: CatalogRow) => BodyOf<"provider"> | undefined;

/** One for a catalog; a catalog that is cleared needs another. */
export class EntityFold {
  #resolver: Resolver | undefined;

  /** Follows one entry that was folded into `work`, in the order of the log. */
  async follow(work: WorkingSet, entry: CatalogEntry, bodyOf: ProviderBodyOf): Promise<void> {
    const rows = work.takeProviders();
    const said = await assertedIn(work, entry);
    if (rows.length === 0 && !said.isRelevant) return;
    const { position } = entry;
    const state = await this.#advanceState(work, rows, position);
    const isTraining =
      state.records >= Math.max(FEWEST, state.trainedAt * GROWTH) ||
      (state.isStale && state.trainedAt > 0 && entry.type !== "erasure");
    const gone: CatalogRow[] = rows.filter(
      (row) => providerRecordOf(row, bodyOf(row)) === undefined,
    );
    let touched: readonly string[];
    if (isTraining || this.#resolver === undefined) {
      const resolver = await this.#resolveAll(work, isTraining, bodyOf);
      touched = resolver.entities().flatMap(({ members }) => members);
      resolver.takeTouched();
    } else {
      apply(this.#resolver, rows, bodyOf);
      this.#resolver.assert(said.entries);
      touched = this.#resolver.takeTouched();
    }
    const trained = { ...state, trainedAt: state.records, isStale: false };
    work.setFact(ENTITY_STATE_FACT, encodeEntityFact(isTraining ? trained : state));
    await new EntityWriter(work, this.#resolver as Resolver, position).write(touched, gone);
  }

  async #advanceState(
    work: WorkingSet,
    rows: readonly CatalogRow[],
    position: number,
  ): Promise<EntityState> {
    const bytes = await work.fact(ENTITY_STATE_FACT);
    const before = bytes === undefined ? NO_STATE : decodeEntityFact<EntityState>(bytes);
    const isNew = ({ firstPosition }: CatalogRow) => firstPosition === position;
    const isErased = ({ verdict, changePosition }: CatalogRow) =>
      verdict === "erased" && changePosition === position;
    return {
      ...before,
      records: before.records + rows.filter(isNew).length,
      isStale: before.isStale || rows.some(isErased),
    };
  }

  /** Makes everything anew from the rows, with a model that is trained now or the one there is. */
  async #resolveAll(
    work: WorkingSet,
    isTraining: boolean,
    bodyOf: ProviderBodyOf,
  ): Promise<Resolver> {
    const records: EntityRecord[] = [];
    for await (const row of work.providers()) {
      const record = providerRecordOf(row, bodyOf(row));
      if (record !== undefined) records.push(record);
    }
    const assertions: Assertion[] = [];
    for await (const decision of work.decisions()) {
      if (decision.retractedAt === undefined) assertions.push(...assertionsOf(decision));
    }
    const model = isTraining ? trainModel(PROVIDER_SCHEMA, records) : await modelOf(work);
    if (isTraining) {
      const saved = saveModel(model);
      work.setFact(MODEL_FACT, saved.weights);
      work.setFact(MODEL_KEYS_FACT, saved.keys);
    }
    this.#resolver = resolve(model, records, assertions);
    return this.#resolver;
  }
}

/** Before anything was learned. */
let untrained: Model | undefined;

async function modelOf(work: WorkingSet): Promise<Model> {
  const [weights, keys] = [await work.fact(MODEL_FACT), await work.fact(MODEL_KEYS_FACT)];
  if (weights !== undefined && keys !== undefined) {
    return loadModel(PROVIDER_SCHEMA, { weights, keys });
  }
  untrained ??= trainModel(PROVIDER_SCHEMA, []);
  return untrained;
}

/** What an entry says about pairs of records, and whether it says anything. */
async function assertedIn(work: WorkingSet, entry: CatalogEntry) {
  if (entry.type !== "curation") return { isRelevant: false, entries: [] };
  const { decision, position, receivedAtMs } = entry;
  const fact = { ...decision, position, decidedAtMs: receivedAtMs, retractedAt: undefined };
  if (decision.action !== "retract") {
    const entries = assertionsOf(fact);
    return { isRelevant: entries.length > 0, entries };
  }
  const entries = [];
  for await (const earlier of work.decisions()) {
    if (earlier.retractedAt !== position) continue;
    for (const { id } of assertionsOf(earlier)) {
      const retraction = {
        id: `${decision.decisionId}/${id}`,
        kind: "retract" as const,
        entry: id,
      };
      entries.push({ ...retraction, position, by: decision.actor, evidence: decision.reason });
    }
  }
  return { isRelevant: entries.length > 0, entries };
}

function apply(resolver: Resolver, rows: readonly CatalogRow[], bodyOf: ProviderBodyOf): void {
  for (const row of rows) {
    const record = providerRecordOf(row, bodyOf(row));
    if (record === undefined) resolver.remove(urnOf(row.ref));
    else if (!isSame(resolver.record(record.id)?.record, record)) resolver.add(record);
  }
}

function isSame(a: EntityRecord | undefined, b: EntityRecord): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

/** Writes what one entry changed. */
class EntityWriter {
  readonly #work: WorkingSet;
  readonly #resolver: Resolver;
  readonly #position: number;
  /** Ids that entities of touched records had before. */
  readonly #left = new Set<string>();
  readonly #changed: string[] = [];

  constructor(work: WorkingSet, resolver: Resolver, position: number) {
    this.#work = work;
    this.#resolver = resolver;
    this.#position = position;
  }

  async write(touched: readonly string[], gone: readonly CatalogRow[]): Promise<void> {
    const entities = new Map<string, Entity>();
    for (const urn of touched) {
      const entity = this.#resolver.entityOf(urn) as Entity;
      entities.set(entity.id, entity);
      await this.#setEntity(urn, entity.id);
    }
    for (const row of gone) await this.#lead(row);
    for (const entity of entities.values()) await this.#setMembers(entity);
    for (const id of this.#left) {
      if (!entities.has(id) && (await this.#isOver(id))) {
        this.#work.setFact(MEMBERS_FACTS + id, undefined);
      }
    }
    await this.#setOpenPairs(touched);
    if (this.#changed.length > 0) {
      const urns = encodeEntityFact(this.#changed.sort(compareIds));
      this.#work.setFact(changeFactName(this.#position), urns);
    }
  }

  async #setEntity(urn: string, entity: string): Promise<void> {
    const name = ENTITY_OF_FACTS + entityIdOf(urn);
    const before = await this.#entityBefore(name);
    if (before === entity) return;
    if (before !== undefined) this.#left.add(before);
    this.#changed.push(urn);
    this.#work.setFact(name, encodeEntityFact({ urn, entity }));
  }

  async #entityBefore(name: string): Promise<string | undefined> {
    const bytes = await this.#work.fact(name);
    return bytes && decodeEntityFact<RecordEntity>(bytes).entity;
  }

  /**
   * A record that is no longer shown leads to what its entity is now, so that the entity is still found by the name that it
   * had from it. Nothing leads from one that was erased.
   */
  async #lead({ ref, verdict }: CatalogRow): Promise<void> {
    const urn = urnOf(ref);
    const own = entityIdOf(urn);
    this.#work.setFact(OPEN_PAIR_FACTS + own, undefined);
    const before = await this.#entityBefore(ENTITY_OF_FACTS + own);
    if (before === undefined) return;
    this.#left.add(before);
    this.#changed.push(urn);
    const heir = verdict === "erased" ? undefined : await this.#oldestOf(before);
    const entity = heir === undefined ? undefined : this.#resolver.entityOf(heir)?.id;
    const leads = verdict === "erased" ? undefined : { urn, entity: entity ?? own };
    this.#work.setFact(ENTITY_OF_FACTS + own, leads && encodeEntityFact(leads));
  }

  /** The oldest record of an entity, as it was before this entry, that is still there. */
  async #oldestOf(id: string): Promise<string | undefined> {
    const bytes = await this.#work.fact(MEMBERS_FACTS + id);
    const members = bytes === undefined ? [] : decodeEntityFact<EntityMember[]>(bytes);
    const records = members.flatMap(({ urn }) => this.#resolver.record(urn)?.record ?? []);
    return records.length === 0
      ? undefined
      : records.reduce((first, record) => (isOlder(record, first) ? record : first)).id;
  }

  async #isOver(id: string): Promise<boolean> {
    const bytes = await this.#work.fact(ENTITY_OF_FACTS + id);
    const urn = bytes && decodeEntityFact<RecordEntity>(bytes).urn;
    return urn === undefined || this.#resolver.entityOf(urn)?.id !== id;
  }

  async #setMembers({ id, members }: Entity): Promise<void> {
    const list = members.map((urn): EntityMember => {
      const to = this.#nearestOf(urn, members);
      const why = to === undefined ? undefined : explainPair(this.#resolver, urn, to);
      return to === undefined || why === undefined ? { urn } : { urn, link: { to, why } };
    });
    this.#work.setFact(MEMBERS_FACTS + id, encodeEntityFact(list));
  }

  /** Which other record of its entity a record is joined to: by a person, else by the most weight. */
  #nearestOf(urn: string, members: readonly string[]): string | undefined {
    const isMember = (id: string) => id !== urn && members.includes(id);
    return (
      this.#resolver.asserted.sameAs(urn).find(isMember) ??
      this.#resolver.neighboursOf(urn).find(({ id }) => isMember(id))?.id
    );
  }

  /** A question depends on both records, so those around the touched ones are looked at too. */
  async #setOpenPairs(touched: readonly string[]): Promise<void> {
    const around = new Set(touched);
    for (const urn of touched) {
      for (const { id } of this.#resolver.neighboursOf(urn)) around.add(id);
    }
    for (const urn of around) {
      const pairs = openPairsOf(this.#resolver, urn).map((pair): Question => {
        return { ...pair, why: explainPair(this.#resolver, pair.a, pair.b) as Explanation };
      });
      const name = OPEN_PAIR_FACTS + entityIdOf(urn);
      if (pairs.length > 0) this.#work.setFact(name, encodeEntityFact(pairs));
      else if ((await this.#work.fact(name)) !== undefined) this.#work.setFact(name, undefined);
    }
  }
}
