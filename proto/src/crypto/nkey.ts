/**
 * The name of an Ed25519 key on a NATS server, and what such a key may sign for one (nkeys of NATS ADR-14).
 *
 * @module
 */

import { PUBLIC_KEY_BYTES } from "./keys.ts";

/** Prefix byte of a user, which makes its text begin with `U`. */
const USER = 20 << 3;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** A public key as the nkey of a user: base32 of prefix, key and CRC-16; 56 characters. @param publicKey 32 bytes. */
export function natsUserOf(publicKey: Uint8Array): string {
  if (publicKey.length !== PUBLIC_KEY_BYTES) throw new TypeError("a public key has 32 bytes");
  const bytes = Uint8Array.of(USER, ...publicKey);
  const crc = crc16(bytes);
  return base32(Uint8Array.of(...bytes, crc & 0xff, crc >> 8));
}

/**
 * True for a text that a NATS server may have signed to learn who connects.
 *
 * A center's key signs batches and tokens too. Everything that it signs there is a JWS signing input, and each of those
 * has a dot; a nonce has none. So no server, however hostile, gets a signature that means anything elsewhere.
 */
export function isNatsNonce(text: string): boolean {
  return /^[A-Za-z0-9_-]{11,64}$/.test(text);
}

/** CRC-16/XMODEM: polynomial 0x1021, initial value 0. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0);
    crc &= 0xffff;
  }
  return crc;
}

/** RFC 4648, section 6, for a length that needs no padding: 35 bytes are 56 characters. */
function base32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += BASE32[(value >> (bits - 5)) & 31];
  }
  return text;
}
