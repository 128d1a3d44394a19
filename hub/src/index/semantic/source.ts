/**
 * Where the provider that embeds the documents comes from, and what becomes of its vectors.
 *
 * @module
 */

import type { EmbeddingProvider } from "../../ports/embedding-provider.ts";
import type { Generation, GenerationData } from "../generation.ts";

/** A provider, and how questions come by vectors of it. */
export interface SourcedProvider {
  readonly provider: EmbeddingProvider;
  /** A model with which query threads embed questions; undefined when the vector comes with the question. */
  readonly model: SharedArrayBuffer | undefined;
}

/** What a generation is embedded for: opened, and as it was posted. */
export interface EmbeddedGeneration {
  readonly generation: Generation;
  readonly data: GenerationData;
}

export interface ProviderSource {
  /**
   * The provider for the documents as they are now: the same object until another one is due, undefined when none can
   * be made of them.
   */
  providerFor(embedded: EmbeddedGeneration): Promise<SourcedProvider | undefined>;
  /** All documents of a generation have vectors of the provider, and queries use them. */
  completed(embedded: EmbeddedGeneration): Promise<void>;
}
