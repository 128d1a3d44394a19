/**
 * Shows where a query matched: as parts for code that builds its own elements, or as escaped HTML.
 *
 * @module
 */

import { escapeHtml } from "@tributary/proto";

/** A window of a text with its matches, as a hit carries it. */
export interface Highlighted {
  /** Plain text, not escaped. */
  readonly text: string;
  /** Matches, as UTF-16 offsets in the text. */
  readonly spans: readonly { readonly start: number; readonly end: number }[];
}

/** A run of a text that is a match as a whole, or is none. */
export interface HighlightPart {
  readonly text: string;
  readonly isMatch: boolean;
}

/**
 * Cuts a text at the edges of its matches. The parts joined are the text, whatever the spans are: spans that overlap,
 * are out of order, run backwards or pass the end of the text are united, and no cut divides a surrogate pair.
 */
export function highlightParts({ text, spans }: Highlighted): HighlightPart[] {
  const parts: HighlightPart[] = [];
  let at = 0;
  const push = (end: number, isMatch: boolean) => {
    if (end > at) parts.push({ text: text.slice(at, end), isMatch });
    at = Math.max(at, end);
  };
  for (const [start, end] of unite(text, spans)) {
    push(start, false);
    push(end, true);
  }
  push(text.length, false);
  return parts;
}

/** The same as HTML: the text escaped, matches in `<mark>`. Safe in element content, whatever the text holds. */
export function highlightHtml(highlight: Highlighted): string {
  return highlightParts(highlight)
    .map(({ text, isMatch }) => (isMatch ? `<mark>${escapeHtml(text)}</mark>` : escapeHtml(text)))
    .join("");
}

/** Non-empty, ascending, disjoint. */
function unite(text: string, spans: Highlighted["spans"]): [start: number, end: number][] {
  const sorted = spans
    .map(({ start, end }): [number, number] => [
      outward(text, Math.max(0, start), -1),
      outward(text, Math.min(text.length, end), 1),
    ])
    .filter(([start, end]) => start < end)
    .sort(([a], [b]) => a - b);
  const united: [number, number][] = [];
  for (const [start, end] of sorted) {
    const last = united.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else united.push([start, end]);
  }
  return united;
}

/** Moves an offset that would divide a surrogate pair by one. */
function outward(text: string, offset: number, step: -1 | 1): number {
  const before = text.charCodeAt(offset - 1);
  const after = text.charCodeAt(offset);
  const divides = before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000;
  return divides ? offset + step : offset;
}
