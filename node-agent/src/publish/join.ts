/**
 * How an agent becomes a member: it proves that it holds its key to the hub of the invitation, and to no other.
 *
 * @module
 */

import { joinCheckCode, type SigningKey, signJoinProof, TributaryError } from "@tributary/proto";
import type { JoinAnswer, JoinChallenge, MemberClient } from "../ports/member-client.ts";
import type { JoinCode } from "./join-code.ts";

export interface JoinOptions {
  readonly code: JoinCode;
  readonly client: MemberClient;
  readonly key: SigningKey;
  readonly recoveryKey: SigningKey;
  readonly agentVersion: string;
}

/** What came of it. */
export interface Joined {
  readonly state: JoinAnswer["state"];
  /** Six characters, computed here: the operator's screen has to show the same. */
  readonly checkCode: string;
}

/**
 * Joins the hub of an invitation.
 *
 * @throws {TributaryError} `ERR_HUB_IDENTITY` if the hub that answers is not the one of the invitation, before the
 * secret is sent; what the hub refuses with.
 */
export async function joinHub(
  { code, client, key, recoveryKey, agentVersion }: JoinOptions,
  signal: AbortSignal,
): Promise<Joined> {
  const answered = await client.requestChallenge(code.center, signal);
  requireHub(code, answered);
  const { challenge, hubOrigin } = answered;
  const statement = {
    hubOrigin: code.origin,
    centerId: code.center,
    publicKey: key.publicKey,
    recoveryPublicKey: recoveryKey.publicKey,
  };
  const answer = await client.join(
    {
      centerId: code.center,
      invitationSecret: code.secret,
      publicKey: key.publicKey,
      recoveryPublicKey: recoveryKey.publicKey,
      proofOfPossession: await signJoinProof("join", key, { ...statement, challenge }),
      agentVersion,
    },
    signal,
  );
  const checkCode = joinCheckCode(statement);
  if (answer.checkCode !== checkCode) throw otherHub(code.origin, hubOrigin);
  return { state: answer.state, checkCode };
}

/** @throws {TributaryError} `ERR_HUB_IDENTITY` if the hub that answers is not the one that was meant. */
export function requireHub(
  { origin, vkey }: Pick<JoinCode, "origin" | "vkey">,
  { hubOrigin, hubVkey }: JoinChallenge,
): void {
  if (hubOrigin !== origin || hubVkey !== vkey) throw otherHub(origin, hubOrigin);
}

function otherHub(expected: string, got: string): TributaryError {
  return new TributaryError(
    "ERR_HUB_IDENTITY",
    `the hub that answers (${got}) is not the one of the invitation (${expected}); ask its operator, somebody may stand between you`,
    {
      messageZh: `应答的枢纽（${got}）与加入码中的枢纽（${expected}）不一致；请联系管理员，连接可能被截获`,
    },
  );
}
