/**
 * X15: the pseudonym dictionary. Whoever has the public register hashes all of it in a second, with and without the keys
 * and salts that come to mind, and looks for the results in the outbox.
 *
 * Every offset of the outbox is compared, so that nothing hides between fields, and what texts in it decode to as hex
 * or base64. Of a digest only the first 16 bytes are compared, so that one that was cut is found as well.
 *
 * @module
 */

import { hash } from "node:crypto";
import { decodeBody, toHex } from "@tributary/proto";
import type { EvalEngagement, RegisterEntry } from "../engagement.ts";
import type { AttackResult } from "./attack.ts";
import { Haystack } from "./haystack.ts";

const OTHER_HASHES = ["sha1", "md5"] as const;
const GUESSABLE_KEYS = ["", "secret", "key", "salt", "tributary", "ent", "rec", "123456"];
/** What an agent may write before an identifier to keep its hashes apart. */
const PREFIXES = ["", "ent\0", "rec\0", "ent:", "rec:"];
const COMPARED_BYTES = 16;
/** Shorter texts would be found by chance. */
const MIN_TEXT_BYTES = 5;
/** Block of SHA-256, in bytes. */
const BLOCK_BYTES = 64;

/**
 * Hashes the register, the names and the record identifiers, and looks for them.
 *
 * @param saltedDigests How many hashes of enterprises with salts found in the outbox are tried at most.
 */
export function pseudonymDictionary(
  bodies: readonly Uint8Array[],
  register: readonly RegisterEntry[],
  engagements: readonly EvalEngagement[],
  saltedDigests: number,
): AttackResult {
  const { salts, decoded } = stringsOf(bodies);
  const haystack = new Haystack(Buffer.concat([...bodies, ...decoded]));
  const subjects = subjectsByText(register, engagements);
  const found = new Set<string>();
  const guesses = GUESSABLE_KEYS.map((key) => hmacOf(Buffer.from(key)));
  let digests = 0;
  for (const [text, subject] of subjects) {
    const bytes = Buffer.from(text);
    if (bytes.length >= MIN_TEXT_BYTES && haystack.has(bytes)) found.add(subject);
    for (const digest of digestsOf(text, guesses)) {
      digests += 1;
      if (haystack.has(digest.subarray(0, COMPARED_BYTES))) found.add(subject);
    }
  }
  const enterprises = new Set([
    ...register.map(({ id }) => id),
    ...engagements.map(({ ent }) => ent),
  ]);
  let salted = 0;
  for (const salt of salts) {
    const hmac = hmacOf(salt);
    for (const enterprise of enterprises) {
      if (salted >= saltedDigests) break;
      const bytes = Buffer.from(enterprise);
      const tries = [hmac(bytes), hash("sha256", Buffer.concat([salt, bytes]), "buffer")];
      salted += tries.length;
      if (tries.some((digest) => haystack.has(digest.subarray(0, COMPARED_BYTES)))) {
        found.add(enterprise);
      }
    }
  }
  return {
    id: "X15",
    name: "pseudonym dictionary",
    passed: found.size === 0,
    bar: "0 hits",
    figures: {
      texts: subjects.size,
      digests,
      salts: salts.length,
      salted_digests: salted,
      found: found.size,
    },
  };
}

function* digestsOf(text: string, guesses: readonly Hmac[]): Generator<Uint8Array> {
  for (const prefix of PREFIXES) yield hash("sha256", prefix + text, "buffer");
  for (const algorithm of OTHER_HASHES) yield hash(algorithm, text, "buffer");
  const bytes = Buffer.from(text);
  for (const hmac of guesses) yield hmac(bytes);
}

type Hmac = (text: Uint8Array) => Uint8Array;

/** HMAC-SHA-256 (RFC 2104) from two one-shot hashes, which is twice as fast as an object. @param key At most a block. */
function hmacOf(key: Uint8Array): Hmac {
  const pad = (byte: number) =>
    Buffer.alloc(BLOCK_BYTES, byte).map((value, i) => value ^ (key[i] ?? 0));
  const [inner, outer] = [pad(0x36), pad(0x5c)];
  return (text) =>
    hash(
      "sha256",
      Buffer.concat([outer, hash("sha256", Buffer.concat([inner, text]), "buffer")]),
      "buffer",
    );
}

/** Enterprise or record by each text that names it. */
function subjectsByText(
  register: readonly RegisterEntry[],
  engagements: readonly EvalEngagement[],
): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { id, name } of register) {
    texts.set(id, id);
    if (name !== "") texts.set(name, id);
  }
  for (const { ent, id } of engagements) texts.set(ent, ent).set(id, id);
  return texts;
}

/** Byte strings of 16 to 32 bytes that could be salts, those of no record first; and what texts decode to. */
function stringsOf(bodies: readonly Uint8Array[]): {
  salts: Uint8Array[];
  decoded: Uint8Array[];
} {
  const salts = new Map<string, Uint8Array>();
  const nullifiers = new Map<string, Uint8Array>();
  const decoded: Uint8Array[] = [];
  const walk = (value: unknown, field: string): void => {
    if (value instanceof Uint8Array) {
      if (value.length < 16 || value.length > 32) return;
      (field === "nullifiers" ? nullifiers : salts).set(toHex(value), value);
    } else if (typeof value === "string") {
      decoded.push(Buffer.from(value, "base64"));
      if (/^[0-9a-f]+$/i.test(value)) decoded.push(Buffer.from(value, "hex"));
    } else if (Array.isArray(value)) {
      for (const item of value) walk(item, field);
    } else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        walk(key, field);
        walk(item, key);
      }
    }
  };
  for (const bytes of bodies) walk(decodeBody("outcome", bytes), "");
  return { salts: [...salts.values(), ...nullifiers.values()], decoded };
}
