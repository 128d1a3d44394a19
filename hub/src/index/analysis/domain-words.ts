/**
 * The Chinese words of the shared vocabulary, which jieba's dictionary mostly does not have: 预测性维护, 数字孪生.
 *
 * @module
 */

import { kpiConcepts, SCHEME_NAMES, scheme, synonymGroups } from "@tributary/proto/vocabulary";
import type { DomainWord } from "./build-dictionary.ts";

/** As frequent as a usual word of the same length in jieba's counts, so that a term is kept in one piece. */
const FREQUENCY = 500;

/** Longest label that is a word rather than a description. */
const MAX_CHARACTERS = 8;

const HAN = /^\p{Script=Han}{2,}$/u;

/** Labels, aliases and synonyms that are one Chinese word; each once. */
export function domainWords(): DomainWord[] {
  const words = new Set<string>();
  const add = (label: string) => {
    if (HAN.test(label) && [...label].length <= MAX_CHARACTERS) words.add(label);
  };
  for (const name of SCHEME_NAMES) {
    for (const { zh, aliases } of scheme(name).concepts) [zh, ...aliases].forEach(add);
  }
  for (const { zh, aliases } of kpiConcepts()) [zh, ...aliases].forEach(add);
  for (const group of synonymGroups()) group.forEach(add);
  return [...words].map((word) => ({ word, frequency: FREQUENCY }));
}
