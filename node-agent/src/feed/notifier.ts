/**
 * Wakes those who wait for "something happened since I last looked", without losing what happens in between.
 *
 * @module
 */

/** A counter that can be waited for. */
export class Notifier {
  #count = 0;
  readonly #waiters = new Set<() => void>();

  /** How often {@link Notifier.notify} was called. */
  get count(): number {
    return this.#count;
  }

  notify(): void {
    this.#count += 1;
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const wake of waiters) wake();
  }

  /** Resolves when the count is above `seen`; rejects with `signal.reason` when aborted. */
  wait(seen: number, signal: AbortSignal): Promise<void> {
    if (this.#count > seen) return Promise.resolve();
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const wake = () => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      };
      const onAbort = () => {
        this.#waiters.delete(wake);
        reject(signal.reason);
      };
      this.#waiters.add(wake);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }
}
