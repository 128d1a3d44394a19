/**
 * The hub's signature on the state of its log.
 *
 * @module
 */

import { formatVkey, type SigningKey, signCheckpoint, type TrustedLog } from "@tributary/proto";

/** A published state of the log. */
export interface LogHead {
  /** Number of entries. */
  readonly size: number;
  /** RFC 6962 root; 32 bytes. */
  readonly root: Uint8Array;
  /** The C2SP signed note that says so. */
  readonly checkpoint: string;
}

/** Signs checkpoints of one origin with one key. */
export interface CheckpointSigner extends TrustedLog {
  /** A signed note over (origin, size, root). */
  sign(size: number, root: Uint8Array): Promise<string>;
}

/** @throws {TributaryError} `ERR_VKEY_MALFORMED` if `origin` has spaces or plus signs. */
export function createCheckpointSigner(origin: string, key: SigningKey): CheckpointSigner {
  return {
    origin,
    vkey: formatVkey(origin, key.publicKey),
    sign: (size, root) => signCheckpoint({ origin, size, root }, key),
  };
}
