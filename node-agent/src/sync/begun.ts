/**
 * Reading that begins before somebody waits for it.
 *
 * @module
 */

/** Rows of which the first is under way. Dispose it, whether it was iterated or not. */
export interface BegunRows<Row> extends AsyncIterable<Row>, AsyncDisposable {}

/** Asks for the first row at once. An error is thrown to whoever iterates, and to nobody if nobody does. */
export function begun<Row>(rows: AsyncIterable<Row>): BegunRows<Row> {
  const iterator = rows[Symbol.asyncIterator]();
  let first: Promise<IteratorResult<Row>> | undefined = iterator.next();
  first.catch(() => undefined);
  const end = async () => {
    await iterator.return?.();
    return { done: true, value: undefined } as const;
  };
  return {
    [Symbol.asyncIterator]: () => ({
      next() {
        const next = first ?? iterator.next();
        first = undefined;
        return next;
      },
      return: end,
    }),
    async [Symbol.asyncDispose]() {
      await end();
    },
  };
}
