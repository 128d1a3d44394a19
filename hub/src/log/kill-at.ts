/**
 * A facility of the drills: a hub that kills itself at a named step.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";
import { type OnStep, STEPS, type Step } from "./steps.ts";

/**
 * Reads `step:count`, for example `sync:3`: the process dies at once when it passes the step for the third time.
 *
 * @param kill Ends the process without any clean-up.
 * @throws {TributaryError} `ERR_CONFIG_INVALID` if the text is something else.
 */
export function killAt(text: string | undefined, kill: () => void): OnStep {
  if (text === undefined) return () => undefined;
  const [step, count] = text.split(":");
  if (!STEPS.includes(step as Step) || !/^[1-9]\d*$/.test(count ?? "")) {
    throw new TributaryError(
      "ERR_CONFIG_INVALID",
      `TRIBUTARY_KILL_AT is step:count with one of ${STEPS.join(", ")}; got ${text}`,
    );
  }
  let left = Number(count);
  return (passed) => {
    if (passed !== step) return;
    left -= 1;
    if (left === 0) kill();
  };
}
