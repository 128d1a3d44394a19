/**
 * Cosignatures: a witness's word that a checkpoint is the largest it has seen of a log, and consistent with all before
 * (C2SP tlog-cosignature, Ed25519, `cosignature/v1`).
 *
 * @module
 */

import { concatBytes, utf8 } from "../crypto/bytes.ts";
import {
  importVerifyingKey,
  SIGNATURE_BYTES,
  type SigningKey,
  signBytes,
  verifyBytes,
} from "../crypto/keys.ts";
import { TributaryError } from "../errors.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import {
  keyHashOf,
  type Note,
  type NoteSignature,
  type NoteVerifier,
  signaturesOf,
} from "./note.ts";

const TIME_BYTES = 8;
/** Times are u64 on the wire; ms of larger ones would not be exact. */
const MAX_SECONDS = Math.floor(Number.MAX_SAFE_INTEGER / 1_000);

/** A cosignature that was verified. */
export interface Cosignature {
  /** Name of the witness's key. */
  readonly witness: string;
  /** When the witness signed, by its clock; whole seconds as ms since 1970-01-01T00:00:00Z. */
  readonly atMs: number;
}

/** What a witness signs. @param text Text of the checkpoint, all of its lines. */
function messageOf(seconds: bigint, text: string): Uint8Array {
  return utf8(`cosignature/v1\ntime ${seconds}\n${text}`);
}

/**
 * Signs a checkpoint as a witness. Whoever calls this has verified that the log extends what the key signed before, and has
 * stored so durably.
 *
 * @param text Text of the checkpoint's note, without signatures.
 * @throws {TributaryError} `ERR_CHECKPOINT_MALFORMED` if it is none: the key signs nothing else.
 */
export async function cosign(
  text: string,
  witness: { readonly name: string; readonly key: SigningKey; readonly nowMs: number },
): Promise<NoteSignature> {
  parseCheckpoint(text);
  const { name, key } = witness;
  const seconds = BigInt(Math.floor(witness.nowMs / 1_000));
  const time = new Uint8Array(TIME_BYTES);
  new DataView(time.buffer).setBigUint64(0, seconds);
  const signature = await signBytes(key, messageOf(seconds, text));
  return {
    name,
    keyHash: keyHashOf(name, key.publicKey, "cosignature"),
    signature: concatBytes(time, signature),
  };
}

/**
 * The cosignature of a witness on a note, its newest if there are several; undefined if there is none. A wrong one refuses
 * the note, as the format demands.
 *
 * @param note Attacker-controlled.
 * @param witness Key of type `cosignature`.
 * @throws {TributaryError} `ERR_NOTE_SIGNATURE` if one does not verify; `ERR_KEY_WEAK`.
 */
export async function findCosignature(
  note: Note,
  witness: NoteVerifier,
): Promise<Cosignature | undefined> {
  const key = await importVerifyingKey(witness.publicKey);
  let newest: number | undefined;
  for (const { signature } of signaturesOf(note, witness)) {
    const seconds = secondsOf(signature);
    const isGood =
      seconds !== undefined &&
      (await verifyBytes(key, messageOf(seconds, note.text), signature.subarray(TIME_BYTES)));
    if (!isGood) {
      throw new TributaryError(
        "ERR_NOTE_SIGNATURE",
        `the cosignature of ${witness.name} is wrong`,
        {
          messageZh: `见证方 ${witness.name} 的联署签名有误`,
        },
      );
    }
    newest = Math.max(newest ?? 0, Number(seconds) * 1_000);
  }
  return newest === undefined ? undefined : { witness: witness.name, atMs: newest };
}

function secondsOf(signature: Uint8Array): bigint | undefined {
  if (signature.length !== TIME_BYTES + SIGNATURE_BYTES) return undefined;
  const { buffer, byteOffset } = signature;
  const seconds = new DataView(buffer, byteOffset, TIME_BYTES).getBigUint64(0);
  return seconds <= BigInt(MAX_SECONDS) ? seconds : undefined;
}
