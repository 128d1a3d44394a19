/**
 * The file form of segments and models: named typed arrays in one shared buffer, with a JSON head that says where they are.
 *
 * Little-endian, sections aligned to 8 bytes. The same bytes are posted to threads, written to the store and read back:
 * opening one is parsing its head.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto/base";

interface Types {
  u8: Uint8Array<SharedArrayBuffer>;
  u16: Uint16Array<SharedArrayBuffer>;
  u32: Uint32Array<SharedArrayBuffer>;
  f32: Float32Array<SharedArrayBuffer>;
  f64: Float64Array<SharedArrayBuffer>;
}

type TypeName = keyof Types;

/** A section. */
export type Section = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

interface Head<M> {
  readonly meta: M;
  readonly sections: readonly (readonly [
    name: string,
    type: TypeName,
    offset: number,
    length: number,
  ])[];
}

const MAGIC = 0x31475254; // "TRG1"
/** In front of the head: what it is, and its length. */
export const PREFIX_BYTES = 8;

/** Lays `sections` behind `meta`, which must be JSON, in one buffer. */
export function writeBlob(
  meta: unknown,
  sections: Readonly<Record<string, Section>>,
): SharedArrayBuffer {
  let offset = 0;
  const table = Object.entries(sections).map(([name, array]) => {
    const row = [name, typeOf(array), offset, array.length] as const;
    offset = align(offset + array.byteLength);
    return row;
  });
  const head = new TextEncoder().encode(JSON.stringify({ meta, sections: table }));
  const base = align(PREFIX_BYTES + head.length);
  const buffer = new SharedArrayBuffer(base + offset);
  const prefix = new DataView(buffer);
  prefix.setUint32(0, MAGIC, true);
  prefix.setUint32(4, head.length, true);
  new Uint8Array(buffer).set(head, PREFIX_BYTES);
  for (const [name, type, at, length] of table) {
    view(type, buffer, base + at, length).set(sections[name] as Section);
  }
  return buffer;
}

/** Where the head of a blob ends, of which at least {@link PREFIX_BYTES} are here. @throws {TributaryError} as {@link readBlob}. */
export function headEndOf(buffer: SharedArrayBuffer): number {
  const prefix = new DataView(buffer);
  if (buffer.byteLength < PREFIX_BYTES || prefix.getUint32(0, true) !== MAGIC) {
    throw new TributaryError(
      "ERR_STORE_DAMAGED",
      "expected a segment of the index, got other bytes",
    );
  }
  return PREFIX_BYTES + prefix.getUint32(4, true);
}

/** The bytes `from` to `to` (exclusive) of each section of a blob of which the head is here. */
export function sectionsOf(buffer: SharedArrayBuffer) {
  const { sections, base } = readHead(buffer);
  return sections.map(([name, type, offset, length]) => ({
    name,
    from: base + offset,
    to: base + offset + view(type, buffer, base + offset, length).byteLength,
  }));
}

/** Views of a blob's sections. @throws {TributaryError} `ERR_STORE_DAMAGED` if the head is not one. */
export function readBlob<M>(buffer: SharedArrayBuffer): {
  readonly meta: M;
  section<T extends TypeName>(name: string, type: T): Types[T];
  /** The section with whatever unsigned type it has. */
  numbers(name: string): Uint8Array | Uint16Array | Uint32Array;
} {
  const { meta, sections, base } = readHead<M>(buffer);
  const rows = new Map(sections.map((row) => [row[0], row]));
  const open = (name: string): Types[TypeName] => {
    const row = rows.get(name);
    if (row === undefined) throw new TypeError(`the segment has no section ${name}`);
    return view(row[1], buffer, base + row[2], row[3]);
  };
  return {
    meta,
    section: (name, type) => {
      const array = open(name);
      if (typeOf(array) !== type) throw new TypeError(`section ${name} is not ${type}`);
      return array as Types[typeof type];
    },
    numbers: (name) => {
      const array = open(name);
      if (array instanceof Float32Array || array instanceof Float64Array)
        throw new TypeError(`section ${name} is not unsigned`);
      return array;
    },
  };
}

/** The head, and where the sections begin. */
function readHead<M>(buffer: SharedArrayBuffer): Head<M> & { readonly base: number } {
  const end = headEndOf(buffer);
  // A copy, since TextDecoder refuses shared memory.
  const bytes = new Uint8Array(buffer, PREFIX_BYTES, end - PREFIX_BYTES).slice();
  return { ...(JSON.parse(new TextDecoder().decode(bytes)) as Head<M>), base: align(end) };
}

function view(type: TypeName, buffer: SharedArrayBuffer, at: number, length: number) {
  switch (type) {
    case "u8":
      return new Uint8Array(buffer, at, length);
    case "u16":
      return new Uint16Array(buffer, at, length);
    case "u32":
      return new Uint32Array(buffer, at, length);
    case "f32":
      return new Float32Array(buffer, at, length);
    case "f64":
      return new Float64Array(buffer, at, length);
  }
}

function typeOf(array: Section): TypeName {
  if (array instanceof Uint8Array) return "u8";
  if (array instanceof Uint16Array) return "u16";
  if (array instanceof Uint32Array) return "u32";
  return array instanceof Float32Array ? "f32" : "f64";
}

function align(offset: number): number {
  return Math.ceil(offset / 8) * 8;
}
