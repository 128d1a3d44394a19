/**
 * The signature of a batch: a JWS (RFC 7515) with Ed25519 (RFC 8037) whose text is never transported. Both sides build
 * the signing input from the header; compact JWS text is malleable and is only printed, for other tools to check.
 *
 * @module
 */

import { concatBytes, toBase64Url, utf8 } from "../crypto/bytes.ts";
import { type SigningKey, signBytes, type VerifyingKey, verifyBytes } from "../crypto/keys.ts";
import { TributaryError } from "../errors.ts";
import { decodeBatchHeader } from "./header.ts";

const TYPE = "tributary-batch+jws";

/** Base64url of the protected header: exactly this JSON, members in this order, without spaces. */
function protectedHeader(keyId: Uint8Array): string {
  return toBase64Url(utf8(`{"alg":"EdDSA","kid":"${toBase64Url(keyId)}","typ":"${TYPE}"}`));
}

/** The bytes that are signed (RFC 7515, section 5.1): protected header, a dot, header; both in base64url. */
export function batchSigningInput(keyId: Uint8Array, header: Uint8Array): Uint8Array {
  return concatBytes(utf8(`${protectedHeader(keyId)}.`), utf8(toBase64Url(header)));
}

/** Signs an encoded header. Deterministic. */
export function signBatchHeader(header: Uint8Array, key: SigningKey): Promise<Uint8Array> {
  return signBytes(key, batchSigningInput(key.keyId, header));
}

/**
 * Checks the signature of an encoded header under the key that it names.
 *
 * @throws {TributaryError} `ERR_SIGNATURE` if `key` did not sign it.
 */
export async function verifyBatchSignature(
  header: Uint8Array,
  signature: Uint8Array,
  key: VerifyingKey,
): Promise<void> {
  if (!(await verifyBytes(key, batchSigningInput(key.keyId, header), signature))) {
    throw new TributaryError("ERR_SIGNATURE", "the batch is not signed by the key that it names", {
      messageZh: "批次签名与所声明的密钥不符",
    });
  }
}

/**
 * The batch's signature as a compact JWS, so that any JOSE tool can check it. Its payload is the header's bytes.
 *
 * @throws {TributaryError} `ERR_HEADER_MALFORMED` if `header` is no header.
 */
export function toJws(header: Uint8Array, signature: Uint8Array): string {
  const { keyId } = decodeBatchHeader(header);
  return `${protectedHeader(keyId)}.${toBase64Url(header)}.${toBase64Url(signature)}`;
}
