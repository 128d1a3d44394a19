// The demo: a hub, three centers with their agents, a fourth that asks to join, and a page that searches all of it.
//
//   npm start [-- --folder FOLDER] [--web-port N] [--grpc-port N]
//
// Everything is kept in FOLDER (default .demo): a second start goes on where the first stopped. Ctrl-C stops all.

import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createClient } from "@tributary/sdk";
import { APPLICANT } from "./applicant/index.ts";
import { CENTERS } from "./centers/index.ts";
import { featureCollections } from "./collections.ts";
import { contestDecision } from "./decisions.ts";
import { startFederation } from "./federation.ts";
import { CommandError, runCommand } from "./processes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: {
    folder: { type: "string", default: join(root, ".demo") },
    "web-port": { type: "string", default: "7080" },
    "grpc-port": { type: "string", default: "7443" },
  },
});
const folder = resolve(values.folder);
mkdirSync(folder, { recursive: true });

const stop = new AbortController();
const stopped = new Promise<undefined>((done) =>
  stop.signal.addEventListener("abort", () => done(undefined), { once: true }),
);
// A terminal tells everybody, and who started this tells it once more: the second must not end it before all have stopped.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());

/** The centers release what they measured in three years, for everybody to see. */
const OUTCOMES = "outcomes:\n  audience: public\n  since: 2023Q4\n";

const hubFolder = join(folder, "hub");
const isNew = !existsSync(hubFolder);

const startedAtMs = performance.now();
await runCommand("console", [], { folder });
const federation = await startFederation({
  folder,
  webPort: Number(values["web-port"]),
  grpcPort: Number(values["grpc-port"]),
  centers: CENTERS.map((center) => ({
    ...center,
    mappings: mappingsOf(center),
    settings: OUTCOMES,
  })),
  applicant: { ...APPLICANT, mappings: mappingsOf(APPLICANT) },
  signal: stop.signal,
  onProgress: (line) => console.log(line),
}).catch(tellAndEnd);
await using _stopsAll = federation;
// What operators ended stays ended.
if (isNew) {
  await Promise.all([
    featureCollections({ folder, hubFolder }),
    contestDecision({ folder, hubFolder }),
  ]);
}

const hub = createClient({ url: federation.grpcUrl });
const { total, coverage } = await hub.search("", { pageSize: 1 });
const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
const centers = coverage.centersFresh + coverage.centersStale + coverage.centersPaused;
const { waitsWithCode } = federation;
const waits =
  waitsWithCode === undefined
    ? ""
    : `  Waits 待批准  ${APPLICANT.nameZh}, check code 校验码 ${waitsWithCode}\n`;

console.log(`
  ${total} records of ${centers} centers, ready after ${seconds} s.  ${centers} 家中心的 ${total} 条记录已可检索。

  Page 网页    ${federation.webUrl}
  Operate 运营 ${federation.firstLink ?? `${federation.webUrl}/#/operate`}
${waits}  Folder 目录  ${folder}

  Three lines of TypeScript 三行 TypeScript:

    import { createClient } from "@tributary/sdk";
    const hub = createClient({ url: "${federation.grpcUrl}" });
    for await (const hit of hub.search("铜箔 针孔")) console.log(hit.record.title, hit.record.centerName);

  Ctrl-C stops all.  按 Ctrl-C 全部停止。
`);

const failure = await Promise.race([federation.failed, stopped]);
if (failure !== undefined) {
  console.error(`${failure}: see ${join(folder, "logs")}  一个程序已意外退出，请查看上述目录`);
  process.exitCode = 1;
}
console.log("Stopping ... 正在停止");

function mappingsOf({ id }: { readonly id: string }): string {
  return fileURLToPath(new URL(`./mappings/${id}`, import.meta.url));
}

/** For a demo that cannot start: why, and what to do about it. */
function tellAndEnd(error: unknown): never {
  if (stop.signal.aborted) process.exit(130);
  if (error instanceof DOMException && error.name === "TimeoutError") {
    const logs = join(folder, "logs");
    console.error(`The centers' records are not searchable after ten minutes: see ${logs}.`);
    console.error(`十分钟后各中心的记录仍不可检索：请查看 ${logs}。`);
    process.exit(1);
  }
  if (!(error instanceof CommandError)) throw error;
  console.error(error.message);
  if (error.message.includes("ERR_FOLDER_IN_USE")) {
    console.error(
      "The demo runs already: stop it, or choose another --folder.  演示已在运行：请先停止它，或用 --folder 另选目录。",
    );
  }
  process.exit(1);
}
