/**
 * How an agent is, as a value: what, since when, whose turn; then its sources.
 *
 * @module
 */

import { join } from "node:path";
import { toHex } from "@tributary/proto";
import { exists } from "../adapters/agent-folder.ts";
import type { SeenEpoch } from "../publish/epoch-watch.ts";
import { readWitnessVkey } from "../start-witness.ts";
import type { HeldSnapshot, MembershipState } from "../sync/agent-state.ts";
import { pauseInForce } from "../sync/memo.ts";
import type { Pause, Problem } from "../sync/problem.ts";
import type { PassSummary, SourceState } from "../sync/source-state.ts";
import type { Bilingual } from "./io.ts";
import type { Operation, OperationContext } from "./operations.ts";
import { agentVersion } from "./version.ts";

/** Who has to do something next. */
export type Turn = "nobody" | "center" | "operator" | "hub";

/** What the agent as a whole is doing. */
export interface Summary {
  readonly what: Bilingual;
  /** Ms since the epoch. */
  readonly sinceMs?: number;
  readonly turn: Turn;
  /** Stable code where something is wrong. */
  readonly code?: string;
}

/** How a source is. */
export interface SourceStatus {
  readonly id: string;
  readonly state: "ok" | "never-read" | "paused" | "failing" | "not-configured";
  /** Live records that the hub has accepted. */
  readonly published: number;
  /** Records in the outbox: new ones, new revisions and withdrawals. */
  readonly waiting: number;
  readonly checkedAtMs?: number;
  readonly lastPass?: PassSummary;
  readonly problem?: Problem;
  readonly pause?: Pause;
  /** Workbook with the bad rows. */
  readonly report?: string;
}

/** How receipts stand with the witnesses of the policy in the settings. */
export interface QuorumStatus {
  /** Receipts that a checkpoint covers which enough witnesses have cosigned. */
  readonly final: number;
  /** Receipts that wait for that. */
  readonly pendingWitness: number;
  /** Size of that checkpoint; 0 before the first. */
  readonly size: number;
  /** Since when enough witnesses say so, by their clocks; ms since the epoch. */
  readonly atMs?: number;
  /** How long ago that was; ms. */
  readonly ageMs?: number;
  /** Why no more receipts become final, once that has lasted two minutes. */
  readonly problem?: Problem;
}

export interface AgentStatus {
  readonly version: string;
  readonly center: string;
  readonly hub: string;
  /** Six characters that the operator's screen has to show for the center. */
  readonly checkCode: string;
  readonly isRunning: boolean;
  readonly summary: Summary;
  readonly membership?: MembershipState;
  readonly heardAtMs?: number;
  readonly feed: {
    readonly id: string;
    readonly ordinal: number;
    readonly reason: string;
    readonly nextSeq: string;
    readonly isSnapshotOpen: boolean;
    readonly outboxBatches: number;
    readonly outboxBytes: number;
    readonly maxOutboxBytes: number;
  };
  /** What the hub holds back of a snapshot until somebody confirms it. */
  readonly held?: HeldSnapshot;
  readonly checkpoint?: { readonly size: number; readonly root: string };
  /** The newest epoch summary that agreed with what the center signed. */
  readonly epoch?: SeenEpoch;
  /** Why the hub's log could not be looked at. */
  readonly logProblem?: Problem;
  /** Where the settings say which witnesses a receipt needs. */
  readonly quorum?: QuorumStatus;
  /** Where the agent cosigns checkpoints. */
  readonly witness?: {
    readonly vkey?: string;
    /** The newest that it cosigned. */
    readonly cosigned?: { readonly size: number; readonly atMs: number };
    readonly problem?: Problem;
  };
  readonly sources: readonly SourceStatus[];
}

export const statusOperation: Operation = async (context): Promise<AgentStatus> => {
  const { agent, isRunning } = context;
  const { memo, feed, hub, maxOutboxBytes } = agent;
  const { membership, heardAtMs, held, checkpoint, epoch, logProblem } = memo.agent;
  const { feedId, ordinal, reason, nextSeq, isSnapshotOpen } = feed.state;
  const quorum = await quorumStatus(context);
  return {
    version: agentVersion(),
    center: hub.center,
    hub: hub.hub,
    checkCode: hub.checkCode,
    isRunning,
    summary: summaryOf(context, quorum),
    ...(membership && { membership }),
    ...(heardAtMs !== undefined && { heardAtMs }),
    feed: {
      id: toHex(feedId),
      ordinal,
      reason,
      nextSeq: String(nextSeq),
      isSnapshotOpen,
      outboxBatches: feed.outbox.batches,
      outboxBytes: feed.outbox.bytes,
      maxOutboxBytes,
    },
    ...(held && { held }),
    ...(checkpoint && { checkpoint: { size: checkpoint.size, root: checkpoint.root } }),
    ...(epoch && { epoch }),
    ...(logProblem && { logProblem }),
    ...(quorum && { quorum }),
    ...(agent.config.witness && { witness: await witnessStatus(context) }),
    sources: await Promise.all(sourceIds(context).map((id) => sourceStatus(context, id))),
  };
};

async function quorumStatus({ agent }: OperationContext): Promise<QuorumStatus | undefined> {
  const standing = await agent.quorumWatch?.standing();
  if (standing === undefined) return undefined;
  const { final, pending, size, quorumAtMs: atMs, problem } = standing;
  return {
    final,
    pendingWitness: pending,
    size,
    ...(atMs !== undefined && { atMs, ageMs: Math.max(0, agent.clock.now() - atMs) }),
    ...(problem && { problem }),
  };
}

