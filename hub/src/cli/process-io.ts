/**
 * The process as a command sees it.
 *
 * @module
 */

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
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
    isTerminal: process.stdout.isTTY === true,
    signal: stop.signal,
  };
}
