/**
 * Looks for many byte strings in one.
 *
 * @module
 */

const HASHED_BYTES = 4;

/**
 * Bytes to search in. Two bit maps, of the four bytes at each offset and of the next four, let nearly every string that
 * is not there be refused without a search.
 */
export class Haystack {
  readonly #bytes: Buffer;
  readonly #bits: number;
  readonly #first: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // 128 bits for each offset: one string in 128 passes a map by chance.
    this.#bits = Math.min(32, Math.max(12, Math.ceil(Math.log2(bytes.length + 1)) + 7));
    this.#first = new Uint8Array(2 ** (this.#bits - 3));
    for (let at = 0; at + HASHED_BYTES <= bytes.length; at++) {
      const place = this.#placeOf(this.#bytes, at);
      this.#first[place >>> 3] = (this.#first[place >>> 3] as number) | (1 << (place & 7));
    }
  }

  /** True if it is there. @param needle At least four bytes. */
  has(needle: Uint8Array): boolean {
    const text = Buffer.from(needle.buffer, needle.byteOffset, needle.byteLength);
    for (let at = 0; at + HASHED_BYTES <= text.length; at += HASHED_BYTES) {
      const place = this.#placeOf(text, at);
      if ((((this.#first[place >>> 3] as number) >>> (place & 7)) & 1) === 0) return false;
    }
    return this.#bytes.includes(text);
  }

  #placeOf(bytes: Buffer, at: number): number {
    return bytes.readUInt32LE(at) >>> (32 - this.#bits);
  }
}
