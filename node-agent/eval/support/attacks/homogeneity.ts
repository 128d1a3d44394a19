/**
 * X5: homogeneity and skew. An attacker who cannot tell the members of a bucket apart still learns the outcome if they
 * all share it, and the provider if all buckets that the target can be in name the same.
 *
 * @module
 */

import { ANY } from "@tributary/proto";
import type { EvalEngagement } from "../engagement.ts";
import { outcomeClassOf } from "../outcome-class.ts";
import type { AttackResult, Scene } from "./attack.ts";

const L = 3;
const SHARE_CAP = 0.6;
const SURE_OF_PROVIDER = 0.8;
const MAX_SURE_SHARE = 0.01;

/**
 * Looks at the outcomes of each bucket, and at the providers that an attacker who knows sector, size and scenario (A2)
 * is left with. A set of buckets needs no look of its own: it has at least the classes of each, and no class has a
 * larger share in it than in one of them.
 */
export function homogeneity(scene: Scene): AttackResult {
  const { buckets, members, engagements, knowledge } = scene;
  const diversity = members.map((records) =>
    diversityOf(records.flatMap((record) => engagements[record] ?? [])),
  );
  const sureness = providerSureness(scene);
  const targets = members.flat().flatMap((record) => engagements[record] ?? []);
  const sure = targets.filter(
    (target) => sureness(knowledge.bucketsFor("A2", target)) > SURE_OF_PROVIDER,
  ).length;
  const poor = diversity.filter((d) => d.classes < L || d.share > SHARE_CAP).length;
  const sureShare = targets.length === 0 ? 0 : sure / targets.length;
  return {
    id: "X5",
    name: "homogeneity and skew",
    passed: poor === 0 && sureShare <= MAX_SURE_SHARE,
    bar: `${L} classes, none above ${SHARE_CAP}; provider sure for at most ${MAX_SURE_SHARE * 100} %`,
    figures: {
      buckets: buckets.length,
      fewest_classes: buckets.length === 0 ? 0 : Math.min(...diversity.map((d) => d.classes)),
      max_share: Math.max(0, ...diversity.map((d) => d.share)),
      poor_buckets: poor,
      provider_sure: sure,
      provider_sure_share: sureShare,
    },
  };
}

/** Outcome classes, and the share of the largest. */
function diversityOf(records: readonly EvalEngagement[]): { classes: number; share: number } {
  const counts = [...Map.groupBy(records, outcomeClassOf).values()].map(({ length }) => length);
  return { classes: counts.length, share: Math.max(...counts) / records.length };
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
