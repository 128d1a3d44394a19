/**
 * The snippets of the README, run as a reader would: one program, in their order, against a hub.
 */

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { federate } from "./double/federation.ts";
import { CENTERS } from "./double/samples.ts";
import { TestHub } from "./double/test-hub.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const snippets = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = ""]) => code);

test("the README's snippets run and print what they promise", async () => {
  expect(snippets).toHaveLength(13);
  const hub = new TestHub(await federate(CENTERS));
  using listener = await hub.listen();
  // Each snippet has its own scope but for the client and the imports.
  const imports = snippets.flatMap((code) => code.match(/^import .*$/gm) ?? []);
  const names = new Set(imports.flatMap((line) => /\{ (.*) \}/.exec(line)?.[1]?.split(", ") ?? []));
  const [first = "", ...others] = snippets.map((code) => code.replace(/^import .*$\n*/gm, ""));
  const program = [
    `import { ${[...names].join(", ")} } from "@tributary/sdk";`,
    first.replace("grpc://127.0.0.1:7443", listener.url),
    ...others.map((code, index) => `{\nconsole.log("#${index + 1}");\n${code}}\n`),
  ].join("\n");
  const { status, stdout, stderr } = await run(program);
  expect([status, stderr]).toEqual([0, ""]);
  const sections = stdout.split(/^#\d+\n/m);
  expect(sections[0]).toContain("1 found, log size 6, 1 centers stale");
  expect(sections[1]).toContain("urn:dth:smes:event:E-045");
  expect(sections[2]).toContain("铜板带轧机<mark>预测性维护</mark>");
  expect(sections[3]).toMatch(/剩余寿命模型[\s\S]*2 清河智造/);
  expect(sections[4]).toMatch(/^3 .*预测性维护/);
  expect(sections[5]).toMatch(/第 45 场[\s\S]*10 49\n/);
  expect(sections[6]).toBe("1 cases; go on at 6\n");
  expect(sections[7]).toMatch(/^清河智造科技有限公司.* 1\nurn:dth:\S+:provider:\S+ \n$/);
  expect(sections[8]).toMatch(
    /^1 清河智造[\s\S]*15 \(9 to 21\), usual 8[\s\S]*best_value 清河智造/,
  );
  expect(sections[9]).toMatch(/^copper \{[\s\S]*in the log at 3\n$/);
  expect(sections[10]).toBe("first 6\n");
  expect(sections[11]).toBe("no such record | 没有该记录\n");
  expect(sections[12]).toBe("苏州市 Dynamic production dispatching\n");
});

/** Type-checks nothing: `tsc` does that for the tests; here the code runs. */
async function run(program: string) {
  const flags = ["--conditions=source", "--input-type=module-typescript", "--eval", program];
  const child = spawn(process.execPath, flags, {
    cwd: new URL("..", import.meta.url),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { status, stdout, stderr };
}
