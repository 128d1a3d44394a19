/**
 * What happens in the hub that an operator may want to count or read: one method an event, so that a counter and a
 * log line cannot drift apart.
 *
 * @module
 */

import type { TributaryError, TributaryErrorCode } from "@tributary/proto";

/** Hears events. Must not throw and must not block. */
export interface HubEvents {
  batchAccepted(centerId: string, records: number, bytes: number): void;
  /** A batch that was accepted before came again and got its receipt. */
  batchRepeated(centerId: string): void;
  batchRefused(centerId: string, code: TributaryErrorCode): void;
  /** Somebody has to decide: a feed showed two histories, or an operator stopped it. */
  feedPaused(centerId: string, code: string): void;
  feedReleased(centerId: string): void;
  memberChanged(centerId: string, state: string): void;
  /** A call ended. `code` is empty when it went well. */
  callEnded(rpc: string, code: string, durationMs: number): void;
  /** The log takes nothing more until the hub has opened it again. */
  logStopped(code: TributaryErrorCode, message: string): void;
  /** The thread that keeps catalog and index ended, and is started again. */
  projectionStopped(error: TributaryError, restartInMs: number): void;
  /** A witness did not cosign a checkpoint; not told again while the problem stays the same. */
  witnessFailed(centerId: string, problem: string): void;
  /** A witness that had a problem has cosigned again. */
  witnessRecovered(centerId: string): void;
  /** Catalog or index are made anew. */
  projectionRebuilt(reason: string): void;
}

/** Hears nothing; for tests. */
export const noEvents: HubEvents = {
  batchAccepted() {},
  batchRepeated() {},
  batchRefused() {},
  feedPaused() {},
  feedReleased() {},
  memberChanged() {},
  callEnded() {},
  logStopped() {},
  witnessFailed() {},
  witnessRecovered() {},
  projectionStopped() {},
  projectionRebuilt() {},
};
