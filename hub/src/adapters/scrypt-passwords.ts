/**
 * {@link PasswordHasher} with scrypt (RFC 7914), at the parameters that OWASP's Password Storage Cheat Sheet names for
 * 32 MiB: N = 2^15, r = 8, p = 3.
 *
 * @module
 */

import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { PasswordHasher } from "../ports/password-hasher.ts";

const COST = { logN: 15, r: 8, p: 3 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Of one hash that is being made: 128 N r bytes, and room. */
const MEMORY = 64 * 2 ** 20;
/** `scrypt$<log2 N>$<r>$<p>$<salt>$<hash>`; the parameters stand in it, so that they can grow. */
const TEXT = /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([\w-]+)\$([\w-]+)$/;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

interface Cost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** Makes one hash at a time: each takes 32 MiB and a thread, and whoever calls need not have signed in. */
export class ScryptPasswords implements PasswordHasher {
  #turn: Promise<unknown> = Promise.resolve();

  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const hash = await this.#derive(password, salt, HASH_BYTES, COST);
    const { logN, r, p } = COST;
    return ["scrypt", logN, r, p, salt.toString("base64url"), hash.toString("base64url")].join("$");
  }

  async matches(password: string, hashed: string | undefined): Promise<boolean> {
    if (hashed === undefined) {
      await this.hash(password);
      return false;
    }
    const [, logN, r, p, salt = "", expected = ""] = TEXT.exec(hashed) ?? [];
    if (logN === undefined) return false;
    const bytes = Buffer.from(expected, "base64url");
    const cost = { logN: Number(logN), r: Number(r), p: Number(p) };
    const hash = await this.#derive(
      password,
      Buffer.from(salt, "base64url"),
      bytes.length || HASH_BYTES,
      cost,
    );
    return hash.length === bytes.length && timingSafeEqual(hash, bytes);
  }

  /** Passwords that look alike are the same one: NFKC, as RFC 8265 asks. */
  #derive(password: string, salt: Buffer, length: number, { logN, r, p }: Cost): Promise<Buffer> {
    const options = { N: 2 ** logN, r, p, maxmem: MEMORY };
    const made = this.#turn.then(() => derive(password.normalize("NFKC"), salt, length, options));
    this.#turn = made.catch(() => undefined);
    return made;
  }
}
