/**
 * Evidence and logs that enough witnesses have seen: a hub that shows somebody a history of its own has no quorum for it.
 *
 * @module
 */

import {
  type CheckpointStore,
  type CosignedCheckpoint,
  type LogLook,
  openCosigned,
  requireQuorum,
  type TrustedLog,
  verifyWitnessed,
  type WitnessPolicy,
  type WitnessProof,
} from "@tributary/proto";
import type { Client } from "./client.ts";
import { type VerifiedRecord, verifyEvidence } from "./evidence.ts";

/** A record whose batch is in the log that enough witnesses have seen. */
export interface WitnessedRecord extends VerifiedRecord {
  /** Which witnesses of the policy, and the checkpoint that they cosigned. */
  readonly witnessed: CosignedCheckpoint;
}

/**
 * As `verifyEvidence`, and demands that the log with the record in it is the one that witnesses have cosigned. No network.
 *
 * @param proof From `client.witnessProof`, a file, anywhere: nothing of it is trusted.
 * @param trust The log's origin and key, and whose cosignatures are enough; `parseWitnessPolicy("... quorum none")` demands none and
 * reports those that are found. Must come from elsewhere than the hub that is being checked.
 * @throws {TributaryError} `ERR_QUORUM` if too few have cosigned; `ERR_CHECKPOINT_INCONSISTENT` if what they cosigned is not proven
 * to hold what the evidence rests on; `ERR_NOTE_SIGNATURE`, `ERR_WITNESS_POLICY`; what `verifyEvidence` throws.
 */
export async function verifyWitnessedEvidence(
  evidence: Uint8Array,
  proof: WitnessProof,
  trust: { readonly log: TrustedLog; readonly policy: WitnessPolicy },
): Promise<WitnessedRecord> {
  const record = await verifyEvidence(evidence, trust.log);
  const state = { size: record.checkpointSize, root: record.checkpointRoot };
  const witnessed = await verifyWitnessed(state, proof, trust.log, trust.policy);
  return { ...record, witnessed: requireQuorum(witnessed) };
}

/** What a look at a log found, and who else saw it. */
export interface WitnessedLook extends LogLook {
  /** The checkpoint that was demanded; the largest one that is kept may be beyond it. */
  readonly witnessed: CosignedCheckpoint;
}

/** A log that is followed by what witnesses have cosigned. One look at a time. */
export interface WitnessedLog {
  /**
   * As `look` of a follower, at the newest checkpoint that witnesses were asked about.
   *
   * @throws {TributaryError} `ERR_QUORUM` if too few have cosigned it; what `LogFollower.look` throws.
   */
  look(signal: AbortSignal): Promise<WitnessedLook>;
}

/**
 * Follows the hub's log as `client.followLog` does, and demands a quorum of witnesses at each look.
 *
 * @param options.log Origin and key, as `options.policy` from elsewhere than the hub that is being checked.
 * @param options.store Where the largest checkpoint is kept.
 */
export function followWitnessed(
  client: Pick<Client, "followLog" | "witnessProof">,
  options: {
    readonly log: TrustedLog;
    readonly policy: WitnessPolicy;
    readonly store: CheckpointStore;
  },
): WitnessedLog {
  const { log, policy, store } = options;
  const follower = client.followLog(log, store);
  return {
    async look(signal) {
      const { checkpoint } = await client.witnessProof(0, { signal });
      const witnessed = requireQuorum(await openCosigned(checkpoint, log, policy));
      return { ...(await follower.compare(checkpoint, signal)), witnessed };
    },
  };
}
