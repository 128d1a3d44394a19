import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Demo, startDemo } from "./support/demo.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The code blocks of a document, by their language, in order. */
function blocks(file: string): { readonly language: string; readonly code: string }[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map(([, language = "", code = ""]) => ({
    language,
    code,
  }));
}

describe.each(["README.md", "README.zh-CN.md"])("a person who follows %s", (file) => {
  const folder = mkdtempSync(join(tmpdir(), "tributary-readme-"));
  const all = blocks(file);
  const block = (language: string, holds: string) => {
    const found = all.find((one) => one.language === language && one.code.includes(holds));
    if (found === undefined) throw new Error(`${file} has no ${language} block with ${holds}`);
    return found.code;
  };
  let demo: Demo;

  /** What a shell prints, with the folder and the ports of this demo in place of the usual ones. */
  const run = (command: string, args: readonly string[]) => {
    const { stdout, stderr, status } = spawnSync(command, args, {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, PATH: `${root}node_modules/.bin${delimiter}${process.env["PATH"]}` },
      timeout: 120_000,
    });
    expect(status, `${args.join(" ")}\n${stdout}\n${stderr}`).toBe(0);
    return stdout;
  };
  const adapted = (code: string) =>
    code
      .replaceAll(".demo/hub", join(folder, "demo/hub"))
      .replaceAll("grpc://127.0.0.1:7443", demo.grpcUrl)
      .replaceAll("http://127.0.0.1:7080", demo.webUrl)
      .replaceAll("npx ", "");

  beforeAll(async () => {
    demo = startDemo(join(folder, "demo"));
    await demo.ready;
    writeFileSync(join(folder, "providers.csv"), block("csv", "服务商名称"));
    run("bash", ["-euc", adapted(block("sh", "tributary-agent init"))]);
  });
  afterAll(async () => {
    await demo?.stop();
    rmSync(folder, { recursive: true });
  });

  test("finds the row of the file with the SDK, and proves it", () => {
    const code = adapted(block("ts", "createClient"));
    const args = ["--conditions=source", "--input-type=module-typescript", "-e", code];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
    expect(stdout, stderr).toContain("青禾智造（示例）科技有限公司 · 我的中心");
    expect(stdout).toContain("centerId: 'my-center'");
  });

  test("finds it with curl, without the telephone number", () => {
    const answer = run("bash", ["-euc", adapted(block("sh", "curl"))]);
    expect(answer).toContain("青禾智造（示例）科技有限公司");
    expect(answer).not.toContain("13800000000");
  });
});
