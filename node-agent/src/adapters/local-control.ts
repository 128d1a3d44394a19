/**
 * How a command talks to the process that has the folder open: one JSON line each way over a local socket, which only
 * the owner of the folder can reach.
 *
 * @module
 */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createConnection, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isErrorCode, isTributaryError, TributaryError } from "@tributary/proto";
import { replaceFile } from "./file-write.ts";

/** Longest path of a socket that every system takes. */
const MAX_SOCKET_PATH = 100;
const MAX_LINE_BYTES = 16 * 2 ** 20;
const CALL_TIMEOUT_MS = 30_000;

/** What is asked; `name` is the operation. */
export interface ControlRequest {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Answers a request with a value that JSON can hold. */
export type ControlHandler = (request: ControlRequest) => Promise<unknown>;

interface RunningFile {
  readonly pid: number;
  readonly socket: string;
}

/**
 * Serves requests until disposed.
 *
 * @param folder The folder that is open; it exists and only its owner may enter it.
 */
export async function serveControl(
  folder: string,
  handler: ControlHandler,
): Promise<AsyncDisposable> {
  const inFolder = join(folder, "agent.sock");
  const privateFolder =
    Buffer.byteLength(inFolder) > MAX_SOCKET_PATH
      ? await mkdtemp(join(tmpdir(), "tributary-"))
      : undefined;
  const socket = privateFolder === undefined ? inFolder : join(privateFolder, "agent.sock");
  await rm(socket, { force: true });
  const open = new Set<Socket>();
  const server = createServer((connection) => {
    open.add(connection);
    connection.on("close", () => open.delete(connection));
    connection.on("error", () => {}); // the command went away
    answer(connection, handler);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, resolve);
  });
  const running: RunningFile = { pid: process.pid, socket };
  await replaceFile(runningFile(folder), JSON.stringify(running), 0o600);
  return {
    async [Symbol.asyncDispose]() {
      await rm(runningFile(folder), { force: true });
      for (const connection of open) connection.destroy();
      await new Promise((resolve) => server.close(resolve));
      if (privateFolder !== undefined) await rm(privateFolder, { recursive: true, force: true });
    },
  };
}

/**
 * Asks the process that has the folder open.
 *
 * @throws {TributaryError} `ERR_UNAVAILABLE` if no process answers; what the operation throws.
 */
export async function callControl(folder: string, request: ControlRequest): Promise<unknown> {
  const text = await readFile(runningFile(folder), "utf8").catch(() => "");
  if (text === "") throw notRunning(folder);
  const { socket } = JSON.parse(text) as RunningFile;
  const connection = createConnection(socket);
  connection.setTimeout(CALL_TIMEOUT_MS, () => connection.destroy(new Error("no answer in time")));
  try {
    connection.write(`${JSON.stringify(request)}\n`);
    const reply = JSON.parse(await readLine(connection)) as {
      readonly value?: unknown;
      readonly error?: {
        readonly code: string;
        readonly message: string;
        readonly messageZh: string;
      };
    };
    if (reply.error === undefined) return reply.value;
    const { code, message, messageZh } = reply.error;
    throw new TributaryError(isErrorCode(code) ? code : "ERR_INTERNAL", message, { messageZh });
  } catch (error) {
    throw isTributaryError(error) ? error : notRunning(folder, error);
  } finally {
    connection.destroy();
  }
}

async function answer(connection: Socket, handler: ControlHandler): Promise<void> {
  let reply: object;
  try {
    reply = { value: await handler(JSON.parse(await readLine(connection)) as ControlRequest) };
  } catch (error) {
    const { code, message, messageZh } = isTributaryError(error)
      ? error
      : { code: "ERR_INTERNAL", message: String(error), messageZh: String(error) };
    reply = { error: { code, message, messageZh } };
  }
  connection.end(`${JSON.stringify(reply)}\n`);
}

/** The first line that comes; the connection stays open for the answer. */
function readLine(connection: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    connection.setEncoding("utf8");
    connection.on("data", (chunk: string) => {
      text += chunk;
      if (text.endsWith("\n")) resolve(text);
      else if (text.length > MAX_LINE_BYTES) connection.destroy(new Error("the line is too long"));
    });
    connection.on("error", reject);
    connection.on("close", () => reject(new Error("the connection ended before a whole line")));
  });
}

function runningFile(folder: string): string {
  return join(folder, "running.json");
}

function notRunning(folder: string, cause?: unknown): TributaryError {
  return new TributaryError("ERR_UNAVAILABLE", `no process answers for ${folder}`, {
    messageZh: `没有进程响应 ${folder}`,
    cause,
  });
}
