import { describe, expect, test } from "vitest";
import { HashEmbedding } from "../../../test/support/hash-embedding.ts";
import { MemoryIndexStore } from "../../adapters/memory-index-store.ts";
import { describeEmbeddingProvider } from "../../ports/embedding-provider.contract.ts";
import type { IndexStore, IndexStoreChange } from "../../ports/index-store.ts";
import { NO_PACE } from "./pace.ts";
import { StoredVectors } from "./stored-vectors.ts";

const NEVER = new AbortController().signal;

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `text ${n}`);
}

/** A store in memory that remembers what was committed. */
class WatchedStore extends MemoryIndexStore {
  readonly commits: IndexStoreChange[] = [];

  override async commit(change: IndexStoreChange): Promise<void> {
    this.commits.push(change);
    await super.commit(change);
  }
}

async function reopened(store: IndexStore, provider = new HashEmbedding()) {
  return { provider, vectors: await StoredVectors.open(store, provider) };
}

describeEmbeddingProvider("vectors that are kept", async () => ({
  provider: (await reopened(new MemoryIndexStore())).vectors,
  known: "one",
  other: "two",
}));

describe("vectors that are kept", () => {
  test("are near those of the provider, which is asked once for each text and role", async () => {
    const { provider, vectors } = await reopened(new MemoryIndexStore());
    const [kept] = await vectors.embed(["one"], "document", NEVER);
    const [own] = await new HashEmbedding().embed(["one"], "document", NEVER);
    for (const [i, value] of (kept as Float32Array).entries()) {
      expect(value).toBeCloseTo((own as Float32Array)[i] as number, 2);
    }
    await vectors.embed(["two", "one", "two"], "document", NEVER);
    await vectors.embed(["one"], "question", NEVER);
    expect(provider.asked).toEqual(["one", "two", "one"]);
  });

  test("are the same after a restart, without asking again", async () => {
    const store = new MemoryIndexStore();
    const texts = [...numbered(300), ""];
    const first = (await reopened(store)).vectors;
    const before = await first.embed(texts, "document", NEVER);
    await first.flush(false);
    const { provider, vectors } = await reopened(store);
    expect(vectors.size).toBe(301);
    expect(await vectors.embed(texts, "document", NEVER)).toEqual(before);
    expect(provider.asked).toEqual([]);
  });

  test("are lost in a crash but for whole blobs of them", async () => {
    const store = new MemoryIndexStore();
    await (await reopened(store)).vectors.embed(numbered(300), "document", NEVER);
    expect((await reopened(store)).vectors.size).toBe(256);
  });

  test("say whether all documents had one, also after a restart", async () => {
    const store = new MemoryIndexStore();
    const first = (await reopened(store)).vectors;
    await first.embed(["one"], "document", NEVER);
    await first.flush(false);
    expect((await reopened(store)).vectors.isComplete).toBe(false);
    await first.flush(true);
    expect((await reopened(store)).vectors.isComplete).toBe(true);
  });

  test("of another provider are deleted", async () => {
    const store = new MemoryIndexStore();
    const first = (await reopened(store)).vectors;
    await first.embed(["one"], "document", NEVER);
    await first.flush(true);
    const other = await reopened(store, new HashEmbedding("hash-2"));
    expect(other.vectors).toMatchObject({ size: 0, isComplete: false });
    expect(await store.readManifest()).toBeUndefined();
  });

  test("that are damaged are deleted, all of them", async () => {
    const store = new MemoryIndexStore();
    const first = (await reopened(store)).vectors;
    const before = await first.embed(numbered(200), "document", NEVER);
    await first.flush(true);
    await store.commit({
      blobs: new Map(),
      removed: ["vectors/2"],
      manifest: (await store.readManifest()) as Uint8Array,
    });
    const { provider, vectors } = await reopened(store);
    expect(vectors).toMatchObject({ size: 0, isComplete: false });
    expect(await vectors.embed(numbered(200), "document", NEVER)).toEqual(before);
    expect(provider.asked).toHaveLength(200);
  });

  test("of texts that are no longer there go, from the store too", async () => {
    const store = new MemoryIndexStore();
    const first = (await reopened(store)).vectors;
    const before = await first.embed(numbered(300), "document", NEVER);
    await first.keep(numbered(150), "document", NO_PACE);
    expect(first.size).toBe(150);
    const { provider, vectors } = await reopened(store);
    expect(vectors.size).toBe(150);
    expect(await vectors.embed(numbered(151), "document", NEVER)).toEqual(before.slice(0, 151));
    expect(provider.asked).toEqual(["text 150"]);
  });

  test("are in few blobs however they came, under names that were never used before", async () => {
    const store = new WatchedStore();
    const { vectors } = await reopened(store);
    for (const text of numbered(60)) {
      await vectors.embed([text], "document", NEVER);
      await vectors.flush(false);
    }
    const written = store.commits.flatMap(({ blobs }) => [...blobs.keys()]);
    const removed = store.commits.flatMap(({ removed }) => removed);
    expect(new Set(written).size).toBe(written.length);
    expect(written.length - removed.length).toBeLessThanOrEqual(11);
    await vectors.keep([], "document", NO_PACE);
    await vectors.embed(["one"], "document", NEVER);
    await vectors.flush(false);
    expect(written).not.toContain([...(store.commits.at(-1)?.blobs.keys() ?? [])][0]);
    expect((await reopened(store)).vectors.size).toBe(1);
  });
});
