/**
 * Commands of the hub in the process of the test.
 *
 * @module
 */

import { runCli } from "../../src/cli/cli.ts";

/** Runs a command with `--json`. @param onMessage Hears what it says meanwhile. */
export async function command(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  onMessage: (text: string) => void = () => undefined,
) {
  let out = "";
  let messages = "";
  const status = await runCli([...args, "--json"], {
    env,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      messages += text;
      onMessage(text);
    },
    isTerminal: false,
    signal: new AbortController().signal,
  });
  return { status, answer: JSON.parse(out), messages };
}
