/**
 * Keeps the vectors of the documents in step with the index, some time behind it: computes those of segments that have
 * none, and publishes them with what belongs to them.
 *
 * It takes the newest generation only. Vectors of a provider are in use when all documents have them; until then those
 * of the provider before it are, be it an older model of the same source or one of a source that is quicker.
 *
 * @module
 */

import type { Clock } from "@tributary/proto";
import { type GenerationData, GenerationOpener } from "../generation.ts";
import { isDeleted } from "../segment/deletes.ts";
import { documentText } from "./document-text.ts";
import { EmbeddedSegment, meanOf } from "./embedded-segment.ts";
import type { Pace } from "./pace.ts";
import type { SemanticData } from "./semantic.ts";
import type { EmbeddedGeneration, ProviderSource, SourcedProvider } from "./source.ts";

export interface SemanticFollowerOptions {
  /** The one that is wanted last, before it those that serve until it has all vectors. */
  readonly sources: readonly ProviderSource[];
  /** From a change to the look at it; changes meanwhile are looked at together; ms. */
  readonly delayMs: number;
  readonly clock: Clock;
  readonly pace: Pace;
  /** What queries see from now on, and the log size of the newest generation for which nothing is left to do. */
  readonly publish: (data: SemanticData | undefined, position: number) => void;
}

/** After this time, ms, a generation is left for a newer one; what was computed is kept. */
const MAX_PASS_MS = 60_000;

/** A provider and its vectors, by number of the segment in a series. */
interface Work {
  readonly sourced: SourcedProvider;
  segments: ReadonlyMap<number, EmbeddedSegment>;
}

export class SemanticFollower {
  readonly #options: SemanticFollowerOptions;
  readonly #opener = new GenerationOpener();
  #newest: GenerationData | undefined;
  #wake: () => void = () => undefined;
  #series: string | undefined;
  /** By source. */
  readonly #works = new Map<ProviderSource, Work>();
  /** What queries use; undefined when they have words alone. */
  #published: Work | undefined;
  #position = -1;
  /** Sources that still count: those before one that has all vectors do not. */
  #sources: readonly ProviderSource[];

  constructor(options: SemanticFollowerOptions) {
    this.#options = options;
    this.#sources = options.sources;
  }

  /** Tells of a new state of the index. */
  follow(generation: GenerationData): void {
    this.#newest = generation;
    this.#wake();
  }

  /** Works until it is aborted, and rejects with the reason. */
  async run(signal: AbortSignal): Promise<never> {
    const { clock, delayMs } = this.#options;
    let seen: GenerationData | undefined;
    for (;;) {
      if (this.#newest === seen) await this.#changed(signal);
      await clock.sleep(delayMs, signal);
      seen = this.#newest as GenerationData;
      await this.#take(seen, signal);
    }
  }

  #changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#wake = () => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      };
      if (signal.aborted) onAbort();
    });
  }

  async #take(data: GenerationData, signal: AbortSignal): Promise<void> {
    const embedded = { generation: this.#opener.open(data), data };
    if (data.series !== this.#series) {
      for (const work of this.#works.values()) work.segments = new Map();
      this.#series = data.series;
    }
    let hasProvider = false;
    for (const source of this.#sources) {
      const sourced = await source.providerFor(embedded);
      if (sourced === undefined) continue;
      hasProvider = true;
      const work = this.#workOf(source, sourced);
      const isComplete = await this.#embed(embedded, work, signal);
      if (isComplete) this.#sources = this.#sources.slice(this.#sources.indexOf(source));
      if (isComplete && this.#sources.length === 1) this.#position = data.position;
      if (isComplete || work === this.#published) this.#publish(work, data.series);
      if (isComplete) await source.completed(embedded);
    }
    if (hasProvider) return;
    this.#position = data.position;
    this.#published = undefined;
    this.#options.publish(undefined, this.#position);
  }

  #workOf(source: ProviderSource, sourced: SourcedProvider): Work {
    const known = this.#works.get(source);
    if (known?.sourced === sourced) return known;
    const work = { sourced, segments: new Map() };
    this.#works.set(source, work);
    return work;
  }

  /**
   * Computes the vectors that a generation's segments have not yet, and forgets those of other segments; false if it
   * was left for a newer generation.
   */
  async #embed(
    { generation: { segments }, data }: EmbeddedGeneration,
    work: Work,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { clock, pace } = this.#options;
    const { provider } = work.sourced;
    const untilMs = clock.now() + MAX_PASS_MS;
    const known = work.segments;
    const all = segments.map(({ id, segment, deletes }) => {
      const embedding = known.get(id) ?? new EmbeddedSegment(segment.docs, provider.dimensions);
      return { id, segment, deletes, embedding };
    });
    work.segments = new Map(all.map(({ id, embedding }) => [id, embedding]));
    for (const { segment, deletes, embedding } of all) {
      while (!embedding.isComplete) {
        if (this.#newest !== data && clock.now() > untilMs) return false;
        await pace();
        const doc = embedding.next;
        const texts = isDeleted(deletes, doc) ? [] : [documentText(segment, doc)];
        const [vector] = await provider.embed(texts, "document", signal);
        embedding.add(vector);
      }
    }
    return true;
  }

  #publish(work: Work, series: string): void {
    const { provider, model } = work.sourced;
    const complete = [...work.segments].filter(([, { isComplete }]) => isComplete);
    this.#published = work;
    this.#options.publish(
      {
        series,
        providerId: provider.id,
        dimensions: provider.dimensions,
        model,
        mean: provider.isCentred ? undefined : meanOf(complete.map(([, segment]) => segment)),
        vectors: complete.map(([id, { vectors }]) => ({ id, buffer: vectors.buffer })),
      },
      this.#position,
    );
  }
}
