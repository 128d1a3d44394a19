/**
 * Curators' decisions as the catalog keeps them, and what they amount to for one record.
 *
 * A decision is never deleted: another retracts it, and what holds is always computed anew from the decisions that
 * were not retracted, in the order of the log.
 *
 * @module
 */

import { type CurationDecision, fromUtf8, utf8 } from "@tributary/proto";

/** A decision of the log. */
export interface DecisionFact extends Omit<CurationDecision, "authorization"> {
  readonly position: number;
  /** Ms since the epoch. */
  readonly decidedAtMs: number;
  /** Position of the decision that undid this one. */
  readonly retractedAt: number | undefined;
}

/** What the decisions about a record amount to. */
export interface Curation {
  /** Why a curator hides it; undefined when none does. */
  readonly hidden: string | undefined;
  readonly approved: boolean;
  /** Ascending. */
  readonly labels: readonly string[];
  /** Position of the newest `acknowledge`; undefined when there is none. */
  readonly acknowledgedAt: number | undefined;
}

export const DECISION_FACTS = "decision/";
export const DECISION_ID_FACTS = "decision-id/";

/** Names the fact of a decision; names ascend with positions. */
export function decisionFactName(position: number): string {
  return DECISION_FACTS + String(position).padStart(16, "0");
}

/** The fact's one encoding. */
export function encodeDecisionFact(fact: DecisionFact): Uint8Array {
  const { decisionId, action, subjects, argument, actor, reason, retracts } = fact;
  const { position, decidedAtMs, retractedAt } = fact;
  return utf8(
    JSON.stringify({
      decisionId,
      action,
      subjects,
      argument,
      actor,
      reason,
      retracts,
      position,
      decidedAtMs,
      retractedAt,
    }),
  );
}

/** @param bytes From the catalog's store. */
export function decodeDecisionFact(bytes: Uint8Array): DecisionFact {
  return { retractedAt: undefined, ...JSON.parse(fromUtf8(bytes)) } as DecisionFact;
}

/** @param decisions About one record, ascending by position. */
export function curationOf(decisions: readonly DecisionFact[]): Curation {
  let hidden: string | undefined;
  let approved = false;
  let acknowledgedAt: number | undefined;
  const labels = new Set<string>();
  for (const { action, reason, argument, position, retractedAt } of decisions) {
    if (retractedAt !== undefined) continue;
    if (action === "hide") hidden = reason;
    if (action === "unhide") hidden = undefined;
    if (action === "approve") approved = true;
    if (action === "acknowledge") acknowledgedAt = position;
    if (action === "label") labels.add(argument);
    if (action === "unlabel") labels.delete(argument);
  }
  return { hidden, approved, labels: [...labels].sort(), acknowledgedAt };
}
