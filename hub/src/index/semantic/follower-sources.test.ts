import { ManualClock } from "@tributary/proto";
import { describe, expect, test, vi } from "vitest";
import { HashEmbedding } from "../../../test/support/hash-embedding.ts";
import { testAnalyzer } from "../../../test/support/open-test-index.ts";
import { MemoryIndexStore } from "../../adapters/memory-index-store.ts";
import type { EmbeddingProvider } from "../../ports/embedding-provider.ts";
import { aDocument } from "../../ports/search-index.contract.ts";
import type { GenerationData } from "../generation.ts";
import { buildSegment } from "../segment/build.ts";
import { withDeleted } from "../segment/deletes.ts";
import { SemanticFollower } from "./follower.ts";
import { NO_PACE } from "./pace.ts";
import type { SemanticData } from "./semantic.ts";
import type { ProviderSource, SourcedProvider } from "./source.ts";
import { StoredSource } from "./stored-source.ts";
import { StoredVectors } from "./stored-vectors.ts";

/** Numbers of documents by that of their segment. */
type Segments = Readonly<Record<number, readonly number[]>>;

function generationOf(position: number, segments: Segments): GenerationData {
  const analyzer = testAnalyzer();
  return {
    position,
    series: "s",
    dictionary: analyzer.dictionary.data,
    segments: Object.entries(segments).map(([id, numbers]) => ({
      id: Number(id),
      buffer: buildSegment(
        numbers.map((n) => aDocument({ key: String(n), title: `title ${n}` })),
        analyzer,
      ),
      deletes: undefined,
    })),
  };
}

/** Waits for what a check asks for; the machine may be busy. */
function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 10_000, interval: 5 });
}

/** A source of one provider that tells when it was told that all is done. */
function sourceOf(provider: EmbeddingProvider) {
  const completed: number[] = [];
  const sourced: SourcedProvider = { provider, model: undefined };
  const source: ProviderSource = {
    providerFor: async () => sourced,
    completed: async ({ data }) => {
      completed.push(data.position);
    },
  };
  return { source, completed };
}

/** A provider that stops before each text until it is let go on. */
class GatedEmbedding extends HashEmbedding {
  readonly #gates: (() => void)[] = [];

