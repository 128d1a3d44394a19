/**
 * A whole index over a folder of its own, as the hub runs it: writer, query threads and the thread of meaning. For
 * evaluation, benchmarks and tools that search documents without a hub.
 *
 * @module
 */

import { systemClock } from "@tributary/proto";
import { WorkerIndexReader } from "../../src/adapters/worker-index-reader.ts";
import { openWorkerIndexWriter, startIndexWriter } from "../../src/adapters/worker-index-writer.ts";
import { WorkerSemantic } from "../../src/adapters/worker-semantic.ts";
import type { GenerationData } from "../../src/index/generation.ts";
import type { IndexReader, IndexWriter } from "../../src/ports/search-index.ts";

export interface LocalSearchIndexOptions {
  /** Made when missing; two stores are made in it. */
  readonly folder: string;
  /** Threads that answer queries; 1 if left out. */
  readonly threads?: number;
  /** Whether documents get a meaning; true if left out. */
  readonly isSemantic?: boolean;
  /** An embedding model to use instead of one that is trained on the documents. */
  readonly modelFolder?: string | undefined;
  /** Texts in two languages that say the same, to train the model on beside the documents. */
  readonly parallelTexts?: readonly string[];
  /** Fewer documents have no model; 50 if left out. */
  readonly minDocuments?: number;
}

export interface LocalSearchIndex extends AsyncDisposable {
  readonly writer: IndexWriter;
  readonly reader: IndexReader;
  /** Provider id of the model that queries use; undefined when there is none. */
  readonly providerId: string | undefined;
  /** Resolves when all that was applied up to `position` has a meaning, if there are documents enough. */
  waitForMeaning(position: number, signal: AbortSignal): Promise<void>;
}

/** @throws {TributaryError} `ERR_FOLDER_IN_USE`, `ERR_STORE_FAILED`. */
export async function openLocalSearchIndex(
  options: LocalSearchIndexOptions,
): Promise<LocalSearchIndex> {
  const { folder, threads = 1, isSemantic = true, modelFolder } = options;
  const { parallelTexts = [], minDocuments = 50 } = options;
  await using opening = new AsyncDisposableStack();
  const reader = opening.use(
    new WorkerIndexReader({
      threads,
      embed: (text, role, signal) => semantic.embed(text, role, signal),
    }),
  );
  let providerId: string | undefined;
  const semantic = opening.use(
    new WorkerSemantic({
      folder: `${folder}/semantic`,
      modelFolder,
      clock: systemClock,
      parallelTexts,
      minDocuments,
      // Nobody else is waited for here.
      duty: 1,
      delayMs: 0,
      publish: (data) => {
        providerId = data?.providerId;
        reader.publishSemantic(data);
      },
    }),
  );
  const publish = (generation: GenerationData) => {
    reader.publish(generation);
    if (isSemantic) semantic.follow(generation);
  };
  const { port } = startIndexWriter(`${folder}/index`);
  const writer = opening.use(await openWorkerIndexWriter(port, { publish }));
  const opened = opening.move();
  return {
    writer,
    reader,
    get providerId() {
      return providerId;
    },
    waitForMeaning: (position, signal) => semantic.waitFor(position, signal),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
