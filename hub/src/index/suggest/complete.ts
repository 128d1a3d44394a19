/**
 * Suggestions from a generation of the index, by walking the sorted titles of its segments.
 *
 * @module
 */

import type { IndexSuggestion, Reader } from "../../ports/search-index.ts";
import type { Analyzer } from "../analysis/analyzer.ts";
import { isInAudience } from "../fields.ts";
import type { Generation } from "../generation.ts";
import { type Deletes, isDeleted } from "../segment/deletes.ts";
import type { Segment } from "../segment/segment.ts";
import { createTextUnits } from "../segment/text-units.ts";
import { phoneticAt } from "../segment/titles.ts";
import { initialsKey, pinyinKey, textKey, titlesOf } from "./keys.ts";
import { bestSuggestions, type Completion, KEY_KINDS, type KeyKind, typedKeys } from "./suggest.ts";

/** @see IndexReader.suggest */
export function suggest(
  generation: Generation,
  query: { readonly prefix: string; readonly limit: number; readonly reader: Reader },
  analyzer: Analyzer,
): IndexSuggestion[] {
  const keys = typedKeys(query.prefix);
  const { limit, reader } = query;
  const found = KEY_KINDS.flatMap((kind) => {
    const typed = keys[kind];
    return typed === undefined ? [] : completionsIn(generation, kind, typed, limit, reader);
  });
  return bestSuggestions(found, keys, limit, analyzer);
}

/** Visible titles whose key of a kind begins with `typed`: enough for the first `limit` of them. */
export function completionsIn(
  generation: Generation,
  kind: KeyKind,
  typed: string,
  limit: number,
  reader: Reader,
): Completion[] {
  return generation.segments.flatMap(({ segment, deletes }) =>
    new SegmentTitles(segment, deletes, reader).completions(kind, typed, limit),
  );
}

class SegmentTitles {
  readonly #segment: Segment;
  readonly #deletes: Deletes;
  readonly #isSeen: readonly boolean[];
  readonly #texts = createTextUnits();

  constructor(segment: Segment, deletes: Deletes, reader: Reader) {
    this.#segment = segment;
    this.#deletes = deletes;
    this.#isSeen = segment.meta.audiences.map((audience) => isInAudience(reader, audience));
  }

  /** The first titles by key that begin with `typed`: as many as have `limit` different texts, and all of the last key. */
  completions(kind: KeyKind, typed: string, limit: number): Completion[] {
    const { byText, byPinyin, byInitials } = this.#segment.titles;
    const order = { text: byText, pinyin: byPinyin, initials: byInitials }[kind];
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#key(kind, order[middle] as number) < typed) low = middle + 1;
      else high = middle;
    }
    const found: Completion[] = [];
    const texts = new Set<string>();
    for (; low < order.length; low++) {
      const entry = order[low] as number;
      const key = this.#key(kind, entry);
      if (!key.startsWith(typed)) break;
      if (texts.size >= limit && key !== found.at(-1)?.key) break;
      const doc = this.#docOf(entry);
      if (isDeleted(this.#deletes, doc)) continue;
      if (!this.#isSeen[this.#segment.audience[doc] as number]) continue;
      const text = this.#title(entry);
      texts.add(textKey(text));
      found.push({ kind, key, text, ref: this.#segment.ref(doc) });
    }
    return found;
  }

  #key(kind: KeyKind, entry: number): string {
    const title = this.#title(entry);
    if (kind === "text") return textKey(title);
    const phonetic = phoneticAt(this.#segment.titles, entry, title);
    return kind === "pinyin" ? pinyinKey(phonetic) : initialsKey(phonetic);
  }

  #docOf(entry: number): number {
    return (this.#segment.titles.entries[entry] as number) >>> 2;
  }

  #title(entry: number): string {
    this.#segment.readTexts(this.#docOf(entry), this.#texts);
    const title = String.fromCharCode(...this.#texts.units.subarray(0, this.#texts.ends[0]));
    return titlesOf(title)[(this.#segment.titles.entries[entry] as number) & 3] ?? "";
  }
}
