/**
 * Texts without a form of their own, names of people and addresses.
 *
 * @module
 */

import { foldText } from "../../../index/analysis/fold.ts";
import { bigramsOf, diceOfSorted, isWithinOneEdit, jaroWinkler } from "../text-distance.ts";
import type { BlockingKey, Comparison, Level } from "./comparison.ts";

const NOT_IN_TEXT = /[\p{P}\p{Z}\p{S}\p{C}]/gu;

/** Folded, without spaces and punctuation; undefined for nothing. */
export function plainText(text: string | undefined): string | undefined {
  const plain = foldText(text ?? "").replace(NOT_IN_TEXT, "");
  return plain === "" ? undefined : plain;
}

const TEXT_LEVELS = [
  { name: "equal", startShare: 0.8, startBits: 5, byFrequency: true },
  { name: "close", startShare: 0.1, startBits: 4 },
  { name: "similar", startShare: 0.03, startBits: 1 },
  { name: "different", startShare: 0, startBits: -3.5 },
] as const satisfies readonly Level[];

function textLevel(a: string, b: string): number {
  if (a === b) return 0;
  if (a.length >= 3 && b.length >= 3 && isWithinOneEdit(a, b)) return 1;
  const similarity = jaroWinkler(a, b);
  return similarity >= 0.92 ? 1 : similarity >= 0.8 ? 2 : 3;
}

/** A text such as a suburb, a state or a house number. @param name The field. */
export function textComparison(name: string): Comparison<string> {
  return {
    name,
    levels: TEXT_LEVELS,
    prepare: ([text]) => plainText(text),
    level: textLevel,
    term: (value) => value,
    keys: (value) => textKeys(value, name),
  };
}

/** The whole, its beginning, and what is left without its vowels: finds most misspellings. */
function* textKeys(value: string, kind: string): Iterable<BlockingKey> {
  yield { kind, text: value };
  if (value.length < 4) return;
  yield { kind: `${kind} start`, text: value.slice(0, 3) };
  yield { kind: `${kind} end`, text: value.slice(-3) };
}

const PERSON_LEVELS = [
  { name: "equal", startShare: 0.75, startBits: 6, byFrequency: true },
  { name: "swapped", startShare: 0.04, startBits: 6, byFrequency: true },
  { name: "close", startShare: 0.1, startBits: 5 },
  { name: "similar", startShare: 0.03, startBits: 2 },
  { name: "different", startShare: 0, startBits: -3.5 },
] as const satisfies readonly Level[];

/** One name of a person with the other one, since forms often have them in the wrong columns. */
interface PersonName {
  readonly own: string;
  readonly other: string;
}

/** Given name or surname. Texts: that one, then the other one. */
export function personComparison(name: string): Comparison<PersonName> {
  return {
    name,
    levels: PERSON_LEVELS,
    prepare: ([own, other]) => {
      const plain = plainText(own);
      return plain === undefined ? undefined : { own: plain, other: plainText(other) ?? "" };
    },
    level: (a, b) => {
      const level = textLevel(a.own, b.own);
      if (level === 0) return 0;
      if (isAcross(a, b) || isAcross(b, a)) return 1;
      return level + 1;
    },
    term: ({ own }) => own,
    // Both columns share their keys, so that swapped names meet.
    keys: ({ own }) => textKeys(own, "person"),
  };
}

/** One's own name is the other's other name, and the rest does not contradict. */
function isAcross(a: PersonName, b: PersonName): boolean {
  return (
    b.other !== "" &&
    textLevel(a.own, b.other) <= 1 &&
    (a.other === "" || textLevel(a.other, b.own) <= 1)
  );
}

const ADDRESS_LEVELS = [
  { name: "equal", startShare: 0.3, startBits: 12, byFrequency: true },
  { name: "high", startShare: 0.25, startBits: 10.3 },
  { name: "medium", startShare: 0.15, startBits: 4 },
  { name: "low", startShare: 0, startBits: -2, minBits: -2 },
] as const satisfies readonly Level[];

interface Address {
  readonly text: string;
  readonly pairs: readonly string[];
  readonly numbers: readonly string[];
}

/** A street address, by the share of common character pairs; house numbers have to agree for the upper levels. */
export function addressComparison(name: string): Comparison<Address> {
  return {
    name,
    levels: ADDRESS_LEVELS,
    prepare: ([text]) => {
      const plain = plainText(text);
      if (plain === undefined) return undefined;
      return { text: plain, pairs: bigramsOf(plain), numbers: plain.match(/\d+/g) ?? [] };
    },
    level: (a, b) => {
      if (a.text === b.text) return 0;
      const dice = diceOfSorted(a.pairs, b.pairs);
      if (dice >= 0.75 && shareNumber(a, b)) return 1;
      return dice >= 0.5 ? 2 : 3;
    },
    term: ({ text }) => text,
    keys: (value) => addressKeys(value, name),
  };
}

function shareNumber(a: Address, b: Address): boolean {
  if (a.numbers.length === 0 || b.numbers.length === 0) return true;
  return a.numbers.some((number) => b.numbers.includes(number));
}

/** The whole, and street with house number: what stands around the first number. */
function* addressKeys({ text }: Address, kind: string): Iterable<BlockingKey> {
  yield { kind, text };
  for (const [part] of [...text.matchAll(/\D{3}\d+/g)].slice(0, 2))
    yield { kind: `${kind} number`, text: part };
  if (!/\d/.test(text) && text.length >= 4) {
    yield { kind: `${kind} start`, text: text.slice(0, 4) };
    yield { kind: `${kind} end`, text: text.slice(-4) };
  }
}
