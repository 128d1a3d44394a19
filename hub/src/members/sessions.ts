/**
 * Sessions of people who signed in: in memory, as hashes, ended by time, by leaving, and with the hub.
 *
 * @module
 */

import {
  type Clock,
  type Role,
  type Session,
  sha256Text,
  toBase64Url,
  toHex,
} from "@tributary/proto";

/** Half a day: who comes back the next morning signs in again. */
const SESSION_MS = 12 * 3_600_000;
/** Sessions that are kept; the oldest gives way. */
const MAX_SESSIONS = 1_000;
const SECRET_BYTES = 32;

/** A session begun, with what only its browser may hold. */
export interface NewSession {
  readonly session: Session;
  /** 43 characters. */
  readonly secret: string;
}

export class Sessions {
  readonly #clock: Clock;
  readonly #random: (length: number) => Uint8Array;
  /** By hash of the secret, the oldest first. */
  readonly #sessions = new Map<string, Session>();

  constructor(clock: Clock, random: (length: number) => Uint8Array) {
    this.#clock = clock;
    this.#random = random;
  }

  begin(name: string, role: Role): NewSession {
    const secret = toBase64Url(this.#random(SECRET_BYTES));
    const session = { name, role, expiresAtMs: this.#clock.now() + SESSION_MS };
    this.#sessions.set(hashOf(secret), session);
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= MAX_SESSIONS) break;
      this.#sessions.delete(oldest);
    }
    return { session, secret };
  }

  /** The session of a secret; undefined for one that is over or never was. @param secret Attacker-controlled. */
  get(secret: string): Session | undefined {
    const hash = hashOf(secret);
    const session = this.#sessions.get(hash);
    if (session === undefined || session.expiresAtMs > this.#clock.now()) return session;
    this.#sessions.delete(hash);
    return undefined;
  }

  end(secret: string): void {
    this.#sessions.delete(hashOf(secret));
  }

  /** Ends all sessions of an account. */
  endAll(name: string): void {
    for (const [hash, session] of this.#sessions) {
      if (session.name === name) this.#sessions.delete(hash);
    }
  }
}

/** Looked up by hash, so that the time it takes tells nothing about the secret. */
function hashOf(secret: string): string {
  return toHex(sha256Text(secret));
}
