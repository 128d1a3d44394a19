/**
 * `tributary-agent keys rotate`: changes the key that signs.
 *
 * @module
 */

import { agentFolder, exists } from "../adapters/agent-folder.ts";
import { ensureKeyFile, readKeyFile } from "../adapters/file-keys.ts";
import { type CommandContext, pathOf } from "./context.ts";
import type { KeysRotateAnswer } from "./keys-operation.ts";
import { operate } from "./operations.ts";

export async function keysRotateCommand(
  context: CommandContext,
  { recovery }: { readonly recovery?: string },
): Promise<void> {
  const { agentKeyFile } = agentFolder(context.options.folder);
  const recoveryFile = recovery === undefined ? undefined : pathOf(context, recovery);
  if (recoveryFile !== undefined) {
    await readKeyFile(recoveryFile);
    // The folder opens with a key only; one that the hub never heard of stands in for the lost one until the change.
    if (!(await exists(agentKeyFile))) await ensureKeyFile(agentKeyFile);
  }
  const answer = await operate<KeysRotateAnswer>(context, "keysRotate", { recoveryFile });
  context.result(answer, () =>
    context.t({
      en: `✔ key ${answer.keyId} is valid from log entry ${answer.validFromPosition} on`,
      zh: `✔ 密钥 ${answer.keyId} 自日志第 ${answer.validFromPosition} 条起有效`,
    }),
  );
  if (answer.isNewFeed) {
    context.say({
      en: "A new feed was opened: every source is published once more under the new key.",
      zh: "已新建发布序列：全部数据源将用新密钥重新发布。",
    });
  }
  if (answer.usesNats) {
    context.say({
      en: "The NATS user follows from the key: ask the hub's operator to run tributary-hub nats setup and reload the server.",
      zh: "NATS 用户由密钥派生：请中枢管理员重新运行 tributary-hub nats setup 并重新加载服务器配置。",
    });
  }
}
