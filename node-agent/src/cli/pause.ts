/**
 * `tributary-agent pause` and `resume`.
 *
 * @module
 */

import { systemClock, TributaryError } from "@tributary/proto";
import { type CommandContext, timeText } from "./context.ts";
import type { ConfirmHeldAnswer } from "./held-operation.ts";
import { operate } from "./operations.ts";

export async function pauseCommand(
  context: CommandContext,
  source: string | undefined,
  { until }: { readonly until?: string },
): Promise<void> {
  const untilMs = until === undefined ? undefined : parseTime(until, systemClock.now());
  const answer = await operate<object>(context, "pause", { source, untilMs });
  const [en, zh] = source === undefined ? ["publication", "发布"] : [source, source];
  context.result(answer, () =>
    context.t({
      en: `${en} is paused${untilMs === undefined ? "" : ` until ${timeText(untilMs)}`}`,
      zh: `${zh}已暂停${untilMs === undefined ? "" : `至 ${timeText(untilMs)}`}`,
    }),
  );
  context.say({
    en: `Next: tributary-agent resume${source === undefined ? "" : ` ${source}`}`,
    zh: `继续请运行：tributary-agent resume${source === undefined ? "" : ` ${source}`}`,
  });
}

export interface ResumeOptions {
  readonly acceptMassChange?: boolean;
  /** Position in the hub's log of a snapshot that the hub holds back. */
  readonly held?: string;
  /** Why; operators of the hub can read it. */
  readonly reason?: string;
}

export async function resumeCommand(
  context: CommandContext,
  source: string | undefined,
  options: ResumeOptions,
): Promise<void> {
  const { acceptMassChange, held, reason } = options;
  if (held !== undefined) {
    const position = positionOf(held, { source, acceptMassChange });
    return confirmCommand(context, { held: position, reason });
  }
  if (reason !== undefined)
    throw heldUsage("--reason goes with --held", "--reason 须与 --held 同用");
  const answer = await operate<object>(context, "resume", { source, acceptMassChange });
  const [en, zh] = source === undefined ? ["publication", "发布"] : [source, source];
  context.result(answer, () => context.t({ en: `${en} goes on`, zh: `${zh}已恢复` }));
}

/** What the hub holds back of a snapshot is meant to go. */
async function confirmCommand(
  context: CommandContext,
  args: { readonly held: number; readonly reason: string | undefined },
): Promise<void> {
  const answer = await operate<ConfirmHeldAnswer>(context, "confirmHeld", args);
  const { held, position, omitted } = answer;
  context.result(answer, () =>
    context.t({
      en: `✔ confirmed the snapshot at log entry ${held}: log entry ${position}. The hub withdraws what it left out, ${omitted} records.`,
      zh: `✔ 已确认日志第 ${held} 条的快照：日志第 ${position} 条。枢纽将撤回其未包含的 ${omitted} 条记录。`,
    }),
  );
}

/** The position in `--held`. @throws {TributaryError} `ERR_ARGUMENT_INVALID` */
function positionOf(
  held: string,
  {
    source,
    acceptMassChange,
  }: { source: string | undefined; acceptMassChange?: boolean | undefined },
): number {
  if (source === undefined && acceptMassChange === true && /^\d{1,15}$/.test(held)) {
    return Number(held);
  }
  throw heldUsage(
    "--held takes the log position that status shows, with --accept-mass-change and without a source",
    "--held 须为 status 所示的日志位置，与 --accept-mass-change 同用，且不指定数据源",
  );
}

function heldUsage(message: string, messageZh: string): TributaryError {
  return new TributaryError("ERR_ARGUMENT_INVALID", message, { messageZh });
}

/**
 * `18:00` is the next time that it is that late, local time; else a date and time in ISO 8601.
 *
 * @throws {TributaryError} `ERR_ARGUMENT_INVALID`
 */
export function parseTime(text: string, nowMs: number): number {
  const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  if (hour !== undefined && minute !== undefined && Number(hour) < 24 && Number(minute) < 60) {
    const at = new Date(nowMs);
    at.setHours(Number(hour), Number(minute), 0, 0);
    if (at.getTime() <= nowMs) at.setDate(at.getDate() + 1);
    return at.getTime();
  }
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text) ? new Date(text).getTime() : Number.NaN;
  if (ms > nowMs) return ms;
  throw new TributaryError(
    "ERR_ARGUMENT_INVALID",
    `--until is a time to come: 18:00, or 2026-03-01T08:00; got ${text}`,
    { messageZh: `--until 须为将来的时间：18:00 或 2026-03-01T08:00；收到 ${text}` },
  );
}
