/**
 * A real hub in its own process, for drills and benches.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { COMPILE_CACHE } from "./compile-cache.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** What `tributary-hub up --json` says. */
export interface UpAnswer {
  readonly origin: string;
  readonly vkey: string;
  readonly grpc: string;
  readonly web: string;
  /** Address at which the first administrator signs in; absent where there is one. */
  readonly firstLink?: string;
  readonly pid: number;
}

/** Limits that do not get into the way of a drill. */
export const NO_QUOTA = {
  TRIBUTARY_HUB_QUOTA_BATCHES_PER_SECOND: "1000000",
  TRIBUTARY_HUB_QUOTA_RECORDS_PER_MINUTE: "1000000000",
  TRIBUTARY_HUB_QUOTA_BYTES_PER_DAY: "1000000000000",
  TRIBUTARY_HUB_DISK_RESERVE_BYTES: "0",
} as const;

/** Runs a command to its end. */
export async function runHubCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawnHub(args, env);
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (text) => {
    stdout += text;
  });
  child.stderr?.on("data", (text) => {
    stderr += text;
  });
  const status = await exitOf(child);
  return { status, stdout, stderr };
}

/** A hub that runs until it is stopped or dies. */
export class HubProcess implements AsyncDisposable {
  readonly up: UpAnswer;
  readonly #child: ChildProcess;
  readonly #exit: Promise<number | null>;
  readonly #messages: string[];

  private constructor(
    child: ChildProcess,
    up: UpAnswer,
    exit: Promise<number | null>,
    messages: string[],
  ) {
    this.#child = child;
    this.up = up;
    this.#exit = exit;
    this.#messages = messages;
  }

  /**
   * Starts a hub on a folder that `init` made; resolves when it is up.
   *
   * @param options.acceptRestored Accepts the state that a restore left.
   * @param options.maxFileBytes Largest file that it can write: a write beyond fails in its middle (RLIMIT_FSIZE).
   */
  static async start(
    folder: string,
    env: Readonly<Record<string, string>> = {},
    options: {
      readonly grpc?: string;
      readonly web?: string;
      readonly acceptRestored?: boolean;
      readonly maxFileBytes?: number;
    } = {},
  ): Promise<HubProcess> {
    const { grpc = "127.0.0.1:0", web = "127.0.0.1:0", maxFileBytes } = options;
    const accept = options.acceptRestored ? ["--accept-restored"] : [];
    const child = spawnHub(
      ["up", "--data", folder, "--grpc", grpc, "--web", web, "--json", ...accept],
      { TRIBUTARY_HUB_LOG_LEVEL: "warn", ...NO_QUOTA, ...env },
      maxFileBytes,
    );
    const messages: string[] = [];
    child.stderr?.on("data", (text) => messages.push(String(text)));
    const exit = exitOf(child);
    const first = await firstLine(child);
    if (first === undefined) {
      throw new Error(`the hub did not start (${await exit}):\n${messages.join("")}`);
    }
    return new HubProcess(child, JSON.parse(first) as UpAnswer, exit, messages);
  }

  get pid(): number {
    return this.up.pid;
  }

  /** What it has written to stderr. */
  get messages(): string {
    return this.#messages.join("");
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when the process has ended. */
  async ended(): Promise<number | null> {
    return this.#exit;
  }

  /** Kills it without a word. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isRunning) this.#child.kill("SIGTERM");
    await this.#exit;
  }
}

function spawnHub(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  maxFileBytes?: number,
): ChildProcess {
  const command = [process.execPath, "--conditions=source", MAIN, ...args];
  // The unit of POSIX sh is 512 bytes. The shell becomes the hub, so that signals reach it.
  const limited =
    maxFileBytes === undefined
      ? command
      : ["sh", "-c", `ulimit -f ${Math.ceil(maxFileBytes / 512)}; exec "$0" "$@"`, ...command];
  return spawn(limited[0] as string, limited.slice(1), {
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE, LANG: "C", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("exit", (code) => resolve(code)));
}

async function firstLine(child: ChildProcess): Promise<string | undefined> {
  if (child.stdout === null) throw new TypeError("stdout is not a pipe");
  for await (const line of createInterface({ input: child.stdout })) return line;
  return undefined;
}
