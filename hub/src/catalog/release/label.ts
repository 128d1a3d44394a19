/**
 * H3: labels are those of the federation's ladder and hierarchies, and coarse enough for the center.
 *
 * @module
 */

import {
  equalBytes,
  isLegalLabel,
  LADDER_HASH,
  type RecordFinding,
  standardHierarchies,
  toHex,
} from "@tributary/proto";
import type { ReceivedRelease, ReleaseContext } from "./context.ts";
import { bucketName, finding } from "./finding.ts";
import { minLevelOf } from "./rules.ts";

export function* checkLabels(
  { centerId, release }: ReceivedRelease,
  { rules }: ReleaseContext,
): Iterable<RecordFinding> {
  const hierarchies = standardHierarchies();
  const { ladderHash, hierarchies: given = {}, buckets = [] } = release;
  if (ladderHash === undefined || !equalBytes(ladderHash, LADDER_HASH)) {
    yield problem(
      "ladder",
      "ladderHash",
      `is ${hexOf(ladderHash)}; registered is ${toHex(LADDER_HASH)}`,
      `为 ${hexOf(ladderHash)}，登记的是 ${toHex(LADDER_HASH)}`,
    );
  }
  const names = new Set([...Object.keys(hierarchies.hashes), ...Object.keys(given)]);
  for (const name of names) {
    const known = Object.hasOwn(hierarchies.hashes, name)
      ? hierarchies.hashes[name as keyof typeof hierarchies.hashes]
      : undefined;
    const own = Object.hasOwn(given, name) ? given[name] : undefined;
    if (known !== undefined && own !== undefined && equalBytes(known, own)) continue;
    yield problem(
      "hierarchy",
      `hierarchies.${name}`,
      `is ${hexOf(own)}; registered is ${hexOf(known)}`,
      `为 ${hexOf(own)}，登记的是 ${hexOf(known)}`,
    );
  }
  const least = minLevelOf(rules, centerId);
  for (const [i, { bucketId, level = 0, label }] of buckets.entries()) {
    const name = bucketName(i, bucketId);
    if (level < least) {
      yield problem(
        "level",
        name,
        `level ${level} is finer than ${least}, the finest for this center`,
        `层级 ${level} 细于本中心的最细层级 ${least}`,
      );
    }
    if (!isLegalLabel(level, label, hierarchies)) {
      yield problem(
        "label",
        name,
        `${JSON.stringify(label)} is no label of level ${level}`,
        `${JSON.stringify(label)} 不是层级 ${level} 的合法标签`,
      );
    }
  }
}

function hexOf(hash: Uint8Array | undefined): string {
  return hash === undefined ? "missing" : toHex(hash);
}

function problem(code: string, subject: string, message: string, messageZh: string): RecordFinding {
  return finding("H3", code, subject, message, messageZh);
}
