/**
 * The certificate with which an agent says who it is over TLS: asked for at the join, and again before it ends, when it
 * has ended, and when the center changed its key. Each time the center's key signs for it, so that nothing of the one
 * before is needed.
 *
 * @module
 */

import { type Clock, type SigningKey, signJoinProof } from "@tributary/proto";
import type { MemberClient } from "../ports/member-client.ts";
import { backOffMs } from "./back-off.ts";
import { requireHub } from "./join.ts";

/** A certificate as far as its renewal is concerned. */
export interface HeldCertificate {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Whether it is of this center, under its current key. */
  readonly isCurrent: boolean;
}

/** Where the certificate is kept, with its key. */
export interface CertificateStore {
  /** What is kept; undefined for nothing that can be used. */
  read(): Promise<HeldCertificate | undefined>;
  /** Makes a new key for TLS. @returns Its public half, SubjectPublicKeyInfo in DER, and how to keep it with its certificate. */
  makeKey(): Promise<{
    readonly publicKey: Uint8Array;
    readonly keep: (certificate: Uint8Array) => Promise<void>;
  }>;
}

export interface CertificateOptions {
  readonly origin: string;
  readonly vkey: string;
  readonly centerId: string;
  readonly client: MemberClient;
  readonly store: CertificateStore;
  /** The center's key now. */
  readonly key: SigningKey;
  readonly clock: Clock;
}

/** A certificate is renewed when this share of its life is over. */
const RENEWED_AFTER = 2 / 3;
const LONGEST_WAIT_MS = 3_600_000;
const SHORTEST_WAIT_MS = 500;

/** Ms until a certificate is to be renewed; 0 or less: now. */
export function renewalDueInMs(held: HeldCertificate | undefined, nowMs: number): number {
  if (held === undefined || !held.isCurrent) return 0;
  return held.fromMs + (held.untilMs - held.fromMs) * RENEWED_AFTER - nowMs;
}

/**
 * Asks for a certificate if there is none, or it is time for a new one.
 *
 * @throws {TributaryError} `ERR_HUB_IDENTITY` if another hub answers; what the hub refuses with: `ERR_UNSUPPORTED` if it
 * issues none, `ERR_MEMBER_STATE`.
 */
export async function ensureCertificate(
  options: CertificateOptions,
  signal: AbortSignal,
): Promise<void> {
  const { origin, vkey, centerId, client, store, key, clock } = options;
  if (renewalDueInMs(await store.read(), clock.now()) > 0) return;
  const answered = await client.requestChallenge(centerId, signal);
  requireHub({ origin, vkey }, answered);
  const { publicKey: tlsPublicKey, keep } = await store.makeKey();
  const authorization = await signJoinProof("certificate", key, {
    hubOrigin: origin,
    centerId,
    publicKey: key.publicKey,
    // The recovery key is to be kept elsewhere: a renewal has to do without it.
    recoveryPublicKey: new Uint8Array(),
    challenge: answered.challenge,
    tlsPublicKey,
  });
  await keep(await client.issueCertificate({ centerId, tlsPublicKey, authorization }, signal));
}

export interface KeepOptions {
  /** Asks for a certificate where it is time; see {@link ensureCertificate}. */
  readonly ensure: (signal: AbortSignal) => Promise<void>;
  readonly store: CertificateStore;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** A renewal failed, and is tried again. */
  readonly onFailed: (error: unknown) => void;
}

/** Keeps the certificate fresh until aborted. */
export async function keepCertificate(options: KeepOptions, signal: AbortSignal): Promise<never> {
  const { ensure, store, clock, random, onFailed } = options;
  let failures = 0;
  for (;;) {
    let waitMs: number;
    try {
      await ensure(signal);
      failures = 0;
      waitMs = renewalDueInMs(await store.read(), clock.now());
    } catch (error) {
      signal.throwIfAborted();
      onFailed(error);
      waitMs = backOffMs(failures, random);
      failures += 1;
    }
    await clock.sleep(Math.min(Math.max(waitMs, SHORTEST_WAIT_MS), LONGEST_WAIT_MS), signal);
  }
}
