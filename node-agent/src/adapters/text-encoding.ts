/**
 * Which encoding a text file is in.
 *
 * The order is the one that works for files of Chinese offices: byte order mark, UTF-16 by its zero bytes, strict UTF-8,
 * GB18030 if it reads as common Chinese. Nothing is guessed beyond that: a wrong guess would publish gibberish.
 *
 * @module
 */

import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { TextDecoder } from "node:util";
import { sourceUnreadable } from "../sources/source-error.ts";
import type { ENCODINGS } from "../sources/spec.ts";
import { fileError, firstBytes } from "./source-files.ts";

/** Encodings that files are read in. */
export type Encoding = (typeof ENCODINGS)[number];

const HEAD_BYTES = 4096;
const CHUNK_BYTES = 2 ** 20;
/** Share of two-byte characters that are among the 3,755 most common ones or punctuation; real texts have 0.95. */
const COMMON_SHARE = 0.8;

/**
 * The encoding of a file. Reads all of it where there is no byte order mark, since a file may be ASCII for megabytes
 * before its first Chinese name; and once more if it is not UTF-8.
 *
 * @throws {TributaryError} `ERR_SOURCE_UNREADABLE` if it is none of those; the sentence asks for `encoding:`.
 */
export async function detectEncoding(path: string, signal: AbortSignal): Promise<Encoding> {
  const head = await firstBytes(path, HEAD_BYTES);
  const marked = byMark(head) ?? byZeros(head);
  if (marked !== undefined) return marked;
  if (await isUtf8(path, signal)) return "utf-8";
  const census = new ByteCensus();
  for await (const chunk of chunks(path, signal)) census.add(chunk);
  if (census.isCommonChinese()) return "gb18030";
  throw sourceUnreadable(basename(path), {
    why: "its encoding is neither UTF-8 nor GBK/GB18030; say which it is with `encoding:`, for example big5 or windows-1252",
    whyZh: "编码既不是 UTF-8 也不是 GBK/GB18030；请在映射文件中用 encoding: 指明，例如 big5",
  });
}

async function isUtf8(path: string, signal: AbortSignal): Promise<boolean> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const chunk of chunks(path, signal)) {
    if (!decodes(decoder, chunk)) return false;
  }
  return decodes(decoder);
}

async function* chunks(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, { signal, highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>;
  } catch (error) {
    signal.throwIfAborted();
    throw fileError(path, error);
  }
}

function byMark(head: Buffer): Encoding | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return "utf-8";
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  if (head[0] === 0x84 && head[1] === 0x31 && head[2] === 0x95 && head[3] === 0x33)
    return "gb18030";
  return undefined;
}

/** ASCII signs of a UTF-16 text have a zero at every odd place (little endian) or every even one. */
function byZeros(head: Buffer): Encoding | undefined {
  let even = 0;
  let odd = 0;
  for (const [index, byte] of head.entries()) {
    if (byte !== 0) continue;
    if (index % 2 === 0) even += 1;
    else odd += 1;
  }
  if (odd > 1 && even * 10 < odd) return "utf-16le";
  if (even > 1 && odd * 10 < even) return "utf-16be";
  return undefined;
}

function decodes(decoder: TextDecoder, chunk?: Buffer): boolean {
  try {
    decoder.decode(chunk, { stream: chunk !== undefined });
    return true;
  } catch {
    return false; // not UTF-8
  }
}

/** Counts byte pairs as GB18030 would read them. */
class ByteCensus {
  #pairs = 0;
  #common = 0;
  #invalid = 0;
  /** Bytes so far of the character under way, which the next chunk may go on with: 0 to 3. */
  #begun = 0;
  /** First byte of that character. */
  #lead = 0;

  add(chunk: Uint8Array): void {
    for (let i = 0; i < chunk.length; i++) this.#take(chunk[i] as number);
  }

  #take(byte: number): void {
    switch (this.#begun) {
      case 0:
        if (byte < 0x80) return;
        if (byte === 0x80 || byte === 0xff) this.#invalid += 1;
        else [this.#lead, this.#begun] = [byte, 1];
        return;
      case 1:
        if (byte >= 0x30 && byte <= 0x39) {
          this.#begun = 2;
          return;
        }
        this.#begun = 0;
        if (byte < 0x40 || byte === 0x7f || byte === 0xff) this.#invalid += 1;
        else this.#count(this.#lead, byte);
        return;
      case 2:
        this.#begun = 3;
        return;
      default:
        // A character of four bytes is legal and rare.
        this.#begun = 0;
        this.#pairs += 1;
    }
  }

  #count(lead: number, trail: number): void {
    this.#pairs += 1;
    // Rows 1 to 3 of GB 2312 are signs, rows 16 to 55 the common characters; rows 4 to 9 (kana and the like) are what
    // common characters of Big5 look like.
    const isCommon =
      trail >= 0xa1 && ((lead >= 0xa1 && lead <= 0xa3) || (lead >= 0xb0 && lead <= 0xd7));
    if (isCommon) this.#common += 1;
  }

  isCommonChinese(): boolean {
    const isWhole = this.#begun === 0 && this.#invalid === 0;
    return isWhole && this.#pairs > 0 && this.#common >= this.#pairs * COMMON_SHARE;
  }
}
