/**
 * The process as a command sees it.
 *
 * Much of what commands print was written by strangers: names of centers, titles of records, reasons. No control character
 * of theirs reaches a terminal; in JSON the same characters are escaped, which changes no value.
 *
 * @module
 */

import { isCancel, password } from "@clack/prompts";
import { terminalText } from "@tributary/proto";
import type { CommandIo } from "./io.ts";

/** Longest text that is read from stdin; an invitation has some hundred bytes. */
const MAX_STDIN_BYTES = 64 * 1024;

/** The first SIGINT, SIGTERM or SIGHUP asks to stop; the second SIGINT ends at once. */
export function processIo(): CommandIo {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted && signal === "SIGINT") process.exit(130);
      stop.abort(signal);
    });
  }
  // A reader that went away, as in `| head`, is not an error of ours.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  return {
    env: process.env,
    cwd: process.cwd(),
    out: (text) => process.stdout.write(`${terminalText(text)}\n`),
    err: (text) => process.stderr.write(`${terminalText(text)}\n`),
    isInteractive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    readStdin,
    askSecret,
    signal: stop.signal,
  };
}

async function readStdin(): Promise<string> {
  let text = "";
  process.stdin.setEncoding("utf8");
  for await (const chunk of process.stdin) {
    text += chunk;
    if (text.length > MAX_STDIN_BYTES) break;
  }
  return text;
}

async function askSecret(message: string): Promise<string | undefined> {
  const answer = await password({ message, output: process.stderr });
  return isCancel(answer) ? undefined : answer;
}
