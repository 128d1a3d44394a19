/**
 * What the hub says of the center's own records.
 *
 * @module
 */

import type {
  AssessmentsAnswer,
  DecisionView,
  FieldFilter,
  RecordView,
  SnapshotPlace,
  TermsAnswer,
  WatchEvent,
} from "@tributary/proto";

/** A record that the hub took and does not show to others, or of which it found something. */
export type RefusedRecord = Pick<
  RecordView,
  "urn" | "revision" | "state" | "stateReason" | "findings"
>;

/** An objection to make. */
export interface NewObjection {
  readonly decisionId: string;
  /** 1 to 1,000 characters. */
  readonly reason: string;
}

/** A snapshot of which the center confirms what it left out. */
export interface NewConfirmation extends SnapshotPlace {
  /** At most 1,000 characters; may be empty. */
  readonly reason: string;
}

/** Reads as the center: what only it and the hub's operators may see. */
export interface HubView extends AsyncDisposable {
  /**
   * Quarantined records of the center, and its releases of outcomes in which the hub found something.
   *
   * @throws {TributaryError} `ERR_UNAVAILABLE`, `ERR_DEADLINE`; what the hub refuses; the signal's reason when aborted.
   */
  refused(signal: AbortSignal): AsyncIterable<RefusedRecord>;

  /** All records of the center that the hub has, in whatever state, with their bodies. @throws As {@link refused}. */
  own(signal: AbortSignal): AsyncIterable<RecordView>;

  /**
   * Changes of the shared catalog from a log position on, and signs of life; for ever.
   *
   * @throws {TributaryError} As {@link refused}; `ERR_DEADLINE` if the hub is silent; `ERR_QUERY_INVALID` if its log is
   * shorter.
   */
  watch(
    fromPosition: number,
    filters: readonly FieldFilter[],
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent>;

  /** How the hub assesses the center now, published or not. @throws As {@link refused}. */
  assessment(signal: AbortSignal): Promise<AssessmentsAnswer>;

  /** Decisions of the hub's operators that concern the center, and its objections, the newest first. @throws As {@link refused}. */
  decisions(signal: AbortSignal): AsyncIterable<DecisionView>;

  /**
   * Objects to a decision that concerns the center, signed by its key.
   *
   * @returns Position of the objection in the log.
   * @throws {TributaryError} `ERR_NOT_FOUND`; `ERR_ALREADY_EXISTS` if the center has objected to it; `ERR_ARGUMENT_INVALID`;
   * as {@link refused}.
   */
  object(objection: NewObjection, signal: AbortSignal): Promise<number>;

  /**
   * Confirms what the hub holds back, signed by the center's key.
   *
   * @returns Position of the confirmation in the log.
   * @throws {TributaryError} `ERR_NOT_FOUND` if that snapshot does not wait; `ERR_ALREADY_EXISTS`; `ERR_MEMBER_STATE`;
   * `ERR_ARGUMENT_INVALID`; as {@link refused}.
   */
  confirm(confirmation: NewConfirmation, signal: AbortSignal): Promise<number>;

  /** The terms of the vocabulary that the hub changed, added or deprecated. @throws As {@link refused}. */
  terms(signal: AbortSignal): Promise<TermsAnswer>;

  /** How many releases of outcomes the hub has of the center, whatever became of them. @throws As {@link refused}. */
  releaseCount(signal: AbortSignal): Promise<number>;
}
