/**
 * H1: a release follows the one before, after its epoch is over.
 *
 * The signature, the key and the feed's own sequence were checked before the record was in the log. The clock is the
 * log entry's, so that a rebuild judges alike.
 *
 * @module
 */

import { type RecordFinding, toHex } from "@tributary/proto";
import type { EpochPlace, ReceivedRelease, ReleaseContext } from "./context.ts";
import { finding } from "./finding.ts";

/** The place that a record's key names: `2026Q1` or `2026Q1.2`; undefined for another key. */
export function placeOfKey(key: string): EpochPlace | undefined {
  const [, epoch, part = "0"] = /^(\d{4}Q[1-4])(?:\.([1-9]\d{0,3}))?$/.exec(key) ?? [];
  return epoch === undefined ? undefined : { epoch, part: Number(part) };
}

/** When an epoch ends, and its release may leave: the end of the quarter, UTC; ms since 1970. */
export function tickOf(epoch: string): number {
  return Date.UTC(Number(epoch.slice(0, 4)), 3 * Number(epoch.slice(5)), 1);
}

/** The place if a release may stand there: over, and the next part of its epoch or the first of a later one. */
export function nextPlace(
  last: EpochPlace | undefined,
  place: EpochPlace | undefined,
  nowMs: number,
): EpochPlace | undefined {
  if (place === undefined || tickOf(place.epoch) > nowMs) return undefined;
  if (last === undefined || place.epoch > last.epoch) return place.part === 0 ? place : undefined;
  return place.epoch === last.epoch && place.part === last.part + 1 ? place : undefined;
}

export function* checkPlace(
  { key, release, receivedAtMs }: ReceivedRelease,
  { past: { chain } }: ReleaseContext,
): Iterable<RecordFinding> {
  const { epoch, releaseSeq = 0, prevReleaseHash, part = 0, parts = 1 } = release;
  if (releaseSeq !== chain.nextSeq) {
    yield problem(
      "seq",
      `releaseSeq is ${releaseSeq}; ${chain.nextSeq} is next`,
      `releaseSeq 为 ${releaseSeq}，应为 ${chain.nextSeq}`,
    );
  }
  const prev = prevReleaseHash === undefined ? "" : toHex(prevReleaseHash);
  if (prev !== chain.lastHash) {
    const limit = chain.lastHash || "empty";
    yield problem(
      "prev_hash",
      `prevReleaseHash is ${prev || "empty"}; the release before gives ${limit}`,
      `prevReleaseHash 为 ${prev || "空"}，按上一次发布应为 ${chain.lastHash || "空"}`,
    );
  }
  const named = placeOfKey(key);
  if (named?.epoch !== epoch || named.part !== part) {
    yield problem(
      "key",
      `the record's key is ${key}; epoch ${epoch}, part ${part} needs another`,
      `记录键 ${key} 与期 ${epoch}、分段 ${part} 不符`,
    );
  }
  if (part >= parts) {
    yield problem(
      "part",
      `part ${part} of ${parts} parts; parts count from 0`,
      `分段 ${part} 超出总数 ${parts}（从 0 起）`,
    );
  }
  const tickMs = tickOf(epoch);
  if (tickMs > receivedAtMs) {
    const tick = new Date(tickMs).toISOString();
    yield problem(
      "early",
      `epoch ${epoch} is over at ${tick}; it came before`,
      `期 ${epoch} 于 ${tick} 结束，发布过早`,
    );
  } else if (nextPlace(chain.place, { epoch, part }, receivedAtMs) === undefined) {
    const last = chain.place && `${chain.place.epoch} part ${chain.place.part}`;
    yield problem(
      "epoch",
      `${epoch} part ${part} does not follow ${last ?? "nothing"}: the first part of a later epoch or the next part must`,
      `期 ${epoch} 分段 ${part} 不接续 ${last ?? "（尚无发布）"}`,
    );
  }
}

function problem(code: string, message: string, messageZh: string): RecordFinding {
  return finding("H1", code, "release", message, messageZh);
}
