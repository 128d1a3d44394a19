/**
 * Completes what a person types, from titles and from the terms of the vocabulary.
 *
 * Texts that begin with what was typed come first, then those whose pinyin does, then those whose initials do; in each,
 * terms before titles, then by key. The order is total, so that an index that walks sorted keys gives the same answer
 * as one that looks at everything.
 *
 * @module
 */

import type { RecordRef } from "@tributary/proto";
import type { IndexSuggestion } from "../../ports/search-index.ts";
import type { Analyzer } from "../analysis/analyzer.ts";
import { compareTexts } from "../fields.ts";
import { searchLabels } from "../vocabulary.ts";
import { initialsKey, phoneticOf, pinyinKey, textKey, titlesOf, typedPinyin } from "./keys.ts";

/** By what a suggestion was found. */
export const KEY_KINDS = ["text", "pinyin", "initials"] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

/** Something that can be suggested. */
export interface Completion {
  readonly kind: KeyKind;
  readonly key: string;
  readonly text: string;
  /** Where it comes from a document. */
  readonly ref: RecordRef | undefined;
}

/** The keys that completions must begin with, by kind; undefined where the kind does not apply. */
export type TypedKeys = Readonly<Record<KeyKind, string | undefined>>;

/** What was typed, as keys. */
export function typedKeys(prefix: string): TypedKeys {
  const typed = typedPinyin(prefix);
  return {
    text: textKey(prefix) || undefined,
    pinyin: typed,
    initials: typed !== undefined && typed.length > 1 ? typed : undefined,
  };
}

/** The best of `completions` and of the vocabulary, each text once. */
export function bestSuggestions(
  completions: readonly Completion[],
  keys: TypedKeys,
  limit: number,
  analyzer: Analyzer,
): IndexSuggestion[] {
  const terms = vocabulary(analyzer).filter(({ kind, key }) => startsWith(key, keys[kind]));
  const sorted = [...terms, ...completions].sort(compareCompletions);
  const best = new Map<string, IndexSuggestion>();
  for (const { text, ref } of sorted) {
    if (best.size === limit) break;
    const id = textKey(text);
    if (!best.has(id))
      best.set(id, { text, source: ref === undefined ? "vocabulary" : "title", ref });
  }
  return [...best.values()];
}

/** Completions of a list of titles: the model for walking sorted keys. */
export function completionsOf(
  titles: Iterable<{ readonly title: string; readonly ref: RecordRef }>,
  keys: TypedKeys,
  analyzer: Analyzer,
): Completion[] {
  const found: Completion[] = [];
  for (const { title, ref } of titles) {
    for (const text of titlesOf(title)) {
      for (const { kind, key } of keysOf(text, analyzer)) {
        if (startsWith(key, keys[kind])) found.push({ kind, key, text, ref });
      }
    }
  }
  return found;
}

function keysOf(text: string, analyzer: Analyzer): { kind: KeyKind; key: string }[] {
  const phonetic = phoneticOf(text, analyzer);
  const keys: { kind: KeyKind; key: string }[] = [{ kind: "text", key: textKey(text) }];
  if (phonetic === "") return keys;
  keys.push({ kind: "pinyin", key: pinyinKey(phonetic) });
  keys.push({ kind: "initials", key: initialsKey(phonetic) });
  return keys;
}

function startsWith(key: string, typed: string | undefined): boolean {
  return typed !== undefined && key.startsWith(typed);
}

function compareCompletions(a: Completion, b: Completion): number {
  return (
    KEY_KINDS.indexOf(a.kind) - KEY_KINDS.indexOf(b.kind) ||
    Number(a.ref !== undefined) - Number(b.ref !== undefined) ||
    compareTexts(a.key, b.key) ||
    compareTexts(a.text, b.text) ||
    (a.ref === undefined || b.ref === undefined ? 0 : compareTexts(a.ref.key, b.ref.key))
  );
}

let terms: readonly Completion[] | undefined;

/** Labels of the vocabulary with their keys, made when first asked for. */
export function vocabulary(analyzer: Analyzer): readonly Completion[] {
  terms ??= searchLabels().flatMap((text) =>
    keysOf(text, analyzer).map((key) => ({ ...key, text, ref: undefined })),
  );
  return terms;
}
