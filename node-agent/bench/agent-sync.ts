/**
 * What does it cost an agent to keep a large list up to date?
 *
 * 100,000 rows of providers, as CSV and as Excel, to a real hub in a process of its own: the first run, a run in which
 * nothing changed, and one in which 1 % of the rows did. Each run is the command `tributary-agent run --once`, from its
 * start to its end: with the last receipt in hand. Memory is the most that the process ever had resident (VmHWM).
 * Between two runs the hub comes to rest: what it still indexes of one run is no part of the next.
 *
 * Arguments: rows (default 100,000), runs (default 5), "csv" or "excel" (default both).
 *
 * @module
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "@tributary/proto";
import excel from "exceljs";
import { median, report } from "../../.tools/bench-report.ts";
import { HubProcess, runHubCommand } from "../../hub/test/support/hub-process.ts";
import { MEMORY_FLAGS } from "../bin/memory-flags.js";

const AGENT = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const POLL_MS = 20;
const MAX_REST_MS = 120_000;
const rows = Number(process.argv[2] ?? 100_000);
const runs = Number(process.argv[3] ?? 5);
const kinds = (["csv", "excel"] as const).filter((kind) =>
  [undefined, kind].includes(process.argv[4] as never),
);

const TITLES = [
  "服务商名称",
  "统一社会信用代码",
  "所在地",
  "服务行业",
  "产品名称",
  "简介",
  "成立时间",
  "员工人数",
  "网址",
  "荣誉",
  "联系电话",
];
const REGIONS = ["江西省南昌市", "江西省赣州市", "四川省德阳市", "山西省太原市", "广东省佛山市"];
const INDUSTRIES = ["电子信息、汽车零部件", "有色金属", "食品加工", "纺织服装", "通用设备"];

const USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";

interface Figures {
  readonly firstS: number;
  readonly unchangedS: number;
  readonly unchangedRecords: number;
  readonly onePercentS: number;
  readonly onePercentRecords: number;
  readonly rssMb: number;
}

const work = await mkdtemp(join(tmpdir(), "tributary-agent-sync-"));
const hubFolder = join(work, "hub");
await runHubCommand(["init", "--data", hubFolder]);
const hub = await HubProcess.start(hubFolder);
try {
  const figures: Record<string, number> = { rows, runs };
  for (const kind of kinds) {
    const files = await writeSources(kind);
    const results: Figures[] = [];
    for (let run = 1; run <= runs; run++) {
      results.push(await measure(kind, files, run));
      console.log(`${kind} ${run}/${runs}: ${JSON.stringify(results.at(-1))}`);
    }
    const prefix = kind === "csv" ? "" : "excel_";
    const of = (pick: (one: Figures) => number) => median(results.map(pick));
    figures[`${prefix}first_s`] = of(({ firstS }) => firstS);
    figures[`${prefix}unchanged_s`] = of(({ unchangedS }) => unchangedS);
    figures[`${prefix}unchanged_records`] = Math.max(...results.map((one) => one.unchangedRecords));
    figures[`${prefix}one_percent_s`] = of(({ onePercentS }) => onePercentS);
    figures[`${prefix}one_percent_records`] = of(({ onePercentRecords }) => onePercentRecords);
    figures[`${prefix}one_percent_share`] = of(({ onePercentS, firstS }) => onePercentS / firstS);
    figures[`${prefix}rss_mb`] = Math.max(...results.map(({ rssMb }) => rssMb));
  }
  report("agent-sync", figures);
} finally {
  await hub.kill();
  await rm(work, { recursive: true, force: true });
}

async function measure(
  kind: (typeof kinds)[number],
  [original, changed]: readonly [string, string],
  run: number,
): Promise<Figures> {
  const folder = join(work, `${kind}-${run}`);
  const center = `bench-${kind}-${run}`;
  const source = join(folder, kind === "csv" ? "providers.csv" : "providers.xlsx");
  await agent(["init", folder]);
  const invite = ["invite", "--center", center, "--name", center, "--preapproved"];
  const { stdout: code } = await runHubCommand([...invite, "--data", hubFolder]);
  await agent(["join", "--folder", folder], code);
  await mkdir(join(folder, "mappings"), { recursive: true });
  await writeFile(join(folder, "mappings", "providers.yaml"), mappingOf(kind));

  await copyFile(original, source);
  const first = await synchronise(folder);
  const afterFirst = await recordsOf(folder);
  const unchanged = await synchronise(folder);
  const afterUnchanged = await recordsOf(folder);
  await copyFile(changed, source);
  const onePercent = await synchronise(folder);
  const afterOnePercent = await recordsOf(folder);
  await rm(folder, { recursive: true });
  return {
    firstS: first.seconds,
    unchangedS: unchanged.seconds,
    unchangedRecords: afterUnchanged - afterFirst,
    onePercentS: onePercent.seconds,
    onePercentRecords: afterOnePercent - afterUnchanged,
    rssMb: Math.max(first.rssMb, unchanged.rssMb, onePercent.rssMb),
  };
}

async function synchronise(folder: string) {
  await hubRests();
  const startedAt = performance.now();
  const { rssMb } = await agent(["run", "--once", "--json", "--folder", folder]);
  return { seconds: (performance.now() - startedAt) / 1000, rssMb };
}

/** Waits until the hub has used less than a twentieth of a core for two seconds. */
async function hubRests(): Promise<void> {
  const deadline = performance.now() + MAX_REST_MS;
  for (let before = await hubTicks(); performance.now() < deadline; ) {
    await systemClock.sleep(2_000);
    const now = await hubTicks();
    if (now - before < 10) return;
    before = now;
  }
  throw new Error("the hub does not come to rest");
}

