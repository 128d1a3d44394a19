/**
 * Titles of a segment in the orders in which they are suggested.
 *
 * Keys are not kept sorted, entries are: a look-up halves over entry numbers and makes the keys that it compares from
 * the stored title. A sound is stored where it is not that of the characters alone.
 *
 * @module
 */

import { initialsKey, pinyinKey, plainPhoneticOf, textKey } from "../suggest/keys.ts";
import type { Section } from "./blob.ts";
import { ByteWriter, Uint32List } from "./bytes.ts";

/** Collects titles. */
export class TitlesBuilder {
  /** Document and number of the title in it: `doc << 2 | number`. */
  readonly #entries = new Uint32List();
  readonly #phoneticAt = new Uint32List();
  readonly #phonetics = new ByteWriter();
  readonly #texts: string[] = [];
  readonly #sounds: string[] = [];

  constructor() {
    this.#phoneticAt.push(0);
  }

  /** @param plain The sound of the characters alone. */
  add(doc: number, number: number, title: string, phonetic: string, plain: string): void {
    this.#entries.push(doc * 4 + number);
    this.#texts.push(textKey(title));
    this.#sounds.push(phonetic);
    // What is as expected need not be kept.
    if (phonetic !== plain) {
      for (let i = 0; i < phonetic.length; i++) this.#phonetics.byte(phonetic.charCodeAt(i));
    }
    this.#phoneticAt.push(this.#phonetics.length);
  }

  finish(): Record<string, Section> {
    const all = [...this.#texts.keys()];
    const sounding = all.filter((entry) => this.#sounds[entry] !== "");
    return {
      titleEntries: this.#entries.written(),
      phoneticAt: this.#phoneticAt.written(),
      phonetics: this.#phonetics.written(),
      titlesByText: sorted(all, this.#texts),
      titlesByPinyin: sorted(sounding, this.#sounds.map(pinyinKey)),
      titlesByInitials: sorted(sounding, this.#sounds.map(initialsKey)),
    };
  }
}

function sorted(entries: readonly number[], keys: readonly string[]): Uint32Array {
  return Uint32Array.from(
    [...entries].sort((a, b) => {
      const left = keys[a] as string;
      const right = keys[b] as string;
      return left < right ? -1 : left > right ? 1 : a - b;
    }),
  );
}

/** Sections of the titles, opened. */
export interface TitlesView {
  readonly entries: Uint32Array;
  readonly phoneticAt: Uint32Array;
  readonly phonetics: Uint8Array;
  readonly byText: Uint32Array;
  readonly byPinyin: Uint32Array;
  readonly byInitials: Uint32Array;
}

/** The sound of an entry with this title. */
export function phoneticAt(titles: TitlesView, entry: number, title: string): string {
  return storedPhonetic(titles, entry) ?? plainPhoneticOf(title);
}

/** The sound of an entry; undefined where it is that of the characters alone. */
export function storedPhonetic(
  { phoneticAt: at, phonetics }: TitlesView,
  entry: number,
): string | undefined {
  const from = at[entry] as number;
  const to = at[entry + 1] as number;
  return from === to ? undefined : String.fromCharCode(...phonetics.subarray(from, to));
}
