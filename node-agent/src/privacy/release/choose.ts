/**
 * Which records of one label leave together: the most that are diverse enough, one of each enterprise group.
 *
 * The choice does not depend on any record that it leaves out: without it, the same records would be chosen, so a record
 * that stays pending changes nothing that leaves (I10). That is why it is not enough to take each group's oldest record,
 * or to refuse a set because one class has too large a share.
 *
 * @module
 */

import type { ReleasePolicy } from "./policy.ts";

/** A record as far as the choice depends on it. */
export interface Candidate {
  /** Enterprise group. */
  readonly group: string;
  /** What would be shown of its outcome. */
  readonly outcomeClass: string;
}

/** A group and its oldest record of each class, oldest first. */
type Options<Record> = Map<string, Record>;

/**
 * The largest set with at most one record a group, no class above the policy's share and at least l classes; of several
 * such sets one with older records. Undefined if the largest has less than k records.
 *
 * @param candidates Oldest first.
 * @throws {RangeError} for a policy with k below 4 or a share below 3/5: two classes could then be too large at once.
 */
export function chooseDiverse<Record extends Candidate>(
  candidates: readonly Record[],
  { k, l, shareCap }: ReleasePolicy,
): Record[] | undefined {
  if (k < 4 || 5 * shareCap[0] < 3 * shareCap[1]) {
    throw new RangeError(`k ${k} and share ${shareCap.join("/")} are too low to choose exactly`);
  }
  const groups = new Map<string, Options<Record>>();
  for (const candidate of candidates) {
    const options = groups.get(candidate.group) ?? new Map<string, Record>();
    if (!options.has(candidate.outcomeClass)) options.set(candidate.outcomeClass, candidate);
    groups.set(candidate.group, options);
  }
  // The cheap test first: most labels have too few.
  if (groups.size < k) return undefined;
  // In an order that no record decides which is left out.
  const choices = [...groups].sort(byName).map(([, options]) => options);
  const size = largestSize(choices, shareCap);
  if (size < k || mostClasses(choices) < l) return undefined;
  settle(choices, (trial) => largestSize(trial, shareCap) === size && mostClasses(trial) >= l);
  const chosen = new Set(choices.flatMap((options) => [...options.values()]));
  return trimmed(
    candidates.filter((candidate) => chosen.has(candidate)),
    shareCap,
  );
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** Leaves each group one option: its oldest with which the goal can still be reached. */
function settle<Record>(
  choices: Options<Record>[],
  isReached: (choices: readonly Options<Record>[]) => boolean,
): void {
  for (const [index, options] of choices.entries()) {
    if (options.size === 1) continue;
    for (const option of options) {
      choices[index] = new Map([option]);
      if (isReached(choices)) break;
    }
  }
}

/**
 * Size of the largest set under the cap. Only a class that more than the cap's share of the groups cannot avoid is too
 * large in every set; it then has as many records as the others allow.
 */
function largestSize(
  choices: readonly Options<unknown>[],
  [numerator, denominator]: ReleasePolicy["shareCap"],
): number {
  const forced = new Map<string, number>();
  for (const options of choices) {
    if (options.size > 1) continue;
    for (const only of options.keys()) forced.set(only, (forced.get(only) ?? 0) + 1);
  }
  const largest = Math.max(0, ...forced.values());
  if (largest * denominator <= numerator * choices.length) return choices.length;
  const others = choices.length - largest;
  return others + besides(others, [numerator, denominator]);
}

/** Most records of one class beside `others` of other classes. */
function besides(others: number, [numerator, denominator]: ReleasePolicy["shareCap"]): number {
  return Math.floor((numerator * others) / (denominator - numerator));
}

/** Most classes that one option of each group can show: a maximum matching (Kuhn 1955). */
function mostClasses(choices: readonly Options<unknown>[]): number {
  const groupOf = new Map<string, number>();
  const assign = (group: number, tried: Set<string>): boolean => {
    for (const name of (choices[group] as Options<unknown>).keys()) {
      if (tried.has(name)) continue;
      tried.add(name);
      const holder = groupOf.get(name);
      if (holder !== undefined && !assign(holder, tried)) continue;
      groupOf.set(name, group);
      return true;
    }
    return false;
  };
  for (const group of choices.keys()) assign(group, new Set());
  return groupOf.size;
}

/** Of records, oldest first: without the newest of the class whose share would be too large. */
function trimmed<Record extends Candidate>(
  chosen: readonly Record[],
  shareCap: ReleasePolicy["shareCap"],
): Record[] {
  const counts = new Map<string, number>();
  for (const { outcomeClass } of chosen) {
    counts.set(outcomeClass, (counts.get(outcomeClass) ?? 0) + 1);
  }
  const room = new Map<string, number>();
  for (const [name, count] of counts) room.set(name, besides(chosen.length - count, shareCap));
  return chosen.filter(({ outcomeClass }) => {
    const left = room.get(outcomeClass) as number;
    room.set(outcomeClass, left - 1);
    return left > 0;
  });
}
