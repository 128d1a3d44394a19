/**
 * Patterns of numbers and codes however people part them: 138-0013-8000, 138 - 0013 - 8000, 1 3 8 0 ...
 *
 * @module
 */

import type { Span } from "./detectors.ts";

/** What may stand between two characters of a code; a comma parts thousands and is not among them. */
export const SEPARATORS = "[\\s.·•・_/\\\\|‐-―−~-]{0,3}";

/** Source of a pattern for `count` characters of `one`, parted or not. */
export function parted(one: string, count: number | `${number},${number}`): string {
  if (typeof count === "number")
    return count === 1 ? one : `${one}(?:${SEPARATORS}${one}){${count - 1}}`;
  const [least = 0, most = 0] = count.split(",").map(Number);
  return `${one}(?:${SEPARATORS}${one}){${least - 1},${most - 1}}`;
}

/** Letters and digits of a code without what parts them, in upper case. */
export function closedUp(text: string): string {
  return text.replace(/[^0-9A-Za-z]/g, "").toUpperCase();
}

/** All matches of a global pattern. */
export function spansOf(text: string, pattern: RegExp): Span[] {
  return [...text.matchAll(pattern)].map(({ index, 0: { length } }) => ({
    start: index,
    end: index + length,
  }));
}

/** All matches of the named group `it`; the pattern has the flags g and d. */
export function groupSpansOf(text: string, pattern: RegExp): Span[] {
  return [...text.matchAll(pattern)].flatMap(({ indices }) => {
    const [start, end] = indices?.groups?.["it"] ?? [];
    return start === undefined || end === undefined ? [] : [{ start, end }];
  });
}
