/**
 * `tributary-hub status`: how the hub is, in a few lines.
 *
 * @module
 */

import type { HubStatus } from "@tributary/proto";
import { AdminService } from "@tributary/proto/wire";
import { type CommandContext, callHub } from "./context.ts";

export async function statusCommand(context: CommandContext): Promise<void> {
  const status = await callHub<HubStatus>(context, AdminService.method.getHubStatus, {});
  const records = status.records
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${state} ${count}`)
    .join(", ");
  const { origin, version, logSize, catalogSize, indexSize } = status;
  context.result(status, () =>
    context.t({
      en: `hub      ${origin} (${version})
log      ${logSize} entries
catalog  ${logSize - catalogSize} entries behind
index    ${logSize - indexSize} entries behind
records  ${records || "none"}`,
      zh: `枢纽    ${origin}（${version}）
日志    ${logSize} 条
目录    落后 ${logSize - catalogSize} 条
索引    落后 ${logSize - indexSize} 条
记录    ${records || "无"}`,
    }),
  );
}
