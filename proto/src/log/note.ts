/**
 * Signed notes and verifier keys (C2SP signed-note), with Ed25519 (signature type 0x01) only.
 *
 * Reading is strict: a note has one spelling, so that text, lines and signatures give back the same bytes.
 *
 * @module
 */

import {
  concatBytes,
  equalBytes,
  fromBase64,
  fromHex,
  toBase64,
  toHex,
  utf8,
} from "../crypto/bytes.ts";
import {
  importVerifyingKey,
  PUBLIC_KEY_BYTES,
  SIGNATURE_BYTES,
  type SigningKey,
  signBytes,
  verifyBytes,
} from "../crypto/keys.ts";
import { sha256 } from "../crypto/sha256.ts";
import { TributaryError } from "../errors.ts";

const ED25519 = 0x01;
const KEY_HASH_BYTES = 4;
/** More than the 16 that every reader must take. */
const MAX_SIGNATURES = 64;
const MAX_NOTE_LENGTH = 64 * 1024;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;
const KEY_NAME = /^[^\s+]+$/u;

/** Who signs notes: a name, which should be the log's origin, and an Ed25519 key. */
export interface NoteVerifier {
  readonly name: string;
  /** First 4 bytes of SHA-256(name || "\n" || 0x01 || public key). */
  readonly keyHash: Uint8Array;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** One signature line of a note. */
export interface NoteSignature {
  readonly name: string;
  /** 4 bytes. */
  readonly keyHash: Uint8Array;
  /** 64 bytes with Ed25519. */
  readonly signature: Uint8Array;
}

/** A note. Nothing in it is proven. */
export interface Note {
  /** Ends in a newline. */
  readonly text: string;
  /** At least one. */
  readonly signatures: readonly NoteSignature[];
}

function keyHashOf(name: string, publicKey: Uint8Array): Uint8Array {
  return sha256(utf8(`${name}\n`), Uint8Array.of(ED25519), publicKey).slice(0, KEY_HASH_BYTES);
}

/**
 * A verifier key as text: `<name>+<key hash in hex>+<base64 of 0x01 and the public key>`.
 *
 * @param name Without spaces and plus signs.
 * @throws {TributaryError} `ERR_VKEY_MALFORMED` for another name or key.
 */
export function formatVkey(name: string, publicKey: Uint8Array): string {
  if (!KEY_NAME.test(name) || CONTROL.test(name) || publicKey.length !== PUBLIC_KEY_BYTES) {
    throw vkeyMalformed();
  }
  const key = concatBytes(Uint8Array.of(ED25519), publicKey);
  return `${name}+${toHex(keyHashOf(name, publicKey))}+${toBase64(key)}`;
}

/** @throws {TributaryError} `ERR_VKEY_MALFORMED` if it is not what {@link formatVkey} would write. */
export function parseVkey(vkey: string): NoteVerifier {
  const [, name = "", hash = "", encoded = ""] =
    /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey) ?? [];
  let key: Uint8Array;
  try {
    key = fromBase64(encoded);
  } catch {
    throw vkeyMalformed();
  }
  const publicKey = key.slice(1);
  if (key[0] !== ED25519 || publicKey.length !== PUBLIC_KEY_BYTES) throw vkeyMalformed();
  if (formatVkey(name, publicKey) !== vkey) throw vkeyMalformed();
  return { name, keyHash: fromHex(hash), publicKey };
}

/** Signs a text. @param text Ends in a newline; no control characters but newlines. */
export async function signNote(text: string, name: string, key: SigningKey): Promise<string> {
  const signature = await signBytes(key, utf8(text));
  const line = { name, keyHash: keyHashOf(name, key.publicKey), signature };
  const note = formatNote({ text, signatures: [line] });
  parseNote(note);
  return note;
}

/** The bytes of a note as text. */
export function formatNote(note: Note): string {
  const lines = note.signatures.map(
    ({ name, keyHash, signature }) => `— ${name} ${toBase64(concatBytes(keyHash, signature))}\n`,
  );
  return `${note.text}\n${lines.join("")}`;
}

/**
 * Takes a note apart without verifying it.
 *
 * @param note Attacker-controlled.
 * @throws {TributaryError} `ERR_NOTE_MALFORMED` if it is no note, or not in its one spelling.
 */
export function parseNote(note: string): Note {
  if (note.length > MAX_NOTE_LENGTH) throw noteMalformed("too long");
  if (CONTROL.test(note) || !note.isWellFormed()) throw noteMalformed("control characters");
  const cut = note.lastIndexOf("\n\n");
  if (cut < 0 || !note.endsWith("\n")) throw noteMalformed("no blank line before the signatures");
  const text = note.slice(0, cut + 1);
  const lines = note.slice(cut + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) throw noteMalformed("too many signatures");
  return { text, signatures: lines.map(parseSignatureLine) };
}

function parseSignatureLine(line: string): NoteSignature {
  const [dash, name = "", encoded = "", ...rest] = line.split(" ");
  if (dash !== "—" || !KEY_NAME.test(name) || rest.length > 0) {
    throw noteMalformed("signature line");
  }
  let bytes: Uint8Array;
  try {
    bytes = fromBase64(encoded);
  } catch {
    throw noteMalformed("signature is not base64");
  }
  if (bytes.length <= KEY_HASH_BYTES) throw noteMalformed("signature is too short");
  return {
    name,
    keyHash: bytes.slice(0, KEY_HASH_BYTES),
    signature: bytes.slice(KEY_HASH_BYTES),
  };
}

declare const openedBrand: unique symbol;

/** A note with a verified signature of the trusted key. */
export interface OpenedNote extends Note {
  readonly [openedBrand]: true;
}

/**
 * Verifies a note. Signatures of other keys are ignored, as the format demands; a wrong signature of the trusted key
 * refuses the note.
 *
 * @param note Attacker-controlled.
 * @param vkey The trusted key.
 * @throws {TributaryError} `ERR_VKEY_MALFORMED`, `ERR_KEY_WEAK`, `ERR_NOTE_MALFORMED`; `ERR_NOTE_SIGNATURE` if no
 * signature of the key is there, or one does not verify.
 */
export async function openNote(note: string, vkey: string): Promise<OpenedNote> {
  const verifier = parseVkey(vkey);
  const parsed = parseNote(note);
  const own = parsed.signatures.filter(
    (s) => s.name === verifier.name && equalBytes(s.keyHash, verifier.keyHash),
  );
  const key = await importVerifyingKey(verifier.publicKey);
  const text = utf8(parsed.text);
  for (const { signature } of own) {
    if (signature.length !== SIGNATURE_BYTES || !(await verifyBytes(key, text, signature))) {
      throw new TributaryError("ERR_NOTE_SIGNATURE", `the signature of ${verifier.name} is wrong`);
    }
  }
  if (own.length === 0) {
    throw new TributaryError("ERR_NOTE_SIGNATURE", `the note is not signed by ${verifier.name}`);
  }
  return parsed as OpenedNote;
}

function vkeyMalformed(): TributaryError {
  return new TributaryError("ERR_VKEY_MALFORMED", "text is not an Ed25519 verifier key (vkey)", {
    messageZh: "不是有效的校验公钥（vkey）",
  });
}

function noteMalformed(problem: string): TributaryError {
  return new TributaryError("ERR_NOTE_MALFORMED", `text is not a signed note: ${problem}`);
}
