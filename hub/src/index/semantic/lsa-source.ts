/**
 * The default provider: a model that is trained on the documents, stored, and trained anew when a part of them has
 * changed. Its vectors are not stored: they are a minute of work.
 *
 * @module
 */

import { isTributaryError } from "@tributary/proto/base";
import type { IndexStore } from "../../ports/index-store.ts";
import { type Analyzer, createAnalyzer } from "../analysis/analyzer.ts";
import { openDictionary } from "../analysis/dictionary.ts";
import type { Generation } from "../generation.ts";
import { LsaModel, verifyModel } from "./lsa-model.ts";
import { trainModel } from "./lsa-train.ts";
import type { Pace } from "./pace.ts";
import { isOutdated, summaryOf, type TrainedOn, trainingTexts } from "./sample.ts";
import type { EmbeddedGeneration, ProviderSource, SourcedProvider } from "./source.ts";

/** Changes with what is stored. */
const FORMAT = 1;

export interface LsaSourceOptions {
  /** Keeps the model between runs. */
  readonly store: IndexStore;
  /** Fewer documents have no model. */
  readonly minDocuments: number;
  /** Texts in two languages that say the same, to train on beside the documents. */
  readonly parallelTexts: readonly string[];
  readonly pace: Pace;
}

interface Manifest {
  readonly format: number;
  /** Fingerprint of the dictionary that the terms were made with. */
  readonly dictionary: number;
  readonly model: string;
  readonly trainedOn: TrainedOn;
}

interface Trained extends SourcedProvider {
  readonly provider: LsaModel;
  readonly trainedOn: TrainedOn;
}

export class LsaSource implements ProviderSource {
  readonly #options: LsaSourceOptions;
  #analyzer: Analyzer | undefined;
  #trained: Trained | undefined;

  constructor(options: LsaSourceOptions) {
    this.#options = options;
  }

  async providerFor({ generation, data }: EmbeddedGeneration): Promise<Trained | undefined> {
    const { fingerprint } = data.dictionary;
    if (this.#analyzer === undefined) {
      this.#analyzer = createAnalyzer(openDictionary(data.dictionary));
      this.#trained = await this.#load(fingerprint, this.#analyzer);
    }
    const summary = summaryOf(generation);
    if (summary.documents < this.#options.minDocuments) return undefined;
    if (this.#trained === undefined || isOutdated(generation, this.#trained.trainedOn)) {
      const trained = await this.#train(generation, summary, fingerprint, this.#analyzer);
      this.#trained = trained ?? this.#trained;
    }
    return this.#trained;
  }

  async completed(): Promise<void> {}

  /** Trains and stores a model; undefined if the documents have too little in common. */
  async #train(
    generation: Generation,
    trainedOn: TrainedOn,
    dictionary: number,
    analyzer: Analyzer,
  ): Promise<Trained | undefined> {
    const { parallelTexts, pace, store } = this.#options;
    const texts = [...trainingTexts(generation), ...parallelTexts];
    const buffer = await trainModel(texts, analyzer, {}, pace);
    if (buffer === undefined) return undefined;
    const before = this.#trained?.provider;
    const provider = new LsaModel(buffer, analyzer);
    const manifest: Manifest = { format: FORMAT, dictionary, model: provider.id, trainedOn };
    const isNew = provider.id !== before?.id;
    await store.commit({
      blobs: new Map(isNew ? [[blobName(provider.id), new Uint8Array(buffer)]] : []),
      removed: isNew && before !== undefined ? [blobName(before.id)] : [],
      manifest: new TextEncoder().encode(JSON.stringify(manifest)),
    });
    return { provider, model: buffer, trainedOn };
  }

  /** The stored model, unless another version made it or it is damaged: then it is deleted. */
  async #load(dictionary: number, analyzer: Analyzer): Promise<Trained | undefined> {
    const { store } = this.#options;
    try {
      const bytes = await store.readManifest();
      if (bytes === undefined) return undefined;
      const manifest = JSON.parse(new TextDecoder().decode(bytes)) as Manifest;
      if (manifest.format === FORMAT && manifest.dictionary === dictionary) {
        const buffer = await store.readBlob(blobName(manifest.model));
        verifyModel(buffer);
        const provider = new LsaModel(buffer, analyzer);
        return { provider, model: buffer, trainedOn: manifest.trainedOn };
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
