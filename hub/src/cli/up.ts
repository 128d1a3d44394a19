/**
 * `tributary-hub up`: runs the hub until it is told to stop.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { isTributaryError, systemClock } from "@tributary/proto";
import { initDataFolder } from "../adapters/data-folder.ts";
import { createLogger } from "../adapters/logger.ts";
import { formatAddress, type HubConfig, readConfig } from "../config.ts";
import { killAt } from "../log/kill-at.ts";
import { type Hub, startHub } from "../start.ts";
import type { CommandContext } from "./context.ts";
import { signInUrl } from "./sign-in-url.ts";
import { hubVersion } from "./version.ts";

interface UpOptions {
  readonly grpc?: string;
  readonly web?: string;
  readonly public?: string;
  readonly nats?: string;
  readonly init?: boolean;
  readonly acceptRestored?: boolean;
}

/** How long the hub waits before it opens a store again whose write failed. */
const REOPEN_AFTER_MS = 2_000;

export async function upCommand(context: CommandContext, options: UpOptions): Promise<void> {
  const { io } = context;
  const config = readConfig(io.env, { ...options, data: context.options.data });
  if (options.init && !existsSync(config.dataFolder)) {
    const { origin, path } = await initDataFolder(config.dataFolder, undefined);
    context.say({
      en: `Made a hub in ${path} (${origin})`,
      zh: `已在 ${path} 新建枢纽（${origin}）`,
    });
  }
  const hub = await start(context, config, options.acceptRestored);
  if (context.options.json) io.out(JSON.stringify(describe(hub, config)));
  announce(context, hub, config);
  await keepRunning(context, config, hub);
}

/**
 * Runs until the user stops it. A failed write leaves an unknown state: the hub opens its stores again, the way a
 * start does, and goes on. Damage is for a person: the program ends and says what to do.
 */
async function keepRunning(context: CommandContext, config: HubConfig, first: Hub): Promise<void> {
  const { signal } = context.io;
  const told = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  let hub = first;
  for (;;) {
    const failure = await Promise.race([hub.stopped, told]);
    await hub[Symbol.asyncDispose]();
    if (failure === undefined) return;
    if (failure.code !== "ERR_STORE_FAILED") throw failure;
    context.say({ en: `! ${failure.message}`, zh: `! ${failure.messageZh}` });
    const again = await reopen(context, { ...config, grpc: hub.grpc, web: hub.web });
    if (again === undefined) return;
    hub = again;
  }
}

/** Starts again until it works; undefined when the user stops it first. */
async function reopen(context: CommandContext, config: HubConfig): Promise<Hub | undefined> {
  const { signal } = context.io;
  for (;;) {
    try {
      await systemClock.sleep(REOPEN_AFTER_MS, signal);
    } catch {
      return undefined;
    }
    try {
      const hub = await start(context, config);
      context.say({ en: "The hub is open again.", zh: "枢纽已重新打开。" });
      return hub;
    } catch (error) {
      const isTransient =
        isTributaryError(error, "ERR_STORE_FAILED") || isTributaryError(error, "ERR_STORE_FULL");
      if (!isTransient) throw error;
    }
  }
}

function start({ io }: CommandContext, config: HubConfig, acceptRestored = false): Promise<Hub> {
  return startHub(config, {
    logger: createLogger(config.logLevel),
    version: hubVersion(),
    acceptRestored,
    onStep: killAt(io.env["TRIBUTARY_KILL_AT"], () => process.kill(process.pid, "SIGKILL")),
  });
}

function describe(hub: Hub, config: HubConfig): object {
  return {
    origin: hub.origin,
    vkey: hub.vkey,
    grpc: formatAddress(hub.grpc),
    web: `http://${formatAddress(hub.web)}`,
    ...(hub.firstLink !== undefined && { firstLink: signInUrl(hub.web, hub.firstLink) }),
    data: config.dataFolder,
    pid: process.pid,
  };
}

/** Where the first administrator signs in; nothing where there is one. */
function firstLinkText({ web, firstLink }: Hub, language: "en" | "zh"): string {
  if (firstLink === undefined) return "";
  const url = signInUrl(web, firstLink);
  return language === "en"
    ? `Become its administrator with this link; it works once:\n  ${url}\n`
    : `用此链接成为管理员，仅可使用一次：\n  ${url}\n`;
}

function announce(context: CommandContext, hub: Hub, config: HubConfig): void {
  if (hub.isHeld) {
    context.say({
      en: "! The hub was restored from a backup and takes nothing. When no center holds a larger checkpoint: stop it and start it with --accept-restored",
      zh: "! 枢纽由备份恢复，暂不接收任何内容。确认没有中心持有更大的检查点后，请停止并以 --accept-restored 启动",
    });
  }
  for (const [name, wished, got] of [
    ["gRPC", config.grpc, hub.grpc],
    ["web", config.web, hub.web],
  ] as const) {
    if (wished.port === 0 || wished.port === got.port) continue;
    context.say({
      en: `Port ${wished.port} is taken; ${name} listens on ${got.port}.`,
      zh: `端口 ${wished.port} 已被占用，${name} 改用 ${got.port}。`,
    });
  }
  context.say({
    en: `Tributary hub ${hubVersion()} is up.
  web     http://${formatAddress(hub.web)}
  gRPC    ${formatAddress(hub.grpc)}
  data    ${config.dataFolder}
  origin  ${hub.origin}
${firstLinkText(hub, "en")}Next: tributary-hub invite --data ${config.dataFolder} --center <id> --name <name>   (Ctrl-C stops)`,
    zh: `汇流枢纽 ${hubVersion()} 已启动。
  网页    http://${formatAddress(hub.web)}
  gRPC    ${formatAddress(hub.grpc)}
  数据    ${config.dataFolder}
  来源名  ${hub.origin}
${firstLinkText(hub, "zh")}下一步：tributary-hub invite --data ${config.dataFolder} --center <标识> --name <名称>   （Ctrl-C 停止）`,
  });
}
