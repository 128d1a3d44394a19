/**
 * Checkpoints: the signed statement of a log's size and root (C2SP tlog-checkpoint).
 *
 * @module
 */

import { fromBase64, toBase64 } from "../crypto/bytes.ts";
import type { SigningKey } from "../crypto/keys.ts";
import { HASH_BYTES } from "../crypto/sha256.ts";
import { TributaryError } from "../errors.ts";
import { type OpenedNote, openNote, signNote } from "./note.ts";

/** What a checkpoint states. */
export interface Checkpoint {
  /** Names the log. */
  readonly origin: string;
  /** Number of entries. */
  readonly size: number;
  /** RFC 6962 root; 32 bytes. */
  readonly root: Uint8Array;
}

/** Which log is trusted: its origin, and the C2SP verifier key of its hub. */
export interface TrustedLog {
  readonly origin: string;
  readonly vkey: string;
}

/** The three lines, each ended by a newline. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/**
 * Reads the text of a checkpoint. Extension lines, which auditors cannot check, are refused.
 *
 * @throws {TributaryError} `ERR_CHECKPOINT_MALFORMED` if it is not what {@link formatCheckpoint} would write.
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [, origin = "", digits = "", encoded = ""] = /^(.+)\n(\d+)\n(.+)\n$/.exec(text) ?? [];
  const size = Number(digits);
  if (origin === "" || !Number.isSafeInteger(size)) throw malformed();
  let root: Uint8Array;
  try {
    root = fromBase64(encoded);
  } catch {
    throw malformed();
  }
  const checkpoint = { origin, size, root };
  if (root.length !== HASH_BYTES || formatCheckpoint(checkpoint) !== text) throw malformed();
  return checkpoint;
}

/**
 * A checkpoint as a signed note; the key's name is the origin.
 *
 * @throws {TributaryError} `ERR_CHECKPOINT_MALFORMED` if no reader would take it.
 */
export async function signCheckpoint(checkpoint: Checkpoint, key: SigningKey): Promise<string> {
  const text = formatCheckpoint(checkpoint);
  parseCheckpoint(text);
  return signNote(text, checkpoint.origin, key);
}

/** A checkpoint whose signature was checked. */
export interface OpenedCheckpoint extends Checkpoint {
  readonly note: OpenedNote;
}

/**
 * Verifies a checkpoint.
 *
 * @param note Attacker-controlled.
 * @throws {TributaryError} what {@link openNote} throws; `ERR_CHECKPOINT_MALFORMED`; `ERR_CHECKPOINT_ORIGIN` if it is
 * of another log.
 */
export async function openCheckpoint(note: string, log: TrustedLog): Promise<OpenedCheckpoint> {
  const opened = await openNote(note, log.vkey);
  const checkpoint = parseCheckpoint(opened.text);
  if (checkpoint.origin !== log.origin) {
    throw new TributaryError(
      "ERR_CHECKPOINT_ORIGIN",
      `the checkpoint is of ${checkpoint.origin}; expected ${log.origin}`,
      { messageZh: `检查点属于 ${checkpoint.origin}，应为 ${log.origin}` },
    );
  }
  return { ...checkpoint, note: opened };
}

function malformed(): TributaryError {
  return new TributaryError("ERR_CHECKPOINT_MALFORMED", "text is not a checkpoint");
}
