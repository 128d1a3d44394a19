/**
 * WebCrypto without threads: the same signatures, made at once. Node makes them in a pool of threads, and which one ends
 * first is chance that no seed decides.
 *
 * @module
 */

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  KeyObject,
  sign,
  verify,
  type webcrypto,
} from "node:crypto";
import { importSigningKey, type SigningKey, toBase64Url } from "@tributary/proto";

type Key = webcrypto.CryptoKey;

/** Replaces signing and verifying for the life of this process, or until the result is disposed. */
export function installSyncCrypto(): Disposable {
  const keys = new WeakMap<Key, KeyObject>();
  const keyOf = (key: Key): KeyObject => {
    const known = keys.get(key) ?? KeyObject.from(key);
    keys.set(key, known);
    return known;
  };
  const own = {
    sign: async (_: unknown, key: Key, data: Uint8Array) => {
      const signature = sign(null, data, keyOf(key));
      return signature.buffer.slice(
        signature.byteOffset,
        signature.byteOffset + signature.byteLength,
      );
    },
    verify: async (_: unknown, key: Key, signature: Uint8Array, data: Uint8Array) =>
      verify(null, data, keyOf(key), signature),
  };
  for (const [name, value] of Object.entries(own)) {
    Object.defineProperty(crypto.subtle, name, { value, configurable: true });
  }
  return {
    [Symbol.dispose]() {
      for (const name of Object.keys(own)) Reflect.deleteProperty(crypto.subtle, name);
    },
  };
}

/** DER of an Ed25519 private key before its 32 bytes (RFC 8410, section 7). */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/** The same key for the same name, always: the keys of a simulation are no secrets. */
export function namedKey(name: string): Promise<SigningKey> {
  const secret = createHash("sha256").update(`tributary drill ${name}`).digest();
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, secret]),
    format: "der",
    type: "pkcs8",
  });
  const { x } = createPublicKey(key).export({ format: "jwk" });
  return importSigningKey(
    JSON.stringify({ kty: "OKP", crv: "Ed25519", x, d: toBase64Url(secret) }),
  );
}
