/**
 * From words to the codes of a vocabulary.
 *
 * A word that is in no list is never dropped in silence: it is told back, and kept where the record has a place for it.
 *
 * @module
 */

import { type Match, type SchemeName, SHARED_TERMS, tidy } from "@tributary/proto/vocabulary";
import type { Cell } from "../ports/source.ts";
import { partsOf, textOf } from "./cell.ts";
import { type CellProblem, retiredTerm } from "./cell-problem.ts";
import type { Transformed, TransformOptions } from "./transform.ts";

/** Finds what a word means; a word such as 装备制造 stands for several codes. */
export type Matcher = (
  word: string,
) => (Pick<Match, "code"> & { readonly codes?: readonly string[] }) | undefined;

/** `Term - 4`, `Term：4`. */
const PACKED = /^(.*\S)\s*[-–:：]\s*([1-5])$/;

/** The one code that a cell names. */
export function oneCode(cell: Cell, options: TransformOptions, match: Matcher): Transformed {
  const word = tidy(textOf(cell));
  const code = codeOf(word, options, match);
  if (code !== undefined) return { value: code, ...retired([code], options) };
  return options.keepOther ? { value: word } : { unmapped: [word] };
}

/** The codes that a cell names, each once; an intensity behind a word is left out. */
export function manyCodes(cell: Cell, options: TransformOptions, match: Matcher): Transformed {
  const codes = new Set<string>();
  const unmapped: string[] = [];
  for (const part of partsOf(cell, options.separator)) {
    const found = codesOf(part, options, match) ?? codesOf(unpacked(part).word, options, match);
    if (found !== undefined) for (const code of found) codes.add(code);
    else if (options.keepOther) codes.add(unpacked(part).word);
    else unmapped.push(unpacked(part).word);
  }
  return {
    ...(codes.size > 0 && { value: [...codes] }),
    ...retired([...codes], options),
    ...(unmapped.length > 0 && { unmapped }),
  };
}

/**
 * Packed values such as `Term - 4, Term - 5`: a service and its intensity, 1 to 5. A term that no list has is kept as
 * it is. Of two words for one service the higher intensity counts.
 */
export function servicePairs(cell: Cell, options: TransformOptions): Transformed {
  const intensities = new Map<string, number>();
  for (const part of partsOf(cell, options.separator)) {
    const { word, intensity } = unpacked(part);
    const service = codeOf(word, options, termMatcher(options)) ?? word;
    intensities.set(service, Math.max(intensity, intensities.get(service) ?? 0));
  }
  if (intensities.size === 0) return {};
  const value = [...intensities].map(([service, intensity]) => ({
    service,
    ...(intensity > 0 && { intensity }),
  }));
  return { value, ...retired([...intensities.keys()], options) };
}

/** Finds words of the field's scheme as the hub has it. @throws {TypeError} As {@link schemeOf}. */
export function termMatcher(options: TransformOptions): Matcher {
  const scheme = schemeOf(options);
  const { terms = SHARED_TERMS } = options;
  return (word) => terms.match(scheme, word);
}

/** What the hub says of codes that it does not use any more. */
export function retired(
  codes: readonly string[],
  { scheme, terms = SHARED_TERMS }: TransformOptions,
): { readonly problems?: readonly CellProblem[] } {
  if (scheme === undefined) return {};
  const problems = codes.flatMap((code) => {
    const instead = terms.insteadOf(scheme, code);
    return instead === undefined ? [] : [retiredTerm(code, instead.code)];
  });
  return problems.length === 0 ? {} : { problems };
}

/** The scheme of a field. @throws {TypeError} where there is none; `loadMapping` refuses such a mapping. */
function schemeOf({ scheme }: TransformOptions): SchemeName {
  if (scheme === undefined) throw new TypeError("the transform needs a scheme");
  return scheme;
}

function unpacked(part: string): { readonly word: string; readonly intensity: number } {
  const [, word = part, intensity = "0"] = PACKED.exec(part) ?? [];
  return { word, intensity: Number(intensity) };
}

/** Longest text that can be a word; bounds the work of looking for words inside of it. */
const MAX_WORD_LENGTH = 500;

function codeOf(word: string, { map }: TransformOptions, match: Matcher): string | undefined {
  return map?.get(word) ?? (word.length > MAX_WORD_LENGTH ? undefined : match(word)?.code);
}

function codesOf(
  word: string,
  { map }: TransformOptions,
  match: Matcher,
): readonly string[] | undefined {
  const own = map?.get(word);
  if (own !== undefined) return [own];
  const found = word.length > MAX_WORD_LENGTH ? undefined : match(word);
  return found && (found.codes ?? [found.code]);
}