/** Processor time that the hub has used so far, in hundredths of a second (proc(5), fields 14 and 15). */
async function hubTicks(): Promise<number> {
  const stat = await readFile(`/proc/${hub.pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

/** Records that the agent has signed so far. */
async function recordsOf(folder: string): Promise<number> {
  const { stdout } = await agent(["feed", "verify", "--json", "--folder", folder]);
  return Number((JSON.parse(stdout) as { readonly records: string }).records);
}

/** Runs a command of the agent to its end; resolves to its stdout and the most memory that it had. */
async function agent(args: readonly string[], input = "") {
  const child = spawn(process.execPath, [...MEMORY_FLAGS, "--conditions=source", AGENT, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(input);
  let stdout = "";
  let stderr = "";
  let rssMb = 0;
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const poll = setInterval(async () => {
    rssMb = Math.max(rssMb, await peakMemoryMb(child.pid));
  }, POLL_MS);
  const [status] = await once(child, "close");
  clearInterval(poll);
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}`);
  return { stdout, rssMb };
}

async function peakMemoryMb(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}

/** The list, and the list with every hundredth row changed. */
async function writeSources(kind: (typeof kinds)[number]): Promise<readonly [string, string]> {
  const paths = [join(work, `original-${kind}`), join(work, `changed-${kind}`)] as const;
  for (const [index, path] of paths.entries()) {
    const write = kind === "csv" ? writeCsv : writeExcel;
    await write(path, index === 1);
  }
  return paths;
}

function rowOf(n: number, isChanged: boolean): string[] {
  const note = isChanged && n % 100 === 0 ? "，本季新增两名驻场工程师" : "";
  return [
    `青禾${n}号智造（示例）有限公司`,
    usccOf(n),
    REGIONS[n % REGIONS.length] as string,
    INDUSTRIES[n % INDUSTRIES.length] as string,
    `排产云${n % 1000}型`,
    `为五十人以下的车间做排产和换模提醒，已服务 ${n % 97} 家企业${note}`,
    `${2001 + (n % 20)}-0${1 + (n % 9)}-15`,
    String(5 + (n % 400)),
    `https://www.example.com/p/${n}`,
    n % 7 === 0 ? "省级专精特新" : "",
    "13800138000",
  ];
}

/** A code that no register has given out, with the check digit of GB 32100-2015. */
function usccOf(n: number): string {
  const code = `91360100MA${String(n).padStart(7, "0")}`;
  let sum = 0;
  for (const [index, character] of [...code].entries()) {
    sum += USCC_ALPHABET.indexOf(character) * (3 ** index % 31);
  }
  return code + USCC_ALPHABET[(31 - (sum % 31)) % 31];
}

async function writeCsv(path: string, isChanged: boolean): Promise<void> {
  const file = createWriteStream(path);
  file.write(`${TITLES.join(",")}\n`);
  for (let n = 0; n < rows; n++) {
    if (!file.write(`${rowOf(n, isChanged).join(",")}\n`)) await once(file, "drain");
  }
  file.end();
  await once(file, "close");
}

async function writeExcel(path: string, isChanged: boolean): Promise<void> {
  const book = new excel.stream.xlsx.WorkbookWriter({ filename: path, useSharedStrings: true });
  const sheet = book.addWorksheet("服务商");
  sheet.addRow(TITLES).commit();
  for (let n = 0; n < rows; n++) sheet.addRow(rowOf(n, isChanged)).commit();
  await book.commit();
}

function mappingOf(kind: (typeof kinds)[number]): string {
  const isCsv = kind === "csv";
  return `source: { type: ${kind}, path: ${isCsv ? "providers.csv" : "providers.xlsx"} }
tables:
  - table: "${isCsv ? "" : "服务商"}"
    kind: provider
    key: [服务商名称]
    never: [联系电话]
    fields:
      name: 服务商名称
      uscc: 统一社会信用代码
      region: 所在地
      industries: 服务行业
      products: 产品名称
      selfDescription: 简介
      foundedOn: 成立时间
      employees: 员工人数
      website: 网址
      honours: 荣誉
`;
}
