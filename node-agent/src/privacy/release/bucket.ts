/**
 * What is published of a bucket: sums and histograms over all of its records, nothing of one.
 *
 * @module
 */

import {
  type BodyOf,
  bandOf,
  bucketCommitment,
  bucketIdOf,
  COST_BANDS_CNY,
  DELTA_BANDS,
  DELTA_CLIP,
  DURATION_BANDS_MONTHS,
  fromHex,
} from "@tributary/proto";
import type { PendingRecord } from "./engagement.ts";
import type { ReleasePolicy } from "./policy.ts";
import type { Pseudonyms } from "./pseudonym.ts";
import type { SealedGroup } from "./seal.ts";
import { shownKpis } from "./shown-kpis.ts";

/** A bucket as it is published. */
export type SealedBucket = NonNullable<BodyOf<"outcome">["buckets"]>[number];

/** The bucket of a group. Its members are by nullifier. */
export function bucketOf(
  { level, label, members }: SealedGroup,
  policy: ReleasePolicy,
  pseudonyms: Pick<Pseudonyms, "salt">,
): SealedBucket {
  const nullifiers = members.map(({ nullifier }) => fromHex(nullifier));
  const shown = shownKpis(members, policy);
  const satisfied = satisfiedOf(members, policy);
  const cost = histogramOf(
    members.map(({ cost }) => cost),
    COST_BANDS_CNY.length + 1,
  );
  const months = histogramOf(
    members.map(({ duration }) => duration),
    DURATION_BANDS_MONTHS.length + 1,
  );
  const families = familiesOf(members);
  return {
    bucketId: bucketIdOf(nullifiers),
    level,
    label: [...label],
    n: members.length,
    distinct: members.length,
    kpi: Object.fromEntries(shown.map((code) => [code, statisticsOf(members, code)])),
    ...(cost !== undefined && { cost }),
    ...(months !== undefined && { months }),
    voucher: members.filter(({ hasVoucher }) => hasVoucher).length,
    ...(satisfied !== undefined && { satisfied }),
    nullifiers,
    commitment: bucketCommitment(
      members.map(({ group }, index) => {
        const nullifier = nullifiers[index] as Uint8Array;
        return { salt: pseudonyms.salt(nullifier), group: fromHex(group), nullifier };
      }),
    ),
    ...(Object.keys(families).length > 0 && { scenarioFamilies: families }),
  };
}

function statisticsOf(members: readonly PendingRecord[], code: string) {
  const histogram = new Array<number>(DELTA_BANDS.length + 1).fill(0);
  let [n, sum, sumOfSquares] = [0, 0, 0];
  for (const { deltas } of members) {
    const delta = deltas[code];
    if (delta === undefined) continue;
    const band = bandOf(delta, DELTA_BANDS);
    histogram[band] = (histogram[band] as number) + 1;
    n += 1;
    sum += delta;
    sumOfSquares += delta * delta;
  }
  return { n, sum, sumOfSquares, histogram, clipLow: DELTA_CLIP.low, clipHigh: DELTA_CLIP.high };
}

/** Whole, or not at all: a histogram of some would be one of fewer than k. */
function histogramOf(bands: readonly (number | undefined)[], length: number): number[] | undefined {
  const histogram = new Array<number>(length).fill(0);
  for (const band of bands) {
    if (band === undefined) return undefined;
    histogram[band] = (histogram[band] as number) + 1;
  }
  return histogram;
}

function satisfiedOf(
  members: readonly PendingRecord[],
  { kSatisfaction }: ReleasePolicy,
): number | undefined {
  const isWhole = members.every(({ isSatisfied }) => isSatisfied !== undefined);
  const hidden = members.filter(({ isPublic }) => !isPublic);
  if (!isWhole || hidden.length < kSatisfaction) return undefined;
  return members.filter(({ isSatisfied }) => isSatisfied).length;
}

function familiesOf(members: readonly PendingRecord[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const family of members.flatMap(({ families }) => families)) {
    counts.set(family, (counts.get(family) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
