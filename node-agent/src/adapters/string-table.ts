/**
 * The shared strings of a workbook in a few buffers: a million of them cost their bytes, not a million objects.
 *
 * @module
 */

/** Most bytes of all strings together. */
export const MAX_STRING_BYTES = 256 * 1024 * 1024;

/** Bytes of one buffer; a longer string has one of its own. Nothing is copied when there are more. */
const BLOCK_BYTES = 1024 * 1024;

/** Most texts that are kept as such, and their longest, in characters. */
const RECENT = 4096;
const RECENT_LENGTH = 64;

/** Grows by appending; read by index. */
export class StringTable {
  readonly #blocks: Buffer[] = [];
  /** Bytes that are taken of the last block. */
  #taken = 0;
  #bytes = 0;
  #count = 0;
  /** Texts that were asked for last, by the end of their index: tables repeat the names of places and branches. */
  readonly #recent: { readonly index: number; readonly text: string }[] = [];
  /** Of each string: its block, and where it begins and ends there. */
  #places = new Uint32Array(3 * 1024);

  /** How many strings there are. */
  get count(): number {
    return this.#count;
  }

  /** @returns false if there is no room left; nothing is added then. */
  append(text: string): boolean {
    const size = Buffer.byteLength(text);
    if (this.#bytes + size > MAX_STRING_BYTES) return false;
    let block = this.#blocks.at(-1);
    if (block === undefined || this.#taken + size > block.length) {
      block = Buffer.alloc(Math.max(BLOCK_BYTES, size));
      this.#blocks.push(block);
      this.#taken = 0;
    }
    block.write(text, this.#taken);
    const at = 3 * this.#count;
    if (at === this.#places.length) {
      const larger = new Uint32Array(2 * at);
      larger.set(this.#places);
      this.#places = larger;
    }
    this.#places.set([this.#blocks.length - 1, this.#taken, this.#taken + size], at);
    this.#taken += size;
    this.#bytes += size;
    this.#count += 1;
    return true;
  }

  /** The string at `index`; undefined beyond the end. */
  at(index: number): string | undefined {
    if (!(index >= 0 && index < this.#count)) return undefined;
    const slot = index % RECENT;
    const recent = this.#recent[slot];
    if (recent?.index === index) return recent.text;
    const at = 3 * index;
    const block = this.#blocks[this.#places[at] as number];
    const text = block?.toString("utf8", this.#places[at + 1], this.#places[at + 2]);
    if (text !== undefined && text.length <= RECENT_LENGTH) this.#recent[slot] = { index, text };
    return text;
  }
}
