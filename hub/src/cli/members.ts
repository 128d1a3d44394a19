/**
 * `tributary-hub members`: lists members and decides about them.
 *
 * @module
 */

import { type MemberState, type MemberView, TributaryError, toBase64Url } from "@tributary/proto";
import { AdminService } from "@tributary/proto/wire";
import { type CommandContext, callHub } from "./context.ts";
import { table } from "./table.ts";

export async function membersListCommand(context: CommandContext): Promise<void> {
  const { members } = await callHub<{ readonly members: readonly MemberView[] }>(
    context,
    AdminService.method.listMembers,
    {},
  );
  const head = {
    en: ["center", "name", "state", "check code", "last seen", "records", "quarantined", "paused"],
    zh: ["中心", "名称", "状态", "校验码", "最近联系", "记录", "隔离", "暂停原因"],
  }[context.options.language];
  const printed = members.map((member) => ({
    ...member,
    publicKey: toBase64Url(member.publicKey),
  }));
  context.result({ members: printed }, () => table(head, members.map(rowOf)));
  const waiting = members.find(({ state }) => state === "pending");
  if (waiting !== undefined) {
    context.say({
      en: `Compare the check code with the center's screen, then: tributary-hub members approve ${waiting.centerId}`,
      zh: `请与中心屏幕上的校验码核对，然后：tributary-hub members approve ${waiting.centerId}`,
    });
  }
}

interface DecideOptions {
  readonly reason: string;
  /** With revoke: position from which on no batch of the center is believed. */
  readonly fromPosition?: string;
}

export async function membersDecideCommand(
  context: CommandContext,
  centerId: string,
  state: MemberState,
  { reason, fromPosition }: DecideOptions,
): Promise<void> {
  const distrustedFrom = Number(fromPosition ?? 0);
  if (!Number.isSafeInteger(distrustedFrom) || distrustedFrom < 0) {
    throw new TributaryError(
      "ERR_ARGUMENT_INVALID",
      `--from-position is a position in the log, not ${fromPosition}`,
      { messageZh: `--from-position 须为日志位置，收到 ${fromPosition}` },
    );
  }
  const { position } = await callHub<{ readonly position: number }>(
    context,
    AdminService.method.setMemberState,
    { centerId, state, reason, distrustedFrom },
  );
  context.result({ centerId, state, position }, () =>
    context.t({
      en: `${centerId} is ${state} (log entry ${position})`,
      zh: `${centerId} 的状态为 ${state}（日志第 ${position} 条）`,
    }),
  );
}

function rowOf(member: MemberView): string[] {
  return [
    member.centerId,
    member.centerName,
    member.reason === "" ? member.state : `${member.state}: ${member.reason}`,
    member.checkCode,
    member.lastSeenMs === 0 ? "-" : new Date(member.lastSeenMs).toISOString(),
    String(member.liveRecords),
    String(member.quarantinedRecords),
    member.pausedCode,
  ];
}