  override async embed(
    texts: readonly string[],
    role: "document" | "question",
    signal: AbortSignal,
  ) {
    if (texts.length > 0) await new Promise<void>((resolve) => this.#gates.push(resolve));
    return super.embed(texts, role, signal);
  }

  /** Resolves when it has stopped before a text. */
  async stopped(): Promise<void> {
    await eventually(() => expect(this.#gates.length).toBe(1));
  }

  /** Lets the text through before which it stops. */
  async pass(): Promise<void> {
    await this.stopped();
    this.#gates.shift()?.();
  }
}

function follow(sources: readonly ProviderSource[]) {
  const stopping = new AbortController();
  const clock = new ManualClock(0);
  const published: { data: SemanticData | undefined; position: number }[] = [];
  const follower = new SemanticFollower({
    sources,
    delayMs: 1,
    clock,
    pace: NO_PACE,
    publish: (data, position) => published.push({ data, position }),
  });
  const run = follower.run(stopping.signal).catch((error: unknown) => error);
  return {
    published,
    clock,
    follow: async (generation: GenerationData) => {
      follower.follow(generation);
      await eventually(() => expect(clock.sleeping).toBe(1));
      clock.advance(1);
    },
    follower,
    [Symbol.asyncDispose]: async () => {
      stopping.abort(new Error("stopped"));
      await run;
    },
  };
}

describe("a follower with two sources", () => {
  test("lets the first serve until the second has all vectors, and then asks it no more", async () => {
    const quick = new HashEmbedding("quick-1");
    const wanted = new GatedEmbedding("wanted-1");
    const [first, second] = [sourceOf(quick), sourceOf(wanted)];
    await using following = follow([first.source, second.source]);
    await following.follow(generationOf(1, { 1: [1, 2], 3: [3] }));
    await wanted.pass();
    await wanted.pass();
    expect(following.published.map(({ data }) => data?.providerId)).toEqual(["quick-1"]);
    // Nothing is left to do only when the wanted one is there.
    expect(following.published[0]?.position).toBe(-1);
    await wanted.pass();
    await eventually(() => expect(second.completed).toEqual([1]));
    expect(following.published[1]).toMatchObject({
      data: { providerId: "wanted-1", dimensions: 8, model: undefined },
      position: 1,
    });
    expect(following.published[1]?.data?.vectors.map(({ id }) => id)).toEqual([1, 3]);
    await following.follow(generationOf(2, { 1: [1, 2], 3: [3], 4: [4] }));
    await wanted.pass();
    await eventually(() => expect(second.completed).toEqual([1, 2]));
    expect(quick.asked).toHaveLength(3);
    expect(first.completed).toEqual([1]);
  });

  test("leaves a long pass for a newer generation, and goes on where it was", async () => {
    const quick = new HashEmbedding("quick-1");
    const wanted = new GatedEmbedding("wanted-1");
    const second = sourceOf(wanted);
    await using following = follow([sourceOf(quick).source, second.source]);
    await following.follow(generationOf(1, { 1: [1, 2, 3, 5] }));
    await wanted.pass();
    following.follower.follow(generationOf(2, { 1: [1, 2, 3, 5], 2: [4] }));
    // Not yet: it would never get on.
    following.clock.advance(59_999);
    await wanted.pass();
    await wanted.stopped();
    following.clock.advance(2);
    await wanted.pass();
    await eventually(() => expect(following.clock.sleeping).toBe(1));
    following.clock.advance(1);
    await wanted.pass();
    await wanted.pass();
    await eventually(() => expect(second.completed).toEqual([2]));
    const texts = ["title 1", "title 2", "title 3", "title 5", "title 4"];
    expect(quick.asked).toEqual(texts);
    expect(wanted.asked).toEqual(texts);
    expect(following.published.map(({ data }) => [data?.providerId, data?.vectors.length])).toEqual(
      [
        ["quick-1", 1],
        ["quick-1", 2],
        ["wanted-1", 2],
      ],
    );
  });

  test("publishes the segments that are done when a provider in use leaves a pass", async () => {
    const provider = new GatedEmbedding();
    const { source, completed } = sourceOf(provider);
    await using following = follow([source]);
    await following.follow(generationOf(1, { 1: [1] }));
    await provider.pass();
    await eventually(() => expect(completed).toEqual([1]));
    await following.follow(generationOf(2, { 1: [1], 2: [2], 3: [3, 4, 5] }));
    await provider.pass();
    await provider.pass();
    await provider.stopped();
    following.follower.follow(generationOf(3, { 1: [1], 2: [2] }));
    following.clock.advance(60_001);
    await eventually(() => expect(following.published).toHaveLength(1));
    await provider.pass();
    await eventually(() => expect(following.published).toHaveLength(2));
    const { data, position } = following.published[1] as (typeof following.published)[number];
    expect(data?.vectors.map(({ id }) => id)).toEqual([1, 2]);
    expect(position).toBe(1);
  });
});

describe("a follower of a provider that is not centred", () => {
  test("publishes the mean of the vectors of living documents", async () => {
    const provider = new HashEmbedding("hash-1", false);
    const { source, completed } = sourceOf(provider);
    await using following = follow([source]);
    const whole = generationOf(1, { 1: [1, 2, 3], 2: [4] });
    const [first, second] = whole.segments;
    const generation = {
      ...whole,
      segments: [
        { ...(first as NonNullable<typeof first>), deletes: withDeleted(undefined, 3, [1]) },
        second as NonNullable<typeof second>,
      ],
    };
    await following.follow(generation);
    await eventually(() => expect(completed).toEqual([1]));
    const signal = new AbortController().signal;
    const vectors = await new HashEmbedding().embed(
      ["title 1", "title 3", "title 4"],
      "document",
      signal,
    );
    const mean = following.published[0]?.data?.mean as Float32Array;
    for (const [i, value] of mean.entries()) {
      const sum = vectors.reduce((total, vector) => total + (vector[i] as number), 0);
      expect(value).toBeCloseTo(sum / 3, 6);
    }
    expect(provider.asked).not.toContain("title 2");
  });
});

describe("a follower of a provider whose vectors are kept", () => {
  test("embeds nothing again when segments are merged or the hub is started again", async () => {
    const store = new MemoryIndexStore();
    const run = async (generations: readonly GenerationData[]) => {
      const provider = new HashEmbedding();
      const vectors = await StoredVectors.open(store, provider);
      const wasComplete = vectors.isComplete;
      await using following = follow([new StoredSource(vectors, NO_PACE)]);
      for (const [i, generation] of generations.entries()) {
        await following.follow(generation);
        await eventually(() => expect(following.published).toHaveLength(i + 1));
      }
      await eventually(() => expect(vectors.isComplete).toBe(true));
      return { asked: provider.asked.length, wasComplete, store: vectors };
    };
    const first = await run([
      generationOf(1, { 1: [1, 2], 3: [3] }),
      generationOf(2, { 4: [3, 1, 2, 4] }),
    ]);
    expect(first).toMatchObject({ asked: 4, wasComplete: false });
    const second = await run([generationOf(2, { 4: [3, 1, 2, 4] })]);
    expect(second).toMatchObject({ asked: 0, wasComplete: true });
  });

  test("forgets the vectors of documents that have gone: after a start, and when they are many", async () => {
    const vectors = await StoredVectors.open(new MemoryIndexStore(), new HashEmbedding());
    await vectors.embed(["of another time"], "document", new AbortController().signal);
    await using following = follow([new StoredSource(vectors, NO_PACE)]);
    const next = async (position: number, numbers: readonly number[]) => {
      await following.follow(generationOf(position, { [position]: numbers }));
      await eventually(() => expect(following.published.at(-1)?.position).toBe(position));
      // The next look comes when all of this one is done.
      await following.follow(generationOf(position, { [position]: numbers }));
      await eventually(() => expect(following.clock.sleeping).toBe(0));
    };
    const many = Array.from({ length: 90 }, (_, n) => n);
    await next(1, [1000, ...many]);
    await eventually(() => expect(vectors.size).toBe(91));
    await next(2, [2000]);
    await eventually(() => expect(vectors.size).toBe(92));
    await next(3, [3000, ...many.map((n) => n + 100)]);
    await eventually(() => expect(vectors.size).toBe(183));
    await next(4, [4000]);
    await eventually(() => expect(vectors.size).toBe(1));
  });
});
