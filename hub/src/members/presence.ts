/**
 * When the hub last heard from each center, and what its agent said of itself.
 *
 * Kept in memory: after a start, a center counts as heard from when its newest batch was received, until its agent
 * connects, which takes it seconds.
 *
 * @module
 */

import type { Clock, Heartbeat } from "@tributary/proto";

/** What is known of one center's agent. */
export interface Presence extends Heartbeat {
  /** Ms since the epoch. */
  readonly lastSeenMs: number;
}

const NO_REPORT: Heartbeat = {
  agentVersion: "",
  outboxBatches: 0,
  rejectedRows: 0,
  pausedReason: "",
};

/** Owned by one hub; knows members only, so it is as small as the registry. */
export class PresenceBoard {
  readonly #clock: Clock;
  readonly #centers = new Map<string, Presence>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The center was heard from now. */
  heard(centerId: string, report?: Partial<Heartbeat>): void {
    const before = this.#centers.get(centerId) ?? NO_REPORT;
    const lastSeenMs = this.#clock.now();
    const now = { ...before, ...report, lastSeenMs };
    this.#centers.set(centerId, {
      ...now,
      agentVersion: now.agentVersion.slice(0, 64),
      pausedReason: now.pausedReason.slice(0, 1_000),
    });
  }

  get(centerId: string): Presence | undefined {
    return this.#centers.get(centerId);
  }
}
