/**
 * `tributary-agent moved HOST:PORT`: the hub has another address. Who answers there is not believed to be the hub: it has to
 * show a checkpoint of the log, signed by the key that the center joined.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";
import { agentFolder, readHubFile, writeHubFile } from "../adapters/agent-folder.ts";
import { checkpointAt, notJoined } from "../start-hub.ts";
import type { CommandContext } from "./context.ts";

const ADDRESS = /^[^\s/]+:\d{1,5}$/;

export async function movedCommand(context: CommandContext, address: string): Promise<void> {
  const { io, options, t } = context;
  const folder = agentFolder(options.folder);
  const hub = await readHubFile(folder);
  if (hub === undefined) throw notJoined(options.folder);
  if (!ADDRESS.test(address)) {
    throw new TributaryError("ERR_ARGUMENT_INVALID", `expected HOST:PORT, got ${address}`, {
      messageZh: `地址须写作 主机:端口，收到 ${address}`,
    });
  }
  const moved = { ...hub, hub: address };
  const { size } = await checkpointAt(folder, moved, io.signal);
  await writeHubFile(folder, moved);
  context.result({ hub: address, was: hub.hub, logSize: size }, () =>
    t({
      en: `✔ ${hub.origin} answers at ${address}, with ${size} entries in its log. An agent that runs takes the address at its next start.`,
      zh: `✔ ${hub.origin} 已在 ${address} 应答，其日志有 ${size} 条。正在运行的代理将在下次启动时使用新地址。`,
    }),
  );
}
