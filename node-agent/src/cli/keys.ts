/**
 * `tributary-agent keys`: shows the keys that others need, and changes the key that signs.
 *
 * @module
 */

import { toBase64Url } from "@tributary/proto";
import { agentFolder, exists, readHubFile } from "../adapters/agent-folder.ts";
import { ensureKeyFile, readKeyFile } from "../adapters/file-keys.ts";
import { notJoined } from "../start-hub.ts";
import { readConfig } from "../start-plans.ts";
import { ensureWitnessVkey, readWitnessVkey } from "../start-witness.ts";
import { type CommandContext, pathOf } from "./context.ts";
import type { KeysRotateAnswer } from "./keys-operation.ts";
import { operate } from "./operations.ts";

/** Works on files only: the agent may run or not. Makes the key of a witness that has none yet. */
export async function keysShowCommand(context: CommandContext): Promise<void> {
  const folder = agentFolder(context.options.folder);
  const hub = await readHubFile(folder);
  if (hub === undefined) throw notJoined(folder.path);
  const keyId = toBase64Url((await readKeyFile(folder.agentKeyFile)).keyId);
  const { witness } = await readConfig(folder);
  const witnessVkey = await (witness ? ensureWitnessVkey : readWitnessVkey)(folder, hub);
  const { center, vkey } = hub;
  context.result({ center, keyId, hubVkey: vkey, ...(witnessVkey && { witnessVkey }) }, () => {
    const lines = [
      context.t({ en: `key id of ${center}: ${keyId}`, zh: `${center} 的密钥标识：${keyId}` }),
      context.t({ en: `key of the hub: ${vkey}`, zh: `枢纽公钥：${vkey}` }),
    ];
    if (witnessVkey !== undefined) {
      lines.push(context.t({ en: `witness: ${witnessVkey}`, zh: `见证公钥：${witnessVkey}` }));
    }
    return lines.join("\n");
  });
  if (witnessVkey === undefined) {
    context.say({
      en: "The agent is no witness. With witness: true in tributary-agent.yaml this command makes a key for it.",
      zh: "该代理不是见证方。在 tributary-agent.yaml 中设置 witness: true 后，运行本命令会生成密钥。",
    });
  } else {
    context.say({
      en: `The hub's operator names it with: tributary-hub witness add ${center} ${witnessVkey}`,
      zh: `枢纽管理员登记见证方：tributary-hub witness add ${center} ${witnessVkey}`,
    });
  }
}

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
      zh: "NATS 用户由密钥派生：请枢纽管理员重新运行 tributary-hub nats setup 并重新加载服务器配置。",
    });
  }
}
