/**
 * The writing side of the search index as the hub runs it: segments kept in LevelDB, large merges in a thread, and
 * half of what a large change builds in another.
 *
 * @module
 */

import { randomBytes, toHex } from "@tributary/proto/base";
import { createAnalyzer } from "../index/analysis/analyzer.ts";
import { buildDictionary } from "../index/analysis/build-dictionary.ts";
import { type DictionaryData, openDictionary } from "../index/analysis/dictionary.ts";
import { domainWords } from "../index/analysis/domain-words.ts";
import type { GenerationData } from "../index/generation.ts";
import { openIndexWriter, type SegmentIndexWriter } from "../index/writer.ts";
import { openLevelIndexStore } from "./level-index-store.ts";
import { WorkerSegments } from "./worker-segments.ts";

export interface LevelSearchIndexOptions {
  /** Called with each new state, to be handed to `WorkerIndexReader.publish`; plain data over shared memory. */
  readonly publish: (generation: GenerationData) => void;
  /** The dictionary, where it was made already; made from the vocabulary if left out, which takes some 0.3 s. */
  readonly dictionary?: DictionaryData;
  /** Called when what was stored cannot be used, so that the index begins empty at position 0. */
  readonly onReset?: (reason: string) => void;
  /** As `IndexWriterOptions.onLost`. */
  readonly onLost?: (error: unknown) => void;
}

/**
 * Opens the index in `folder`, made when missing, and publishes what it holds.
 *
 * @throws {TributaryError} `ERR_FOLDER_IN_USE` if another process holds it; `ERR_STORE_FAILED` if LevelDB cannot open it.
 */
export async function openLevelSearchIndex(
  folder: string,
  {
    publish,
    onReset,
    onLost,
    dictionary = buildDictionary(domainWords()),
  }: LevelSearchIndexOptions,
): Promise<SegmentIndexWriter> {
  const store = await openLevelIndexStore(folder);
  const builder = new WorkerSegments({ goesLast: false });
  // What is merged can be found already, what is not built cannot.
  const merger = new WorkerSegments({ goesLast: true });
  const writer = await openIndexWriter({
    series: toHex(randomBytes(8)),
    store,
    analyzer: createAnalyzer(openDictionary(dictionary)),
    publish,
    build: (documents) => builder.build(documents, dictionary),
    merge: (inputs) => merger.merge(inputs),
    onClose: async () => {
      await Promise.all([builder, merger].map((threads) => threads[Symbol.asyncDispose]()));
    },
    ...(onReset === undefined ? {} : { onReset }),
    ...(onLost === undefined ? {} : { onLost }),
  });
  return writer;
}
