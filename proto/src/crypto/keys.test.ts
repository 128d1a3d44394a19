import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromBase64Url, fromHex, toBase64Url, utf8 } from "./bytes.ts";
import {
  exportSigningKey,
  generateSigningKey,
  importSigningKey,
  importVerifyingKey,
  keyIdOf,
  signBytes,
  verifyBytes,
} from "./keys.ts";
import { publicKeyWeakness } from "./weak-key.ts";

const withCode = (code: string) => expect.objectContaining({ code });

describe("a signing key", () => {
  test("signs what its verifying half verifies, and nothing else", async () => {
    const key = await generateSigningKey();
    const verifier = await importVerifyingKey(key.publicKey);
    const signature = await signBytes(key, utf8("a"));
    expect(verifier.keyId).toEqual(key.keyId);
    expect(signature).toHaveLength(64);
    expect(await verifyBytes(verifier, utf8("a"), signature)).toBe(true);
    expect(await verifyBytes(verifier, utf8("b"), signature)).toBe(false);
    expect(await verifyBytes(verifier, utf8("a"), signature.subarray(1))).toBe(false);
    const other = await importVerifyingKey((await generateSigningKey()).publicKey);
    expect(await verifyBytes(other, utf8("a"), signature)).toBe(false);
  });

  test("comes back from its text", async () => {
    const key = await generateSigningKey();
    const back = await importSigningKey(await exportSigningKey(key));
    expect(back.publicKey).toEqual(key.publicKey);
    expect(back.keyId).toEqual(key.keyId);
    expect(await signBytes(back, utf8("a"))).toEqual(await signBytes(key, utf8("a")));
  });

  test("is refused if its halves do not belong together, without its text in the error", async () => {
    const [a, b] = [await generateSigningKey(), await generateSigningKey()];
    const jwk = JSON.parse(await exportSigningKey(a));
    const mixed = JSON.stringify({ ...jwk, x: toBase64Url(b.publicKey) });
    const error = await importSigningKey(mixed).catch((e: unknown) => e as Error);
    expect(error).toEqual(withCode("ERR_KEY_MALFORMED"));
    expect(JSON.stringify(error)).not.toContain(jwk.d);
    expect((error as Error).cause).toBeUndefined();
  });

  test.each(["", "{}", "null", '{"kty":"EC","crv":"Ed25519","x":"","d":""}', "not JSON"])(
    "is refused if the text is %j",
    async (text) => {
      await expect(importSigningKey(text)).rejects.toThrow(withCode("ERR_KEY_MALFORMED"));
    },
  );
});

describe("a public key", () => {
  test.each([0, 31, 33])("is refused at %i bytes", async (length) => {
    const key = new Uint8Array(length).fill(1);
    await expect(importVerifyingKey(key)).rejects.toThrow(withCode("ERR_KEY_MALFORMED"));
  });

  test("is refused if no point has its y", () => {
    // y = 2: (y^2 - 1) / (d y^2 + 1) is no square.
    expect(publicKeyWeakness(Uint8Array.of(2, ...new Uint8Array(31)))).toBe("not_a_point");
  });

  test("is taken from any key generator", async () => {
    for (let i = 0; i < 20; i++) {
      expect(publicKeyWeakness((await generateSigningKey()).publicKey)).toBeUndefined();
    }
  });

  test("is taken in one encoding only: y + p is refused", () => {
    // The base point of RFC 8032, section 5.1, has y = 4/5; small y have a second encoding below 2^255.
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 18 }), (y) => {
        const p = 2n ** 255n - 19n;
        const bytes = fromHex((p + BigInt(y)).toString(16).padStart(64, "0")).toReversed();
        expect(publicKeyWeakness(bytes)).toBe("non_canonical");
      }),
    );
  });

  test("is not kept by reference", async () => {
    const bytes = (await generateSigningKey()).publicKey;
    const key = await importVerifyingKey(bytes);
    const before = key.publicKey.slice();
    bytes.fill(0);
    expect(key.publicKey).toEqual(before);
  });

  test("has the thumbprint of RFC 8037, appendix A.3", () => {
    const x = fromBase64Url("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    expect(toBase64Url(keyIdOf(x))).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  });
});
