/**
 * Answers on their way from callbacks to one reader. What may be in flight bounds how many wait.
 *
 * @module
 */

import { Notifier } from "../feed/notifier.ts";

export class AnswerQueue<T> {
  readonly #answers: T[] = [];
  readonly #changes = new Notifier();
  #error: Error | undefined;

  push(answer: T): void {
    this.#answers.push(answer);
    this.#changes.notify();
  }

  /** The reader gets what was pushed before, and then the first error that was told. */
  fail(error: Error): void {
    this.#error ??= error;
    this.#changes.notify();
  }

  /** Reads until the queue fails or the signal is aborted, and rejects then. */
  async *until(signal: AbortSignal): AsyncGenerator<T, never> {
    for (;;) {
      signal.throwIfAborted();
      const seen = this.#changes.count;
      const answer = this.#answers.shift();
      if (answer !== undefined) yield answer;
      else if (this.#error !== undefined) throw this.#error;
      else await this.#changes.wait(seen, signal);
    }
  }
}
