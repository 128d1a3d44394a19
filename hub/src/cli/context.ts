/**
 * What commands share: the data folder, and the running hub as its operator sees it.
 *
 * @module
 */

import type { DescMethod } from "@bufbuild/protobuf";
import { systemClock, TributaryError } from "@tributary/proto";
import {
  type DataFolder,
  openDataFolder,
  type RunningHub,
  readRunning,
} from "../adapters/data-folder.ts";
import { createHubClient, type HubClient } from "../adapters/grpc-hub-client.ts";
import { readConfig } from "../config.ts";
import type { Bilingual, CommandIo, CommonOptions } from "./io.ts";

/** Options of the program, before any command. */
export interface GlobalOptions extends CommonOptions {
  readonly data?: string | undefined;
}

/** One run of one command. */
export interface CommandContext {
  readonly io: CommandIo;
  readonly options: GlobalOptions;
  /** Writes a result: JSON with `--json`, the text otherwise. */
  readonly result: (value: object, text: () => string) => void;
  /** Writes a message for people. */
  readonly say: (text: Bilingual) => void;
  /** The text in the user's language. */
  readonly t: (text: Bilingual) => string;
}

export function createContext(io: CommandIo, options: GlobalOptions): CommandContext {
  const t = (text: Bilingual) => text[options.language];
  return {
    io,
    options,
    t,
    say: (text) => io.err(t(text)),
    result: (value, text) => io.out(options.json ? JSON.stringify(value) : text()),
  };
}

/** The data folder that the command is about. @throws {TributaryError} `ERR_FOLDER_MISSING`. */
export function folderOf({ io, options }: CommandContext): Promise<DataFolder> {
  return openDataFolder(readConfig(io.env, { data: options.data }).dataFolder);
}

const TIMEOUT_MS = 15_000;

/**
 * Calls the hub that runs on the data folder.
 *
 * @throws {TributaryError} `ERR_UNAVAILABLE` if none runs; what the hub refuses with.
 */
export async function callHub<Response>(
  context: CommandContext,
  method: DescMethod,
  request: object,
): Promise<Response> {
  const folder = await folderOf(context);
  using client = clientOf(folder, await requireRunning(folder), TIMEOUT_MS);
  return await client.call<Response>(method, request);
}

/** A client of a hub that runs, as its operator. */
export function clientOf(folder: DataFolder, running: RunningHub, timeoutMs: number): HubClient {
  return createHubClient({
    address: running.grpc,
    certificate: running.certificate,
    token: folder.adminToken,
    timeoutMs,
    nowMs: () => systemClock.now(),
  });
}

async function requireRunning(folder: DataFolder): Promise<RunningHub> {
  const running = await readRunning(folder);
  if (running === undefined) throw notRunning(folder.path);
  return running;
}

export function notRunning(path: string): TributaryError {
  return new TributaryError(
    "ERR_UNAVAILABLE",
    `no hub runs on ${path}; start it with: tributary-hub up --data ${path}`,
    { messageZh: `${path} 上没有运行中的枢纽，请先启动：tributary-hub up --data ${path}` },
  );
}
