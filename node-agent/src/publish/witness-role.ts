/**
 * Keeps a witness at work: opens its stream to the hub, and opens it again when it ends.
 *
 * @module
 */

import { type Clock, isTributaryError } from "@tributary/proto";
import type { WitnessStream } from "../ports/witness-stream.ts";
import type { Memo } from "../sync/memo.ts";
import { problemOf } from "../sync/problem.ts";
import { backOffMs } from "./back-off.ts";
import type { Witness } from "./witness.ts";

/** A hub for which the center is no witness is asked again after so long; ms. */
const NOT_NAMED_MS = 60_000;
/** A stream that lived for so long was a good one. */
const GOOD_MS = 30_000;

export interface WitnessRoleOptions {
  /** Before each stream: what was wrong with its files may have been mended. */
  readonly open: () => Promise<Witness>;
  readonly stream: WitnessStream;
  readonly memo: Memo;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * Serves until aborted; rejects with the signal's reason then, and with `ERR_STORE_FULL`. Whatever else goes wrong is told in
 * the memo: who cannot cosign can still publish.
 */
export async function runWitness(
  { open, stream, memo, clock, random }: WitnessRoleOptions,
  signal: AbortSignal,
): Promise<never> {
  let failures = 0;
  for (;;) {
    const openedAtMs = clock.now();
    try {
      const opened = await open();
      await stream.serve((request) => opened.answer(request), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (isTributaryError(error, "ERR_STORE_FULL")) throw error;
      const witnessProblem = problemOf(error, clock.now(), memo.agent.witnessProblem);
      await memo.updateAgent({ witnessProblem });
    }
    const isGood = clock.now() - openedAtMs >= GOOD_MS;
    failures = isGood ? 0 : failures + 1;
    const isUnknown = memo.agent.witnessProblem?.code === "ERR_MEMBER_STATE";
    await clock.sleep(isUnknown ? NOT_NAMED_MS : backOffMs(failures, random), signal);
  }
}
