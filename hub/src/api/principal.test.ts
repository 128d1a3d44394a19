import {
  generateSigningKey,
  ManualClock,
  randomBytes,
  type SigningKey,
  sha256Text,
  signCallerToken,
  verifyingKeyOf,
} from "@tributary/proto";
import { beforeAll, describe, expect, test } from "vitest";
import { MemoryApiKeyStore } from "../adapters/memory-api-key-store.ts";
import { ApiKeys } from "../members/api-keys.ts";
import type { MemberRegistry } from "../members/registry.ts";
import { Sessions } from "../members/sessions.ts";
import type { AccessTokens } from "../ports/access-tokens.ts";
import { createAuthenticator } from "./principal.ts";

const ORIGIN = "hub.example/log";
const ADMIN_TOKEN = "Vw3T8b0nCqkJ0sKf9m1xF2aYd4rTz6uH7iLpQeWo5gM";

let key: SigningKey;

beforeAll(async () => {
  key = await generateSigningKey();
});

describe("authenticate", () => {
  test("takes a caller without a header for a visitor", async () => {
    expect(await (await open()).authenticate(undefined)).toEqual({ type: "visitor" });
  });

  test("takes the administrator's token for an operator", async () => {
    expect(await (await open()).authenticate(`Bearer ${ADMIN_TOKEN}`)).toEqual({
      type: "operator",
      name: "operator",
    });
  });

  test("takes a token that a center's key signed for the center", async () => {
    const authenticator = await open();
    expect(await authenticator.authenticate(`Bearer ${await token()}`)).toEqual({
      type: "center",
      centerId: "aa",
    });
  });

  test.each([
    ["another administrator's token", async () => `Bearer ${ADMIN_TOKEN.slice(1)}x`],
    ["an empty token", async () => "Bearer "],
    ["another scheme", async () => `Basic ${ADMIN_TOKEN}`],
    ["the administrator's token without a scheme", async () => ADMIN_TOKEN],
    ["a token for another hub", async () => `Bearer ${await token({ audience: "x.example" })}`],
    ["a token of another center", async () => `Bearer ${await token({ centerId: "bb" })}`],
    ["a token by another key", async () => `Bearer ${await token({}, await generateSigningKey())}`],
    ["a token with a changed signature", async () => `Bearer ${(await token()).slice(0, -4)}AAAA`],
  ])("refuses %s, and does not take it for none", async (_, authorization) => {
    await expect((await open()).authenticate(await authorization())).rejects.toMatchObject({
      code: "ERR_TOKEN_INVALID",
    });
  });

  test.each([-3_600_000, 3_600_000])("refuses a token whose clock is off by %i ms", async (ms) => {
    const nowMs = Date.UTC(2026, 0, 1) + ms;
    await expect(
      (await open()).authenticate(`Bearer ${await token({ nowMs })}`),
    ).rejects.toMatchObject({ code: "ERR_TOKEN_EXPIRED" });
  });
});

describe("a session", () => {
  test("is its account until it ends, and a visitor after that", async () => {
    const { authenticator, sessions } = await openWithKeys();
    const { secret } = sessions.begin("王工", "curator");
    const account = { type: "account", name: "王工", role: "curator" };
    expect(await authenticator.authenticate(undefined, secret)).toEqual(account);
    sessions.end(secret);
    expect(await authenticator.authenticate(undefined, secret)).toEqual({ type: "visitor" });
  });

  test("never mends an authorization that is wrong, nor takes the place of one that is right", async () => {
    const { authenticator, sessions } = await openWithKeys();
    const { secret } = sessions.begin("x", "admin");
    await expect(authenticator.authenticate("Bearer x", secret)).rejects.toMatchObject({
      code: "ERR_TOKEN_INVALID",
    });
    const { type } = await authenticator.authenticate(`Bearer ${await token()}`, secret);
    expect(type).toBe("center");
  });
});

describe("an API key", () => {
  test("names its program and carries its scopes, until it is revoked", async () => {
    const { authenticator, apiKeys } = await openWithKeys();
    const { key, id } = await apiKeys.create({ ...FOR, scopes: ["metrics", "read"] });
    expect(await authenticator.authenticate(`Bearer ${key}`)).toEqual({
      type: "program",
      name: `key ${id}`,
      scopes: new Set(["read", "metrics"]),
    });
    await apiKeys.revoke(id);
    await expect(authenticator.authenticate(`Bearer ${key}`)).rejects.toMatchObject({
      code: "ERR_TOKEN_INVALID",
    });
  });

  test("is good until its time, and not at it", async () => {
    const { authenticator, apiKeys, clock } = await openWithKeys();
    const { key } = await apiKeys.create({ ...FOR, scopes: ["read"], validForSeconds: 60 });
    clock.advance(59_999);
    await authenticator.authenticate(`Bearer ${key}`);
    clock.advance(1);
    await expect(authenticator.authenticate(`Bearer ${key}`)).rejects.toMatchObject({
      code: "ERR_TOKEN_EXPIRED",
    });
  });
});

describe("an access token", () => {
  const jwt = (typ: unknown) =>
    `${Buffer.from(JSON.stringify({ alg: "EdDSA", typ })).toString("base64url")}.e30.AA`;

  test("is checked by who checks access tokens, in either spelling of its type", async () => {
    const verified: string[] = [];
    const { authenticator } = await openWithKeys({
      verify: async (text) => {
        verified.push(text);
        return { subject: "dash", scopes: new Set(["read:members"]) };
      },
    });
    for (const typ of ["at+jwt", "application/AT+JWT"]) {
      expect(await authenticator.authenticate(`Bearer ${jwt(typ)}`)).toEqual({
        type: "program",
        name: "token dash",
        scopes: new Set(["read:members"]),
      });
    }
    expect(verified).toHaveLength(2);
    for (const typ of ["JWT", undefined, 7, {}]) {
      await expect(authenticator.authenticate(`Bearer ${jwt(typ)}`)).rejects.toMatchObject({
        code: "ERR_TOKEN_INVALID",
      });
    }
    expect(verified).toHaveLength(2);
  });

  test("is not valid where the operator named no issuer", async () => {
    await expect((await open()).authenticate(`Bearer ${jwt("at+jwt")}`)).rejects.toMatchObject({
      code: "ERR_TOKEN_INVALID",
    });
  });
});

const FOR = { name: "a dashboard", validForSeconds: 0 };

async function open() {
  return (await openWithKeys()).authenticator;
}

async function openWithKeys(accessTokens?: AccessTokens) {
  const clock = new ManualClock();
  const store = new MemoryApiKeyStore();
  const apiKeys = await ApiKeys.load({ store, clock, random: randomBytes });
  const verifyingKey = await verifyingKeyOf(key);
  const registry = {
    keyOf: (centerId: string, keyId: Uint8Array) =>
      centerId === "aa" && Buffer.compare(keyId, verifyingKey.keyId) === 0
        ? verifyingKey
        : undefined,
  };
  const sessions = new Sessions(clock, randomBytes);
  const authenticator = createAuthenticator({
    hubOrigin: ORIGIN,
    registry: registry as MemberRegistry,
    apiKeys,
    sessions,
    accessTokens,
    clock,
    adminTokenHash: sha256Text(ADMIN_TOKEN),
  });
  return { authenticator, apiKeys, sessions, clock };
}

function token(change: object = {}, by = key): Promise<string> {
  return signCallerToken(by, {
    centerId: "aa",
    audience: ORIGIN,
    nowMs: Date.UTC(2026, 0, 1),
    ...change,
  });
}
