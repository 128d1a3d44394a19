/**
 * Keeps model and vectors in step with the index, some time behind it: trains when a model is due, computes the vectors
 * of segments that have none, and publishes both together.
 *
 * It takes the newest generation only. Until a new model has vectors for all segments, the old one is in use.
 *
 * @module
 */

import { type Clock, isTributaryError } from "@tributary/proto";
import type { IndexStore } from "../../ports/index-store.ts";
import { type Analyzer, createAnalyzer } from "../analysis/analyzer.ts";
import { openDictionary } from "../analysis/dictionary.ts";
import { type Generation, type GenerationData, GenerationOpener } from "../generation.ts";
import { isDeleted } from "../segment/deletes.ts";
import { documentText } from "./document-text.ts";
import { LsaModel, verifyModel } from "./lsa-model.ts";
import { trainModel } from "./lsa-train.ts";
import type { Pace } from "./pace.ts";
import { isOutdated, summaryOf, type TrainedOn, trainingTexts } from "./sample.ts";
import type { SemanticData } from "./semantic.ts";
import { SegmentVectors } from "./vectors.ts";

/** Changes with what is stored. */
const FORMAT = 1;

export interface SemanticFollowerOptions {
  /** Keeps the model between runs; vectors are computed again. */
  readonly store: IndexStore;
  /** Fewer documents have no model. */
  readonly minDocuments: number;
  /** Texts in two languages that say the same, to train on beside the documents. */
  readonly parallelTexts: readonly string[];
  /** From a change to the look at it; changes meanwhile are looked at together; ms. */
  readonly delayMs: number;
  readonly clock: Clock;
  readonly pace: Pace;
  /** What queries see from now on, and the log size of the generation that it was made for. */
  readonly publish: (data: SemanticData | undefined, position: number) => void;
}

interface Manifest {
  readonly format: number;
  /** Fingerprint of the dictionary that the terms were made with. */
  readonly dictionary: number;
  readonly model: string;
  readonly trainedOn: TrainedOn;
}

/** A model and vectors of it by number of the segment in a series. */
interface Trained {
  readonly model: LsaModel;
  readonly trainedOn: TrainedOn;
  vectors: ReadonlyMap<number, SegmentVectors>;
}

export class SemanticFollower {
  readonly #options: SemanticFollowerOptions;
  readonly #opener = new GenerationOpener();
  #newest: GenerationData | undefined;
  #wake: () => void = () => undefined;
  #analyzer: Analyzer | undefined;
  #series: string | undefined;
  #trained: Trained | undefined;

  constructor(options: SemanticFollowerOptions) {
    this.#options = options;
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
      await this.#take(seen);
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

  async #take(data: GenerationData): Promise<void> {
    const { minDocuments, publish } = this.#options;
    const generation = this.#opener.open(data);
    if (this.#analyzer === undefined) {
      this.#analyzer = createAnalyzer(openDictionary(data.dictionary));
      this.#trained = await this.#load(data.dictionary.fingerprint);
    }
    if (data.series !== this.#series && this.#trained !== undefined) {
      this.#trained.vectors = new Map();
    }
    this.#series = data.series;
    const summary = summaryOf(generation);
    let trained = this.#trained;
    if (summary.documents < minDocuments) {
      publish(undefined, data.position);
      return;
    }
    if (trained === undefined || isOutdated(generation, trained.trainedOn)) {
      trained = (await this.#train(generation, summary, data)) ?? trained;
    }
    if (trained === undefined) {
      publish(undefined, data.position);
      return;
    }
    await this.#embed(generation, trained);
    this.#trained = trained;
    const { model, vectors } = trained;
    publish(
      {
        series: data.series,
        providerId: model.id,
        model: model.buffer,
        vectors: [...vectors].map(([id, { buffer }]) => ({ id, buffer })),
      },
      data.position,
    );
  }

  /** Trains and stores a model; undefined if the documents have too little in common. */
  async #train(
    generation: Generation,
    trainedOn: TrainedOn,
    { dictionary }: GenerationData,
  ): Promise<Trained | undefined> {
    const { parallelTexts, pace, store } = this.#options;
    const analyzer = this.#analyzer as Analyzer;
    const texts = [...trainingTexts(generation), ...parallelTexts];
    const buffer = await trainModel(texts, analyzer, {}, pace);
    if (buffer === undefined) return undefined;
    const before = this.#trained?.model;
    const model = new LsaModel(buffer, analyzer);
    const manifest: Manifest = {
      format: FORMAT,
      dictionary: dictionary.fingerprint,
      model: model.id,
      trainedOn,
    };
    const isNew = model.id !== before?.id;
    await store.commit({
      blobs: new Map(isNew ? [[blobName(model.id), new Uint8Array(buffer)]] : []),
      removed: isNew && before !== undefined ? [blobName(before.id)] : [],
      manifest: new TextEncoder().encode(JSON.stringify(manifest)),
    });
    return { model, trainedOn, vectors: new Map() };
  }

  /** Computes the vectors that a generation's segments have not yet, and forgets those of other segments. */
  async #embed({ segments }: Generation, trained: Trained): Promise<void> {
    const { model } = trained;
    const vectors = new Map<number, SegmentVectors>();
    for (const { id, segment, deletes } of segments) {
      const known = trained.vectors.get(id);
      const computed = known ?? SegmentVectors.create(segment.docs, model.dimensions);
      for (let doc = 0; known === undefined && doc < segment.docs; doc++) {
        await this.#options.pace();
        if (isDeleted(deletes, doc)) continue;
        computed.set(doc, model.vectorOf(documentText(segment, doc)));
      }
      vectors.set(id, computed);
    }
    trained.vectors = vectors;
  }

  /** The stored model, unless another version made it or it is damaged: then it is deleted. */
  async #load(dictionary: number): Promise<Trained | undefined> {
    const { store } = this.#options;
    try {
      const bytes = await store.readManifest();
      if (bytes === undefined) return undefined;
      const manifest = JSON.parse(new TextDecoder().decode(bytes)) as Manifest;
      if (manifest.format === FORMAT && manifest.dictionary === dictionary) {
        const buffer = await store.readBlob(blobName(manifest.model));
        verifyModel(buffer);
        const model = new LsaModel(buffer, this.#analyzer as Analyzer);
        return { model, trainedOn: manifest.trainedOn, vectors: new Map() };
      }
    } catch (error) {
      if (!isTributaryError(error, "ERR_STORE_DAMAGED")) throw error;
    }
    await store.clear();
    return undefined;
  }
}

function blobName(modelId: string): string {
  return `model/${modelId}`;
}
