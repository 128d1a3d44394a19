/**
 * `tributary-agent init`: makes the folder of an agent.
 *
 * @module
 */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TributaryError } from "@tributary/proto";
import { z } from "zod";
import { agentFolder, exists } from "../adapters/agent-folder.ts";
import { agentConfigSchema } from "../config.ts";
import { type CommandContext, pathOf } from "./context.ts";

const CONFIG = `# yaml-language-server: $schema=schemas/agent.schema.json
# Settings of a Tributary agent. 汇流代理的设置。Only what differs from the defaults has to stand here.
version: 1

# Read a source as soon as its file changes. 文件变化后立即读取
# watch: true

# And at these times, as a cron pattern in local time. 并按计划读取
# schedule: "*/15 * * * *"

# How batches travel: grpc, nats, or auto (either, whichever works). 传输方式
# transport: auto
# nats: [nats://hub.example.org:4222]

# Witnesses that a receipt needs to be final: see "Receipts that witnesses vouch for" in the README. 回执最终有效所需的见证方
# quorum: |
#   witness center-a VKEY
#   witness center-b VKEY
#   group both all center-a center-b
#   quorum both

# Single sources, by the name of their mapping file. 单个数据源的设置
# sources:
#   providers:
#     schedule: "0 6 * * 1-5"
`;

export async function initCommand(
  context: CommandContext,
  folderArgument: string | undefined,
): Promise<void> {
  const path =
    folderArgument === undefined ? context.options.folder : pathOf(context, folderArgument);
  const folder = agentFolder(path);
  if (await exists(folder.configFile)) {
    throw new TributaryError(
      "ERR_ALREADY_EXISTS",
      `${path} is the folder of an agent already; nothing was changed`,
      { messageZh: `${path} 已是代理目录；未作任何改动` },
    );
  }
  for (const made of [folder.path, folder.mappings, folder.reports, folder.schemas]) {
    await mkdir(made, { recursive: true });
  }
  for (const secret of [folder.keys, folder.data]) {
    await mkdir(secret, { recursive: true, mode: 0o700 });
  }
  const schema = z.toJSONSchema(agentConfigSchema, { io: "input" });
  await writeFile(
    join(folder.schemas, "agent.schema.json"),
    `${JSON.stringify(schema, null, 2)}\n`,
  );
  await writeFile(folder.configFile, CONFIG, { flag: "wx" });
  context.result({ folder: path }, () => path);
  context.say({
    en: `Next: ask the hub's operator for an invitation, then: tributary-agent join --folder ${path}`,
    zh: `下一步：向管理员索取加入码，然后运行 tributary-agent join --folder ${path}`,
  });
}
