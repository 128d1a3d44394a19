/**
 * Decisions about terms of the vocabulary: the newest that was not taken back holds, and what carries the term is described
 * anew.
 *
 * @module
 */

import { termOfUrn, termStatement } from "@tributary/proto";
import { conceptOf, isSchemeName } from "@tributary/proto/vocabulary";
import type { CatalogRow } from "../ports/catalog-row.ts";
import { hasCode } from "./current-body.ts";
import { type DecisionFact, decisionFactName, decodeDecisionFact } from "./decision-fact.ts";
import { positionsOf, withPosition } from "./decision-positions.ts";
import { bodyOf } from "./describe.ts";
import {
  encodeTermFact,
  isAddition,
  readTaxonomy,
  type TermFact,
  termFactName,
} from "./taxonomy.ts";
import { isShown } from "./verdict.ts";
import type { WorkingSet } from "./working-set.ts";

/** By scheme and code: positions of the decisions about a term. */
const POSITION_FACTS = "term-decisions/";

/** True for the verb about terms; it changes no record. */
export function isTermAction(action: string): boolean {
  return action === "term";
}

/** Keeps a decision about a term, or what its retraction leaves. One that knows no term and makes none has no effect. */
export async function foldTerm(
  work: WorkingSet,
  { subjects }: Pick<DecisionFact, "subjects">,
  position: number,
  mode: "add" | "again",
): Promise<void> {
  const name = termOfUrn(subjects[0] ?? "");
  if (name === undefined || !isSchemeName(name.scheme)) return;
  const { scheme, code } = name;
  const isShared = conceptOf(scheme, code) !== undefined;
  const positions = `${POSITION_FACTS}${scheme}/${code}`;
  let fact = await work.fact(positions);
  if (mode === "add") {
    fact = withPosition(fact, position);
    work.setFact(positions, fact);
  }
  const standing = fact && (await standingOf(work, fact));
  const isTerm = standing !== undefined && (isShared || isAddition({ scheme, code }, standing));
  const term = isTerm ? { scheme, code, ...standing } : undefined;
  const before = await readTaxonomy(work);
  work.setFact(termFactName(name), term && encodeTermFact(term));
  const after = await readTaxonomy(work);
  // The term, what it was and is merged into, and what is merged into these: they share their words.
  const targets = new Set([code, before.codeOf(scheme, code), after.codeOf(scheme, code)]);
  const isDescribedAnew = (row: CatalogRow) =>
    isShown(row) &&
    row.body.length > 0 &&
    hasCode(
      bodyOf(row),
      scheme,
      (one) => targets.has(before.codeOf(scheme, one)) || targets.has(after.codeOf(scheme, one)),
    );
  for await (const row of work.rowsWith(isDescribedAnew)) {
    work.setRow({ ...row, changePosition: position });
  }
}

type Standing = Omit<TermFact, "scheme" | "code">;

/** What the newest decision says that stands and says anything. */
async function standingOf(work: WorkingSet, fact: Uint8Array): Promise<Standing | undefined> {
  for (const position of positionsOf(fact).toReversed()) {
    const bytes = await work.fact(decisionFactName(position));
    if (bytes === undefined) continue;
    const { retractedAt, argument, actor, reason, decidedAtMs } = decodeDecisionFact(bytes);
    const said = retractedAt === undefined ? termStatement.read(argument) : undefined;
    if (said === undefined) continue;
    const { zh, en, aliases, into, deprecated } = said;
    const isChange =
      [zh, en, into].some((text) => text !== "") || aliases.length > 0 || deprecated !== undefined;
    return isChange ? { ...said, actor, reason, position, decidedAtMs } : undefined;
  }
  return undefined;
}
