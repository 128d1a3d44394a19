/**
 * The process as a command sees it.
 *
 * Much of what commands print was written by strangers: names of centers, titles of records, reasons. No control character
 * of theirs reaches a terminal; in JSON the same characters are escaped, which changes no value.
 *
 * @module
 */

import { terminalText } from "@tributary/proto";
import type { CommandIo } from "./io.ts";

/** The first SIGINT, SIGTERM or SIGHUP asks to stop; the second SIGINT ends at once. */
export function processIo(env: CommandIo["env"]): CommandIo {
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
    env,
    out: (text) => process.stdout.write(`${terminalText(text)}\n`),
    err: (text) => process.stderr.write(`${terminalText(text)}\n`),
    isTerminal: process.stdout.isTTY === true,
    signal: stop.signal,
  };
}
