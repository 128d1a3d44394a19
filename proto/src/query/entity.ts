/**
 * One real-world provider, however many centers describe it, as the hub shows it.
 *
 * @see ../../tributary/v1/entity_service.proto
 * @module
 */

import {
  GetEntityResponseSchema,
  ListEntitiesResponseSchema,
} from "../gen/tributary/v1/entity_service_pb.ts";
import { type Codec, completeCodec } from "../plain.ts";
import type { Coverage } from "./answer.ts";
import { type RecordView, viewOptions } from "./record-view.ts";

/** What one comparison of two records says. */
export interface EntityWeight {
  /** name, uscc, website, city. */
  readonly comparison: string;
  /** How far both agree, such as equal, close, different. */
  readonly level: string;
  /** Above 0 it speaks for one thing. */
  readonly bits: number;
}

/** Why a record belongs to an entity: weights that add up, in bits. */
export interface EntityLink {
  /** URN of the other record. */
  readonly to: string;
  /** Weight of two records about which nothing is known. */
  readonly prior: number;
  /** From the largest to the smallest by size. */
  readonly weights: readonly EntityWeight[];
  readonly bits: number;
  /** 0 to 1. */
  readonly probability: number;
  /** What a curator said: `same`, or empty. */
  readonly asserted: string;
  /** The same in one line. */
  readonly text: string;
  readonly textZh: string;
}

/** A record of an entity. */
export interface EntityMember {
  /** Without its body. */
  readonly record: RecordView;
  /** Absent for the only record, and where the other may not be seen. */
  readonly link?: EntityLink | undefined;
}

/** An entity with the records that the reader may see. */
export interface Entity {
  /** `ent_` and 24 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  /** Unified social credit code that its records agree on; empty where none has a valid one. */
  readonly uscc: string;
  /** At least one, the oldest first. */
  readonly members: readonly EntityMember[];
}

/** One entity. */
export interface EntityAnswer {
  readonly entity: Entity;
  readonly coverage: Coverage;
}

/** A page of entities. */
export interface EntitiesAnswer {
  /** Ascending by id. */
  readonly entities: readonly Entity[];
  /** Empty at the end. */
  readonly nextPageToken: string;
  readonly coverage: Coverage;
}

/** Between an entity and its message. */
export const entityAnswerCodec: Codec<EntityAnswer, typeof GetEntityResponseSchema> = completeCodec<
  EntityAnswer,
  typeof GetEntityResponseSchema
>(GetEntityResponseSchema, viewOptions);

/** Between a page of entities and its message. */
export const entitiesAnswerCodec: Codec<EntitiesAnswer, typeof ListEntitiesResponseSchema> =
  completeCodec<EntitiesAnswer, typeof ListEntitiesResponseSchema>(
    ListEntitiesResponseSchema,
    viewOptions,
  );
