// npm run proto: formats the .proto files and generates proto/src/gen from them.

import { spawnSync } from "node:child_process";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const env = { ...process.env, PATH: `${root}node_modules/.bin${delimiter}${process.env["PATH"]}` };
for (const args of [["lint"], ["format", "-w"], ["generate"]]) {
  const run = spawnSync("buf", args, { cwd: root, env, stdio: "inherit" });
  if (run.status !== 0) process.exit(run.status ?? 1);
}
