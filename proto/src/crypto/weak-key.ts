/**
 * Which Ed25519 public keys prove something.
 *
 * A signature under a key of low order verifies for messages that its owner never saw, and OpenSSL, which Node and
 * browsers use, accepts some of them. So a key is refused when it enters: RFC 8032, section 5.1.3 decoding, made
 * strict (y below p, no negative zero), then membership in the prime-order subgroup. "Taming the many EdDSAs"
 * (Chalkias, Garillot, Nikolaenko, 2020) tells why.
 *
 * Public data only, so nothing here is constant-time. About 3 ms a key.
 *
 * @module
 */

import { toHex } from "./bytes.ts";

/** Field prime, 2^255 - 19. */
const P = 2n ** 255n - 19n;
/** Order of the prime-order subgroup. */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
/** Curve constant, -121665/121666. */
const D = mod(-121665n * power(121666n, P - 2n));
/** A square root of -1. */
const SQRT_MINUS_ONE = power(2n, (P - 1n) / 4n);

/** Extended homogeneous coordinates, RFC 8032, section 5.1.4: x = X/Z, y = Y/Z, xy = T/Z. */
interface Point {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
  readonly t: bigint;
}

const IDENTITY: Point = { x: 0n, y: 1n, z: 1n, t: 0n };

/**
 * What is wrong with a public key, or undefined if it generates the prime-order subgroup in its one encoding.
 *
 * @param publicKey 32 bytes as of RFC 8032, section 5.1.2.
 */
export function publicKeyWeakness(
  publicKey: Uint8Array,
): "non_canonical" | "not_a_point" | "not_prime_order" | undefined {
  const encoded = BigInt(`0x${toHex(publicKey.toReversed())}`);
  const sign = encoded >> 255n;
  const y = encoded & (2n ** 255n - 1n);
  if (y >= P) return "non_canonical";
  const x = recoverX(y);
  if (x === undefined) return "not_a_point";
  if (x === 0n && sign === 1n) return "non_canonical";
  const signedX = (x & 1n) === sign ? x : P - x;
  const point = { x: signedX, y, z: 1n, t: mod(signedX * y) };
  return isIdentity(point) || !isIdentity(multiply(L, point)) ? "not_prime_order" : undefined;
}

/** RFC 8032, section 5.1.3, steps 2 and 3: a root of (y^2 - 1) / (d y^2 + 1). */
function recoverX(y: bigint): bigint | undefined {
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  const x = mod(u * v ** 3n * power(mod(u * v ** 7n), (P - 5n) / 8n));
  const check = mod(v * x * x);
  if (check === u) return x;
  if (check === mod(-u)) return mod(x * SQRT_MINUS_ONE);
  return undefined;
}

/** RFC 8032, section 5.1.4. Complete: also doubles. */
function add(p: Point, q: Point): Point {
  const a = mod((p.y - p.x) * (q.y - q.x));
  const b = mod((p.y + p.x) * (q.y + q.x));
  const c = mod(2n * D * p.t * q.t);
  const d = mod(2n * p.z * q.z);
  const e = b - a;
  const f = d - c;
  const g = d + c;
  const h = b + a;
  return { x: mod(e * f), y: mod(g * h), z: mod(f * g), t: mod(e * h) };
}

function multiply(scalar: bigint, point: Point): Point {
  let result = IDENTITY;
  for (let s = scalar, doubled = point; s > 0n; s >>= 1n, doubled = add(doubled, doubled)) {
    if (s & 1n) result = add(result, doubled);
  }
  return result;
}

function isIdentity(p: Point): boolean {
  return p.x === 0n && p.y === p.z;
}

function mod(n: bigint): bigint {
  const rest = n % P;
  return rest < 0n ? rest + P : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let e = exponent, b = mod(base); e > 0n; e >>= 1n, b = mod(b * b)) {
    if (e & 1n) result = mod(result * b);
  }
  return result;
}
