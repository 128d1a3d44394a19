/**
 * A trained model of latent semantic analysis: what each term says about what a text is about.
 *
 * The vector of a text is `x W`, made to length 1, with `x` the weights `(1 + ln tf) idf` of its terms and `W` the right
 * singular vectors of the training texts (folding in: Deerwester, Dumais, Furnas, Landauer and Harshman, "Indexing by
 * latent semantic analysis", JASIS 41, 1990; there over the singular values, which lets the weakest directions count as
 * much as the strongest and finds less across languages).
 * A model is one blob in shared memory, the same in all threads and on disk.
 *
 * @module
 */

import { sha256, TributaryError, toHex, utf8 } from "@tributary/proto/base";
import type { EmbeddingProvider, TextRole } from "../../ports/embedding-provider.ts";
import type { Analyzer } from "../analysis/analyzer.ts";
import { readBlob, writeBlob } from "../segment/blob.ts";
import { TermCounter, TermNumbers } from "./term-numbers.ts";

/** Changes with the meaning of a model's numbers. */
const VERSION = 1;

interface ModelMeta {
  readonly id: string;
  readonly dimensions: number;
}

/** What training makes. Terms have the numbers 0 to n - 1, n-grams before texts. */
export interface ModelParts {
  readonly dimensions: number;
  readonly gramKeys: Uint32Array;
  readonly texts: readonly string[];
  /** One a term. */
  readonly idf: Float32Array;
  /** `dimensions` a term: its row of the right singular vectors. */
  readonly weights: Float32Array;
}

/** A model as a blob; its id is made of all its numbers. */
export function writeModel({ dimensions, gramKeys, texts, idf, weights }: ModelParts) {
  const all = texts.join("");
  let end = 0;
  const sections = {
    gramKeys,
    textAt: Uint32Array.from([0, ...texts.map((text) => (end += text.length))]),
    texts: Uint16Array.from({ length: all.length }, (_, i) => all.charCodeAt(i)),
    idf,
    weights,
  };
  const meta: ModelMeta = { id: idOf(dimensions, Object.values(sections)), dimensions };
  return writeBlob(meta, sections);
}

function idOf(dimensions: number, sections: readonly ArrayBufferView[]): string {
  const bytes = sections.map(
    // Copied where they are shared: hash functions refuse shared memory.
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength).slice(),
  );
  const hash = sha256(utf8(`${VERSION} ${dimensions}`), ...bytes);
  return `lsa-${VERSION}-${toHex(hash.subarray(0, 8))}`;
}

/** Embeds texts with a trained model. One text at a time; a thread has its own. */
export class LsaModel implements EmbeddingProvider {
  readonly id: string;
  readonly dimensions: number;
  readonly isCentred = true;
  readonly buffer: SharedArrayBuffer;
  readonly #idf: Float32Array;
  readonly #weights: Float32Array;
  readonly #counter: TermCounter;
  readonly #sums: Float64Array;

  /**
   * @param buffer Trusted; see {@link verifyModel}.
   * @throws {TributaryError} `ERR_STORE_DAMAGED` if it is not a blob.
   */
  constructor(buffer: SharedArrayBuffer, analyzer: Analyzer) {
    const blob = readBlob<ModelMeta>(buffer);
    this.id = blob.meta.id;
    this.dimensions = blob.meta.dimensions;
    this.buffer = buffer;
    this.#idf = blob.section("idf", "f32");
    this.#weights = blob.section("weights", "f32");
    this.#sums = new Float64Array(this.dimensions);
    const numbers = new TermNumbers();
    for (const key of blob.section("gramKeys", "u32")) numbers.addGram(key | 0);
    const textAt = blob.section("textAt", "u32");
    const texts = blob.section("texts", "u16");
    for (let i = 0; i + 1 < textAt.length; i++) {
      numbers.addText(String.fromCharCode(...texts.subarray(textAt[i], textAt[i + 1])));
    }
    this.#counter = new TermCounter(numbers, analyzer, false);
  }

  /** The vector of a text; all zeros when no term of it is known. */
  vectorOf(text: string): Float32Array {
    const sums = this.#sums.fill(0);
    const { dimensions } = this;
    this.#counter.count(text, (term, times) => {
      const weight = (1 + Math.log(times)) * (this.#idf[term] as number);
      const base = term * dimensions;
      for (let i = 0; i < dimensions; i++) {
        sums[i] = (sums[i] as number) + weight * (this.#weights[base + i] as number);
      }
    });
    let square = 0;
    for (const sum of sums) square += sum * sum;
    if (square === 0) return new Float32Array(dimensions);
    const length = Math.sqrt(square);
    return Float32Array.from(sums, (sum) => sum / length);
  }

  async embed(
    texts: readonly string[],
    _role: TextRole,
    signal: AbortSignal,
  ): Promise<readonly Float32Array[]> {
    signal.throwIfAborted();
    return texts.map((text) => this.vectorOf(text));
  }
}

/** Checks that a model is what its id says. @throws {TributaryError} `ERR_STORE_DAMAGED` */
export function verifyModel(buffer: SharedArrayBuffer): void {
  const { meta, section } = readBlob<ModelMeta>(buffer);
  const id = idOf(meta.dimensions, [
    section("gramKeys", "u32"),
    section("textAt", "u32"),
    section("texts", "u16"),
    section("idf", "f32"),
    section("weights", "f32"),
  ]);
  if (id === meta.id) return;
  throw new TributaryError(
    "ERR_STORE_DAMAGED",
    `expected the semantic model ${meta.id}, got the numbers of ${id}`,
  );
}
