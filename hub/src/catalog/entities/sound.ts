/**
 * How Chinese characters sound, tones aside, without looking at their neighbours.
 *
 * @module
 */

import { pinyin } from "pinyin-pro";

/** Readings of a character that are looked at. */
const MAX_READINGS = 4;

const READINGS = new Map<string, readonly string[]>();

/** Syllables of a character, the most usual one first; the character itself if it is no Chinese one. */
function readingsOf(character: string): readonly string[] {
  let readings = READINGS.get(character);
  if (readings === undefined) {
    const all = pinyin(character, { toneType: "none", type: "array", v: true, multiple: true });
    const usual = pinyin(character, { toneType: "none", type: "array", v: true });
    readings = [...new Set([...usual, ...all])].slice(0, MAX_READINGS);
    READINGS.set(character, readings);
  }
  return readings;
}

/** The usual syllable of each character. */
export function syllablesOf(text: string): readonly string[] {
  return Array.from(text, (character) => readingsOf(character)[0] ?? character);
}

/** True if two texts can be read alike, character by character. */
export function soundsAlike(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const left = a.charAt(i);
    const right = b.charAt(i);
    if (left !== right && !shareReading(readingsOf(left), readingsOf(right))) return false;
  }
  return true;
}

function shareReading(a: readonly string[], b: readonly string[]): boolean {
  return a[0] === b[0] || a.some((reading) => b.includes(reading));
}
