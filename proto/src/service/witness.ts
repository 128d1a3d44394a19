/**
 * How the witnesses of a hub's log are.
 *
 * @see ../../tributary/v1/log_service.proto
 * @module
 */

/** What a witness has done since the hub started. */
export interface WitnessStanding {
  /** Whether its stream is open. */
  readonly connected: boolean;
  /** Size of the newest checkpoint that it cosigned; 0 for none. */
  readonly size: number;
  /** When, by its clock; ms since the epoch; 0 for never. */
  readonly cosignedAtMs: number;
  /** Why its newest answer is no cosignature; empty when it is one. */
  readonly problem: string;
}

/** A center that cosigns checkpoints. */
export interface WitnessStatus extends WitnessStanding {
  readonly centerId: string;
  /** C2SP verifier key of type 0x04. */
  readonly vkey: string;
}
