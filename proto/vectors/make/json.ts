/**
 * How values are written in the vector files: bytes as `{"hex": "00ff"}`, 64-bit integers as `{"uint64": "1"}`,
 * everything else as JSON has it.
 *
 * @module
 */

import { fromHex, toHex } from "@tributary/proto";

/** The value with bytes and bigints replaced. Members that are undefined are left out. */
export function toVector(value: unknown): unknown {
  if (value instanceof Uint8Array) return { hex: toHex(value) };
  if (typeof value === "bigint") return { uint64: String(value) };
  if (Array.isArray(value)) return value.map(toVector);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, toVector(member)]),
  );
}

/** The value with bytes and bigints put back. */
export function fromVector(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromVector);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value);
  const [name, content] = members[0] ?? [];
  if (members.length === 1 && name === "hex") return fromHex(content as string);
  if (members.length === 1 && name === "uint64") return BigInt(content as string);
  return Object.fromEntries(members.map(([key, member]) => [key, fromVector(member)]));
}

/** One vector file: what it is about, then lists of vectors by name. */
export type VectorFile = { readonly description: string } & Readonly<Record<string, unknown>>;
