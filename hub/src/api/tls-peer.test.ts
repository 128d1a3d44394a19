import {
  generateSigningKey,
  type MemberState,
  type SigningKey,
  signCallerToken,
  verifyingKeyOf,
} from "@tributary/proto";
import { beforeAll, describe, expect, test } from "vitest";
import { MemoryApiKeyStore } from "../adapters/memory-api-key-store.ts";
import { ApiKeys } from "../members/api-keys.ts";
import type { MemberRegistry } from "../members/registry.ts";
import { authorize } from "./authorize.ts";
import { createAuthenticator, type Principal } from "./principal.ts";
import type { TlsPeer } from "./tls-peer.ts";

const NOW_MS = 1_780_000_000_000;
const ORIGIN = "hub.example/log";

let key: SigningKey;
beforeAll(async () => {
  key = await generateSigningKey();
});

const own = (change: Partial<NonNullable<TlsPeer["certificate"]>> = {}): TlsPeer => ({
  certificate: { centerId: "aa", keyId: key.keyId, expiresAtMs: NOW_MS + 1, ...change },
});

const bad: readonly (readonly [string, MemberState, () => TlsPeer])[] = [
  ["no certificate", "approved", () => ({ certificate: undefined })],
  ["a certificate of another center", "approved", () => own({ centerId: "bb" })],
  ["a certificate that has ended", "approved", () => own({ expiresAtMs: NOW_MS })],
  ["one under a key before", "approved", () => own({ keyId: new Uint8Array(32) })],
  ...(["rejected", "suspended", "revoked", "left"] as const).map(
    (state) => [`a membership that is ${state}`, state, () => own()] as const,
  ),
];

describe("a center over TLS", () => {
  test.each(["approved", "pending"] as const)(
    "that is %s may do what it may, by its certificate alone or with its token",
    async (state) => {
      for (const header of [undefined, await bearer()]) {
        const principal = await authenticate(state, header, own());
        expect(principal).toEqual({ type: "center", centerId: "aa" });
        authorize(principal, "IngestService.Publish", { centerId: "aa" });
      }
    },
  );

  test.each(bad)("with %s may ask for its state and no more", async (_, state, peer) => {
    const principal = await authenticate(state, await bearer(), peer());
    authorize(principal, "MemberService.GetStatus", { centerId: "aa" });
    authorize(principal, "MemberService.IssueCertificate", { centerId: "aa" });
    for (const action of ["IngestService.Publish", "IngestService.FeedHead", "QueryService.Get"]) {
      expect(() => authorize(principal, action, { centerId: "aa" })).toThrow(
        expect.objectContaining({ code: "ERR_CERTIFICATE_REQUIRED" }),
      );
    }
    expect(() => authorize(principal, "MemberService.GetStatus", { centerId: "bb" })).toThrow(
      expect.objectContaining({ code: "ERR_FORBIDDEN" }),
    );
  });

  test.each(bad.slice(2))("is nobody with %s and no token", async (_, state, peer) => {
    await expect(authenticate(state, undefined, peer())).rejects.toMatchObject({
      code: "ERR_CERTIFICATE_REQUIRED",
    });
  });
});

test("who shows nothing over TLS is a visitor", async () => {
  expect(await authenticate("approved", undefined, { certificate: undefined })).toEqual({
    type: "visitor",
  });
});

async function bearer(): Promise<string> {
  const token = await signCallerToken(key, { centerId: "aa", audience: ORIGIN, nowMs: NOW_MS });
  return `Bearer ${token}`;
}

async function authenticate(
  state: MemberState,
  header: string | undefined,
  peer: TlsPeer,
): Promise<Principal> {
  const verifying = await verifyingKeyOf(key);
  const clock = { now: () => NOW_MS, sleep: () => Promise.resolve() };
  const authenticator = createAuthenticator({
    hubOrigin: ORIGIN,
    registry: {
      get: (id: string) => (id === "aa" ? { state } : undefined),
      keyOf: (id: string, keyId: Uint8Array) =>
        id === "aa" && keyId[0] === key.keyId[0] && keyId[1] === key.keyId[1]
          ? verifying
          : undefined,
    } as unknown as MemberRegistry,
    apiKeys: await ApiKeys.load({
      store: new MemoryApiKeyStore(),
      clock,
      random: (length) => new Uint8Array(length),
    }),
    sessions: { get: () => undefined },
    accessTokens: undefined,
    clock,
    adminTokenHash: new Uint8Array(32),
  });
  return authenticator.authenticate(header, undefined, peer);
}
