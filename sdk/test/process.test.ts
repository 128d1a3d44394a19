/**
 * Programs that use the client: they end when their work ends, and say what they were told.
 */

import { spawn } from "node:child_process";
import { beforeAll, describe, expect, test } from "vitest";
import { type Federation, federate } from "./double/federation.ts";
import { CENTERS } from "./double/samples.ts";
import { TestHub } from "./double/test-hub.ts";

let federation: Federation;
beforeAll(async () => {
  federation = await federate(CENTERS);
});

describe("a program", () => {
  test("ends by itself although it forgets to close the client", async () => {
    const hub = new TestHub(federation);
    using listener = await hub.listen();
    const { status, stdout, stderr } = await runProgram(`
      import { createClient } from "@tributary/sdk";
      const client = createClient({ url: "${listener.url}" });
      console.log((await client.search("", { pageSize: 1 })).total);
      for await (const _ of client.list()) break;
      for await (const event of client.watch()) if (event.type === "caught_up") break;
    `);
    expect([status, stdout.trim(), stderr]).toEqual([0, "49", ""]);
  });
});

/** Runs in another process while this one answers. */
async function runProgram(program: string) {
  const flags = ["--conditions=source", "--input-type=module-typescript", "--eval", program];
  const child = spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "pipe"] });
  const timer = setTimeout(() => child.kill("SIGKILL"), 30_000);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearTimeout(timer);
  return { status, stdout, stderr };
}
