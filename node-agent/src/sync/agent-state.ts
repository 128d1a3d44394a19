/**
 * What is remembered of the agent as a whole.
 *
 * @module
 */

import type { SeenEpoch } from "../publish/epoch-watch.ts";
import type { Finality } from "../publish/quorum-watch.ts";
import type { Pause, Problem } from "./problem.ts";

/** Membership as the hub last told it. */
export interface MembershipState {
  readonly state: "pending" | "approved" | "rejected" | "suspended" | "revoked" | "left";
  /** The operator's reason; may be empty. */
  readonly reason: string;
  readonly sinceMs: number;
  readonly actor: string;
  /** What the hub's log says was decided, oldest first; a hub of an earlier version tells none. */
  readonly decisions?: readonly MembershipDecision[];
}

/** One decision about the membership. */
export interface MembershipDecision {
  /** Position in the hub's log. */
  readonly position: number;
  readonly atMs: number;
  readonly state: MembershipState["state"];
  /** An operator's name, or the id of the center. */
  readonly actor: string;
  readonly reason: string;
  /** Of the key that it is about, base64url; empty where it is about none. */
  readonly keyId: string;
  /** Position from which on the hub believes no batch of the center; 0 for none. */
  readonly distrustedFrom: number;
}

/** A snapshot of this center that left out so many records that the hub keeps them until somebody confirms it. */
export interface HeldSnapshot {
  /** The feed that began with it; lower-case hex of its id. */
  readonly feedId: string;
  /** Position in the hub's log of the batch that ended it. */
  readonly position: number;
  /** Records of earlier feeds that it did not repeat. */
  readonly omitted: number;
  /** Records of earlier feeds that it repeated. */
  readonly kept: number;
  /** Ms since the epoch. */
  readonly sinceMs: number;
}

/** State of an agent. */
export interface AgentState {
  readonly membership?: MembershipState;
  /** Why nothing is published, by the hub or by a person. */
  readonly pause?: Pause;
  /** What the hub holds back, as it last told. */
  readonly held?: HeldSnapshot;
  /** What is wrong with the connection to the hub. */
  readonly connection?: Problem;
  /** When the hub last answered; ms since the epoch. */
  readonly heardAtMs?: number;
  /** The largest checkpoint that a receipt proved. */
  readonly checkpoint?: {
    readonly size: number;
    readonly root: string;
    /** The signed note; missing where an earlier version wrote the state. */
    readonly note?: string;
  };
  /** The newest epoch summary of the hub that agreed with what this center signed. */
  readonly epoch?: SeenEpoch;
  /** Why the hub's log could not be looked at. */
  readonly logProblem?: Problem;
  /** How far receipts are final, by the policy in the settings. */
  readonly finality?: Finality;
  /** Why no more of them become final. */
  readonly quorumProblem?: Problem;
  /** The newest checkpoint that this agent cosigned, as a witness. */
  readonly cosigned?: { readonly size: number; readonly atMs: number };
  /** Why it does not cosign. */
  readonly witnessProblem?: Problem;
}
