/**
 * Folding: the one normal form in which texts are compared, with the way back to the source.
 *
 * NFKC, lower case, Latin and Greek without diacritics, traditional Chinese characters to simplified ones. Everything is
 * done a character at a time (a character with the marks that follow it), never a phrase at a time: what a character
 * becomes must not depend on its neighbours, or a part of a text would fold differently from the text, and a search for
 * the part would miss the whole.
 *
 * @module
 */

/// <reference path="./opencc-characters.d.ts" />

import characters from "opencc-js/dict/TSCharacters";

/**
 * A folded text. Element i is a code point and the source characters that it came from; ligatures such as ㎏ give
 * several elements with one source. Reused between texts: valid until the next {@link foldInto} on the same object.
 */
export interface Folded {
  /** Code points. */
  codes: Uint32Array;
  /** First UTF-16 unit of the source. */
  starts: Uint32Array;
  /** UTF-16 unit after the last of the source. */
  ends: Uint32Array;
  length: number;
}

/** An empty {@link Folded}, for {@link foldInto}. */
export function createFolded(): Folded {
  return {
    codes: new Uint32Array(256),
    starts: new Uint32Array(256),
    ends: new Uint32Array(256),
    length: 0,
  };
}

/** Folds `text` into `into`, replacing what was there. */
export function foldInto(text: string, into: Folded): void {
  into.length = 0;
  reserve(into, text.length);
  let { codes, starts, ends } = into;
  let length = 0;
  const size = text.length;
  for (let at = 0; at < size; ) {
    const unit = text.charCodeAt(at);
    const simple = SIMPLE[unit] || learn(unit);
    const isSimple = simple < COMPLEX;
    if (isSimple && (at + 1 === size || !isMark(text.charCodeAt(at + 1)))) {
      codes[length] = simple;
      starts[length] = at;
      ends[length] = ++at;
      length += 1;
      continue;
    }
    const end = clusterEnd(text, at);
    const folded = foldCluster(text.slice(at, end));
    into.length = length;
    reserve(into, length + folded.length + size - end);
    ({ codes, starts, ends } = into);
    for (const code of folded) {
      codes[length] = code;
      starts[length] = at;
      ends[length] = end;
      length += 1;
    }
    at = end;
  }
  into.length = length;
}

/** For {@link foldText}, which is called for every name of every record. */
const SCRATCH = createFolded();

/** The folded text alone. */
export function foldText(text: string): string {
  foldInto(text, SCRATCH);
  return foldedSlice(SCRATCH, 0, SCRATCH.length);
}

/** What a UTF-16 unit that stands alone folds to; 0 when that is not one unit. */
export function foldUnit(unit: number): number {
  const simple = SIMPLE[unit] || learn(unit);
  return simple < COMPLEX ? simple : 0;
}

/** Elements `from` to `to` (exclusive) as a text. */
export function foldedSlice(folded: Folded, from: number, to: number): string {
  let text = "";
  for (let i = from; i < to; i++) text += String.fromCodePoint(folded.codes[i] as number);
  return text;
}

/** Marks of {@link SIMPLE}: 0 is "not looked at yet". */
const MARK = 0xfffe;
const COMPLEX = 0xfffe;
const CLUSTER = 0xffff;

/** What a UTF-16 unit that stands alone folds to: a unit, or MARK, or CLUSTER when it takes the long way. */
const SIMPLE = new Uint16Array(65_536);

/** Single characters alone, as OpenCC's `t2s` converts them: `traditional simplified|…`. */
const SIMPLIFIED = new Map(
  characters.split("|").map((pair) => pair.split(" ") as [string, string]),
);

/** Characters that belong to the one before: combining marks, joiners, conjoining jamo, halfwidth kana voice marks. */
const MARKS = /^[\p{M}\p{Default_Ignorable_Code_Point}\u1160-\u11ff\uff9e\uff9f]$/u;

function isMark(unit: number): boolean {
  return (SIMPLE[unit] || learn(unit)) === MARK;
}

function learn(unit: number): number {
  const value = lookUp(unit);
  SIMPLE[unit] = value;
  return value;
}

function lookUp(unit: number): number {
  if (unit >= 0xd800 && unit < 0xe000) return CLUSTER;
  const character = String.fromCharCode(unit);
  if (MARKS.test(character)) return MARK;
  const codes = foldCluster(character);
  const code = codes[0];
  return codes.length === 1 && code !== undefined && code > 0 && code < COMPLEX ? code : CLUSTER;
}

/** End of the character at `at` with the marks behind it; a run of marks without a base is one cluster. */
function clusterEnd(text: string, at: number): number {
  let end = at + ((text.codePointAt(at) as number) > 0xffff ? 2 : 1);
  while (end < text.length) {
    const code = text.codePointAt(end) as number;
    if (code <= 0xffff ? !isMark(code) : !MARKS.test(String.fromCodePoint(code))) break;
    end += code > 0xffff ? 2 : 1;
  }
  return end;
}

const DIACRITICS = /([\p{Script=Latin}\p{Script=Greek}])\p{Mn}+/gu;
const IGNORED = /[\p{Default_Ignorable_Code_Point}\0]/gu;

function foldCluster(cluster: string): readonly number[] {
  const plain = cluster
    .replace(IGNORED, "")
    .normalize("NFKC")
    .toLowerCase()
    .normalize("NFD")
    .replace(DIACRITICS, "$1")
    .normalize("NFKC")
    .replaceAll("ς", "σ");
  const codes: number[] = [];
  for (const character of plain) {
    codes.push((SIMPLIFIED.get(character) ?? character).codePointAt(0) as number);
  }
  return codes;
}

function reserve(folded: Folded, size: number): void {
  if (folded.codes.length >= size) return;
  const grown = Math.max(size, folded.codes.length * 2);
  for (const name of ["codes", "starts", "ends"] as const) {
    const array = new Uint32Array(grown);
    array.set(folded[name].subarray(0, folded.length));
    folded[name] = array;
  }
}
