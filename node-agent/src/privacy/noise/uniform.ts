import { quotient } from "./rational.ts";

/** Makes `length` unpredictable bytes: `randomBytes` of `@tributary/proto`, or a seeded source in tests. */
export type RandomBytes = (length: number) => Uint8Array;

/** Small, so that most computations stay within one digit of a BigInt. */
const WORD_BYTES = 4;
const WORD_BITS = 32n;
const WORD_RANGE = 1n << WORD_BITS;
/** Bytes that are asked for at once. */
const POOL_BYTES = 4096;

/** Uniform integers from random bytes, exactly: what would make a remainder more likely than another is thrown away. */
export class Uniform {
  readonly #randomBytes: RandomBytes;
  #pool: DataView = new DataView(new ArrayBuffer(0));
  #used = 0;

  constructor(randomBytes: RandomBytes) {
    this.#randomBytes = randomBytes;
  }

  /** One of 0 to `bound` - 1, each as likely as the others; `bound` is positive. */
  below(bound: bigint): bigint {
    let range = WORD_RANGE;
    while (range < bound) range <<= WORD_BITS;
    const limit = range - (range % bound);
    for (;;) {
      let value = this.#word();
      for (let filled = WORD_RANGE; filled < range; filled <<= WORD_BITS) {
        value = (value << WORD_BITS) | this.#word();
      }
      if (value < limit) return value % bound;
    }
  }

  /** True with probability `numerator` / `denominator`, which is 0 to 1. */
  bernoulli(numerator: bigint, denominator: bigint): boolean {
    return this.below(denominator) < numerator;
  }

  /** True with probability exp(-`numerator` / `denominator`), for any non-negative fraction (CKS20, algorithm 1). */
  bernoulliExp(numerator: bigint, denominator: bigint): boolean {
    for (let whole = quotient(numerator, denominator); whole > 0n; whole--) {
      if (!this.#bernoulliExpBelowOne(1n, 1n)) return false;
    }
    return this.#bernoulliExpBelowOne(numerator % denominator, denominator);
  }

  /** The parity of the first failure among trials of probability x, x / 2, x / 3, ... */
  #bernoulliExpBelowOne(numerator: bigint, denominator: bigint): boolean {
    // The first trial of probability 1 needs no draw.
    let trial = numerator === denominator ? 2n : 1n;
    while (this.bernoulli(numerator, denominator * trial)) trial++;
    return trial % 2n === 1n;
  }

  #word(): bigint {
    if (this.#used === this.#pool.byteLength) {
      const bytes = this.#randomBytes(POOL_BYTES);
      this.#pool = new DataView(bytes.buffer, bytes.byteOffset, POOL_BYTES);
      this.#used = 0;
    }
    const word = BigInt(this.#pool.getUint32(this.#used));
    this.#used += WORD_BYTES;
    return word;
  }
}
