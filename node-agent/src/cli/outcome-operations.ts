/**
 * What commands do with the releases of outcomes, where the folder is open.
 *
 * @module
 */

import { decodeBody, sha256, TributaryError, toHex } from "@tributary/proto";
import { backupAgent } from "../adapters/agent-backup.ts";
import { exists } from "../adapters/agent-folder.ts";
import { replaceFile } from "../adapters/file-write.ts";
import { epochText, lastOfYear, tickOf } from "../privacy/release/epoch.ts";
import { backupLedger } from "../privacy/release/ledger-backup.ts";
import { readLedger } from "../privacy/release/ledger-check.ts";
import type { PlannedBucket, WaitingGroup } from "../privacy/release/plan.ts";
import type { Agent } from "../start.ts";
import type { Operation } from "./operations.ts";

/** What would leave at the next tick. */
export interface OutcomePlanAnswer {
  /** Like 2026Q1. */
  readonly epoch: string;
  readonly tickAtMs: number;
  readonly k: number;
  readonly audience: string;
  /** The release that carries the next noised answers, like 2026Q4; absent where they are off. */
  readonly noisedWith?: string;
  readonly buckets: readonly PlannedBucket[];
  readonly waiting: readonly (Omit<WaitingGroup, "coarserFrom"> & {
    readonly coarserFrom?: string;
  })[];
}

export const outcomePlan: Operation = async ({ agent }): Promise<OutcomePlanAnswer> => {
  const { releases, terms } = await agent.outcomes();
  const { epoch, buckets, waiting } = await releases.plan();
  return {
    epoch: epochText(epoch),
    tickAtMs: tickOf(epoch),
    k: terms.policy.k,
    audience: agent.config.outcomes.audience,
    ...(agent.config.outcomes.noise && { noisedWith: epochText(lastOfYear(epoch)) }),
    buckets,
    waiting: waiting.map(({ coarserFrom, ...group }) => ({
      ...group,
      ...(coarserFrom !== undefined && { coarserFrom: epochText(coarserFrom) }),
    })),
  };
};

/** One release in a list. */
export interface ReleaseLine {
  readonly seq: number;
  readonly epoch: string;
  readonly buckets: number;
  readonly records: number;
  readonly retracted: number;
  /** Cells with noised answers. */
  readonly noised: number;
  /** SHA-256 of the body in hex. */
  readonly hash: string;
}

export interface OutcomeLedgerAnswer {
  readonly releases: readonly ReleaseLine[];
  readonly waiting: number;
  readonly used: number;
  /** Buckets that were taken back; in hex. */
  readonly retracted: readonly string[];
}

/** Everything that was released, after a check that all of it holds together. */
export const outcomeLedger: Operation = async ({ agent }): Promise<OutcomeLedgerAnswer> => {
  const { ledger } = await agent.outcomes();
  const { pending, buckets, releases } = await readLedger(ledger);
  return {
    releases: releases.map(({ seq, epoch, body }) => {
      const { buckets = [], retracted = [], noised = [] } = decodeBody("outcome", body);
      return {
        seq,
        epoch: epochText(epoch),
        buckets: buckets.length,
        records: buckets.reduce((sum, { n }) => sum + n, 0),
        retracted: retracted.length,
        noised: Object.keys(noised[0]?.values ?? {}).length,
        hash: toHex(sha256(body)),
      };
    }),
    waiting: pending.length,
    used: buckets.reduce((sum, { members }) => sum + members.length, 0),
    retracted: buckets.filter(({ retraction }) => retraction).map(({ bucketId }) => bucketId),
  };
};

/** `{ bucket, reason }`: takes a bucket back with the next release. */
export const outcomeRetract: Operation = async ({ agent }, { bucket, reason }) => {
  if (reason !== "legal" && reason !== "error") {
    throw new TributaryError("ERR_ARGUMENT_INVALID", "the reason is legal or error", {
      messageZh: "原因须为 legal 或 error",
    });
  }
  const { releases } = await agent.outcomes();
  const epoch = await releases.retract(String(bucket), reason);
  return { bucket, reason, epoch: epochText(epoch) };
};

/** `{ path }`: writes settings, keys, decisions and ledger to a file that only its owner may read. */
export const agentBackup: Operation = async ({ agent }, { path }) => {
  const hasOutcomes = await exists(agent.folder.ledger);
  const text = await backupAgent(agent.folder, hasOutcomes ? await ledgerOf(agent) : "");
  await replaceFile(String(path), text, 0o600);
  return { path, bytes: Buffer.byteLength(text) };
};

/** The backup of the ledger. @throws {TributaryError} `ERR_STORE_DAMAGED` if it does not hold together. */
export async function ledgerOf(agent: Agent): Promise<string> {
  const { ledger, keys, budget } = await agent.outcomes();
  return backupLedger(ledger, keys, (await budget?.entries()) ?? []);
}

/** `{ path }`: writes the ledger and its secrets to a file that only its owner may read. */
export const outcomeBackup: Operation = async ({ agent }, { path }) => {
  const text = await ledgerOf(agent);
  await replaceFile(String(path), text, 0o600);
  return { path, bytes: Buffer.byteLength(text) };
};
