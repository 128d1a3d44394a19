/**
 * Checkpoints that witnesses have cosigned, against a policy; and that something is in the tree which they saw.
 *
 * @module
 */

import { TributaryError } from "../errors.ts";
import { type OpenedCheckpoint, openCheckpoint, type TrustedLog } from "./checkpoint.ts";
import { findCosignature } from "./cosignature.ts";
import { verifyConsistency } from "./merkle.ts";
import { isQuorum, type WitnessPolicy } from "./witness-policy.ts";

/** A witness of a policy that has cosigned. */
export interface CosignedBy {
  /** The name that the policy gives it. */
  readonly name: string;
  /** When, by its clock; whole seconds as ms since the epoch. */
  readonly atMs: number;
}

/** A checkpoint of which all signatures that the policy knows were verified. */
export interface CosignedCheckpoint {
  readonly checkpoint: OpenedCheckpoint;
  /** Newest first. */
  readonly cosigned: readonly CosignedBy[];
  /** Whether they are enough for the policy. */
  readonly isQuorum: boolean;
  /** Since when they are: the time of the oldest of the newest that the quorum needs. Undefined where nobody is needed. */
  readonly quorumAtMs: number | undefined;
}

/**
 * Verifies a checkpoint and the cosignatures of the policy's witnesses on it.
 *
 * @param note Attacker-controlled.
 * @throws {TributaryError} what `openCheckpoint` throws; `ERR_NOTE_SIGNATURE` if a witness's is wrong;
 * `ERR_WITNESS_POLICY` if the policy is for other logs.
 */
export async function openCosigned(
  note: string,
  log: TrustedLog,
  policy: WitnessPolicy,
): Promise<CosignedCheckpoint> {
  requirePolicyOf(log, policy);
  const checkpoint = await openCheckpoint(note, log);
  const cosigned: CosignedBy[] = [];
  for (const [name, witness] of policy.witnesses) {
    const found = await findCosignature(checkpoint.note, witness);
    if (found !== undefined) cosigned.push({ name, atMs: found.atMs });
  }
  cosigned.sort((a, b) => b.atMs - a.atMs);
  return { checkpoint, cosigned, ...quorumOf(cosigned, policy) };
}

function quorumOf(cosigned: readonly CosignedBy[], { quorum }: WitnessPolicy) {
  const names = new Set<string>();
  if (isQuorum(quorum, names)) return { isQuorum: true, quorumAtMs: undefined };
  for (const { name, atMs } of cosigned) {
    names.add(name);
    if (isQuorum(quorum, names)) return { isQuorum: true, quorumAtMs: atMs };
  }
  return { isQuorum: false, quorumAtMs: undefined };
}

/** Demands that the witnesses that have cosigned are enough. @throws {TributaryError} `ERR_QUORUM`, which names them. */
export function requireQuorum(found: CosignedCheckpoint): CosignedCheckpoint {
  if (!found.isQuorum) throw lackOfQuorum(found);
  return found;
}

/** The error of a checkpoint that the policy's quorum has not cosigned. */
export function lackOfQuorum({ checkpoint, cosigned }: CosignedCheckpoint): TributaryError {
  const { size } = checkpoint;
  const names = cosigned.map(({ name }) => name);
  return new TributaryError(
    "ERR_QUORUM",
    `the policy's quorum has not cosigned the ${size} entries that the hub shows; so far: ${names.join(", ") || "nobody"}`,
    {
      messageZh: `枢纽展示的 ${size} 条日志未达到策略要求的法定见证；目前联署：${names.join("、") || "无"}`,
      details: { size, cosigned: names.length },
    },
  );
}

/** A policy that names logs is for no other. @throws {TributaryError} `ERR_WITNESS_POLICY`. */
export function requirePolicyOf({ vkey, origin }: TrustedLog, { logs }: WitnessPolicy): void {
  if (logs.length === 0 || logs.includes(vkey)) return;
  throw new TributaryError(
    "ERR_WITNESS_POLICY",
    `the witness policy is for other logs than ${origin}; name its vkey in a line log VKEY, or no log`,
    { messageZh: `见证策略不适用于日志 ${origin}；请用 log 行写明其公钥，或不写 log 行` },
  );
}

/** A state of the log: what a receipt or a checkpoint says. */
export interface TreeState {
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/** A checkpoint and the way to it, from anywhere. */
export interface WitnessProof {
  /** A signed note with cosignatures. */
  readonly checkpoint: string;
  /** RFC 6962 consistency proof from the state to the checkpoint; 32 bytes each. */
  readonly path: readonly Uint8Array[];
}

/**
 * Verifies which witnesses have seen a tree that the state is a part of.
 *
 * @param proof Attacker-controlled.
 * @throws {TributaryError} `ERR_CHECKPOINT_INCONSISTENT` if the state is not a part; what {@link openCosigned} throws.
 */
export async function verifyWitnessed(
  { size, root }: TreeState,
  proof: WitnessProof,
  log: TrustedLog,
  policy: WitnessPolicy,
): Promise<CosignedCheckpoint> {
  const cosigned = await openCosigned(proof.checkpoint, log, policy);
  const { size: toSize, root: toRoot } = cosigned.checkpoint;
  const { path } = proof;
  if (verifyConsistency({ fromSize: size, fromRoot: root, toSize, toRoot, path })) return cosigned;
  throw new TributaryError(
    "ERR_CHECKPOINT_INCONSISTENT",
    `the log of ${toSize} entries that witnesses have seen is not proven to hold the ${size} entries in question`,
    {
      messageZh: `未能证明见证方所见的 ${toSize} 条日志包含所涉的 ${size} 条`,
      details: { fromSize: size, toSize },
    },
  );
}
