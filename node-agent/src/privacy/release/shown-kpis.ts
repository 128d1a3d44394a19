/**
 * Which KPIs of a bucket may be published. Decided by the records of the bucket alone, after they were chosen.
 *
 * @module
 */

import { outcomeClassOf, type PendingRecord } from "./engagement.ts";
import type { ReleasePolicy } from "./policy.ts";

/** A delta counts as known if it is known to be within this share of itself (p % rule, Hundepool et al. 2012, 4.2). */
const KNOWN_SHARE = 0.1;

/**
 * Codes, ascending. The rules of the bucket hold for those who contribute to the KPI, too, and none of them could take
 * its own delta off the sums and know another's.
 */
export function shownKpis(members: readonly PendingRecord[], policy: ReleasePolicy): string[] {
  const codes = new Set(members.flatMap(({ deltas }) => Object.keys(deltas)));
  return [...codes].filter((code) => isShown(members, code, policy)).sort();
}

function isShown(
  members: readonly PendingRecord[],
  code: string,
  { k, l, shareCap: [numerator, denominator] }: ReleasePolicy,
): boolean {
  const hidden = members.filter(({ isPublic, deltas }) => !isPublic && deltas[code] !== undefined);
  const classes = Map.groupBy(hidden, (member) => outcomeClassOf(member, code));
  const largest = Math.max(0, ...[...classes.values()].map(({ length }) => length));
  return (
    hidden.length >= k &&
    classes.size >= l &&
    largest * denominator <= numerator * hidden.length &&
    hidesFromMembers(hidden.map(({ deltas }) => deltas[code] as number))
  );
}

/**
 * True if no contributor can know another's delta. What the sums leave possible reaches at least from the least to the
 * greatest of the others, so it is enough that these are far apart; least so when it is the least or the greatest of all
 * that looks.
 */
function hidesFromMembers(deltas: readonly number[]): boolean {
  const ascending = deltas.toSorted((a, b) => a - b);
  return isSpread(ascending.slice(1)) && isSpread(ascending.slice(0, -1));
}

function isSpread(ascending: readonly number[]): boolean {
  const low = ascending[0] as number;
  const high = ascending.at(-1) as number;
  return ascending.every((delta) => {
    const margin = KNOWN_SHARE * Math.abs(delta);
    return low < delta - margin || high > delta + margin;
  });
}
