/**
 * Ed25519 keys (RFC 8032) through WebCrypto, named by their RFC 7638 thumbprint.
 *
 * @module
 */

import type { CryptoKey } from "jose";
import { z } from "zod";
import { TributaryError } from "../errors.ts";
import { fromBase64Url, toBase64Url, toHex, utf8 } from "./bytes.ts";
import { sha256Text } from "./sha256.ts";
import { publicKeyWeakness } from "./weak-key.ts";

/** Length of a public key, in bytes. */
export const PUBLIC_KEY_BYTES = 32;

/** Length of a signature, in bytes. */
export const SIGNATURE_BYTES = 64;

/** A key that can sign. */
export interface SigningKey {
  /** 32 bytes, RFC 8032, section 5.1.5. */
  readonly publicKey: Uint8Array;
  /** 32 bytes, see {@link keyIdOf}. */
  readonly keyId: Uint8Array;
  readonly privateKey: CryptoKey;
}

declare const verifyingKeyBrand: unique symbol;

/** A public key that was found strong. Only {@link importVerifyingKey} makes one. */
export interface VerifyingKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 32 bytes, see {@link keyIdOf}. */
  readonly keyId: Uint8Array;
  readonly key: CryptoKey;
  readonly [verifyingKeyBrand]: true;
}

/** SHA-256 JWK thumbprint (RFC 7638; RFC 8037, appendix A.3) of an Ed25519 public key. */
export function keyIdOf(publicKey: Uint8Array): Uint8Array {
  return sha256Text(`{"crv":"Ed25519","kty":"OKP","x":"${toBase64Url(publicKey)}"}`);
}

/** A new key; its private part can be exported. */
export async function generateSigningKey(): Promise<SigningKey> {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as {
    privateKey: CryptoKey;
    publicKey: CryptoKey;
  };
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { publicKey, keyId: keyIdOf(publicKey), privateKey: pair.privateKey };
}

/** The key as a private JWK (RFC 8037, section 2), one line of JSON. Keep it secret. */
export async function exportSigningKey(key: SigningKey): Promise<string> {
  const { d } = await crypto.subtle.exportKey("jwk", key.privateKey);
  return JSON.stringify({ kty: "OKP", crv: "Ed25519", x: toBase64Url(key.publicKey), d });
}

/** A function, so that a bundle that only verifies leaves zod out. */
const privateJwk = () =>
  z.object({
    kty: z.literal("OKP"),
    crv: z.literal("Ed25519"),
    x: z.string(),
    d: z.string(),
  });

/**
 * Reads what {@link exportSigningKey} wrote. Members that it does not know are ignored.
 *
 * @throws {TributaryError} `ERR_KEY_MALFORMED` if it is not a private Ed25519 JWK, or its halves do not belong together.
 */
export async function importSigningKey(text: string): Promise<SigningKey> {
  try {
    const { kty, crv, x, d } = privateJwk().parse(JSON.parse(text));
    const publicKey = fromBase64Url(x);
    const jwk = { kty, crv, x, d };
    const privateKey = await crypto.subtle.importKey("jwk", jwk, "Ed25519", true, ["sign"]);
    const key = { publicKey, keyId: keyIdOf(publicKey), privateKey };
    const probe = utf8("tributary key check");
    const verifier = await importVerifyingKey(publicKey);
    if (!(await verifyBytes(verifier, probe, await signBytes(key, probe)))) {
      throw new Error("d does not belong to x");
    }
    return key;
  } catch (cause) {
    // The cause may quote the key: name its kind, keep its text out.
    const kind = cause instanceof Error ? cause.name : typeof cause;
    throw new TributaryError(
      "ERR_KEY_MALFORMED",
      "text is not a private Ed25519 key as a JWK (RFC 8037)",
      { details: { kind } },
    );
  }
}

/** Keys seen lately, since the check of a key costs more than a hundred verifications. A memo of a pure function. */
const seen = new Map<string, Promise<VerifyingKey>>();
const MAX_SEEN = 1024;

/**
 * Checks a public key and makes it usable.
 *
 * @param publicKey 32 bytes, RFC 8032, section 5.1.5; attacker-controlled.
 * @throws {TributaryError} `ERR_KEY_MALFORMED` if it is not 32 bytes; `ERR_KEY_WEAK` if it is not the one encoding of a
 * point of the prime-order subgroup, or is the identity.
 */
export function importVerifyingKey(publicKey: Uint8Array): Promise<VerifyingKey> {
  const id = toHex(publicKey);
  const known = seen.get(id);
  if (known !== undefined) return known;
  const key = checkAndImport(new Uint8Array(publicKey));
  if (seen.size >= MAX_SEEN) seen.delete(seen.keys().next().value as string);
  seen.set(id, key);
  return key;
}

async function checkAndImport(publicKey: Uint8Array): Promise<VerifyingKey> {
  if (publicKey.length !== PUBLIC_KEY_BYTES) {
    throw new TributaryError("ERR_KEY_MALFORMED", "an Ed25519 public key has 32 bytes", {
      details: { length: publicKey.length },
    });
  }
  const weakness = publicKeyWeakness(publicKey);
  if (weakness !== undefined) {
    throw new TributaryError("ERR_KEY_WEAK", "the public key is weak; make a new key pair", {
      messageZh: "公钥不安全，请重新生成密钥",
      details: { weakness },
    });
  }
  const key = await crypto.subtle.importKey("raw", publicKey as BufferView, "Ed25519", true, [
    "verify",
  ]);
  return { publicKey, keyId: keyIdOf(publicKey), key } as VerifyingKey;
}

/** WebCrypto takes no shared memory; the protocol's bytes never are. */
type BufferView = Uint8Array<ArrayBuffer>;

/** An Ed25519 signature over `bytes`; 64 bytes, deterministic (RFC 8032, section 5.1.6). */
export async function signBytes(key: SigningKey, bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign("Ed25519", key.privateKey, bytes as BufferView));
}

/** True if `signature` is the key's over `bytes`. A signature of another length is not. */
export function verifyBytes(
  key: VerifyingKey,
  bytes: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  return crypto.subtle.verify("Ed25519", key.key, signature as BufferView, bytes as BufferView);
}

/** The verifying half of a signing key. */
export function verifyingKeyOf(key: SigningKey): Promise<VerifyingKey> {
  return importVerifyingKey(key.publicKey);
}
