/**
 * `tributary-agent status`: what, since when, whose turn.
 *
 * @module
 */

import { isTributaryError } from "@tributary/proto";
import { maskedText, mergeFindings } from "../privacy/finding.ts";
import type { HeldSnapshot, MembershipDecision } from "../sync/agent-state.ts";
import { type CommandContext, timeText } from "./context.ts";
import type { Bilingual } from "./io.ts";
import { operate } from "./operations.ts";
import type { AgentStatus, QuorumStatus, SourceStatus, Turn } from "./status-operation.ts";
import { table } from "./table.ts";

export async function statusCommand(context: CommandContext): Promise<void> {
  let status: AgentStatus;
  try {
    status = await operate<AgentStatus>(context, "status");
  } catch (error) {
    if (!isTributaryError(error, "ERR_NOT_JOINED")) throw error;
    const { message, messageZh, code } = error;
    context.result(
      { summary: { what: { en: message, zh: messageZh }, turn: "center", code } },
      () => context.t({ en: message, zh: messageZh }),
    );
    return;
  }
  context.result(status, () => statusText(context, status));
}

function statusText(context: CommandContext, status: AgentStatus): string {
  const { t } = context;
  const { summary, feed, hub, center } = status;
  const lines = [
    `${t({ en: "what", zh: "状态" })}    ${t(summary.what)}`,
    `${t({ en: "since", zh: "自" })}   ${timeText(summary.sinceMs)}`,
    `${t({ en: "turn", zh: "待办" })}    ${t(TURNS[summary.turn])}`,
    "",
    t({
      en: `center ${center}, hub ${hub}, heard ${timeText(status.heardAtMs)}, feed ${feed.id.slice(0, 8)} at ${feed.nextSeq}, outbox ${feed.outboxBatches} batches (${mib(feed.outboxBytes)} of ${mib(feed.maxOutboxBytes)} MiB)`,
      zh: `中心 ${center}，枢纽 ${hub}，最近应答 ${timeText(status.heardAtMs)}，发布序列 ${feed.id.slice(0, 8)} 第 ${feed.nextSeq} 批，待发 ${feed.outboxBatches} 批（${mib(feed.outboxBytes)} / ${mib(feed.maxOutboxBytes)} MiB）`,
    }),
  ];
  lines.push(...(status.membership?.decisions ?? []).slice(-SHOWN_DECISIONS).map(decisionLine(t)));
  if (feed.isSnapshotOpen) {
    lines.push(
      t({
        en: "the feed is new: what it does not repeat is withdrawn when every source was read completely",
        zh: "发布序列为新建：全部数据源完整读取后，未重复发布的记录将被撤回",
      }),
    );
  }
  if (status.held !== undefined) lines.push(t(heldText(status.held)));
  if (status.logProblem !== undefined) {
    const { message, messageZh, code, sinceMs } = status.logProblem;
    lines.push(
      t({
        en: `the hub's log is not checked since ${timeText(sinceMs)}: ${message} [${code}]`,
        zh: `自 ${timeText(sinceMs)} 起未能核验枢纽日志：${messageZh} [${code}]`,
      }),
    );
  }
  if (status.quorum !== undefined) lines.push(...quorumLines(t, status.quorum));
  if (status.witness !== undefined) lines.push(witnessLine(context, status.witness));
  if (status.sources.length > 0) lines.push("", sourceTable(context, status.sources));
  for (const source of status.sources) {
    lines.push(...sourceNotes(t, source).map((note) => `  ${source.id}: ${note}`));
  }
  return lines.join("\n");
}

const CONFIRM = "tributary-agent resume --accept-mass-change --held";

/** What the hub holds back, and what ends that. */
export function heldText({ feedId, position, omitted, kept, sinceMs }: HeldSnapshot): Bilingual {
  const feed = feedId.slice(0, 8);
  const all = omitted + kept;
  return {
    en: `held at the hub since ${timeText(sinceMs)}: the snapshot of feed ${feed} (log entry ${position}) repeats ${kept} of ${all} records; the other ${omitted} stay published. If they are meant to go: ${CONFIRM} ${position}; if not, bring their rows back`,
    zh: `自 ${timeText(sinceMs)} 起由枢纽暂留：发布序列 ${feed} 的快照（日志第 ${position} 条）只包含 ${all} 条记录中的 ${kept} 条；其余 ${omitted} 条继续显示。如确属有意撤回，请运行 ${CONFIRM} ${position}；否则请恢复数据行`,
  };
}

function quorumLines(t: CommandContext["t"], quorum: QuorumStatus): string[] {
  const { atMs, problem } = quorum;
  const age = t(quorumAge(quorum));
  const lines = [
    t({
      en: `receipts: ${t(receiptCounts(quorum))}; last quorum ${timeText(atMs)} (${age})`,
      zh: `回执：${t(receiptCounts(quorum))}；最近一次达到法定见证 ${timeText(atMs)}（${age}）`,
    }),
  ];
  if (problem === undefined) return lines;
  const { message, messageZh, code, sinceMs } = problem;
  return [
    ...lines,
    t({
      en: `no quorum since ${timeText(sinceMs)}, publishing goes on: ${message} [${code}]`,
      zh: `自 ${timeText(sinceMs)} 起未达到法定见证，发布照常进行：${messageZh} [${code}]`,
    }),
  ];
}

