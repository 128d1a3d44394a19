/** Reading what one has just decided. @module */

import type { OperatorClient } from "./operator.tsx";

/** A hub that is further behind is shown as it is. */
const MAX_LOOKS = 50;
const PAUSE_MS = 100;

/**
 * Waits until the catalog covers an entry of the log, so that what is asked next shows it; at most five seconds.
 *
 * @param position Of the entry; below 0 for none.
 */
export async function caughtUp(
  client: OperatorClient,
  position: number,
  signal: AbortSignal,
): Promise<void> {
  if (position < 0) return;
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    if ((await client.status({ signal })).catalogSize > position) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    signal.throwIfAborted();
  }
}
