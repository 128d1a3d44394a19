/**
 * Decisions of operators as the hub tells them. Values are complete: lists and texts are there even when empty.
 *
 * @see ../../tributary/v1/curation_service.proto
 * @module
 */

import {
  DecideResponseSchema,
  ListDecisionsResponseSchema,
} from "../gen/tributary/v1/curation_service_pb.ts";
import { type Codec, completeCodec } from "../plain.ts";

/** A decision of the past. */
export interface DecisionView {
  readonly decisionId: string;
  /** Verb; see `CurationDecision`. */
  readonly action: string;
  /** URNs. */
  readonly subjects: readonly string[];
  readonly argument: string;
  readonly actor: string;
  readonly reason: string;
  /** Its position in the log. */
  readonly position: number;
  /** Ms since the epoch. */
  readonly decidedAtMs: number;
  /** Whether a later decision undid it. */
  readonly retracted: boolean;
}

/** A page of decisions. */
export interface DecisionPage {
  /** Newest first. */
  readonly decisions: readonly DecisionView[];
  /** Empty at the end. */
  readonly nextPageToken: string;
}

/** A decision that was just made. */
export interface DecisionReceipt {
  readonly decisionId: string;
  /** Its position in the log. */
  readonly position: number;
}

/** Between a page of decisions and its message. */
export const decisionPageCodec: Codec<DecisionPage, typeof ListDecisionsResponseSchema> =
  completeCodec<DecisionPage, typeof ListDecisionsResponseSchema>(ListDecisionsResponseSchema);

/** Between the answer to a decision and its message. */
export const decisionReceiptCodec: Codec<DecisionReceipt, typeof DecideResponseSchema> =
  completeCodec<DecisionReceipt, typeof DecideResponseSchema>(DecideResponseSchema);
