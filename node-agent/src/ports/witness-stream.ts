/**
 * How a hub asks a witness to cosign: over a stream that the witness opens.
 *
 * @module
 */

import type { WitnessAnswer } from "@tributary/proto";

/** Makes streams. */
export interface WitnessStream {
  /**
   * Opens a stream and answers what the hub asks, one question at a time, until the hub ends it.
   *
   * @param answer Given the body of a request of C2SP tlog-witness `add-checkpoint`; attacker-controlled.
   * @throws {TributaryError} `ERR_MEMBER_STATE` if the center is no witness there; `ERR_DEADLINE` if it asks nothing for
   * minutes; `ERR_UNAVAILABLE`; the signal's reason; what `answer` throws.
   */
  serve(
    answer: (addCheckpoint: string) => Promise<WitnessAnswer>,
    signal: AbortSignal,
  ): Promise<void>;
}
