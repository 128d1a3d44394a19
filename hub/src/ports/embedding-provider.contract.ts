/**
 * The contract of an {@link EmbeddingProvider}.
 *
 * @module
 */

import { describe, expect, test } from "vitest";
import type { EmbeddingProvider } from "./embedding-provider.ts";

const NEVER = new AbortController().signal;

/** What a provider must know for the contract to be tested with it. */
export interface OpenedProvider {
  readonly provider: EmbeddingProvider;
  /** A text of which it knows something. */
  readonly known: string;
  /** Another one, about something else. */
  readonly other: string;
}

/** The contract, as tests. @param open Makes the provider; called once a test. */
export function describeEmbeddingProvider(name: string, open: () => Promise<OpenedProvider>): void {
  describe(`${name} is an embedding provider`, () => {
    test("names itself and the length of its vectors", async () => {
      const { provider } = await open();
      expect(provider.id).toMatch(/^[a-z0-9.-]{1,64}$/u);
      expect(provider.dimensions).toBeGreaterThanOrEqual(1);
      expect(provider.dimensions).toBeLessThanOrEqual(4096);
    });

    test("gives one vector of length 1 a text, in order", async () => {
      const { provider, known, other } = await open();
      const vectors = await provider.embed([known, other, known], "document", NEVER);
      expect(vectors).toHaveLength(3);
      for (const vector of vectors) {
        expect(vector).toHaveLength(provider.dimensions);
        expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
      }
      expect(vectors[2]).toEqual(vectors[0]);
      expect(vectors[1]).not.toEqual(vectors[0]);
    });

    test("gives a text the same vector alone and in company", async () => {
      const { provider, known, other } = await open();
      const [alone] = await provider.embed([known], "document", NEVER);
      const [, inCompany] = await provider.embed([other, known], "document", NEVER);
      expect(inCompany).toEqual(alone);
    });

    test("gives a vector of zeros for a text without anything", async () => {
      const { provider } = await open();
      const [vector] = await provider.embed([""], "document", NEVER);
      expect(vector).toEqual(new Float32Array(provider.dimensions));
    });

    test("gives nothing for no texts", async () => {
      const { provider } = await open();
      expect(await provider.embed([], "document", NEVER)).toEqual([]);
    });

    test("rejects with the reason of a signal that is aborted", async () => {
      const { provider, known } = await open();
      const gone = AbortSignal.abort(new Error("gone"));
      await expect(provider.embed([known], "document", gone)).rejects.toThrow("gone");
    });
  });
}
