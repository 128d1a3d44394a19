/**
 * Objections of centers to decisions that concern them, and what became of them.
 *
 * An objection is accepted by undoing the decision, and declined by a decision that says why; either can be undone, and
 * then it is open again. So its standing is computed from decisions and never stored.
 *
 * @module
 */

import { fromUtf8, isTributaryError, parseUrn, utf8 } from "@tributary/proto";
import type { CatalogStore } from "../ports/catalog-store.ts";
import {
  DECISION_ID_FACTS,
  type DecisionFact,
  decisionFactName,
  decodeDecisionFact,
} from "./decision-fact.ts";
import type { WorkingSet } from "./working-set.ts";

/** By identifier of the objection: its position. */
const OBJECTION_FACTS = "objection/";
/** By identifier of the objection: position of the newest decision that declined it. */
const DECLINED_FACTS = "objection-declined/";

/** Verbs that are about other decisions and change no record. */
const ABOUT_DECISIONS = new Set(["object", "decline"]);

export type Standing = "open" | "accepted" | "declined";

/** What became of an objection. */
export interface ObjectionState {
  /** The decision that it is about; undefined where the catalog has none. */
  readonly target: DecisionFact | undefined;
  readonly standing: Standing;
  /** Why; empty while it is open. */
  readonly answer: string;
}

type Facts = Pick<CatalogStore, "fact">;

/** True for verbs that the fold keeps without touching a record. */
export function isAboutDecisions(action: string): boolean {
  return ABOUT_DECISIONS.has(action);
}

/** Keeps what an objection or its answer says. */
export function foldObjection(
  work: WorkingSet,
  { action, decisionId, argument, position }: DecisionFact,
): void {
  const name = action === "object" ? OBJECTION_FACTS + decisionId : DECLINED_FACTS + argument;
  work.setFact(name, utf8(String(position)));
}

/** What became of an objection. @param objection A decision with the verb `object`. */
export async function stateOfObjection(
  catalog: Facts,
  { decisionId, argument }: Pick<DecisionFact, "decisionId" | "argument">,
): Promise<ObjectionState> {
  const target = await decisionNamed(catalog, DECISION_ID_FACTS + argument);
  if (target?.retractedAt !== undefined) {
    const undo = await decisionAt(catalog, target.retractedAt);
    return { target, standing: "accepted", answer: undo?.reason ?? "" };
  }
  const declined = await decisionNamed(catalog, DECLINED_FACTS + decisionId);
  return declined === undefined || declined.retractedAt !== undefined
    ? { target, standing: "open", answer: "" }
    : { target, standing: "declined", answer: declined.reason };
}

/** Objections that nobody has answered, in no order. */
export async function* openObjections(
  catalog: Facts & Pick<CatalogStore, "facts">,
): AsyncIterable<{ readonly objection: DecisionFact; readonly target: DecisionFact }> {
  for await (const [, value] of catalog.facts(OBJECTION_FACTS)) {
    const objection = await decisionAt(catalog, Number(fromUtf8(value)));
    if (objection === undefined) continue;
    const { target, standing } = await stateOfObjection(catalog, objection);
    if (target !== undefined && standing === "open") yield { objection, target };
  }
}

/** Centers that a subject of a decision is about: the one that published the record, or the center itself. */
export function centerConcernedBy(subject: string): string | undefined {
  const [, centerId] = /^urn:dth:([^:]+)$/.exec(subject) ?? [];
  if (centerId !== undefined) return centerId;
  try {
    return parseUrn(subject).centerId;
  } catch (error) {
    if (isTributaryError(error, "ERR_URN_MALFORMED")) return undefined;
    throw error;
  }
}

async function decisionNamed(catalog: Facts, name: string): Promise<DecisionFact | undefined> {
  const position = await catalog.fact(name);
  return position && decisionAt(catalog, Number(fromUtf8(position)));
}

async function decisionAt(catalog: Facts, position: number): Promise<DecisionFact | undefined> {
  const fact = await catalog.fact(decisionFactName(position));
  return fact && decodeDecisionFact(fact);
}
