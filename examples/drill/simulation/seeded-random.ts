/**
 * The one source of chance in a simulation: a seed decides everything.
 *
 * @module
 */

/** Small fast counter (sfc32, PractRand); not for secrets. */
export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed A whole number; 0 to 2^32 - 1. */
  constructor(seed: number) {
    this.#a = 0;
    this.#b = 0;
    this.#c = seed | 0;
    for (let i = 0; i < 15; i += 1) this.#next();
  }

  /** Uniform in [0, 1). */
  readonly share = (): number => this.#next() / 2 ** 32;

  /** A whole number from `from` to `to`, both included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.share() * (to - from + 1));
  }

  /** True with a probability. */
  chance(probability: number): boolean {
    return this.share() < probability;
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.int(0, list.length - 1)] as T;
  }

  readonly bytes = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i += 1) bytes[i] = this.#next() & 0xff;
    return bytes;
  };

  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + sum) | 0;
    return sum >>> 0;
  }
}
