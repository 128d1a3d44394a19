/**
 * X15: the pseudonym dictionary. Whoever has the public register hashes all of it in a second, with and without the keys
 * and salts that come to mind, and looks for the results in the outbox.
 *
 * Every offset of the outbox is compared, so that nothing hides between fields, and what texts in it decode to as hex
 * or base64. Of a digest only the first 16 bytes are compared, so that one that was cut is found as well.
 *
 * @module
 */

import { createHmac, hash } from "node:crypto";
import { concatBytes, decodeBody, toHex } from "@tributary/proto";
import type { EvalEngagement, RegisterEntry } from "../engagement.ts";
import type { AttackResult } from "./attack.ts";
import { Haystack } from "./haystack.ts";

const HASHES = ["sha256", "sha1", "md5"] as const;
const GUESSABLE_KEYS = ["", "secret", "key", "salt", "tributary", "ent", "rec", "123456", "test"];
/** What an agent may write before an identifier to keep its hashes apart. */
const PREFIXES = ["", "ent\0", "rec\0", "ent:", "rec:"];
const COMPARED_BYTES = 16;
/** Shorter texts would be found by chance. */
const MIN_TEXT_BYTES = 5;
/** Hashes with salts from the outbox that are tried at most. */
const MAX_SALTED = 600_000;

/** Hashes the register, the names and the record identifiers, and looks for them. */
export function pseudonymDictionary(
  bodies: readonly Uint8Array[],
  register: readonly RegisterEntry[],
  engagements: readonly EvalEngagement[],
): AttackResult {
  const { salts, decoded } = stringsOf(bodies);
  const haystack = new Haystack(concatBytes(...bodies, ...decoded));
  const subjects = subjectsByText(register, engagements);
  const found = new Set<string>();
  let digests = 0;
  for (const [text, subject] of subjects) {
    const bytes = Buffer.from(text);
    if (bytes.length >= MIN_TEXT_BYTES && haystack.has(bytes)) found.add(subject);
    for (const digest of digestsOf(text)) {
      digests += 1;
      if (haystack.has(digest.subarray(0, COMPARED_BYTES))) found.add(subject);
    }
  }
  let salted = 0;
  for (const salt of salts) {
    for (const [text, subject] of subjects) {
      if (salted >= MAX_SALTED) break;
      const tries = [
        createHmac("sha256", salt).update(text).digest(),
        hash("sha256", concatBytes(salt, Buffer.from(text)), "buffer"),
      ];
      salted += tries.length;
      if (tries.some((digest) => haystack.has(digest.subarray(0, COMPARED_BYTES)))) {
        found.add(subject);
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

function* digestsOf(text: string): Generator<Uint8Array> {
  for (const prefix of PREFIXES) {
    for (const algorithm of HASHES) yield hash(algorithm, prefix + text, "buffer");
    for (const key of prefix === "" ? GUESSABLE_KEYS : []) {
      yield createHmac("sha256", key).update(text).digest();
    }
  }
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
