/**
 * What in a free text tells who a client is: all detectors over the folded text, as stretches of the text as written.
 *
 * @module
 */

import { ADDRESSES } from "./addresses.ts";
import { magnitudesIn, superlativesIn } from "./claims.ts";
import { COMPANIES } from "./companies.ts";
import { CONTACT_CHANNELS } from "./contact-channels.ts";
import { DETECTORS, type Detector, type Span } from "./detectors.ts";
import type { FindingType } from "./finding.ts";
import { foldedTextOf } from "./folded-text.ts";
import { ORGANISATION_NUMBERS } from "./organisation-numbers.ts";
import { PERMITS } from "./permits.ts";
import { PERSONAL_NUMBERS } from "./personal-numbers.ts";
import { PERSONS } from "./persons.ts";

/** Raised when the same text may be judged otherwise: approvals of people hold for one version. */
export const DETECTOR_VERSION = 1;

/** Something that was found, in UTF-16 code units of the text as written. */
export interface FoundSpan extends Span {
  readonly type: FindingType;
}

/** All detectors of identity, the most certain first. */
const IDENTITY_DETECTORS: readonly Detector[] = [
  ...PERSONAL_NUMBERS,
  ...ORGANISATION_NUMBERS,
  ...PERMITS,
  ...DETECTORS,
  ...CONTACT_CHANNELS,
  ADDRESSES,
  COMPANIES,
  PERSONS,
];

/** One word in Latin letters with six digits at most, such as a code: only who knows the client can tell its name. */
const WORD = /^(?!(?:\D*\d){7})[A-Za-z0-9_]*$/;

/**
 * Stretches that name a client or a person, in order, none touching another: where several detectors found the same
 * characters, all of them are one stretch of the type of the most certain.
 *
 * @param extra Detectors of names that the center knows, see deny-list.ts.
 */
export function identitiesIn(text: string, extra: readonly Detector[] = []): readonly FoundSpan[] {
  const { plain, starts, ends } = foldedTextOf(text);
  const detectors = WORD.test(text) ? extra : [...extra, ...IDENTITY_DETECTORS];
  const found = detectors.flatMap(({ type, find }, rank) =>
    find(plain)
      .filter(({ start, end }) => end > start)
      .map(({ start, end, isWeak = false }) => ({
        start: starts[start] as number,
        end: ends[end - 1] as number,
        type,
        isWeak,
        rank,
      })),
  );
  found.sort((a, b) => a.start - b.start || a.rank - b.rank);
  const merged: (FoundSpan & { readonly rank: number })[] = [];
  for (const { start, end, type, isWeak, rank } of found) {
    const last = merged.at(-1);
    if (last === undefined || start >= last.end) {
      merged.push({ start, end, type, isWeak, rank });
      continue;
    }
    const best = last.rank <= rank ? last : { type, isWeak, rank };
    merged[merged.length - 1] = {
      ...best,
      type: best.type,
      start: last.start,
      end: Math.max(last.end, end),
    };
  }
  return merged.map(({ rank: _, ...span }) => span);
}

/** Superlatives and exact magnitudes, in the text as written. */
export function claimsIn(text: string): readonly FoundSpan[] {
  const { plain, starts, ends } = foldedTextOf(text);
  const inText =
    (type: FindingType) =>
    ({ start, end }: Span) => ({
      start: starts[start] as number,
      end: ends[end - 1] as number,
      type,
    });
  return [
    ...superlativesIn(plain).map(inText("superlative")),
    ...magnitudesIn(plain).map(inText("magnitude")),
  ].sort((a, b) => a.start - b.start);
}
