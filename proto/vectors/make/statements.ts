/**
 * Vectors of what a center signs beside its batches: proofs that it holds a key, objections, confirmations.
 *
 * @module
 */

import {
  type ConfirmationStatement,
  confirmationArgumentOf,
  confirmationIdOf,
  fromHex,
  type JoinProofKind,
  type JoinStatement,
  joinCheckCode,
  type ObjectionStatement,
  objectionIdOf,
  type SigningKey,
  signConfirmation,
  signJoinProof,
  signObjection,
} from "@tributary/proto";
import { toVector, type VectorFile } from "./json.ts";
import { CENTER_ID, centerKey, HUB_ORIGIN, otherKey } from "./keys.ts";

const joining: JoinStatement = {
  hubOrigin: HUB_ORIGIN,
  centerId: CENTER_ID,
  publicKey: centerKey.publicKey,
  recoveryPublicKey: otherKey.publicKey,
  challenge: new Uint8Array(32).fill(7),
};

const overlapping: JoinStatement = {
  ...joining,
  previousKeyUntil: { feedId: fromHex("000102030405060708090a0b0c0d0e0f"), seq: 42 },
};

const objection: ObjectionStatement = {
  hubOrigin: HUB_ORIGIN,
  centerId: CENTER_ID,
  decisionId: "00112233445566778899aabbccddeeff",
  reason: "该服务商“仍在营业”，请恢复。\n",
};

const confirmation: ConfirmationStatement = {
  hubOrigin: HUB_ORIGIN,
  centerId: CENTER_ID,
  feedId: "000102030405060708090a0b0c0d0e0f",
  position: 9_007_199_254_740_991,
  reason: "",
};

/** What the payload of a signature is. */
function payloadOf(jws: string): string {
  return Buffer.from(jws.split(".")[1] as string, "base64url").toString("utf8");
}

async function proof(
  name: string,
  kind: JoinProofKind,
  statement: JoinStatement,
  key: SigningKey = centerKey,
) {
  const jws = await signJoinProof(kind, key, statement);
  const checkCode = kind === "join" ? joinCheckCode(statement) : undefined;
  return { name, kind, key: key.publicKey, statement, payload: payloadOf(jws), jws, checkCode };
}

async function objected(name: string, statement: ObjectionStatement, key = centerKey) {
  const jws = await signObjection(key, statement);
  const id = objectionIdOf(statement);
  return { name, kind: "object", key: key.publicKey, statement, payload: payloadOf(jws), jws, id };
}

async function confirmed(name: string, statement: ConfirmationStatement, key = centerKey) {
  const jws = await signConfirmation(key, statement);
  const signed = { payload: payloadOf(jws), jws };
  const entry = { id: confirmationIdOf(statement), argument: confirmationArgumentOf(statement) };
  return { name, kind: "confirm", key: key.publicKey, statement, ...signed, ...entry };
}

/** A signature beside a statement of which it is none. */
function refused(
  name: string,
  { kind, key, statement }: { kind: string; key: Uint8Array; statement: object },
  { jws }: { jws: string },
) {
  const code = kind === "object" || kind === "confirm" ? "ERR_SIGNATURE" : "ERR_JOIN_PROOF";
  return { name, kind, key, statement, jws, code };
}

/** Statements with their signatures, and signatures that are none of the statement beside them. */
export async function statementVectors(): Promise<VectorFile> {
  const join = await proof("a center joins", "join", joining);
  const leave = await proof("a center leaves", "leave", joining);
  const object = await objected("a center objects", objection);
  const confirm = await confirmed("a center confirms what a snapshot left out", confirmation);
  const tlsPublicKey = fromHex("3059301306072a8648ce3d020106082a8648ce3d030107034200");
  const valid = [
    join,
    await proof("batches under the key before may be on their way", "join", overlapping),
    await proof("the recovery key permits a rotation", "rotate", joining, otherKey),
    leave,
    await proof("a key for TLS is certified", "certificate", { ...joining, tlsPublicKey }),
    object,
    confirm,
  ];
  const otherChallenge = { ...joining, challenge: new Uint8Array(32) };
  const elsewhere = { ...objection, hubOrigin: "hub.example/other" };
  const invalid = [
    refused("the proof of another challenge", join, await proof("", "join", otherChallenge)),
    refused("the word that a center leaves, where it joins", join, leave),
    refused("an objection by another key", object, await objected("", objection, otherKey)),
    refused("an objection at another hub", object, await objected("", elsewhere)),
    refused(
      "a confirmation of another snapshot",
      confirm,
      await confirmed("", { ...confirmation, position: 5 }),
    ),
    refused("an objection where a confirmation is meant", confirm, object),
  ];
  return {
    description:
      "What a center signs beside its batches. valid: a statement, the exact payload, and its compact JWS by key (32 bytes); with join the characters that people compare (checkCode), with object and confirm the identifier of the log entry, with confirm the entry's argument. A signer may order the members of the JWS header otherwise. invalid: a JWS that is refused for the statement beside it, with the code.",
    valid: valid.map(toVector),
    invalid: invalid.map(toVector),
  };
}
