/**
 * Bytes: comparing, joining, and their text forms. A text form is accepted only in its canonical spelling, so that
 * bytes have one text and a text can be compared instead of the bytes.
 *
 * @module
 */

import { TributaryError } from "../errors.ts";

/** True if both hold the same bytes. Not constant-time: for public values only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Order of bytes, as unsigned numbers; a prefix comes first. Negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** The same memory as a plain array: the `slice` of a Buffer, for one, does not copy. */
export function plainView(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array
    ? bytes
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The parts, one after the other, in new memory. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** `length` bytes from the platform's cryptographic generator. @param length 0 to 65,536. */
export function randomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The UTF-8 bytes of a text. Lone surrogates become U+FFFD. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** @throws {TributaryError} `ERR_ENCODING_MALFORMED` if the bytes are not UTF-8. A byte-order mark is kept. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new TributaryError("ERR_ENCODING_MALFORMED", "bytes are not UTF-8", { cause });
  }
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/** @throws {TributaryError} `ERR_ENCODING_MALFORMED` unless `text` is pairs of lower-case hex digits. */
export function fromHex(text: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw malformed("lower-case hex", text);
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  }
  return bytes;
}

const STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE = `${STANDARD.slice(0, 62)}-_`;
const STANDARD_VALUES = valuesOf(STANDARD);
const URL_SAFE_VALUES = valuesOf(URL_SAFE);

/** Base64 with padding (RFC 4648, section 4). */
export function toBase64(bytes: Uint8Array): string {
  const text = encode64(bytes, STANDARD);
  return text.padEnd(Math.ceil(text.length / 4) * 4, "=");
}

/**
 * Reads base64 with padding (RFC 4648, section 4).
 *
 * @throws {TributaryError} `ERR_ENCODING_MALFORMED` for another alphabet, missing padding or stray last bits.
 */
export function fromBase64(text: string): Uint8Array {
  const end = text.endsWith("==") ? text.length - 2 : text.length - Number(text.endsWith("="));
  if (text.length % 4 !== 0) throw malformed("base64", text);
  const bytes = decode64(text, end, STANDARD_VALUES);
  if (bytes === undefined || Math.ceil(end / 4) * 4 !== text.length)
    throw malformed("base64", text);
  return bytes;
}

/** Base64url without padding (RFC 4648, section 5; RFC 7515, section 2). */
export function toBase64Url(bytes: Uint8Array): string {
  return encode64(bytes, URL_SAFE);
}

/**
 * Reads base64url without padding (RFC 4648, section 5).
 *
 * @throws {TributaryError} `ERR_ENCODING_MALFORMED` for another alphabet, padding or stray last bits.
 */
export function fromBase64Url(text: string): Uint8Array {
  const bytes = decode64(text, text.length, URL_SAFE_VALUES);
  if (bytes === undefined) throw malformed("base64url", text);
  return bytes;
}

function valuesOf(alphabet: string): Int8Array {
  const values = new Int8Array(128).fill(-1);
  for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i;
  return values;
}

/** Without padding. */
function encode64(bytes: Uint8Array, alphabet: string): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += alphabet[(held >> bits) & 63];
    }
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + alphabet[(held << (6 - bits)) & 63] : text;
}

/** The first `end` characters; undefined if they are not canonical. */
function decode64(text: string, end: number, values: Int8Array): Uint8Array | undefined {
  if (end % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((end * 3) / 4));
  let at = 0;
  let bits = 0;
  let held = 0;
  for (let i = 0; i < end; i++) {
    const value = values[text.charCodeAt(i)] ?? -1;
    if (value < 0) return undefined;
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >> bits;
      held &= (1 << bits) - 1;
    }
  }
  return held === 0 ? bytes : undefined;
}

function malformed(form: string, text: string): TributaryError {
  return new TributaryError("ERR_ENCODING_MALFORMED", `text is not canonical ${form}`, {
    details: { length: text.length },
  });
}
