/**
 * A center's objection to a decision of a hub's operators, signed by its key: a compact JWS (RFC 7515). The verifier knows
 * every byte of the payload and compares it: nothing is taken from the signature.
 *
 * @module
 */

import { CompactSign, compactVerify } from "jose";
import { TributaryError } from "../errors.ts";
import { equalBytes, toBase64Url, toHex, utf8 } from "./bytes.ts";
import type { SigningKey, VerifyingKey } from "./keys.ts";
import { sha256 } from "./sha256.ts";

/** What is signed. */
export interface ObjectionStatement {
  /** Origin of the hub. */
  readonly hubOrigin: string;
  readonly centerId: string;
  /** Identifier of the decision. */
  readonly decisionId: string;
  /** 1 to 1,000 characters. */
  readonly reason: string;
}

const TYPE = "tributary-object+jws";
const ID_DIGITS = 32;

/** Identifier of a center's objection to a decision: there is one. */
export function objectionIdOf({
  centerId,
  decisionId,
}: Pick<ObjectionStatement, "centerId" | "decisionId">): string {
  return toHex(sha256(utf8(`object ${decisionId} ${centerId}`))).slice(0, ID_DIGITS);
}

/** The JSON that is signed: members in this order. */
function payloadOf(statement: ObjectionStatement): Uint8Array {
  const { hubOrigin, centerId, decisionId, reason } = statement;
  return utf8(
    JSON.stringify({ origin: hubOrigin, center: centerId, decision: decisionId, reason }),
  );
}

/** Signs an objection. */
export function signObjection(key: SigningKey, statement: ObjectionStatement): Promise<string> {
  return new CompactSign(payloadOf(statement))
    .setProtectedHeader({ alg: "EdDSA", kid: toBase64Url(key.keyId), typ: TYPE })
    .sign(key.privateKey);
}

/**
 * Checks that `key` signed exactly this objection.
 *
 * @param authorization Attacker-controlled.
 * @throws {TributaryError} `ERR_SIGNATURE` if it did not.
 */
export async function verifyObjection(
  authorization: string,
  key: VerifyingKey,
  statement: ObjectionStatement,
): Promise<void> {
  let cause: unknown;
  try {
    const opened = await compactVerify(authorization, key.key, { algorithms: ["EdDSA"] });
    const { typ, kid } = opened.protectedHeader;
    const isMeant = typ === TYPE && kid === toBase64Url(key.keyId);
    if (isMeant && equalBytes(opened.payload, payloadOf(statement))) return;
  } catch (error) {
    cause = error;
  }
  throw new TributaryError("ERR_SIGNATURE", "the objection is not signed by the center's key", {
    messageZh: "异议不是由该中心的密钥签名的",
    cause,
  });
}
