/**
 * Runs of one script in a folded text.
 *
 * @module
 */

import type { Folded } from "./fold.ts";
import { CONNECTOR, classOf, DIGIT, GRAM, LETTER } from "./script.ts";

/** A run of one script; elements of the folded text. */
export interface Run {
  readonly type: "gram" | "word";
  readonly from: number;
  readonly to: number;
}

/** Calls `visit` with each run of a folded text. */
export function forEachRun(folded: Folded, visit: (run: Run) => void): void {
  const { codes, length } = folded;
  for (let at = 0; at < length; ) {
    const kind = classOf(codes[at] as number);
    if (kind === GRAM) {
      let to = at + 1;
      while (to < length && classOf(codes[to] as number) === GRAM) to += 1;
      visit({ type: "gram", from: at, to });
      at = to;
    } else if (kind === LETTER || kind === DIGIT) {
      const to = wordRunEnd(folded, at);
      visit({ type: "word", from: at, to });
      at = to;
    } else at += 1;
  }
}

const PLUS = 0x2b;
const HASH = 0x23;

/** Letters and digits, single connectors between them, and the signs of C++ and C#. */
function wordRunEnd({ codes, length }: Folded, from: number): number {
  let to = from + 1;
  for (; to < length; to++) {
    const kind = classOf(codes[to] as number);
    if (kind === LETTER || kind === DIGIT) continue;
    if (kind !== CONNECTOR || to + 1 === length) break;
    const after = classOf(codes[to + 1] as number);
    if (after !== LETTER && after !== DIGIT) break;
  }
  if (to - from === 1) {
    while (to < length && to - from < 3 && (codes[to] === PLUS || codes[to] === HASH)) to += 1;
  }
  return to;
}
