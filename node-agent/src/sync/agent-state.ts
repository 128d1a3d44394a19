/**
 * What is remembered of the agent as a whole.
 *
 * @module
 */

import type { Pause, Problem } from "./problem.ts";

/** Membership as the hub last told it. */
export interface MembershipState {
  readonly state: "pending" | "approved" | "rejected" | "suspended" | "revoked" | "left";
  /** The operator's reason; may be empty. */
  readonly reason: string;
  readonly sinceMs: number;
  readonly actor: string;
}

/** State of an agent. */
export interface AgentState {
  readonly membership?: MembershipState;
  /** Why nothing is published, by the hub or by a person. */
  readonly pause?: Pause;
  /** What is wrong with the connection to the hub. */
  readonly connection?: Problem;
  /** When the hub last answered; ms since the epoch. */
  readonly heardAtMs?: number;
  /** The largest checkpoint that a receipt proved. */
  readonly checkpoint?: { readonly size: number; readonly root: string };
}
