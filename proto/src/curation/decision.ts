/**
 * Decisions of operators as the hub tells them. Values are complete: lists and texts are there even when empty.
 *
 * @see ../../tributary/v1/curation_service.proto
 * @module
 */

import {
  DecideResponseSchema,
  ListDecisionsResponseSchema,
  PreviewResponseSchema,
  UndoResponseSchema,
} from "../gen/tributary/v1/curation_service_pb.ts";
import { type Codec, completeCodec } from "../plain.ts";
import { type RecordView, viewOptions } from "../query/record-view.ts";

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
  /** Of an objection: `open`, `accepted` or `declined`; else empty. */
  readonly standing: string;
  /** Of an objection that was answered: why. */
  readonly answer: string;
  /** Titles of the first subjects, at most 3; empty for what is no record, and for one that the caller may not see. */
  readonly titles: readonly string[];
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

/** A decision that was just undone. */
export interface UndoReceipt extends DecisionReceipt {
  /** `retract`, or the verb of the decision that holds again. */
  readonly action: string;
}

/** What a decision would do. Deciding about exactly its subjects is what was previewed. */
export interface DecisionPreview {
  /** URNs of the records that it would change. */
  readonly subjects: readonly string[];
  /** Records that it would leave as they are. */
  readonly unchanged: number;
  /** URNs of which the hub has no record. */
  readonly unknown: readonly string[];
  /** The first of those that it would change, as they are now, without bodies; at most 10. */
  readonly sample: readonly RecordView[];
}

/** Between a preview and its message. */
export const decisionPreviewCodec: Codec<DecisionPreview, typeof PreviewResponseSchema> =
  completeCodec<DecisionPreview, typeof PreviewResponseSchema>(PreviewResponseSchema, viewOptions);

/** Between the answer to an undo and its message. */
export const undoReceiptCodec: Codec<UndoReceipt, typeof UndoResponseSchema> = completeCodec<
  UndoReceipt,
  typeof UndoResponseSchema
>(UndoResponseSchema);

/** Between a page of decisions and its message. */
export const decisionPageCodec: Codec<DecisionPage, typeof ListDecisionsResponseSchema> =
  completeCodec<DecisionPage, typeof ListDecisionsResponseSchema>(ListDecisionsResponseSchema);

/** Between the answer to a decision and its message. */
export const decisionReceiptCodec: Codec<DecisionReceipt, typeof DecideResponseSchema> =
  completeCodec<DecisionReceipt, typeof DecideResponseSchema>(DecideResponseSchema);
