/**
 * Variable-length numbers (LEB128, low groups first) in growing byte buffers.
 *
 * @module
 */

/** Bytes that grow. */
export class ByteWriter {
  bytes: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Makes room for `size` more bytes. */
  reserve(size: number): void {
    const needed = this.length + size;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** Writes a whole number of 0 to 2^32 - 1. */
  varint(value: number): void {
    this.reserve(5);
    let rest = value;
    while (rest > 0x7f) {
      this.bytes[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  append(bytes: Uint8Array, from: number, to: number): void {
    this.reserve(to - from);
    this.bytes.set(bytes.subarray(from, to), this.length);
    this.length += to - from;
  }

  written(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.length);
  }
}

/** A place in bytes. `varint` moves it. Bytes are trusted: their checksums were compared when they were loaded. */
export class ByteReader {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  varint(): number {
    const { bytes } = this;
    let byte = bytes[this.at++] as number;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; ; shift += 7) {
      byte = bytes[this.at++] as number;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }
}

/** A view of bytes in which four can be read from any place up to their end. A copy where their buffer has no four more. */
export function roomyView({ buffer, byteOffset, length }: Uint8Array): DataView {
  if (byteOffset + length + 4 <= buffer.byteLength) {
    return new DataView(buffer, byteOffset, length + 4);
  }
  const copy = new Uint8Array(length + 4);
  copy.set(new Uint8Array(buffer, byteOffset, length));
  return new DataView(copy.buffer);
}

/** Numbers that {@link Uint32List.clear} keeps room for: 16 MiB. */
const KEPT = 2 ** 22;

/** A growing array of 32-bit numbers. */
export class Uint32List {
  values = new Uint32Array(1024);
  length = 0;

  /** Empties it and keeps its memory, up to a limit, since memory that was never written to is slow at first. */
  clear(): void {
    this.length = 0;
    if (this.values.length > KEPT) this.values = new Uint32Array(1024);
  }

  /** Empties it and makes it as long; what it holds is anything. */
  ofLength(length: number): Uint32Array<ArrayBuffer> {
    this.clear();
    if (this.values.length < length) this.values = new Uint32Array(length);
    this.length = length;
    return this.written();
  }

  push(value: number): void {
    if (this.length === this.values.length) {
      const grown = new Uint32Array(this.values.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length++] = value;
  }

  written(): Uint32Array<ArrayBuffer> {
    return this.values.subarray(0, this.length);
  }
}
