/**
 * `tributary-hub invite`: prints the one line that a center joins with.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";
import { AdminService } from "@tributary/proto/wire";
import { type CommandContext, callHub } from "./context.ts";

interface InviteOptions {
  readonly center: string;
  readonly name: string;
  readonly validFor: string;
  readonly preapproved: boolean;
}

export async function inviteCommand(
  context: CommandContext,
  options: InviteOptions,
): Promise<void> {
  const hours = Number(options.validFor);
  if (!(hours > 0 && hours <= 168)) {
    throw new TributaryError(
      "ERR_ARGUMENT_INVALID",
      `--valid-for is a number of hours up to 168, not ${options.validFor}`,
      { messageZh: `--valid-for 为不超过 168 的小时数，收到 ${options.validFor}` },
    );
  }
  const { code, expiresAtMs } = await callHub<{ code: string; expiresAtMs: number }>(
    context,
    AdminService.method.createInvitation,
    {
      centerId: options.center,
      centerName: options.name,
      validForSeconds: Math.ceil(hours * 3_600),
      preapproved: options.preapproved,
    },
  );
  const expiresAt = new Date(expiresAtMs).toISOString();
  context.result({ code, expiresAt, center: options.center }, () => code);
  context.say({
    en: `Give this line to ${options.center} by a way you trust. It works once, until ${expiresAt}.
At the center: tributary-agent join < file-with-the-line`,
    zh: `请通过可信渠道将上面这一行交给 ${options.center}。仅可使用一次，有效期至 ${expiresAt}。
在中心一侧：tributary-agent join < 含该行的文件`,
  });
}
