/**
 * How often a test does what can go wrong, and what came of it: a few times, or as often as `npm run drill` wants.
 *
 * @module
 */

import { systemClock } from "@tributary/proto";
import type { TestContext } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** Faults that the drill wants of this test. */
    planned?: number;
    /** Faults that were made. */
    faults?: number;
    /** From faults until things went on as before, ms; where the test measures it. */
    recoveriesMs?: readonly number[];
  }
}

/**
 * Numbers of rounds, each of which makes one fault; in a drill as many as it wants and has the time for.
 *
 * @param usual Rounds without a drill.
 */
export function* rounds({ task }: Pick<TestContext, "task">, usual: number): Generator<number> {
  const { TRIBUTARY_DRILL_ROUNDS: wanted, TRIBUTARY_DRILL_UNTIL_MS: until } = process.env;
  const untilMs = Number(until ?? Number.POSITIVE_INFINITY);
  task.meta.planned = Number(wanted ?? usual);
  task.meta.faults = 0;
  for (let round = 0; round < task.meta.planned && systemClock.now() < untilMs; round += 1) {
    yield round;
    task.meta.faults += 1;
  }
}
