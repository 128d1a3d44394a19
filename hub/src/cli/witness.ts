/**
 * `tributary-hub witness`: names the centers that cosign checkpoints, and shows how they are.
 *
 * @module
 */

import type { WitnessStatus } from "@tributary/proto";
import { AdminService, LogService } from "@tributary/proto/wire";
import { type CommandContext, callHub } from "./context.ts";
import { table } from "./table.ts";

export async function witnessAddCommand(
  context: CommandContext,
  centerId: string,
  vkey: string,
): Promise<void> {
  const { position } = await setWitness(context, centerId, vkey);
  context.result({ centerId, vkey, position }, () =>
    context.t({
      en: `✔ ${centerId} is asked to cosign checkpoints from now on (log entry ${position})`,
      zh: `✔ 自此请 ${centerId} 联署检查点（日志第 ${position} 条）`,
    }),
  );
  context.say({
    en: "Its agent needs witness: true in tributary-agent.yaml. Whoever relies on it takes the key from the center, not from here.",
    zh: "该中心的代理需在 tributary-agent.yaml 中设置 witness: true。依赖该见证方者应直接向该中心索取其公钥。",
  });
}

export async function witnessRemoveCommand(
  context: CommandContext,
  centerId: string,
): Promise<void> {
  const { position } = await setWitness(context, centerId, "");
  context.result({ centerId, position }, () =>
    context.t({
      en: `✔ ${centerId} is not asked any more (log entry ${position})`,
      zh: `✔ 不再请 ${centerId} 联署（日志第 ${position} 条）`,
    }),
  );
}

function setWitness(context: CommandContext, centerId: string, vkey: string) {
  const request = { centerId, vkey };
  return callHub<{ readonly position: number }>(context, AdminService.method.setWitness, request);
}

export async function witnessListCommand(context: CommandContext): Promise<void> {
  const { witnesses } = await callHub<{ readonly witnesses: readonly WitnessStatus[] }>(
    context,
    LogService.method.listWitnesses,
    {},
  );
  const { t } = context;
  const head = [
    t({ en: "center", zh: "中心" }),
    t({ en: "stream", zh: "连接" }),
    t({ en: "cosigned", zh: "已联署" }),
    t({ en: "when", zh: "时间" }),
    t({ en: "problem", zh: "问题" }),
    t({ en: "key", zh: "公钥" }),
  ];
  context.result({ witnesses }, () =>
    table(
      head,
      witnesses.map(({ centerId, vkey, connected, size, cosignedAtMs, problem }) => [
        centerId,
        connected ? t({ en: "open", zh: "已连接" }) : t({ en: "none", zh: "未连接" }),
        size === 0 ? "-" : String(size),
        cosignedAtMs === 0 ? "-" : new Date(cosignedAtMs).toISOString(),
        problem === "" ? "-" : problem,
        vkey,
      ]),
    ),
  );
  if (witnesses.length === 0) {
    context.say({
      en: "Nobody cosigns checkpoints. A center shows its key with: tributary-agent keys show; then: tributary-hub witness add CENTER VKEY",
      zh: "尚无见证方。中心用 tributary-agent keys show 查看其公钥，然后运行：tributary-hub witness add 中心 公钥",
    });
  }
}
