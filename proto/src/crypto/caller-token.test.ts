import { SignJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { equalBytes, toBase64Url } from "./bytes.ts";
import { type CallerKeyLookup, signCallerToken, verifyCallerToken } from "./caller-token.ts";
import { generateSigningKey, importVerifyingKey, type SigningKey } from "./keys.ts";

const NOW = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const audience = "hub.example/x";
const centerId = "chengdu";
let key: SigningKey;
let keyOf: CallerKeyLookup;

beforeAll(async () => {
  key = await generateSigningKey();
  const verifier = await importVerifyingKey(key.publicKey);
  keyOf = (id, keyId) =>
    id === centerId && equalBytes(keyId, verifier.keyId) ? verifier : undefined;
});

const sign = (nowMs = NOW, by = key) => signCallerToken(by, { centerId, audience, nowMs });
const verify = (token: string, nowMs = NOW) => verifyCallerToken(token, { audience, nowMs, keyOf });
const withCode = (code: string) => expect.objectContaining({ code });

/** A token by hand, correct but for `change`. */
function forge(change: {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  readonly by?: SigningKey;
}): Promise<string> {
  const seconds = NOW / 1000;
  return new SignJWT({
    iss: centerId,
    sub: centerId,
    aud: audience,
    iat: seconds,
    exp: seconds + 300,
    ...change.claims,
  })
    .setProtectedHeader({
      alg: "EdDSA",
      kid: toBase64Url(key.keyId),
      typ: "tributary-caller+jwt",
      ...change.header,
    })
    .sign((change.by ?? key).privateKey, { crit: { exp2: true } });
}

describe("a caller token", () => {
  test("proves the center and its key for five minutes", async () => {
    const token = await sign();
    expect(await verify(token)).toEqual({ centerId, keyId: key.keyId });
    expect(await verify(token, NOW + 5 * MINUTE)).toMatchObject({ centerId });
  });

  test("bears clocks that differ by less than a minute", async () => {
    expect(await verify(await sign(NOW + 59_000))).toMatchObject({ centerId });
  });

  test.each([7 * MINUTE, 86_400_000 * 3650, -2 * MINUTE, -86_400_000 * 3650])(
    "is refused %i ms away, and the refusal tells the hub's time",
    async (away) => {
      const error = await verify(await sign(), NOW + away).catch((e: unknown) => e);
      expect(error).toMatchObject({
        code: "ERR_TOKEN_EXPIRED",
        details: { hubNowMs: NOW + away },
      });
    },
  );

  test("is refused if it would live for longer than ten minutes", async () => {
    const token = await forge({ claims: { exp: NOW / 1000 + 86_400 } });
    expect(await verify(token)).toMatchObject({ centerId });
    await expect(verify(token, NOW + 12 * MINUTE)).rejects.toThrow(withCode("ERR_TOKEN_EXPIRED"));
  });

  test.each([
    ["another hub's audience", { claims: { aud: "hub.example/y" } }],
    ["no audience", { claims: { aud: undefined } }],
    ["no expiry", { claims: { exp: undefined } }],
    ["no time of issue", { claims: { iat: undefined } }],
    ["another issuer", { claims: { iss: "jiangxi" } }],
    ["another center", { claims: { sub: "jiangxi", iss: "jiangxi" } }],
    ["another type", { header: { typ: "JWT" } }],
    ["another key id", { header: { kid: "AAAA" } }],
    ["a key id that is no base64url", { header: { kid: "../../etc/passwd" } }],
    ["an extension that must be understood", { header: { crit: ["exp2"], exp2: "x" } }],
  ])("is refused with %s", async (_, change) => {
    await expect(verify(await forge(change))).rejects.toThrow(withCode("ERR_TOKEN_INVALID"));
  });

  test("is refused if another key signed it under the center's key id", async () => {
    const other = await generateSigningKey();
    const token = await sign(NOW, { ...other, keyId: key.keyId });
    await expect(verify(token)).rejects.toThrow(withCode("ERR_TOKEN_INVALID"));
  });

  test("brings no key of its own, and none is fetched for it", async () => {
    // RFC 7515, 4.1.2 to 4.1.6: parameters that name a key. Whoever followed one would believe the thief, or call him.
    const thief = await generateSigningKey();
    const jwk = { kty: "OKP", crv: "Ed25519", x: toBase64Url(thief.publicKey) };
    const url = "http://127.0.0.1:1/jwks.json";
    const header = { jwk, jku: url, x5u: url, x5c: ["MAA="] };
    await expect(verify(await forge({ header, by: thief }))).rejects.toThrow(
      withCode("ERR_TOKEN_INVALID"),
    );
    expect(await verify(await forge({ header }))).toMatchObject({ centerId });
  });

  test("is refused with any one character changed before its signature's last", async () => {
    const token = await sign();
    for (let at = 0; at < token.length - 1; at += 3) {
      const put = token[at] === "A" ? "B" : "A";
      const changed = token.slice(0, at) + put + token.slice(at + 1);
      await expect(verify(changed), `at ${at}`).rejects.toThrow(withCode("ERR_TOKEN_INVALID"));
    }
  });

  test("that is signed with the public key as a secret is refused", async () => {
    const seconds = NOW / 1000;
    const claims = {
      iss: centerId,
      sub: centerId,
      aud: audience,
      iat: seconds,
      exp: seconds + 300,
    };
    const token = await new SignJWT(claims)
      .setProtectedHeader({
        alg: "HS256",
        kid: toBase64Url(key.keyId),
        typ: "tributary-caller+jwt",
      })
      .sign(key.publicKey);
    await expect(verify(token)).rejects.toThrow(withCode("ERR_TOKEN_INVALID"));
  });

  test.each(["", "a.b.c", "e30.e30.", "eyJhbGciOiJub25lIn0.e30."])(
    "is refused as %j",
    async (t) => {
      await expect(verify(t)).rejects.toThrow(withCode("ERR_TOKEN_INVALID"));
    },
  );
});
