/**
 * X1: prosecutor linkage. The attacker knows that the target was served and asks which published statistics speak of it.
 *
 * His candidates are the distinct enterprises in all buckets that the target can be in. The posterior is that of the
 * enterprise which fills most places there. The worst case is the smallest of these buckets: what is left if something
 * outside the outbox tells him which bucket it was.
 *
 * @module
 */

import { type AttackResult, DistinctCounter, type Scene } from "./attack.ts";
import { Knowledge, PROFILES } from "./knowledge.ts";

/** Links every released record, under every profile. */
export function prosecutorLinkage(scene: Scene): AttackResult {
  const { buckets, members, engagements, hierarchies, k } = scene;
  const knowledge = new Knowledge(buckets, hierarchies);
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
  const distinct = new DistinctCounter(groups.length);
  const places = new Int32Array(groups.length);
  const sizes = members.map((records) => new Set(records.map((r) => groups[r])).size);
  const cache = new Map<readonly number[], Candidates>();
  return (found: readonly number[]) => {
    const known = cache.get(found);
    if (known !== undefined) return known;
    distinct.reset();
    let slots = 0;
    let most = 0;
    const touched: number[] = [];
    for (const i of found) {
      for (const record of members[i] as readonly number[]) {
        const group = groups[record] as number;
        distinct.add(group);
        slots += 1;
        touched.push(group);
        places[group] = (places[group] as number) + 1;
        most = Math.max(most, places[group] as number);
      }
    }
    for (const group of touched) places[group] = 0;
    const result = {
      candidates: distinct.count,
      smallest: found.reduce(
        (least, i) => Math.min(least, sizes[i] as number),
        Number.POSITIVE_INFINITY,
      ),
      posterior: slots === 0 ? 1 : most / slots,
    };
    cache.set(found, result);
    return result;
  };
}
