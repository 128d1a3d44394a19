/**
 * Masking what the detectors find in one text.
 *
 * @module
 */

import { DETECTORS, type Detector, type Span } from "./detectors.ts";
import type { FindingType } from "./finding.ts";
import { plainTextOf, withoutInvisible } from "./plain-text.ts";

/** What stands in place of what was found. */
export const MASK = "〔已隐去〕";

/** A text after masking. */
export interface MaskedText {
  readonly text: string;
  /** One entry for each stretch that was masked, in the order of the text. */
  readonly found: readonly FindingType[];
}

/** Masks what `detectors` find; removes invisible characters; leaves everything else as it was written. */
export function maskText(text: string, detectors: readonly Detector[] = DETECTORS): MaskedText {
  if (!mayHoldSomething(text)) return { text: withoutInvisible(text), found: [] };
  const { plain, starts, ends } = plainTextOf(text);
  const hits: (Span & { readonly type: FindingType })[] = [];
  for (const { type, find } of detectors) {
    for (const span of find(plain)) {
      if (!hits.some((hit) => span.start < hit.end && hit.start < span.end)) {
        hits.push({ ...span, type });
      }
    }
  }
  hits.sort((a, b) => a.start - b.start);
  let masked = "";
  let at = 0;
  for (const { start, end } of hits) {
    masked += text.slice(at, starts[start]) + MASK;
    at = ends[end - 1] as number;
  }
  return { text: withoutInvisible(masked + text.slice(at)), found: hits.map(({ type }) => type) };
}

/** What detectors need beside digits; read in the normalised text. */
const CONTEXT = /@|微信|薇信|威信|v信|公众号|we\s?chat|weixin|vx|qq|[([#]at[)\]#]/i;
/** The shortest number that is found without a word beside it: 400 and seven digits. */
const FEWEST_DIGITS = 10;
/** Everything that can become a digit: digits of any script and form, and the Chinese ones. */
const DIGIT_LIKE = /[\p{N}零〇○一幺壹二两贰三叁四肆五伍六陆七柒八捌九玖]/gu;
/** Texts of these characters alone are normalised already, but for punctuation. */
const PLAIN = /^[\t\n\r -~\u4e00-\u9fff\u3000-\u303f，。；：（）、！？“”‘’《》·]*$/;

/** A cheap look that spares most texts the detectors: each of them needs ten digits or a word of context. */
function mayHoldSomething(text: string): boolean {
  const read = PLAIN.test(text) ? text : withoutInvisible(text.normalize("NFKC"));
  if (CONTEXT.test(read)) return true;
  return read.length >= FEWEST_DIGITS && (read.match(DIGIT_LIKE)?.length ?? 0) >= FEWEST_DIGITS;
}
