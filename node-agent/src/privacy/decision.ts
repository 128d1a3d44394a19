/**
 * What a person decided about one text of one record: that it may leave as it is written, or that its record must stay.
 *
 * A decision is about the exact text. Who changes one character of it, or moves it to another field or record, has no
 * decision. An approval holds for the version of the detectors whose findings the person saw; a rejection holds on.
 *
 * @module
 */

import { type RecordKind, sha256Text, toHex } from "@tributary/proto";
import { DETECTOR_VERSION } from "./free-text.ts";

/** A text in its place. */
export interface PlacedText {
  readonly kind: RecordKind;
  /** Key of the record at the center. */
  readonly key: string;
  /** Path of the field in the body, list positions left out; `key` for the key itself. */
  readonly field: string;
  readonly text: string;
}

/** What was decided, kept for good. */
export interface Decision {
  /** Names the text in its place, see {@link reviewIdOf}. */
  readonly id: string;
  readonly verdict: "approved" | "rejected";
  /** Who decided. */
  readonly by: string;
  /** When; ms since the epoch. */
  readonly atMs: number;
  /** {@link DETECTOR_VERSION} whose findings were shown. */
  readonly detectors: number;
  /** SHA-256 of the exact text in UTF-8, in hex. The text itself is not kept. */
  readonly textSha256: string;
  readonly kind: RecordKind;
  readonly key: string;
  readonly field: string;
}

/** 12 hex digits of a SHA-256 over kind, key, field and text. */
export function reviewIdOf({ kind, key, field, text }: PlacedText): string {
  return toHex(sha256Text([kind, key, field, text].join("\0"))).slice(0, 12);
}

/** A decision of now. */
export function decide(
  placed: PlacedText,
  { verdict, by, atMs }: Pick<Decision, "verdict" | "by" | "atMs">,
): Decision {
  const { kind, key, field, text } = placed;
  return {
    id: reviewIdOf(placed),
    verdict,
    by,
    atMs,
    detectors: DETECTOR_VERSION,
    textSha256: toHex(sha256Text(text)),
    kind,
    key,
    field,
  };
}

/** The verdict in force on a text; undefined if nobody decided, or what they decided about was another text. */
export function verdictOn(
  placed: PlacedText,
  decisions: ReadonlyMap<string, Decision>,
): Decision["verdict"] | undefined {
  const decision = decisions.get(reviewIdOf(placed));
  if (decision === undefined) return undefined;
  const { kind, key, field, textSha256, verdict, detectors } = decision;
  const isIt =
    kind === placed.kind &&
    key === placed.key &&
    field === placed.field &&
    textSha256 === toHex(sha256Text(placed.text));
  if (!isIt) return undefined;
  return verdict === "approved" && detectors !== DETECTOR_VERSION ? undefined : verdict;
}
