/**
 * A provider that is what it is, and whose vectors take so long to make that they are kept.
 *
 * @module
 */

import type { Pace } from "./pace.ts";
import { livingTexts, summaryOf } from "./sample.ts";
import type { EmbeddedGeneration, ProviderSource, SourcedProvider } from "./source.ts";
import type { StoredVectors } from "./stored-vectors.ts";

/** Vectors of texts that no document has any more go when they are more than this share of the documents, */
const MAX_UNUSED_SHARE = 0.2;
/** and this many; and after each start. */
const MIN_UNUSED = 100;

export class StoredSource implements ProviderSource {
  readonly #vectors: StoredVectors;
  readonly #pace: Pace;
  readonly #sourced: SourcedProvider;
  #isSwept = false;

  constructor(vectors: StoredVectors, pace: Pace) {
    this.#vectors = vectors;
    this.#pace = pace;
    this.#sourced = { provider: vectors, model: undefined };
  }

  async providerFor(): Promise<SourcedProvider> {
    return this.#sourced;
  }

  async completed({ generation }: EmbeddedGeneration): Promise<void> {
    await this.#vectors.flush(true);
    const { documents } = summaryOf(generation);
    const most = documents * (1 + MAX_UNUSED_SHARE) + MIN_UNUSED;
    if (this.#isSwept && this.#vectors.size <= most) return;
    await this.#vectors.keep(livingTexts(generation), "document", this.#pace);
    this.#isSwept = true;
  }
}
