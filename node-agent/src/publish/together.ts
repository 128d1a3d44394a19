/**
 * Runs tasks side by side until the first of them ends; then the others are aborted and waited for.
 *
 * @returns What the first task to end resolves to.
 * @throws What the first task to end rejects with; the signal's reason if it is aborted.
 */
export async function together<T>(
  signal: AbortSignal,
  tasks: readonly ((signal: AbortSignal) => Promise<T>)[],
): Promise<T> {
  signal.throwIfAborted();
  const end = new AbortController();
  const onAbort = () => end.abort(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const running = tasks.map((task) => task(end.signal));
    try {
      return await Promise.race(running);
    } finally {
      end.abort(new DOMException("another task ended", "AbortError"));
      await Promise.allSettled(running);
      signal.throwIfAborted();
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Settles as `work` does, or rejects when aborted even where `work` never settles. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
