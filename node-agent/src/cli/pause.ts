/**
 * `tributary-agent pause` and `resume`.
 *
 * @module
 */

import { systemClock, TributaryError } from "@tributary/proto";
import { type CommandContext, timeText } from "./context.ts";
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

export async function resumeCommand(
  context: CommandContext,
  source: string | undefined,
  { acceptMassChange }: { readonly acceptMassChange?: boolean },
): Promise<void> {
  const answer = await operate<object>(context, "resume", { source, acceptMassChange });
  const [en, zh] = source === undefined ? ["publication", "发布"] : [source, source];
  context.result(answer, () => context.t({ en: `${en} goes on`, zh: `${zh}已恢复` }));
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
