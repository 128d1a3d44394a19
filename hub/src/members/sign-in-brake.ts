/**
 * Slows down who guesses passwords: some failures for one name, then a wait. Names that do not exist are counted too, so
 * that the answer does not tell which do.
 *
 * @module
 */

import { type Clock, TributaryError } from "@tributary/proto";

/** Failures for one name before it has to wait (NIST SP 800-63B-4, 3.2.2, allows 100 in a row). */
const MAX_FAILURES = 10;
const WAIT_MS = 15 * 60_000;
/** Names that are remembered; the one that failed longest ago gives way. */
const MAX_NAMES = 10_000;

export class SignInBrake {
  readonly #clock: Clock;
  readonly #failures = new Map<string, { count: number; lastAtMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws {TributaryError} `ERR_QUOTA` while the name has to wait. */
  require(name: string): void {
    const failed = this.#failures.get(keyOf(name));
    if (failed === undefined || failed.count < MAX_FAILURES) return;
    const retryAfterMs = failed.lastAtMs + WAIT_MS - this.#clock.now();
    if (retryAfterMs <= 0) {
      this.#failures.delete(keyOf(name));
      return;
    }
    const minutes = Math.ceil(retryAfterMs / 60_000);
    throw new TributaryError(
      "ERR_QUOTA",
      `${MAX_FAILURES} sign-ins failed; try again in ${minutes} min`,
      {
        messageZh: `登录已失败 ${MAX_FAILURES} 次，请 ${minutes} 分钟后再试`,
        details: { limitName: "failed_sign_ins", limitValue: MAX_FAILURES, retryAfterMs },
      },
    );
  }

  fail(name: string): void {
    const key = keyOf(name);
    const count = (this.#failures.get(key)?.count ?? 0) + 1;
    this.#failures.delete(key);
    this.#failures.set(key, { count, lastAtMs: this.#clock.now() });
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= MAX_NAMES) break;
      this.#failures.delete(oldest);
    }
  }

  succeed(name: string): void {
    this.#failures.delete(keyOf(name));
  }
}

/** Names that are longer than any account's are one. */
function keyOf(name: string): string {
  return name.slice(0, 65);
}
