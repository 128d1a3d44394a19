/**
 * What tests of the index share: one dictionary, since making it takes a moment, and an index in one thread.
 *
 * @module
 */

import { randomBytes, toHex } from "@tributary/proto";
import { MemoryIndexStore } from "../../src/adapters/memory-index-store.ts";
import { type Analyzer, createAnalyzer } from "../../src/index/analysis/analyzer.ts";
import { buildDictionary } from "../../src/index/analysis/build-dictionary.ts";
import { type Dictionary, openDictionary } from "../../src/index/analysis/dictionary.ts";
import { domainWords } from "../../src/index/analysis/domain-words.ts";
import {
  type Generation,
  type GenerationData,
  GenerationOpener,
} from "../../src/index/generation.ts";
import { search } from "../../src/index/query/search.ts";
import { suggest } from "../../src/index/suggest/complete.ts";
import {
  type IndexWriterOptions,
  mergeRequested,
  openIndexWriter,
} from "../../src/index/writer.ts";
import type { IndexStore } from "../../src/ports/index-store.ts";
import type { IndexQuery } from "../../src/ports/search-index.ts";

/** A writer that does all in this thread, over a store in memory, with what it published last. */
export async function openTestWriter(options: Partial<IndexWriterOptions> = {}) {
  let data: GenerationData | undefined;
  const writer = await openIndexWriter({
    series: toHex(randomBytes(8)),
    store: new MemoryIndexStore(),
    analyzer: testAnalyzer(),
    publish: (generation) => {
      data = generation;
    },
    merge: async (inputs) => mergeRequested(inputs),
    ...options,
  });
  return { writer, data: () => data as GenerationData };
}

/** An index whose two sides are in this thread, over a store in memory. */
export async function openTestIndex(store: IndexStore = new MemoryIndexStore()) {
  const analyzer = testAnalyzer();
  const opener = new GenerationOpener();
  let generation: Generation | undefined;
  const { writer } = await openTestWriter({
    store,
    analyzer,
    publish: (data) => {
      generation = opener.open(data);
    },
  });
  // One thread cannot both read the rest of a segment and wait for it.
  await writer.settle();
  const current = () => generation as Generation;
  return {
    writer,
    generation: current,
    search: (query: IndexQuery) => search(current(), query, analyzer, { checkTime() {} }),
    suggest: (prefix: string, limit = 10) =>
      suggest(current(), { prefix, limit, reader: { type: "public" } }, analyzer),
    [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
  };
}

let dictionary: Dictionary | undefined;

/** A new analyzer over the dictionary of the hub. */
export function testAnalyzer(): Analyzer {
  dictionary ??= openDictionary(buildDictionary(domainWords()));
  return createAnalyzer(dictionary);
}
