/**
 * What a curator's decision says about pairs of records.
 *
 * @module
 */

import type { DecisionFact } from "./decision-fact.ts";
import type { Assertion, AssertionKind } from "./entities/assertions.ts";

/** Verbs that say which records are one provider. */
export const ASSERTION_OF: Readonly<Record<string, AssertionKind>> = {
  merge: "same",
  split: "different",
  relate: "related",
};

/** The first subject with each of the others; none for other verbs. */
export function assertionsOf(decision: DecisionFact): readonly Assertion[] {
  const { decisionId, action, subjects, position, actor, reason, argument } = decision;
  const kind = Object.hasOwn(ASSERTION_OF, action) ? ASSERTION_OF[action] : undefined;
  const [a, ...others] = subjects;
  if (kind === undefined || a === undefined) return [];
  return others
    .filter((b) => b !== a)
    .map((b, i) => {
      // Dense positions decide; a decision makes several statements at one.
      const id = `${decisionId}/${i}`;
      return { id, position, by: actor, evidence: reason, kind, a, b, model: argument };
    });
}
