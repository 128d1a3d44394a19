/**
 * X1: prosecutor linkage. The attacker knows that the target was served and asks which published statistics speak of it.
 *
 * His candidates are the distinct enterprises in all buckets that the target can be in. The posterior is that of the
 * enterprise which fills most places there. The worst case is the smallest of these buckets: what is left if something
 * outside the outbox tells him which bucket it was.
 *
 * @module
 */

import type { AttackResult, Scene } from "./attack.ts";
import { PROFILES } from "./knowledge.ts";

/** Links every released record, under every profile. */
export function prosecutorLinkage(scene: Scene): AttackResult {
  const { members, engagements, knowledge, k } = scene;
  const count = candidateCounter(scene);
  const belowK = new Set<number>();
  let misplaced = 0;
  let fewest = Number.POSITIVE_INFINITY;
  let worst = 0;
  const meanBy = new Map<string, number>();
  let released = 0;
  for (const [bucket, records] of members.entries()) {
    for (const record of records) {
      released += 1;
      for (const profile of PROFILES) {
        const target = engagements[record];
        if (target === undefined) continue;
        const found = knowledge.bucketsFor(profile, target);
        if (!found.includes(bucket)) misplaced += 1;
        const { candidates, smallest, posterior } = count(found);
        meanBy.set(profile, (meanBy.get(profile) ?? 0) + candidates);
        fewest = Math.min(fewest, candidates, smallest);
        worst = Math.max(worst, posterior);
        if (Math.min(candidates, smallest) < k) belowK.add(record);
      }
    }
  }
  const means = [...meanBy].map(([profile, sum]) => [`mean_${profile}`, sum / released] as const);
  return {
    id: "X1",
    name: "prosecutor linkage",
    passed: belowK.size === 0 && misplaced === 0 && worst <= 1 / k + 1e-12,
    bar: `at least ${k} candidates, posterior at most 1/${k}, for all`,
    figures: {
      records: released,
      fewest_candidates: released === 0 ? 0 : fewest,
      max_posterior: worst,
      below_k: belowK.size,
      misplaced,
      ...Object.fromEntries(means),
    },
  };
}

/** What a set of buckets leaves open. */
interface Candidates {
  /** Distinct enterprises in all of them. */
  readonly candidates: number;
  /** Distinct enterprises in the smallest. */
  readonly smallest: number;
  /** Share of the places that the enterprise with most of them fills. */
  readonly posterior: number;
}

/** Counts what a set of buckets leaves open; the same set is counted once. */
function candidateCounter({ members, groups }: Scene): (found: readonly number[]) => Candidates {
  const enterprises = members.map((records) =>
    Int32Array.from(records, (record) => groups[record] as number),
  );
  const distinctIn = enterprises.map((groupsHere) => new Set(groupsHere).size);
  // Places of an enterprise, as long as `round` is the round in which it was seen.
  const places = new Int32Array(groups.length);
  const seenIn = new Int32Array(groups.length);
  let round = 0;
  const cache = new Map<readonly number[], Candidates>();
  return (found) => {
    const known = cache.get(found);
    if (known !== undefined) return known;
    round += 1;
    let slots = 0;
    let candidates = 0;
    let most = 0;
    let smallest = Number.POSITIVE_INFINITY;
    for (const i of found) {
      smallest = Math.min(smallest, distinctIn[i] as number);
      for (const group of enterprises[i] as Int32Array) {
        slots += 1;
        if (seenIn[group] !== round) {
          seenIn[group] = round;
          places[group] = 0;
          candidates += 1;
        }
        places[group] = (places[group] as number) + 1;
        most = Math.max(most, places[group] as number);
      }
    }
    const result = { candidates, smallest, posterior: slots === 0 ? 1 : most / slots };
    cache.set(found, result);
    return result;
  };
}
