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

/** An open pair of records, before it is known what depends on it. */
export type OpenPair = Pick<ReviewItem, "a" | "b" | "bits" | "reason">;

/** What depends on an answer about a record. */
export interface Stake {
  /** Its entity. */
  readonly entity: string;
  /** How much depends on that entity: how often it is shown and in how many engagements it takes part. */
  readonly value: number;
}

/** The open questions about a record and those with greater ids, so that each pair is of one record. */
export function openPairsOf(resolver: Resolver, a: string): readonly OpenPair[] {
  const entity = resolver.entityOf(a)?.id;
  return resolver.neighboursOf(a).flatMap(({ id: b, bits }) => {
    if (a > b || resolver.entityOf(b)?.id === entity) return [];
    const reason = reasonOf(resolver, a, b, bits);
    return reason === undefined ? [] : [{ a, b, bits, reason }];
  });
}

/** The questions by falling priority, at most one for two entities; pairs without two stakes are left out. */
export function rankPairs<Pair extends OpenPair>(
  pairs: Iterable<Pair>,
  stakeOf: (recordId: string) => Stake | undefined,
): readonly (Pair & ReviewItem)[] {
  const best = new Map<string, Pair & ReviewItem>();
  for (const pair of pairs) {
    const [left, right] = [stakeOf(pair.a), stakeOf(pair.b)];
    if (left === undefined || right === undefined || left.entity === right.entity) continue;
    const key = [left.entity, right.entity].sort(compareIds).join();
    if ((best.get(key)?.bits ?? Number.NEGATIVE_INFINITY) >= pair.bits) continue;
    const probability = probabilityOf(pair.bits);
    const open = pair.reason === "probable" ? probability : OPEN;
    const priority = open * (1 - open) * (left.value + right.value);
    best.set(key, { ...pair, probability, priority });
  }
  return [...best.values()].sort(
    (x, y) => y.priority - x.priority || compareIds(x.a, y.a) || compareIds(x.b, y.b),
  );
}

/**
 * All open questions. Nobody is asked about what was answered, about two valid codes, or about a company and its branch.
 *
 * @param affected How much depends on a record.
 */
export function reviewQueue(
  resolver: Resolver,
  affected: (recordId: string) => number,
): readonly ReviewItem[] {
  const stakes = new Map<string, Stake>();
  for (const { id, members } of resolver.entities()) {
    const value = members.reduce((sum, member) => sum + affected(member), 0);
    for (const member of members) stakes.set(member, { entity: id, value });
  }
  const pairs = [...stakes.keys()].flatMap((id) => openPairsOf(resolver, id));
  return rankPairs(pairs, (id) => stakes.get(id));
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
