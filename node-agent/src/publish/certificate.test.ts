import {
  generateSigningKey,
  ManualClock,
  type SigningKey,
  verifyingKeyOf,
  verifyJoinProof,
} from "@tributary/proto";
import { beforeAll, describe, expect, test } from "vitest";
import type { CertificateRequest, MemberClient } from "../ports/member-client.ts";
import {
  type CertificateStore,
  ensureCertificate,
  type HeldCertificate,
  keepCertificate,
  renewalDueInMs,
} from "./certificate.ts";

const HUB = { origin: "hub.example/log", vkey: "vkey" };
const TLS_KEY = new Uint8Array([4, 5, 6]);
const CHALLENGE = new Uint8Array(32).fill(3);
const FRESH = { fromMs: 0, untilMs: 90_000, isCurrent: true };
const signal = new AbortController().signal;

let key: SigningKey;
beforeAll(async () => {
  key = await generateSigningKey();
});

describe("a certificate", () => {
  test.each([
    ["that is missing", undefined, 0],
    ["of a key before", { ...FRESH, isCurrent: false }, 0],
    ["that is fresh", FRESH, 30_000],
    ["of which two thirds are over", { ...FRESH, untilMs: 45_000 }, 0],
    ["that has ended", { ...FRESH, untilMs: 15_000 }, -20_000],
  ])("%s is due in time", (_, held, inMs) => {
    expect(renewalDueInMs(held, 30_000)).toBe(inMs);
  });

  test("is asked for with a proof by the center's key over the very key that is certified", async () => {
    const { store, client, asked, kept } = world(undefined);
    await ensureCertificate(options(store, client), signal);
    const [request] = asked;
    expect(request).toMatchObject({ centerId: "aa", tlsPublicKey: TLS_KEY });
    const statement = {
      hubOrigin: HUB.origin,
      centerId: "aa",
      publicKey: key.publicKey,
      recoveryPublicKey: new Uint8Array(),
      challenge: CHALLENGE,
      tlsPublicKey: TLS_KEY,
    };
    const { authorization } = request as CertificateRequest;
    const verifying = await verifyingKeyOf(key);
    await verifyJoinProof("certificate", authorization, verifying, statement);
    for (const other of [{ tlsPublicKey: new Uint8Array([4, 5, 7]) }, { centerId: "bb" }]) {
      await expect(
        verifyJoinProof("certificate", authorization, verifying, { ...statement, ...other }),
      ).rejects.toMatchObject({ code: "ERR_JOIN_PROOF" });
    }
    await expect(
      verifyJoinProof("rotate", authorization, verifying, statement),
    ).rejects.toMatchObject({ code: "ERR_JOIN_PROOF" });
    expect(kept).toEqual([new Uint8Array([9])]);
  });

  test("that is fresh is not asked for", async () => {
    const { store, client, asked } = world(FRESH);
    await ensureCertificate(options(store, client), signal);
    expect(asked).toEqual([]);
  });

  test("is not asked of another hub", async () => {
    const { store, client, asked } = world(undefined, "other.example/log");
    await expect(ensureCertificate(options(store, client), signal)).rejects.toMatchObject({
      code: "ERR_HUB_IDENTITY",
    });
    expect(asked).toEqual([]);
  });

  test("is kept fresh: a renewal that fails is told, and tried again", async () => {
    const clock = new ManualClock(0);
    const end = new AbortController();
    const told: unknown[] = [];
    let tries = 0;
    let held: HeldCertificate | undefined;
    const kept = keepCertificate(
      {
        ensure: async () => {
          tries += 1;
          if (tries < 3) throw new Error(`try ${tries}`);
          held = { fromMs: clock.now(), untilMs: clock.now() + 90_000, isCurrent: true };
        },
        store: { read: async () => held, makeKey: () => Promise.reject(new Error("not asked")) },
        clock,
        random: () => 0.9,
        onFailed: (error) => told.push(error),
      },
      end.signal,
    );
    const ended = expect(kept).rejects.toThrow("stopped");
    for (let ms = 0; ms < 30_000; ms += 500) {
      clock.advance(500);
      await new Promise(setImmediate);
    }
    expect([tries, told.length]).toEqual([3, 2]);
    for (let ms = 0; ms < 60_000; ms += 500) {
      clock.advance(500);
      await new Promise(setImmediate);
    }
    expect(tries).toBe(4);
    end.abort(new Error("stopped"));
    await ended;
  });
});

function options(store: CertificateStore, client: MemberClient) {
  return { ...HUB, centerId: "aa", client, store, key, clock: new ManualClock(30_000) };
}

function world(held: HeldCertificate | undefined, hubOrigin = HUB.origin) {
  const asked: CertificateRequest[] = [];
  const kept: Uint8Array[] = [];
  const store: CertificateStore = {
    read: async () => held,
    makeKey: async () => ({
      publicKey: TLS_KEY,
      keep: async (certificate) => {
        kept.push(certificate);
      },
    }),
  };
  const client = {
    requestChallenge: async () => ({ challenge: CHALLENGE, hubOrigin, hubVkey: HUB.vkey }),
    issueCertificate: async (request: CertificateRequest) => {
      asked.push(request);
      return new Uint8Array([9]);
    },
  } as unknown as MemberClient;
  return { store, client, asked, kept };
}
