/**
 * `tributary-agent validate`: checks settings and mappings as they are written; opens no source and no connection.
 *
 * @module
 */

import { isTributaryError } from "@tributary/proto";
import { agentFolder, readMappingFiles } from "../adapters/agent-folder.ts";
import { parseAgentConfig } from "../config.ts";
import { nearest } from "../mapping/nearest.ts";
import { hubTerms, planOf, readConfig } from "../start-plans.ts";
import type { CommandContext } from "./context.ts";
import { CommandExit, EXIT } from "./io.ts";

export async function validateCommand(context: CommandContext): Promise<void> {
  const folder = agentFolder(context.options.folder);
  const problems: { readonly message: string; readonly messageZh: string }[] = [];
  const config = await collect(problems, () => readConfig(folder));
  const files = (await collect(problems, () => readMappingFiles(folder))) ?? [];
  const settings = config ?? parseAgentConfig("version: 1", "tributary-agent.yaml");
  const terms = await hubTerms(folder);
  for (const file of files) {
    await collect(problems, async () => planOf(file, folder, { config: settings, terms }));
  }
  const ids = files.map(({ sourceId }) => sourceId);
  for (const id of Object.keys(config?.sources ?? {})) {
    if (ids.includes(id)) continue;
    const meant = nearest(id, ids);
    problems.push({
      message: `tributary-agent.yaml: sources.${id}: there is no mapping file of this name${meant === undefined ? "" : `; did you mean ${meant}?`}`,
      messageZh: `tributary-agent.yaml：sources.${id}：没有同名映射文件${meant === undefined ? "" : `；是否指 ${meant}？`}`,
    });
  }
  const isValid = problems.length === 0;
  context.result({ valid: isValid, sources: ids, problems }, () =>
    isValid
      ? context.t({
          en: `✔ settings and ${ids.length} mapping files are valid`,
          zh: `✔ 设置与 ${ids.length} 个映射文件均有效`,
        })
      : problems
          .map(({ message, messageZh }) => `✖ ${context.t({ en: message, zh: messageZh })}`)
          .join("\n"),
  );
  if (!isValid) throw new CommandExit(EXIT.usage);
  context.say({ en: "Next: tributary-agent check", zh: "下一步：tributary-agent check" });
}

async function collect<T>(
  problems: { readonly message: string; readonly messageZh: string }[],
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    // A folder that is none is not a problem of its settings.
    if (!isTributaryError(error) || error.code === "ERR_FOLDER_MISSING") throw error;
    const zh = error.messageZh.split("\n");
    for (const [index, message] of error.message.split("\n").entries()) {
      problems.push({ message, messageZh: zh[index] ?? message });
    }
    return undefined;
  }
}
