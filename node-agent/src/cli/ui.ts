/**
 * `tributary-agent ui`: mapping editor, preview, errors and what leaves, as a page on this machine.
 *
 * The address is printed and not opened: as an argument of a browser every user of the machine could read it.
 *
 * @module
 */

import { once } from "node:events";
import { TributaryError } from "@tributary/proto";
import { agentFolder } from "../adapters/agent-folder.ts";
import { serveLocalPage } from "../adapters/local-page.ts";
import { readConfig } from "../start-plans.ts";
import type { CommandContext } from "./context.ts";
import { tellFailure } from "./failure.ts";
import { Pages } from "./ui/pages.ts";

export async function uiCommand(
  context: CommandContext,
  options: { readonly port: string },
): Promise<void> {
  const { io } = context;
  const port = parsePort(options.port);
  await readConfig(agentFolder(context.options.folder));
  const pages = new Pages(context);
  await using served = await serveLocalPage({
    port,
    answer: (request, root) => pages.answer(request, root),
    onDefect: (error) => tellFailure(error, io, { ...context.options, json: false }),
  });
  context.result({ url: served.url }, () => served.url);
  context.say({
    en: "Open this address in a browser on this machine; it works once. Ctrl-C ends the page.",
    zh: "请在本机浏览器中打开上面的地址，只能打开一次。按 Ctrl-C 结束。",
  });
  if (!io.signal.aborted) await once(io.signal, "abort");
  context.say({ en: "stopped", zh: "已停止" });
}

const MAX_PORT = 65_535;

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= MAX_PORT) return port;
  throw new TributaryError(
    "ERR_ARGUMENT_INVALID",
    `--port is a whole number from 0 to ${MAX_PORT}, not ${text}`,
    { messageZh: `--port 须为 0 至 ${MAX_PORT} 的整数，收到 ${text}` },
  );
}
