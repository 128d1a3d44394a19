/**
 * Decisions of curators: about records, about centers, about other decisions; and what a center confirms.
 *
 * A decision about something that the catalog does not hold is kept and has no effect.
 *
 * @module
 */

import {
  type CurationDecision,
  centerOfUrn,
  fromUtf8,
  isTributaryError,
  parseConfirmationArgument,
  parseUrn,
  type RecordRef,
  utf8,
} from "@tributary/proto";
import { curationAt } from "./accept.ts";
import { assessorFactName, isAssessorAction } from "./assessor-fact.ts";
import { foldCollection, isCollectionAction } from "./collection-fact.ts";
import {
  DECISION_ID_FACTS,
  type DecisionFact,
  decisionFactName,
  decodeDecisionFact,
  encodeDecisionFact,
} from "./decision-fact.ts";
import { withPosition } from "./decision-positions.ts";
import { confirm, pause, release } from "./fold-batch.ts";
import { foldTerm, isTermAction } from "./fold-term.ts";
import { foldObjection, isAboutDecisions } from "./objection.ts";
import { verdictOf, widen } from "./verdict.ts";
import { acknowledgedFactName, acknowledgedFactOf } from "./waiting-fact.ts";
import type { WorkingSet } from "./working-set.ts";

export async function foldDecision(
  work: WorkingSet,
  decision: CurationDecision,
  position: number,
  decidedAtMs: number,
): Promise<void> {
  const { authorization: _, ...said } = decision;
  const fact = { ...said, position, decidedAtMs, retractedAt: undefined };
  work.setFact(decisionFactName(position), encodeDecisionFact(fact));
  const idFact = DECISION_ID_FACTS + decision.decisionId;
  if ((await work.fact(idFact)) === undefined) work.setFact(idFact, utf8(String(position)));
  if (decision.action === "retract") {
    await retract(work, decision.retracts, position);
    return;
  }
  if (isAboutDecisions(decision.action)) {
    foldObjection(work, fact);
    return;
  }
  if (isCollectionAction(decision.action)) return foldCollection(work, fact);
  if (isTermAction(decision.action)) return foldTerm(work, decision, position, "add");
  for (const subject of decision.subjects) {
    const centerId = centerOfUrn(subject);
    if (centerId !== undefined) await decideCenter(work, centerId, fact);
    const ref = recordOf(subject);
    if (ref !== undefined) await decideRecord(work, ref, position, "add");
  }
}

async function decideCenter(
  work: WorkingSet,
  centerId: string,
  { action, argument, reason, position }: DecisionFact,
): Promise<void> {
  if (action === "pause")
    await pause(work, centerId, { code: "ERR_FEED_PAUSED", reason, position });
  if (action === "release") await release(work, centerId, position);
  const confirmed = action === "confirm" ? parseConfirmationArgument(argument) : undefined;
  if (confirmed !== undefined) await confirm(work, centerId, confirmed, position);
  if (isAssessorAction(action)) {
    const name = assessorFactName(action, centerId);
    work.setFact(name, withPosition(await work.fact(name), position));
  }
}

/** Undoes a decision. A release or a confirmation cannot be undone: what it let through has been told; pause again instead. */
async function retract(work: WorkingSet, decisionId: string, position: number): Promise<void> {
  const at = await work.fact(DECISION_ID_FACTS + decisionId);
  const name = at && decisionFactName(Number(fromUtf8(at)));
  const bytes = name && (await work.fact(name));
  if (!name || !bytes) return;
  const decision = decodeDecisionFact(bytes);
  if (decision.retractedAt !== undefined || decision.action === "retract") return;
  work.setFact(name, encodeDecisionFact({ ...decision, retractedAt: position }));
  if (isAboutDecisions(decision.action) || isCollectionAction(decision.action)) return;
  if (isTermAction(decision.action)) return foldTerm(work, decision, position, "again");
  for (const subject of decision.subjects) {
    const centerId = centerOfUrn(subject);
    if (centerId !== undefined) {
      const center = await work.center(centerId);
      const pauses = center.pauses.filter((reason) => reason.position !== decision.position);
      work.setCenter({ ...center, pauses });
    }
    const ref = recordOf(subject);
    if (ref !== undefined) await decideRecord(work, ref, position, "again");
  }
}

/** Computes a row anew from all decisions about it, with the one at `position` added to them or not. */
async function decideRecord(
  work: WorkingSet,
  ref: RecordRef,
  position: number,
  mode: "add" | "again",
): Promise<void> {
  const row = await work.row(ref);
  if (row === undefined) return;
  const isNew = mode === "add" && row.decisions.at(-1) !== position;
  const decisions = isNew ? [...row.decisions, position] : row.decisions;
  const curation = await curationAt(work, decisions);
  const { verdict, verdictReason } = verdictOf(row.accepted, curation);
  work.setRow({
    ...row,
    verdict,
    verdictReason,
    decisions,
    labels: curation.labels,
    audience:
      verdict === "live" ? widen(row.audience, row.visibility, row.visibleTo) : row.audience,
    changePosition: position,
  });
  if (verdict !== row.verdict) await work.count(ref.centerId, row.verdict, verdict);
  const seen = acknowledgedFactName(ref);
  const acknowledged = acknowledgedFactOf(curation.acknowledgedAt);
  if (acknowledged !== undefined || (await work.fact(seen)) !== undefined) {
    work.setFact(seen, acknowledged);
  }
}

/** The record that a subject names; undefined for the URN of something else, such as an entity. */
export function recordOf(subject: string): RecordRef | undefined {
  try {
    return parseUrn(subject);
  } catch (error) {
    if (isTributaryError(error, "ERR_URN_MALFORMED")) return undefined;
    throw error;
  }
}
