/**
 * A center's objection to a decision of a hub's operators, signed by its key.
 *
 * @module
 */

import { TributaryError } from "../errors.ts";
import { toHex, utf8 } from "./bytes.ts";
import type { SigningKey, VerifyingKey } from "./keys.ts";
import { sha256 } from "./sha256.ts";
import { type SignedStatement, signStatement, verifyStatement } from "./signed-statement.ts";

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

const ID_DIGITS = 32;

/** Identifier of a center's objection to a decision: there is one. */
export function objectionIdOf({
  centerId,
  decisionId,
}: Pick<ObjectionStatement, "centerId" | "decisionId">): string {
  return toHex(sha256(utf8(`object ${decisionId} ${centerId}`))).slice(0, ID_DIGITS);
}

/** Members of the JSON in this order. */
function signedOf(statement: ObjectionStatement): SignedStatement {
  const { hubOrigin, centerId, decisionId, reason } = statement;
  const said = { origin: hubOrigin, center: centerId, decision: decisionId, reason };
  return { type: "tributary-object+jws", payload: utf8(JSON.stringify(said)) };
}

/** Signs an objection. */
export function signObjection(key: SigningKey, statement: ObjectionStatement): Promise<string> {
  return signStatement(key, signedOf(statement));
}

/**
 * Checks that `key` signed exactly this objection.
 *
 * @param authorization Attacker-controlled.
 * @throws {TributaryError} `ERR_SIGNATURE` if it did not.
 */
export function verifyObjection(
  authorization: string,
  key: VerifyingKey,
  statement: ObjectionStatement,
): Promise<void> {
  return verifyStatement(authorization, key, signedOf(statement), (cause) => {
    return new TributaryError("ERR_SIGNATURE", "the objection is not signed by the center's key", {
      messageZh: "异议不是由该中心的密钥签名的",
      cause,
    });
  });
}
