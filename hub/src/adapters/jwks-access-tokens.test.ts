import { writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { ManualClock } from "@tributary/proto";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { temporaryPath } from "../../test/support/temporary-folder.ts";
import { openJwksAccessTokens } from "./jwks-access-tokens.ts";

const ISSUER = "https://login.example";
const AUDIENCE = "https://hub.example";

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
let pair: Pair;
let rsa: Pair;
let keySet: string;
const clock = new ManualClock();
const closing: (() => void)[] = [];

beforeAll(async () => {
  pair = await generateKeyPair("ES256", { extractable: true });
  rsa = await generateKeyPair("RS256", { extractable: true });
  const keys = await Promise.all([pair, rsa].map(({ publicKey }) => exportJWK(publicKey)));
  keySet = JSON.stringify({ keys: keys.map((key, i) => ({ ...key, kid: `k${i}` })) });
});

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

describe("access tokens", () => {
  test("prove subject and scopes, of which unknown ones are of other services", async () => {
    const { subject, scopes } = await (await open()).verify(await token());
    expect([subject, [...scopes]]).toEqual(["dash", ["read:members"]]);
  });

  test.each<[string, object, object]>([
    ["another issuer", { iss: `${ISSUER}/` }, {}],
    ["another audience", { aud: "https://other.example" }, {}],
    ["no audience", { aud: undefined }, {}],
    ["no end", { exp: undefined }, {}],
    ["no client", { client_id: undefined }, {}],
    ["no id", { jti: undefined }, {}],
    ["no subject", { sub: undefined }, {}],
    ["a time to come", { nbf: seconds() + 600 }, {}],
    ["another type", {}, { typ: "JWT" }],
    ["no type", {}, { typ: undefined }],
    ["an unknown key", {}, { kid: "k9" }],
  ])("with %s are refused", async (_, claims, header) => {
    await expect((await open()).verify(await token(claims, header))).rejects.toMatchObject({
      code: "ERR_TOKEN_INVALID",
    });
  });

  test("that have ended are told so", async () => {
    await expect((await open()).verify(await token({ exp: seconds() - 61 }))).rejects.toMatchObject(
      { code: "ERR_TOKEN_EXPIRED" },
    );
  });

  test("by an algorithm that is not pinned are refused, though the key is known", async () => {
    const text = await token({}, { alg: "RS256", kid: "k1" }, rsa);
    await expect((await open(undefined, ["ES256"])).verify(text)).rejects.toMatchObject({
      code: "ERR_TOKEN_INVALID",
    });
    await (await open(undefined, ["ES256", "RS256"])).verify(text);
  });

  test("without a signature are refused", async () => {
    const [, payload] = (await token()).split(".");
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString("base64url");
    await expect((await open()).verify(`${none}.${payload}.`)).rejects.toMatchObject({
      code: "ERR_TOKEN_INVALID",
    });
  });
});

describe("the keys of an issuer", () => {
  test("are fetched once for many tokens, and from no address that a token names", async () => {
    const asked: string[] = [];
    const url = await serve((request, answer) => {
      asked.push(String(request.url));
      answer.end(keySet);
    });
    const tokens = await open(`${url}/keys`);
    for (let i = 0; i < 5; i += 1) await tokens.verify(await token());
    const stranger = await generateKeyPair("ES256", { extractable: true });
    const jwk = await exportJWK(stranger.publicKey);
    const lured = await token(
      {},
      { kid: "k9", jku: `${url}/evil`, x5u: `${url}/evil`, jwk },
      stranger,
    );
    await expect(tokens.verify(lured)).rejects.toMatchObject({ code: "ERR_TOKEN_INVALID" });
    expect(asked).toEqual(["/keys"]);
  });

  test.each<[string, RequestListener]>([
    ["redirects", (_, answer) => answer.writeHead(302, { location: "/keys" }).end()],
    ["fails", (_, answer) => answer.writeHead(500).end()],
    ["says no JSON", (_, answer) => answer.end("<html>")],
    ["says no key set", (_, answer) => answer.end('{"keys":7}')],
    ["never stops", (_, answer) => pour(() => answer.write("x".repeat(65_536)))],
  ])("are unavailable, and no token invalid, where the address %s", async (_, listener) => {
    const tokens = await open(await serve(listener));
    await expect(tokens.verify(await token())).rejects.toMatchObject({ code: "ERR_UNAVAILABLE" });
  });

  test.each(["", "{}", '{"keys":{}}', '{"keys":[7]}'])(
    "are not read of a file that says %j",
    async (text) => {
      const file = temporaryPath("jwks.json");
      writeFileSync(file, text);
      await expect(open(file)).rejects.toMatchObject({ code: "ERR_CONFIG_INVALID" });
    },
  );
});

function open(jwks?: string, algorithms = ["ES256"]) {
  let file = jwks;
  if (file === undefined) {
    file = temporaryPath("jwks.json");
    writeFileSync(file, keySet);
  }
  return openJwksAccessTokens({
    issuer: ISSUER,
    audience: AUDIENCE,
    jwks: file,
    algorithms,
    clock,
  });
}

function token(claims: object = {}, header: object = {}, by = pair): Promise<string> {
  const now = seconds();
  return new SignJWT({
    iss: ISSUER,
    aud: AUDIENCE,
    sub: "dash",
    client_id: "dash",
    jti: "1",
    iat: now,
    exp: now + 300,
    scope: "openid read:members __proto__",
    ...claims,
  })
    .setProtectedHeader({ alg: "ES256", kid: "k0", typ: "at+jwt", ...header })
    .sign(by.privateKey);
}

function seconds(): number {
  return Math.floor(new ManualClock().now() / 1_000);
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Writes for as long as the test runs. */
function pour(write: () => void): void {
  const timer = setInterval(write, 1);
  closing.push(() => clearInterval(timer));
}
