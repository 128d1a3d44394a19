/**
 * The releaser that is evaluated: the one place where the evaluation meets the code that seals buckets.
 *
 * @module
 */

import type { ReleaserUnderTest } from "./engagement.ts";
import { sealingReleaser } from "./naive/sealing.ts";

/** The agent's own. */
export const agentReleaser: ReleaserUnderTest = sealingReleaser();
