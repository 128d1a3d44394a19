/**
 * The shared strings of a workbook in one buffer: a million of them cost their bytes, not a million objects.
 *
 * @module
 */

/** Most bytes of all strings together. */
export const MAX_STRING_BYTES = 256 * 1024 * 1024;

/** Grows by appending; read by index. */
export class StringTable {
  #bytes = Buffer.alloc(65_536);
  #ends = new Uint32Array(1024);
  #count = 0;

  /** How many strings there are. */
  get count(): number {
    return this.#count;
  }

  /** @returns false if there is no room left; nothing is added then. */
  append(text: string): boolean {
    const start = this.#count === 0 ? 0 : (this.#ends[this.#count - 1] ?? 0);
    const end = start + Buffer.byteLength(text);
    if (end > MAX_STRING_BYTES) return false;
    if (end > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(end, Math.ceil(this.#bytes.length * 1.5)));
      this.#bytes.copy(larger, 0, 0, start);
      this.#bytes = larger;
    }
    this.#bytes.write(text, start);
    if (this.#count === this.#ends.length) {
      const larger = new Uint32Array(Math.ceil(this.#ends.length * 1.5));
      larger.set(this.#ends);
      this.#ends = larger;
    }
    this.#ends[this.#count] = end;
    this.#count += 1;
    return true;
  }

  /** The string at `index`; undefined beyond the end. */
  at(index: number): string | undefined {
    if (!(index >= 0 && index < this.#count)) return undefined;
    const start = index === 0 ? 0 : this.#ends[index - 1];
    return this.#bytes.toString("utf8", start, this.#ends[index]);
  }
}
