/**
 * A statement with a center's signature: a compact JWS (RFC 7515). The verifier knows every byte of the payload and
 * compares it: nothing is taken from the signature.
 *
 * @module
 */

import { CompactSign, compactVerify } from "jose";
import { equalBytes, toBase64Url } from "./bytes.ts";
import type { SigningKey, VerifyingKey } from "./keys.ts";

/** What is signed. */
export interface SignedStatement {
  /** `typ` of the protected header, so that a signature of one kind is none of another. */
  readonly type: string;
  readonly payload: Uint8Array;
}

/** Signs a statement. */
export function signStatement(
  key: SigningKey,
  { type, payload }: SignedStatement,
): Promise<string> {
  return new CompactSign(payload)
    .setProtectedHeader({ alg: "EdDSA", kid: toBase64Url(key.keyId), typ: type })
    .sign(key.privateKey);
}

/**
 * Checks that `key` signed exactly this statement.
 *
 * @param jws Attacker-controlled.
 * @param refused Makes the error where it did not.
 */
export async function verifyStatement(
  jws: string,
  key: VerifyingKey,
  { type, payload }: SignedStatement,
  refused: (cause: unknown) => Error,
): Promise<void> {
  let cause: unknown;
  try {
    const opened = await compactVerify(jws, key.key, { algorithms: ["EdDSA"] });
    const { typ, kid } = opened.protectedHeader;
    const isMeant = typ === type && kid === toBase64Url(key.keyId);
    if (isMeant && equalBytes(opened.payload, payload)) return;
  } catch (error) {
    cause = error;
  }
  throw refused(cause);
}
