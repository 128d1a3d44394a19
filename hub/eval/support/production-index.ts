/**
 * The index as the hub runs it, over given texts: the thread that writes and the threads that answer.
 *
 * @module
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WorkerIndexReader } from "../../src/adapters/worker-index-reader.ts";
import { openWorkerIndexWriter } from "../../src/adapters/worker-index-writer.ts";
import type { IndexDocument } from "../../src/ports/search-index.ts";
import type { CollectionText } from "./collection.ts";

/** Documents of a change, as the projector makes them. */
const CHANGE_DOCS = 1000;
const NEVER = new AbortController().signal;

/** Indexes the texts; resolves when all can be found. */
export async function openProductionIndex(texts: readonly CollectionText[]) {
  const folder = await mkdtemp(join(tmpdir(), "tributary-eval-"));
  const reader = new WorkerIndexReader({ threads: 1 });
  const writer = await openWorkerIndexWriter(folder, {
    publish: (generation) => reader.publish(generation),
  });
  for (let from = 0; from < texts.length; from += CHANGE_DOCS) {
    const upserts = texts.slice(from, from + CHANGE_DOCS).map(documentOf);
    await writer.apply({ upserts, deletes: [], position: from + upserts.length });
  }
  return {
    /** Ids by falling rank. */
    async search(text: string, limit: number): Promise<readonly string[]> {
      const { hits } = await reader.search(
        {
          text: text.slice(0, MAX_QUERY),
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
      await reader[Symbol.asyncDispose]();
      await writer[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Longest query, in characters. */
const MAX_QUERY = 1024;

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
