/**
 * Words of one meaning in Chinese and English, from the shared vocabulary: `predictive maintenance` also finds 预测性维护,
 * `MES` 制造执行系统.
 *
 * Only labels that name something a person would search for, and only whole labels: parts of them mean other things. The
 * aliases of a concept are often narrower than it and stand for its label in the other language only; what is one in
 * both directions is in the synonym groups.
 *
 * @module
 */

import { scheme, synonymGroups } from "@tributary/proto/vocabulary";
import { textKey } from "../suggest/keys.ts";
import { provinces, topicConcepts } from "../vocabulary.ts";

/** Most other labels of a label. */
const MAX_LABELS = 8;

/** Longest label in words of a script with spaces. */
export const MAX_LABEL_WORDS = 6;

let groups: ReadonlyMap<string, readonly string[]> | undefined;

/** Other labels for what the label with this text key names; empty when there are none. See {@link textKey}. */
export function synonymsOf(key: string): readonly string[] {
  groups ??= makeGroups();
  return groups.get(key) ?? [];
}

function makeGroups(): Map<string, readonly string[]> {
  const found = new Map<string, Map<string, string>>();
  const addGroup = (texts: readonly string[], isAcross: boolean) => {
    const labels = new Map(texts.flatMap(labelsOf).map((label) => [textKey(label), label]));
    for (const key of labels.keys()) {
      const known = found.get(key) ?? new Map<string, string>();
      for (const [other, label] of labels) {
        if (other !== key && !(isAcross && isLatin(other) === isLatin(key)))
          known.set(other, label);
      }
      found.set(key, known);
    }
  };
  for (const group of synonymGroups()) addGroup(group, false);
  for (const { zh, en, aliases } of topicConcepts()) addGroup([zh, en, ...aliases], true);
  for (const { zh, en } of scheme("industry").concepts) addGroup([zh, en], true);
  for (const { zh, en, aliases } of provinces()) {
    addGroup([zh, en, ...aliases.filter((alias) => !alias.startsWith("CN-"))], true);
  }
  return new Map(
    [...found].map(([key, labels]) => [key, [...labels.values()].slice(0, MAX_LABELS)]),
  );
}

function isLatin(key: string): boolean {
  return /^[\p{Script=Latin}\p{N}]+$/u.test(key);
}

/** `Warehouse management (WMS)` is two labels; one character is none. */
function labelsOf(text: string): string[] {
  return text
    .split(/[()（）/／]/u)
    .map((label) => label.trim())
    .filter((label) => [...textKey(label)].length > 1);
}
