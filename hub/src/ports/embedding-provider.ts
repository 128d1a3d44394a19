/**
 * Turns texts into vectors whose angle says how near their meanings are.
 *
 * Run `describeEmbeddingProvider` of `embedding-provider.contract.ts` against every implementation.
 *
 * @module
 */

/** Whether a text is found or finds others: some models embed the two differently. */
export type TextRole = "document" | "question";

/** Vectors of one provider are compared with each other and never with those of another. */
export interface EmbeddingProvider {
  /** Changes with anything that changes a vector: method, version, weights. At most 64 characters of `[a-z0-9.-]`. */
  readonly id: string;
  /** Length of its vectors; 1 to 4,096. */
  readonly dimensions: number;
  /**
   * Whether texts that have nothing in common have a cosine of about 0. Those of most neural models have one
   * far above; who compares them has to take off what all texts share.
   */
  readonly isCentred: boolean;
  /**
   * One vector a text, in their order: of length 1, or all zeros for a text of which it knows nothing. The same text
   * gives the same vector, whatever stands beside it.
   *
   * @throws the reason of `signal` when it is aborted.
   */
  embed(
    texts: readonly string[],
    role: TextRole,
    signal: AbortSignal,
  ): Promise<readonly Float32Array[]>;
}
