/**
 * What waits for a decision of an operator. Values are complete: lists and texts are there even when empty.
 *
 * @see ../../tributary/v1/curation_service.proto
 * @module
 */

import {
  ListQueueRequestSchema,
  ListQueueResponseSchema,
} from "../gen/tributary/v1/curation_service_pb.ts";
import type { Sentence } from "../match/answer.ts";
import { type Codec, completeCodec } from "../plain.ts";
import type { EntityLink } from "../query/entity.ts";
import { type RecordView, viewOptions } from "../query/record-view.ts";

/** Why something waits. */
export const QUEUE_REASONS = [
  "approval",
  "duplicate",
  "quarantined",
  "paused",
  "objection",
] as const;

export type QueueReason = (typeof QUEUE_REASONS)[number];

/** Which items, in which order. */
export interface QueueQuery {
  /** 1 to 500; 0 means 100. */
  readonly pageSize: number;
  readonly pageToken: string;
  /** Of {@link QUEUE_REASONS}; empty means all. */
  readonly reasons: readonly string[];
  /** Only what concerns this center; empty means all. */
  readonly centerId: string;
  /** `value`, `age` or empty, which means `value`. */
  readonly order: string;
  /** Only the item with this id; empty means all. */
  readonly id: string;
}

/** A way to end what waits. */
export interface QueueAnswer {
  /** Service and method, for example `CurationService.Decide`. */
  readonly rpc: string;
  /** Verb of Decide, or state of SetMemberState. */
  readonly action: string;
  /** Subjects of Decide; the center of SetMemberState. */
  readonly subjects: readonly string[];
  readonly argument: string;
  /** What it does. */
  readonly text: Sentence;
  /** The same on the command line; REASON stands for the operator's words. */
  readonly command: string;
}

/** One thing that waits. */
export interface QueueItem {
  readonly reason: string;
  /** Absent where it is about a center or about two records. */
  readonly record?: RecordView | undefined;
  /** Code and sentence that explain it. */
  readonly detail: string;
  /** Stays the same while it waits. */
  readonly id: string;
  /** Ascending; at least one. */
  readonly centerIds: readonly string[];
  /** How much depends on the answer, in records; above 0. */
  readonly value: number;
  /** Ms since the epoch. */
  readonly sinceMs: number;
  readonly waitsFor: Sentence;
  /** At least one. */
  readonly answers: readonly QueueAnswer[];
  /** Of a duplicate: both records with their bodies, the older first. */
  readonly records: readonly RecordView[];
  /** Of a duplicate: what speaks for one provider and what against it. */
  readonly link?: EntityLink | undefined;
  /** Of the approval of a center: six characters that its screen shows too. */
  readonly checkCode: string;
}

/** A page of the queue. */
export interface QueuePage {
  readonly items: readonly QueueItem[];
  /** Empty at the end. */
  readonly nextPageToken: string;
  /** How many wait by reason, over all pages and whatever reasons were asked for. */
  readonly counts: readonly { readonly reason: string; readonly count: number }[];
}

/** Between a question for the queue and its message. */
export const queueQueryCodec: Codec<QueueQuery, typeof ListQueueRequestSchema> = completeCodec<
  QueueQuery,
  typeof ListQueueRequestSchema
>(ListQueueRequestSchema);

/** Between a page of the queue and its message. */
export const queuePageCodec: Codec<QueuePage, typeof ListQueueResponseSchema> = completeCodec<
  QueuePage,
  typeof ListQueueResponseSchema
>(ListQueueResponseSchema, viewOptions);
