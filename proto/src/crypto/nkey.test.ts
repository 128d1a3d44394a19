import { describe, expect, test } from "vitest";
import { fromHex, utf8 } from "./bytes.ts";
import { signCallerToken } from "./caller-token.ts";
import { signJoinProof } from "./join-proof.ts";
import { generateSigningKey } from "./keys.ts";
import { isNatsNonce, natsUserOf } from "./nkey.ts";

describe("the nkey of a user", () => {
  // Made with @nats-io/nkeys 2.0.3 (`Codec.encode(Prefix.User, bytes)`) from these bytes.
  test.each([
    ["00".repeat(32), "UAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABET7"],
    [
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
      "UDLVVGABQKYQVN6VJP7NHSLEA45A5YLS6PNKMIZFV4BBU2HXA5IRUVAL",
    ],
  ])("of %s is %s", (hex, nkey) => {
    expect(natsUserOf(fromHex(hex))).toBe(nkey);
  });

  test("is not made of anything but 32 bytes", () => {
    expect(() => natsUserOf(new Uint8Array(31))).toThrow(TypeError);
  });
});

describe("a nonce", () => {
  test.each(["V1kfY5ZcT0-x_Qg", "A".repeat(11), "a".repeat(64)])("%s may be signed", (text) => {
    expect(isNatsNonce(text)).toBe(true);
  });

  test.each([
    "",
    "A".repeat(10),
    "a".repeat(65),
    "eyJhbGciOiJF.eyJhIjoxfQ",
    "a b",
    "x\n".repeat(9),
  ])("%j may not", (text) => {
    expect(isNatsNonce(text)).toBe(false);
  });

  test("is never what a token or a join proof signs", async () => {
    const key = await generateSigningKey();
    const token = await signCallerToken(key, { centerId: "aa", audience: "hub.test/a", nowMs: 0 });
    const statement = {
      hubOrigin: "hub.test/a",
      centerId: "aa",
      publicKey: key.publicKey,
      recoveryPublicKey: key.publicKey,
      challenge: utf8("challenge"),
    };
    const proof = await signJoinProof("join", key, statement);
    for (const jws of [token, proof]) {
      expect(isNatsNonce(jws.slice(0, jws.lastIndexOf(".")))).toBe(false);
    }
  });
});
