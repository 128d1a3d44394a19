/**
 * The index as the hub runs it, over given texts: the threads that write, that answer, and that train the meaning.
 *
 * @module
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MAX_QUERY_LENGTH } from "@tributary/proto";
import type { IndexDocument, IndexQuery } from "../../src/ports/search-index.ts";
import type { CollectionText } from "./collection.ts";
import { openLocalSearchIndex } from "./local-search-index.ts";

/** Documents of a change, as the projector makes them. */
const CHANGE_DOCS = 1000;
const NEVER = new AbortController().signal;

/** Which of the index's channels a query may use. */
export type Channel = NonNullable<IndexQuery["channel"]>;

export interface ProductionIndexOptions {
  readonly channel: Channel;
  /** Texts in two languages that say the same, to train the meaning on beside the documents. */
  readonly parallelTexts: readonly string[];
  /** An embedding model to use instead of one that is trained. */
  readonly modelFolder?: string | undefined;
}

/** Indexes the texts; resolves when all can be found, and have a meaning where the channel uses it. */
export async function openProductionIndex(
  texts: readonly CollectionText[],
  { channel, parallelTexts, modelFolder }: ProductionIndexOptions,
) {
  const folder = await mkdtemp(join(tmpdir(), "tributary-eval-"));
  const isSemantic = channel !== "lexical";
  const { writer, reader, waitForMeaning, ...index } = await openLocalSearchIndex({
    folder,
    isSemantic,
    modelFolder,
    parallelTexts,
    minDocuments: 1,
  });
  let position = 0;
  for (let from = 0; from < texts.length; from += CHANGE_DOCS) {
    const upserts = texts.slice(from, from + CHANGE_DOCS).map(documentOf);
    position = from + upserts.length;
    await writer.apply({ upserts, deletes: [], position });
  }
  if (isSemantic && position > 0) await waitForMeaning(position, NEVER);
  return {
    /** Ids by falling rank. */
    async search(text: string, limit: number): Promise<readonly string[]> {
      const { hits } = await reader.search(
        {
          text: text.slice(0, MAX_QUERY_LENGTH),
          channel,
          filters: [],
          reader: { type: "public" },
          limit,
          after: undefined,
          facets: [],
          stale: { atMs: 0, centers: new Set() },
          sort: "relevance",
          explain: false,
        },
        NEVER,
      );
      return hits.map(({ ref }) => ref.key);
    },
    async [Symbol.asyncDispose]() {
      await index[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function documentOf({ id, title, text }: CollectionText): IndexDocument {
  return {
    ref: { centerId: "eval", kind: "case", key: id },
    text: { title, tags: "", summary: "", body: text },
    facets: {},
    visibility: "public",
    visibleTo: [],
    receivedAtMs: 0,
    validUntilMs: undefined,
  };
}