/** What is final and what waits, in words. */
export function receiptCounts({ final, pendingWitness }: QuorumStatus): Bilingual {
  return {
    en: `${final} final, ${pendingWitness} pending-witness`,
    zh: `${final} 份最终有效，${pendingWitness} 份等待见证`,
  };
}

/** How long ago enough witnesses cosigned, in words. */
export function quorumAge({ ageMs }: QuorumStatus): Bilingual {
  if (ageMs === undefined) return { en: "none yet", zh: "尚无" };
  const seconds = Math.floor(ageMs / 1_000);
  if (seconds < 120) return { en: `${seconds} s ago`, zh: `${seconds} 秒前` };
  const minutes = Math.floor(seconds / 60);
  return { en: `${minutes} min ago`, zh: `${minutes} 分钟前` };
}

function witnessLine({ t }: CommandContext, witness: NonNullable<AgentStatus["witness"]>): string {
  const { cosigned, problem } = witness;
  if (problem !== undefined) {
    return t({
      en: `witness: not cosigning since ${timeText(problem.sinceMs)}: ${problem.message} [${problem.code}]`,
      zh: `见证：自 ${timeText(problem.sinceMs)} 起未能联署：${problem.messageZh} [${problem.code}]`,
    });
  }
  if (cosigned === undefined) {
    return t({ en: "witness: nothing cosigned yet", zh: "见证：尚未联署" });
  }
  return t({
    en: `witness: cosigned ${cosigned.size} entries, ${timeText(cosigned.atMs)}`,
    zh: `见证：已联署 ${cosigned.size} 条，${timeText(cosigned.atMs)}`,
  });
}

/** Whose turn it is, in words. */
export const TURNS: Readonly<Record<Turn, { readonly en: string; readonly zh: string }>> = {
  nobody: { en: "nobody's", zh: "无" },
  center: { en: "yours, at the center", zh: "本中心" },
  operator: { en: "the hub operator's", zh: "枢纽管理员" },
  hub: { en: "the hub's; the agent tries again by itself", zh: "枢纽；代理会自动重试" },
};

/** Newest decisions about the membership that are shown; `--json` has all. */
const SHOWN_DECISIONS = 5;

function decisionLine(t: CommandContext["t"]) {
  return (decision: MembershipDecision): string => {
    const { position, atMs, state, actor, reason, distrustedFrom } = decision;
    const until = distrustedFrom === 0 ? "" : ` (< ${distrustedFrom})`;
    return t({
      en: `membership: ${state}${until} by ${actor}, ${timeText(atMs)}, log entry ${position}${reason && `: ${reason}`}`,
      zh: `成员：${STATE_ZH[state]}${until}，${actor}，${timeText(atMs)}，日志第 ${position} 条${reason && `：${reason}`}`,
    });
  };
}

const STATE_ZH: Readonly<Record<MembershipDecision["state"], string>> = {
  pending: "待批准",
  approved: "已批准",
  rejected: "已拒绝",
  suspended: "已暂停",
  revoked: "已撤销",
  left: "已退出",
};

function sourceTable({ t }: CommandContext, sources: readonly SourceStatus[]): string {
  const head = [
    t({ en: "source", zh: "数据源" }),
    t({ en: "state", zh: "状态" }),
    t({ en: "published", zh: "已发布" }),
    t({ en: "waiting", zh: "待发" }),
    t({ en: "bad rows", zh: "问题行" }),
    t({ en: "masked", zh: "已隐去" }),
    t({ en: "last read", zh: "最近读取" }),
  ];
  return table(
    head,
    sources.map(({ id, state, published, waiting, lastPass }) => [
      id,
      t(STATES[state]),
      String(published),
      String(waiting),
      String(lastPass?.badRows ?? 0),
      String((lastPass?.findings ?? []).reduce((sum, { count }) => sum + count, 0)),
      timeText(lastPass?.endedAtMs),
    ]),
  );
}

/** How a source is, in words. */
export const STATES: Readonly<
  Record<SourceStatus["state"], { readonly en: string; readonly zh: string }>
> = {
  ok: { en: "✔ ok", zh: "✔ 正常" },
  "never-read": { en: "… not read yet", zh: "… 尚未读取" },
  paused: { en: "‖ paused", zh: "‖ 已暂停" },
  failing: { en: "✖ failing", zh: "✖ 出错" },
  "not-configured": { en: "! no longer configured", zh: "! 已不在配置中" },
};

/** What a person should know of a source. */
export function sourceNotes(t: CommandContext["t"], source: SourceStatus): string[] {
  const notes: string[] = [];
  const trouble = source.pause ?? source.problem;
  if (trouble !== undefined) {
    notes.push(`${t({ en: trouble.message, zh: trouble.messageZh })} [${trouble.code}]`);
  }
  if (source.state === "not-configured") {
    notes.push(
      t({
        en: `its ${source.published} records stay published; to withdraw them: tributary-agent resume ${source.id} --accept-mass-change`,
        zh: `其 ${source.published} 条记录仍在发布；如需撤回请运行 tributary-agent resume ${source.id} --accept-mass-change`,
      }),
    );
  }
  if (source.report !== undefined) {
    notes.push(
      t({
        en: `rows to mend or look at: ${source.report}`,
        zh: `待修正或核对的行：${source.report}`,
      }),
    );
  }
  for (const finding of mergeFindings(source.lastPass?.findings ?? [])) {
    notes.push(t(maskedText(finding)));
  }
  return notes;
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
