/**
 * What tests of the index share: one dictionary, since making it takes half a second.
 *
 * @module
 */

import { type Analyzer, createAnalyzer } from "./analysis/analyzer.ts";
import { buildDictionary, type Dictionary, openDictionary } from "./analysis/dictionary.ts";
import { domainWords } from "./analysis/domain-words.ts";

let dictionary: Dictionary | undefined;

/** A new analyzer over the dictionary of the hub. */
export function testAnalyzer(): Analyzer {
  dictionary ??= openDictionary(buildDictionary(domainWords()));
  return createAnalyzer(dictionary);
}
