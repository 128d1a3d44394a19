/**
 * The review queue: pairs of entities that a person should look at, the most useful one first.
 *
 * @module
 */

import type { Veto } from "./compare/comparison.ts";
import { probabilityOf, vetoOf, type Weighed } from "./model.ts";
import { compareIds } from "./record.ts";
import type { Resolver } from "./resolver.ts";

/** Why a person is asked: the weight is neither high nor low, two things fit as well, or a rule forbids the link. */
export type ReviewReason =
  | "probable"
  | "ambiguous"
  | "incoherent"
  | Exclude<Veto, "code" | "branch">;

/** A question: are these two one thing? */
export interface ReviewItem {
  /** Records, one of each entity: the pair that weighs most. Ids in ascending order. */
  readonly a: string;
  readonly b: string;
  readonly bits: number;
  readonly probability: number;
  readonly reason: ReviewReason;
  /** `p (1 - p)` times what depends on the answer. */
  readonly priority: number;
}

/** Probability that a pair counts as where something other than its weight keeps it from being linked. */
const OPEN = 0.5;

/**
 * All open questions, at most one for two entities, by falling priority. Nobody is asked about what was answered, about
 * two valid codes, or about a company and its branch.
 *
 * @param affected How much depends on a record: how often it is shown and in how many engagements it takes part.
 */
export function reviewQueue(
  resolver: Resolver,
  affected: (recordId: string) => number,
): readonly ReviewItem[] {
  const entities = resolver.entities();
  const owner = new Map<string, { readonly id: string; readonly value: number }>();
  for (const { id, members } of entities) {
    const value = members.reduce((sum, member) => sum + affected(member), 0);
    for (const member of members) owner.set(member, { id, value });
  }
  const best = new Map<string, ReviewItem>();
  for (const a of owner.keys()) {
    for (const { id: b, bits } of resolver.neighboursOf(a)) {
      const left = owner.get(a);
      const right = owner.get(b);
      if (a > b || left === undefined || right === undefined || left.id === right.id) continue;
      const reason = reasonOf(resolver, a, b, bits);
      if (reason === undefined) continue;
      const key = [left.id, right.id].sort(compareIds).join();
      if ((best.get(key)?.bits ?? Number.NEGATIVE_INFINITY) >= bits) continue;
      const probability = probabilityOf(bits);
      const open = reason === "probable" ? probability : OPEN;
      const priority = open * (1 - open) * (left.value + right.value);
      best.set(key, { a, b, bits, probability, reason, priority });
    }
  }
  return [...best.values()].sort(
    (x, y) => y.priority - x.priority || compareIds(x.a, y.a) || compareIds(x.b, y.b),
  );
}

function reasonOf(
  resolver: Resolver,
  a: string,
  b: string,
  bits: number,
): ReviewReason | undefined {
  if (resolver.asserted.of(a, b) !== undefined) return undefined;
  const isHeavy = bits >= resolver.thresholds.autoBits;
  const left = resolver.record(a) as Weighed;
  const right = resolver.record(b) as Weighed;
  if (resolver.isExcluded(a, b)) {
    const veto = vetoOf(resolver.model, left, right);
    return veto === undefined || veto === "code" || veto === "branch" || !isHeavy
      ? undefined
      : veto;
  }
  if (!isHeavy) return "probable";
  return resolver.isAmbiguous(a, b) ? "ambiguous" : "incoherent";
}
