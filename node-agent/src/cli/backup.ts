/**
 * `tributary-agent backup FILE` and `tributary-agent restore FILE`.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { restoreAgent } from "../adapters/agent-backup.ts";
import { agentFolder } from "../adapters/agent-folder.ts";
import { restoreOutcomes } from "../start-outcomes.ts";
import { type CommandContext, pathOf } from "./context.ts";
import { operate } from "./operations.ts";

/** While the agent runs, or not. */
export async function backupCommand(context: CommandContext, file: string): Promise<void> {
  const path = pathOf(context, file);
  const answer = await operate<{ readonly bytes: number }>(context, "agentBackup", { path });
  context.result({ path, ...answer }, () =>
    context.t({
      en: `✔ ${path} (${answer.bytes} bytes): it holds the keys, keep it as safely as them. Not in it: the center's own files, and the feed.`,
      zh: `✔ ${path}（${answer.bytes} 字节）：其中含密钥，请同等妥善保管。不含中心自己的数据文件与发布序列。`,
    }),
  );
}

export async function restoreCommand(context: CommandContext, file: string): Promise<void> {
  const folder = agentFolder(context.options.folder);
  const ledger = await restoreAgent(folder, await readFile(pathOf(context, file), "utf8"));
  const releases = ledger === "" ? 0 : (await restoreOutcomes(folder, ledger)).nextSeq;
  context.result({ folder: folder.path, releases }, () =>
    context.t({
      en: `✔ ${folder.path}: put the center's own files where the mappings look for them. Next: tributary-agent run; it opens a new feed and publishes everything once more.`,
      zh: `✔ ${folder.path}：请将中心的数据文件放回映射所指的位置。下一步：tributary-agent run；将新建发布序列并重新发布全部内容。`,
    }),
  );
}
