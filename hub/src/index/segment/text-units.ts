/**
 * Texts of a document as UTF-16 units in arrays that are used again and again.
 *
 * @module
 */

import { foldUnit } from "../analysis/fold.ts";

/** Source texts of a document. Field f is `units` from `ends[f - 1]` (0 for the title) to `ends[f]`. */
export interface TextUnits {
  units: Uint16Array;
  readonly ends: Uint32Array;
}

/** The same with each unit folded alone; 0 where that is not one unit. */
export interface FoldedUnits extends TextUnits {
  folded: Uint16Array;
}

export function createTextUnits(): TextUnits {
  return { units: new Uint16Array(0), ends: new Uint32Array(4) };
}

export function createFoldedUnits(): FoldedUnits {
  return { ...createTextUnits(), folded: new Uint16Array(0) };
}

/** Makes room for the units that `ends` tells of, and one more. */
export function reserveUnits(texts: TextUnits | FoldedUnits): void {
  const size = (texts.ends[3] as number) + 1;
  if (texts.units.length < size) texts.units = new Uint16Array(size * 2);
  if ("folded" in texts && texts.folded.length < size) texts.folded = new Uint16Array(size * 2);
}

/** Puts texts by field into `into`. */
export function setTexts(texts: readonly string[], into: TextUnits): void {
  let end = 0;
  texts.forEach((text, field) => {
    into.ends[field] = end += text.length;
  });
  reserveUnits(into);
  const { units } = into;
  let at = 0;
  for (const text of texts) {
    for (let i = 0; i < text.length; i++) units[at++] = text.charCodeAt(i);
  }
}

/** Texts by field, and folded. */
export function foldedUnitsOf(texts: readonly string[]): FoldedUnits {
  const into = createFoldedUnits();
  setTexts(texts, into);
  into.folded = into.units.map(foldUnit);
  return into;
}

/** Units `from` to `to` (exclusive) as a text. */
export function unitsToText(units: Uint16Array, from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; at += 8192) {
    const part = units.subarray(at, Math.min(at + 8192, to));
    // Not spread: that would take the slow way over an iterator.
    text += String.fromCharCode.apply(null, part as unknown as number[]);
  }
  return text;
}
