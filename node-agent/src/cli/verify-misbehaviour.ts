/**
 * `tributary-agent verify-misbehaviour FILE`: whether a hub signed statements that cannot all be true. Offline.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import {
  parseMisbehaviourFile,
  TributaryError,
  type TrustedLog,
  verifyMisbehaviour,
} from "@tributary/proto";
import { agentFolder, readHubFile } from "../adapters/agent-folder.ts";
import { type CommandContext, timeText } from "./context.ts";

interface Options {
  /** The hub's verifier key; without it, that of the hub that this agent joined. */
  readonly vkey?: string;
}

export async function verifyMisbehaviourCommand(
  context: CommandContext,
  file: string,
  options: Options,
): Promise<void> {
  const found = parseMisbehaviourFile(await textOf(resolve(context.io.cwd, file)));
  const log = await trustOf(context, options);
  const { kind, sizes, message, messageZh } = await verifyMisbehaviour(found.misbehaviour, log);
  const { foundBy, foundAtMs } = found;
  context.result({ proven: true, kind, sizes, message, messageZh, log, foundBy, foundAtMs }, () =>
    [
      `✔ ${context.t({ en: "proven", zh: "证据成立" })}: ${context.t({ en: message, zh: messageZh })}`,
      context.t({
        en: `log ${log.origin}; found by ${foundBy}, ${timeText(foundAtMs)}`,
        zh: `日志 ${log.origin}；发现者 ${foundBy}，${timeText(foundAtMs)}`,
      }),
    ].join("\n"),
  );
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new TributaryError("ERR_NOT_FOUND", `${path} cannot be read`, {
      messageZh: `无法读取 ${path}`,
      cause,
    });
  }
}

/** Never from the file itself: its writer could have made a key of its own. */
async function trustOf({ options }: CommandContext, { vkey }: Options): Promise<TrustedLog> {
  if (vkey !== undefined) return { origin: vkey.slice(0, Math.max(0, vkey.indexOf("+"))), vkey };
  const hub = await readHubFile(agentFolder(options.folder));
  if (hub !== undefined) return { origin: hub.origin, vkey: hub.vkey };
  throw new TributaryError(
    "ERR_NOT_JOINED",
    "whose statements are these? Run this in the folder of an agent that joined the hub, or give the hub's key: --vkey KEY",
    { messageZh: "请在已加入该枢纽的代理目录中运行，或用 --vkey 指定枢纽公钥" },
  );
}
