/**
 * A provider whose vectors are made of the hash of a text: it knows nothing, at once, and always the same.
 *
 * @module
 */

import { sha256Text } from "@tributary/proto";
import type { EmbeddingProvider, TextRole } from "../../src/ports/embedding-provider.ts";

export class HashEmbedding implements EmbeddingProvider {
  readonly id: string;
  readonly dimensions = 8;
  readonly isCentred: boolean;
  /** Texts that it was asked for, in order. */
  readonly asked: string[] = [];

  constructor(id = "hash-1", isCentred = true) {
    this.id = id;
    this.isCentred = isCentred;
  }

  async embed(texts: readonly string[], role: TextRole, signal: AbortSignal) {
    signal.throwIfAborted();
    this.asked.push(...texts);
    return texts.map((text) => {
      if (text === "") return new Float32Array(this.dimensions);
      const bytes = sha256Text(`${this.id} ${role} ${text}`).subarray(0, this.dimensions);
      const values = Float32Array.from(bytes, (byte) => byte - 127.5);
      const length = Math.hypot(...values);
      return values.map((value) => value / length);
    });
  }
}
