/**
 * X5: homogeneity and skew. An attacker who cannot tell the members of a bucket apart still learns the outcome if they
 * all share it, and the provider if all buckets that the target can be in name the same.
 *
 * @module
 */

import { ANY } from "@tributary/proto";
import { outcomeClassOf } from "../outcome-class.ts";
import type { AttackResult, Scene } from "./attack.ts";
import { Knowledge, PROFILES } from "./knowledge.ts";

const L = 3;
const SHARE_CAP = 0.6;
const SURE_OF_PROVIDER = 0.8;
const MAX_SURE_SHARE = 0.01;

/** Looks at each bucket, and at what each profile is left with for each record. */
export function homogeneity(scene: Scene): AttackResult {
  const { buckets, members, engagements, hierarchies } = scene;
  const classes = members.map((records) =>
    countsOf(records.map((record) => classOf(engagements[record]))),
  );
  const perBucket = classes.map(diversityOf);
  const knowledge = new Knowledge(buckets, hierarchies);
  const perUnion = new Map<readonly number[], { distinct: number; share: number }>();
  const sureness = providerSureness(scene);
  let sure = 0;
  let released = 0;
  for (const record of members.flat()) {
    const target = engagements[record];
    if (target === undefined) continue;
    released += 1;
    for (const profile of PROFILES) {
      const found = knowledge.bucketsFor(profile, target);
      if (found.length < 2 || perUnion.has(found)) continue;
      perUnion.set(found, diversityOf(mergedCounts(found.map((i) => classes[i] as Counts))));
    }
    if (sureness(knowledge.bucketsFor("A2", target)) > SURE_OF_PROVIDER) sure += 1;
  }
  const all = [...perBucket, ...perUnion.values()];
  const distinct = all.length === 0 ? 0 : Math.min(...all.map((d) => d.distinct));
  const share = Math.max(0, ...all.map((d) => d.share));
  const poor = perBucket.filter((d) => d.distinct < L || d.share > SHARE_CAP).length;
  const sureShare = released === 0 ? 0 : sure / released;
  return {
    id: "X5",
    name: "homogeneity and skew",
    passed:
      all.every((d) => d.distinct >= L && d.share <= SHARE_CAP) && sureShare <= MAX_SURE_SHARE,
    bar: `${L} classes, none above ${SHARE_CAP}; provider sure for at most ${MAX_SURE_SHARE * 100} %`,
    figures: {
      buckets: buckets.length,
      fewest_classes: distinct,
      max_share: share,
      poor_buckets: poor,
      provider_sure: sure,
      provider_sure_share: sureShare,
    },
  };
}

type Counts = ReadonlyMap<string, number>;

function classOf(engagement: Scene["engagements"][number] | undefined): string {
  return engagement === undefined ? "" : outcomeClassOf(engagement);
}

function countsOf(values: readonly string[]): Counts {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function mergedCounts(all: readonly Counts[]): Counts {
  const counts = new Map<string, number>();
  for (const each of all) {
    for (const [value, count] of each) counts.set(value, (counts.get(value) ?? 0) + count);
  }
  return counts;
}

function diversityOf(counts: Counts): { distinct: number; share: number } {
  let total = 0;
  let most = 0;
  for (const count of counts.values()) {
    total += count;
    most = Math.max(most, count);
  }
  return { distinct: counts.size, share: total === 0 ? 1 : most / total };
}

/**
 * How sure an attacker is of the likeliest provider. Places in buckets that name none are shared out as providers are
 * in the whole outbox.
 */
function providerSureness({ buckets }: Scene): (found: readonly number[]) => number {
  const overall = new Map<string, number>();
  let named = 0;
  for (const { label, n } of buckets) {
    const [, provider] = label;
    if (provider === ANY) continue;
    overall.set(provider, (overall.get(provider) ?? 0) + n);
    named += n;
  }
  const cache = new Map<readonly number[], number>();
  return (found) => {
    const known = cache.get(found);
    if (known !== undefined) return known;
    const places = new Map<string, number>();
    let total = 0;
    for (const i of found) {
      const { label, n } = buckets[i] as Scene["buckets"][number];
      places.set(label[1], (places.get(label[1]) ?? 0) + n);
      total += n;
    }
    const unnamed = places.get(ANY) ?? 0;
    let most = 0;
    for (const [provider, count] of places) {
      if (provider === ANY) continue;
      const prior = (overall.get(provider) ?? 0) / named;
      most = Math.max(most, (count + unnamed * prior) / total);
    }
    cache.set(found, most);
    return most;
  };
}