async function witnessStatus({
  agent,
}: OperationContext): Promise<NonNullable<AgentStatus["witness"]>> {
  const { cosigned, witnessProblem } = agent.memo.agent;
  const vkey = await readWitnessVkey(agent.folder, agent.hub);
  return {
    ...(vkey !== undefined && { vkey }),
    ...(cosigned && { cosigned }),
    ...(witnessProblem && { problem: witnessProblem }),
  };
}

function sourceIds({ agent }: OperationContext): string[] {
  const known = [...agent.memo.sources.values()]
    .filter(({ liveRecords, sourceId }) => liveRecords > 0 || agent.sourceIds.includes(sourceId))
    .map(({ sourceId }) => sourceId);
  return [...new Set([...agent.sourceIds, ...known])].sort();
}

async function sourceStatus({ agent }: OperationContext, id: string): Promise<SourceStatus> {
  const state = agent.memo.source(id);
  const report = join(agent.folder.reports, `${id}.xlsx`);
  const pause = pauseInForce(state.pause, agent.clock.now());
  const { checkedAtMs, lastPass, problem } = state;
  return {
    id,
    state: agent.sourceIds.includes(id) ? stateName(state, pause) : "not-configured",
    ...agent.feed.standing(id),
    ...(checkedAtMs !== undefined && { checkedAtMs }),
    ...(lastPass && { lastPass }),
    ...(problem && { problem }),
    ...(pause && { pause }),
    ...((await exists(report)) && { report }),
  };
}

function stateName({ problem, lastPass }: SourceState, pause: Pause | undefined) {
  if (pause !== undefined) return "paused";
  if (problem !== undefined) return "failing";
  return lastPass === undefined ? "never-read" : "ok";
}

/** The first thing that keeps the agent from its work, or that nothing does. */
function summaryOf(
  { agent, isRunning }: OperationContext,
  quorum: QuorumStatus | undefined,
): Summary {
  const { memo, feed, clock } = agent;
  const { membership, connection, heardAtMs, held } = memo.agent;
  const pause = pauseInForce(memo.agent.pause, clock.now());
  if (membership !== undefined && membership.state !== "approved") {
    return membershipSummary(membership, agent.hub.checkCode);
  }
  if (pause !== undefined) {
    const turn = pause.by === "person" ? "center" : "operator";
    return { ...problemSummary(pause), turn };
  }
  if (connection !== undefined) return { ...problemSummary(connection), turn: "hub" };
  const failing = agent.sourceIds
    .map((id) => memo.source(id))
    .map(({ pause, problem }) => pauseInForce(pause, clock.now()) ?? problem)
    .find((problem) => problem !== undefined);
  if (failing !== undefined) return { ...problemSummary(failing), turn: "center" };
  if (held !== undefined) return heldSummary(held);
  const { batches } = feed.outbox;
  if (batches > 0) {
    return {
      what: {
        en: `${batches} batches wait for the hub's receipts`,
        zh: `${batches} 个批次等待枢纽回执`,
      },
      turn: isRunning ? "hub" : "center",
    };
  }
  if (agent.sourceIds.length === 0) {
    return {
      what: {
        en: "no source is mapped; next: tributary-agent map FILE",
        zh: "尚未映射任何数据源；下一步：tributary-agent map 文件",
      },
      turn: "center",
    };
  }
  if (isRunning && quorum?.problem !== undefined) return unwitnessedSummary(quorum, quorum.problem);
  return {
    what: isRunning
      ? { en: "running, everything is published", zh: "运行中，全部已发布" }
      : {
          en: "not running; next: tributary-agent run",
          zh: "未运行；下一步：tributary-agent run",
        },
    ...(heardAtMs !== undefined && { sinceMs: heardAtMs }),
    turn: isRunning ? "nobody" : "center",
  };
}

function heldSummary({ omitted, sinceMs }: HeldSnapshot): Summary {
  return {
    what: {
      en: `the hub keeps ${omitted} records that the newest snapshot leaves out, until somebody confirms it`,
      zh: `最新快照未包含的 ${omitted} 条记录暂留枢纽，等待确认`,
    },
    sinceMs,
    turn: "center",
    code: "ERR_MASS_CHANGE",
  };
}

function unwitnessedSummary(
  { pendingWitness }: QuorumStatus,
  { message, messageZh, sinceMs, code }: Problem,
): Summary {
  return {
    what: {
      en: `running, everything is published; ${pendingWitness} receipts wait for witnesses: ${message}`,
      zh: `运行中，全部已发布；${pendingWitness} 份回执等待见证：${messageZh}`,
    },
    sinceMs,
    turn: "operator",
    code,
  };
}

function membershipSummary(
  membership: { readonly state: string; readonly reason: string; readonly sinceMs: number },
  checkCode: string,
): Summary {
  const { state, reason, sinceMs } = membership;
  const because = reason === "" ? "" : `: ${reason}`;
  const zh: Readonly<Record<string, string>> = {
    pending: `等待枢纽管理员批准；其屏幕上的校验码应为 ${checkCode}`,
    rejected: "枢纽管理员拒绝了加入申请",
    suspended: "成员资格已被暂停",
    revoked: "成员资格已被撤销",
    left: "本中心已退出",
  };
  return {
    what: {
      en:
        state === "pending"
          ? `waiting for the operator's approval; the operator's screen has to show check code ${checkCode}`
          : `membership ${state}${because}`,
      zh: `${zh[state] ?? state}${reason === "" ? "" : `：${reason}`}`,
    },
    sinceMs,
    turn: "operator",
    code: `MEMBER_${state.toUpperCase()}`,
  };
}

function problemSummary({ code, message, messageZh, sinceMs }: Problem) {
  return { what: { en: message, zh: messageZh }, sinceMs, code };
}
