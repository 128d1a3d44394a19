import {
  generateSigningKey,
  ManualClock,
  type SigningKey,
  sha256,
  signCallerToken,
  utf8,
  verifyingKeyOf,
} from "@tributary/proto";
import { beforeAll, describe, expect, test } from "vitest";
import type { MemberRegistry } from "../members/registry.ts";
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

async function open() {
  const verifyingKey = await verifyingKeyOf(key);
  const registry = {
    keyOf: (centerId: string, keyId: Uint8Array) =>
      centerId === "aa" && Buffer.compare(keyId, verifyingKey.keyId) === 0
        ? verifyingKey
        : undefined,
  };
  return createAuthenticator({
    hubOrigin: ORIGIN,
    registry: registry as MemberRegistry,
    clock: new ManualClock(),
    adminTokenHash: sha256(utf8(ADMIN_TOKEN)),
  });
}

function token(change: object = {}, by = key): Promise<string> {
  return signCallerToken(by, {
    centerId: "aa",
    audience: ORIGIN,
    nowMs: Date.UTC(2026, 0, 1),
    ...change,
  });
}
