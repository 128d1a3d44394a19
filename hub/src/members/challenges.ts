/**
 * Challenges: what a center signs to show that it holds a key now.
 *
 * Kept in memory: a hub that was started again asks for a new try.
 *
 * @module
 */

import { type Clock, TributaryError } from "@tributary/proto";

const LIFETIME_MS = 300_000;
/** Anybody may ask for one, so their number has a bound; the oldest goes first. */
const MAX_OPEN = 1_024;

export interface Challenge {
  /** 32 random bytes. */
  readonly challenge: Uint8Array;
  /** Ms since the epoch. */
  readonly expiresAtMs: number;
}

export class Challenges {
  readonly #clock: Clock;
  readonly #random: (length: number) => Uint8Array;
  readonly #open = new Map<string, Challenge>();

  constructor(clock: Clock, random: (length: number) => Uint8Array) {
    this.#clock = clock;
    this.#random = random;
  }

  /** A new challenge for a center; the one it had before is void. */
  issue(centerId: string): Challenge {
    const issued = {
      challenge: this.#random(32),
      expiresAtMs: this.#clock.now() + LIFETIME_MS,
    };
    this.#open.delete(centerId);
    this.#open.set(centerId, issued);
    if (this.#open.size > MAX_OPEN) this.#open.delete(this.#open.keys().next().value as string);
    return issued;
  }

  /**
   * The center's open challenge, which is used up by this call.
   *
   * @throws {TributaryError} `ERR_CHALLENGE_INVALID` if there is none or it is too old.
   */
  use(centerId: string): Uint8Array {
    const issued = this.#open.get(centerId);
    this.#open.delete(centerId);
    if (issued === undefined || issued.expiresAtMs < this.#clock.now()) {
      throw new TributaryError(
        "ERR_CHALLENGE_INVALID",
        "the challenge is used, too old or unknown; ask for a new one",
        { messageZh: "挑战已使用、已过期或不存在，请重新获取" },
      );
    }
    return issued.challenge;
  }
}
