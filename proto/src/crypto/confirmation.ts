/**
 * A center's confirmation, signed by its key, that what one snapshot of it left out is meant to go. It names the hub and
 * the place of the snapshot in the hub's log, so that it is worth nothing for another change or at another hub.
 *
 * @module
 */

import { TributaryError } from "../errors.ts";
import { toHex, utf8 } from "./bytes.ts";
import type { SigningKey, VerifyingKey } from "./keys.ts";
import { sha256 } from "./sha256.ts";
import { type SignedStatement, signStatement, verifyStatement } from "./signed-statement.ts";

/** Names a snapshot. */
export interface SnapshotPlace {
  /** The feed that began with it; 32 lower-case hexadecimal digits. */
  readonly feedId: string;
  /** Position in the hub's log of the batch that ended it. */
  readonly position: number;
}

/** What is signed. */
export interface ConfirmationStatement extends SnapshotPlace {
  /** Origin of the hub. */
  readonly hubOrigin: string;
  readonly centerId: string;
  /** At most 1,000 characters; may be empty. */
  readonly reason: string;
}

const ID_DIGITS = 32;

/** Identifier of a center's confirmation of a snapshot: there is one. */
export function confirmationIdOf(
  confirmation: Pick<ConfirmationStatement, "centerId" | "feedId" | "position">,
): string {
  const text = `confirm ${confirmationArgumentOf(confirmation)} ${confirmation.centerId}`;
  return toHex(sha256(utf8(text))).slice(0, ID_DIGITS);
}

/** The snapshot as the argument of the decision that confirms it: `<feed> <position>`. */
export function confirmationArgumentOf({ feedId, position }: SnapshotPlace): string {
  return `${feedId} ${position}`;
}

/** The snapshot that an argument names; undefined for one that is written otherwise. */
export function parseConfirmationArgument(argument: string): SnapshotPlace | undefined {
  const [, feedId, digits] = /^([0-9a-f]{32}) (0|[1-9][0-9]{0,15})$/.exec(argument) ?? [];
  const position = Number(digits);
  return feedId === undefined || !Number.isSafeInteger(position) ? undefined : { feedId, position };
}

/** Members of the JSON in this order. */
function signedOf(statement: ConfirmationStatement): SignedStatement {
  const { hubOrigin, centerId, feedId, position, reason } = statement;
  const said = { origin: hubOrigin, center: centerId, feed: feedId, position, reason };
  return { type: "tributary-confirm+jws", payload: utf8(JSON.stringify(said)) };
}

/** Signs a confirmation. */
export function signConfirmation(
  key: SigningKey,
  statement: ConfirmationStatement,
): Promise<string> {
  return signStatement(key, signedOf(statement));
}

/**
 * Checks that `key` signed exactly this confirmation.
 *
 * @param authorization Attacker-controlled.
 * @throws {TributaryError} `ERR_SIGNATURE` if it did not.
 */
export function verifyConfirmation(
  authorization: string,
  key: VerifyingKey,
  statement: ConfirmationStatement,
): Promise<void> {
  return verifyStatement(authorization, key, signedOf(statement), (cause) => {
    return new TributaryError(
      "ERR_SIGNATURE",
      "the confirmation of this snapshot is not signed by the center's key",
      { messageZh: "对该快照的确认不是由该中心的密钥签名的", cause },
    );
  });
}
