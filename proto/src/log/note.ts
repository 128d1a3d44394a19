/**
 * Signed notes and verifier keys (C2SP signed-note), with Ed25519: signatures of the note itself (type 0x01) here, those of
 * witnesses (type 0x04) in cosignature.ts.
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

/** What a key signs (C2SP signed-note, signature types): the note, or a timestamped cosignature of a checkpoint. */
export const KEY_TYPES = { note: 0x01, cosignature: 0x04 } as const;

/** Name of a signature type. */
export type KeyType = keyof typeof KEY_TYPES;

const KEY_HASH_BYTES = 4;
/** More than the 16 that every reader must take. */
const MAX_SIGNATURES = 64;
const MAX_NOTE_LENGTH = 64 * 1024;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;
const KEY_NAME = /^[^\s+]+$/u;

/** Who signs notes: a name, which of a log should be its origin, and an Ed25519 key. */
export interface NoteVerifier {
  readonly name: string;
  /** First 4 bytes of SHA-256(name || "\n" || signature type || public key). */
  readonly keyHash: Uint8Array;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** One signature line of a note. */
export interface NoteSignature {
  readonly name: string;
  /** 4 bytes. */
  readonly keyHash: Uint8Array;
  /** 64 bytes with Ed25519; a cosignature has its time before them, 72 bytes. */
  readonly signature: Uint8Array;
}

/** A note. Nothing in it is proven. */
export interface Note {
  /** Ends in a newline. */
  readonly text: string;
  /** At least one. */
  readonly signatures: readonly NoteSignature[];
}

/** The first 4 bytes of SHA-256(name || "\n" || signature type || public key). */
export function keyHashOf(name: string, publicKey: Uint8Array, type: KeyType): Uint8Array {
  const typeByte = Uint8Array.of(KEY_TYPES[type]);
  return sha256(utf8(`${name}\n`), typeByte, publicKey).slice(0, KEY_HASH_BYTES);
}

/**
 * A verifier key as text: `<name>+<key hash in hex>+<base64 of the signature type and the public key>`.
 *
 * @param name Without spaces and plus signs.
 * @param type What the key signs; `cosignature` for the key of a witness.
 * @throws {TributaryError} `ERR_VKEY_MALFORMED` for another name or key.
 */
export function formatVkey(name: string, publicKey: Uint8Array, type: KeyType = "note"): string {
  if (!KEY_NAME.test(name) || CONTROL.test(name) || publicKey.length !== PUBLIC_KEY_BYTES) {
    throw vkeyMalformed(type);
  }
  const key = concatBytes(Uint8Array.of(KEY_TYPES[type]), publicKey);
  return `${name}+${toHex(keyHashOf(name, publicKey, type))}+${toBase64(key)}`;
}

/**
 * @param type What the key has to sign; a key of another type is refused.
 * @throws {TributaryError} `ERR_VKEY_MALFORMED` if it is not what {@link formatVkey} would write.
 */
export function parseVkey(vkey: string, type: KeyType = "note"): NoteVerifier {
  const [, name = "", hash = "", encoded = ""] =
    /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey) ?? [];
  let key: Uint8Array;
  try {
    key = fromBase64(encoded);
  } catch {
    throw vkeyMalformed(type);
  }
  const publicKey = key.slice(1);
  if (key[0] !== KEY_TYPES[type] || publicKey.length !== PUBLIC_KEY_BYTES)
    throw vkeyMalformed(type);
  if (formatVkey(name, publicKey, type) !== vkey) throw vkeyMalformed(type);
  return { name, keyHash: fromHex(hash), publicKey };
}

/** Signs a text. @param text Ends in a newline; no control characters but newlines. */
export async function signNote(text: string, name: string, key: SigningKey): Promise<string> {
  const signature = await signBytes(key, utf8(text));
  const line = { name, keyHash: keyHashOf(name, key.publicKey, "note"), signature };
  const note = formatNote({ text, signatures: [line] });
  parseNote(note);
  return note;
}

/** The bytes of a note as text. */
export function formatNote(note: Note): string {
  return `${note.text}\n${note.signatures.map(formatSignatureLine).join("")}`;
}

/** One signature line, with its newline. */
export function formatSignatureLine({ name, keyHash, signature }: NoteSignature): string {
  return `— ${name} ${toBase64(concatBytes(keyHash, signature))}\n`;
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
  return { text: note.slice(0, cut + 1), signatures: parseSignatureLines(note.slice(cut + 2)) };
}

/**
 * Takes signature lines apart without verifying them: the end of a note, or what a witness answers.
 *
 * @param text At least one line, each with its newline. Attacker-controlled.
 * @throws {TributaryError} `ERR_NOTE_MALFORMED`.
 */
export function parseSignatureLines(text: string): NoteSignature[] {
  if (text.length > MAX_NOTE_LENGTH) throw noteMalformed("too long");
  if (!text.endsWith("\n")) throw noteMalformed("no newline at the end");
  const lines = text.slice(0, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) throw noteMalformed("too many signatures");
  return lines.map(parseSignatureLine);
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
  const own = signaturesOf(parsed, verifier);
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

/** The signatures of a note that name a key; a text that names it need not be signed by it. */
export function signaturesOf(note: Note, { name, keyHash }: NoteVerifier): NoteSignature[] {
  return note.signatures.filter((s) => s.name === name && equalBytes(s.keyHash, keyHash));
}

function vkeyMalformed(type: KeyType): TributaryError {
  return type === "note"
    ? new TributaryError("ERR_VKEY_MALFORMED", "text is not an Ed25519 verifier key (vkey)", {
        messageZh: "不是有效的校验公钥（vkey）",
      })
    : new TributaryError(
        "ERR_VKEY_MALFORMED",
        "text is not the verifier key (vkey) of a witness: <name>+<hash>+<key>, where the key has type 0x04",
        { messageZh: "不是有效的见证方校验公钥（vkey，类型 0x04）" },
      );
}

function noteMalformed(problem: string): TributaryError {
  return new TributaryError("ERR_NOTE_MALFORMED", `text is not a signed note: ${problem}`);
}
