/**
 * How a center ends its membership: it says so with its key, and checks what the hub signs of what is left of it.
 *
 * @module
 */

import {
  type Offboarding,
  openOffboarding,
  type SigningKey,
  signJoinProof,
  TributaryError,
  type TrustedLog,
} from "@tributary/proto";
import type { MemberClient } from "../ports/member-client.ts";

export interface LeaveOptions {
  readonly hub: TrustedLog;
  readonly centerId: string;
  readonly client: MemberClient;
  /** The current key; 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 32 bytes. */
  readonly recoveryPublicKey: Uint8Array;
  /** The current or the recovery key. */
  readonly signingKey: SigningKey;
  /** Whether the contents of the records stay in the hub's log. */
  readonly keepsContents: boolean;
}

export interface Departure {
  /** The note as the hub signed it. */
  readonly certificate: string;
  readonly found: Offboarding;
  /** True if the certificate says that nothing is left that was to go. */
  readonly isClean: boolean;
}

/**
 * Leaves. Called again, it gets a new certificate.
 *
 * @throws {TributaryError} What the hub refuses with; `ERR_CERTIFICATE_MALFORMED`, `ERR_NOTE_SIGNATURE` if what it
 * answers is not its certificate for this center. The center has left all the same.
 */
export async function leave(options: LeaveOptions, signal: AbortSignal): Promise<Departure> {
  const { hub, centerId, client, publicKey, recoveryPublicKey, signingKey, keepsContents } =
    options;
  const { challenge } = await client.requestChallenge(centerId, signal);
  const statement = { hubOrigin: hub.origin, centerId, publicKey, recoveryPublicKey, challenge };
  const authorization = await signJoinProof("leave", signingKey, statement);
  const { certificate } = await client.leave({ centerId, authorization, keepsContents }, signal);
  const found = await openOffboarding(certificate, hub);
  if (found.centerId !== centerId) throw ofAnother(found.centerId, centerId);
  const isClean =
    found.catalogRecords === 0 &&
    found.indexDocuments === 0 &&
    found.entities === 0 &&
    (keepsContents || found.contents === 0);
  return { certificate, found, isClean };
}

function ofAnother(given: string, centerId: string): TributaryError {
  return new TributaryError(
    "ERR_CERTIFICATE_MALFORMED",
    `the certificate is for ${given}, not for ${centerId}`,
    { messageZh: `该证明属于 ${given}，而非 ${centerId}` },
  );
}
