/**
 * How long work in the background goes on before it rests.
 *
 * @module
 */

import type { Clock } from "@tributary/proto";

/** Asked every millisecond or so of work; may take a rest. Rejects when the work should end. */
export type Pace = () => Promise<void>;

/** Work between two rests, ms: short enough that nobody else waits long for the core. */
const SLICE_MS = 20;

/** Works for `duty` of the time. @param duty Above 0, at most 1. */
export function createPace(clock: Clock, duty: number, signal: AbortSignal): Pace {
  let beganMs = clock.now();
  return async () => {
    signal.throwIfAborted();
    const workedMs = clock.now() - beganMs;
    if (workedMs < SLICE_MS) return;
    // With no rest, messages and the signal still get their turn.
    await clock.sleep((workedMs * (1 - duty)) / duty, signal);
    beganMs = clock.now();
  };
}

/** For tests and tools: never rests. */
export const NO_PACE: Pace = async () => {};
