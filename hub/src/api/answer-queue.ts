/**
 * Answers on their way to one caller: pushed by whoever has one, pulled by the transport. As long as the caller's
 * credit bounds what is in flight, it bounds the queue too.
 *
 * @module
 */

/** One reader. */
export class AnswerQueue<T> implements AsyncIterable<T> {
  readonly #answers: T[] = [];
  #end: { readonly error?: unknown } | undefined;
  #wake: (() => void) | undefined;

  push(answer: T): void {
    this.#answers.push(answer);
    this.#wake?.();
  }

  /** No more answers; those pushed before are still read. */
  close(): void {
    this.#end ??= {};
    this.#wake?.();
  }

  /** The reader gets what was pushed before, and then the error. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    for (;;) {
      const answer = this.#answers.shift();
      if (answer !== undefined) {
        yield answer;
      } else if (this.#end !== undefined) {
        if ("error" in this.#end) throw this.#end.error;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
      }
    }
  }
}
