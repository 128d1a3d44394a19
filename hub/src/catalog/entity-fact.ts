/**
 * What the catalog keeps of entities, as facts beside the rows.
 *
 * Every provider record has an id that an entity could have, see `entities/entity.ts`; facts are named by it. They are not
 * part of the digest: an erasure takes a record out of the log, and what was learned while it was there cannot be learned
 * again.
 *
 * @module
 */

import { fromUtf8, utf8 } from "@tributary/proto";
import { LOCAL_FACTS } from "./digest.ts";
import type { Explanation } from "./entities/explain.ts";
import type { OpenPair } from "./entities/review.ts";

const ENTITY_FACTS = `${LOCAL_FACTS}entity/`;

/** Of one record: {@link RecordEntity}; by the id that its own entity has or would have. */
export const ENTITY_OF_FACTS = `${ENTITY_FACTS}of/`;
/** Of one entity: its {@link EntityMember}s, by its id. */
export const MEMBERS_FACTS = `${ENTITY_FACTS}members/`;
/** Of one record: pairs that a person should decide about, {@link Question}; by its own id. */
export const OPEN_PAIR_FACTS = `${ENTITY_FACTS}open/`;
/** Of one entry of the log: URNs of the records that it gave another entity. */
export const CHANGE_FACTS = `${ENTITY_FACTS}change/`;
/** {@link EntityState}. */
export const ENTITY_STATE_FACT = `${ENTITY_FACTS}state`;
export const MODEL_FACT = `${ENTITY_FACTS}model`;
export const MODEL_KEYS_FACT = `${ENTITY_FACTS}keys`;

/** A pair that a person should decide about, and what speaks for either answer. */
export type Question = OpenPair & { readonly why: Explanation };

/** The entity that a record describes, or described when it was last shown. */
export interface RecordEntity {
  readonly urn: string;
  readonly entity: string;
}

/** A record of an entity. */
export interface EntityMember {
  readonly urn: string;
  /** What joins it to another record of the entity; absent for the only one. */
  readonly link?: { readonly to: string; readonly why: Explanation };
}

/** Where the resolution of entities is. */
export interface EntityState {
  /** Provider records ever accepted. */
  readonly records: number;
  /** How many there were when the model was trained; 0 if there is none. */
  readonly trainedAt: number;
  /** A record that the model may have learned from was erased. */
  readonly isStale: boolean;
}

/** Names the fact of the changes of an entry; names ascend with positions. */
export function changeFactName(position: number): string {
  return CHANGE_FACTS + String(position).padStart(16, "0");
}

/** Any of the values above as bytes. */
export function encodeEntityFact(
  value:
    | RecordEntity
    | EntityState
    | readonly EntityMember[]
    | readonly Question[]
    | readonly string[],
): Uint8Array {
  return utf8(JSON.stringify(value));
}

/** @param bytes From the catalog's store, under a name whose value is a `Value`. */
export function decodeEntityFact<Value>(bytes: Uint8Array): Value {
  return JSON.parse(fromUtf8(bytes)) as Value;
}
