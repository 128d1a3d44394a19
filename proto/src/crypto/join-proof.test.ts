import { beforeAll, describe, expect, test } from "vitest";
import { randomBytes } from "./bytes.ts";
import { type JoinStatement, joinCheckCode, signJoinProof, verifyJoinProof } from "./join-proof.ts";
import {
  generateSigningKey,
  importVerifyingKey,
  type SigningKey,
  type VerifyingKey,
} from "./keys.ts";

let key: SigningKey;
let verifier: VerifyingKey;
let statement: JoinStatement;
const refused = expect.objectContaining({ code: "ERR_JOIN_PROOF" });

beforeAll(async () => {
  key = await generateSigningKey();
  verifier = await importVerifyingKey(key.publicKey);
  statement = {
    hubOrigin: "hub.example/x",
    centerId: "chengdu",
    publicKey: key.publicKey,
    recoveryPublicKey: (await generateSigningKey()).publicKey,
    challenge: randomBytes(32),
  };
});

describe("a join proof", () => {
  test("shows that the key signed exactly this statement", async () => {
    const proof = await signJoinProof("join", key, statement);
    await expect(verifyJoinProof("join", proof, verifier, statement)).resolves.toBeUndefined();
  });

  test.each(["hubOrigin", "centerId", "publicKey", "recoveryPublicKey", "challenge"] as const)(
    "does not hold for another %s",
    async (member) => {
      const proof = await signJoinProof("join", key, statement);
      const other = { ...statement, [member]: member.endsWith("Key") ? randomBytes(32) : "other" };
      if (member === "challenge") Object.assign(other, { challenge: randomBytes(32) });
      await expect(verifyJoinProof("join", proof, verifier, other)).rejects.toThrow(refused);
    },
  );

  test("is no permission to rotate, nor the other way round", async () => {
    const proof = await signJoinProof("join", key, statement);
    await expect(verifyJoinProof("rotate", proof, verifier, statement)).rejects.toThrow(refused);
    const permission = await signJoinProof("rotate", key, statement);
    await expect(verifyJoinProof("join", permission, verifier, statement)).rejects.toThrow(refused);
  });

  test("does not hold under another key, or under another key's name", async () => {
    const other = await generateSigningKey();
    for (const forger of [other, { ...other, keyId: key.keyId }, { ...key, keyId: other.keyId }]) {
      const proof = await signJoinProof("join", forger, statement);
      await expect(verifyJoinProof("join", proof, verifier, statement)).rejects.toThrow(refused);
    }
  });

  test.each(["", "a.b.c", "..."])("does not hold as %j", async (proof) => {
    await expect(verifyJoinProof("join", proof, verifier, statement)).rejects.toThrow(refused);
  });
});

describe("the check code", () => {
  test("is six characters that depend on hub, center and both keys", () => {
    const code = joinCheckCode(statement);
    expect(code).toMatch(/^[2-9A-HJ-KMNP-TW-Z]{6}$/);
    expect(joinCheckCode({ ...statement })).toBe(code);
    expect(joinCheckCode({ ...statement, hubOrigin: "hub.example/y" })).not.toBe(code);
    expect(joinCheckCode({ ...statement, centerId: "jiangxi" })).not.toBe(code);
    expect(joinCheckCode({ ...statement, publicKey: randomBytes(32) })).not.toBe(code);
    expect(joinCheckCode({ ...statement, recoveryPublicKey: randomBytes(32) })).not.toBe(code);
  });
});
