/**
 * A bound on bytes that are in memory at once, over all callers.
 *
 * @module
 */

interface Waiter {
  readonly bytes: number;
  readonly go: () => void;
}

/** First come, first served: a large frame is not overtaken for ever by small ones. */
export class ByteBudget {
  readonly #limit: number;
  readonly #waiting = new Set<Waiter>();
  #taken = 0;

  /** @param limit Bytes; a single larger request passes alone. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes that are taken now. */
  get taken(): number {
    return this.#taken;
  }

  /** Takes `bytes` as soon as they fit. @returns How to give back a part of them, or what is left. */
  async take(bytes: number, signal: AbortSignal): Promise<(part?: number) => void> {
    signal.throwIfAborted();
    if (this.#waiting.size > 0 || !this.#fits(bytes)) await this.#turn(bytes, signal);
    else this.#taken += bytes;
    let left = bytes;
    return (part = left) => {
      const given = Math.min(part, left);
      left -= given;
      this.#taken -= given;
      this.#admit();
    };
  }

  #fits(bytes: number): boolean {
    return this.#taken === 0 || this.#taken + bytes <= this.#limit;
  }

  #turn(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiting.delete(waiter);
        reject(signal.reason);
        this.#admit();
      };
      const waiter: Waiter = {
        bytes,
        go: () => {
          signal.removeEventListener("abort", onAbort);
          this.#taken += bytes;
          resolve();
        },
      };
      this.#waiting.add(waiter);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  #admit(): void {
    for (const waiter of this.#waiting) {
      if (!this.#fits(waiter.bytes)) return;
      this.#waiting.delete(waiter);
      waiter.go();
    }
  }
}
