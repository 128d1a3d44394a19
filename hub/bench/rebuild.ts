/**
 * How fast catalog and index come back from the log, and how long a hub of that size takes to be ready.
 *
 * npm run bench -- rebuild [--records 200000] [--rebuilds 3] [--starts 5]
 *
 * `records_per_s`: from an empty catalog and index to the last record searchable, over all records; the median of the
 * rebuilds. `ready_s`: from starting the process to 200 on /readyz; the median of the starts. The CPU time of both, over
 * all threads, says what they cost where the machine has other work to do.
 */

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { systemClock, toHex } from "@tributary/proto";
import { median, report } from "../../.tools/bench-report.ts";
import { type DataFolder, initDataFolder, readRunning } from "../src/adapters/data-folder.ts";
import { openLevelCatalogStore } from "../src/adapters/level-catalog-store.ts";
import { openLevelLogStore } from "../src/adapters/level-log-store.ts";
import { openProjection } from "../src/adapters/worker-projection.ts";
import { catalogDigest } from "../src/catalog/digest.ts";
import { writeLog } from "./support/write-log.ts";

const BATCH_RECORDS = 1000;
const HUB = fileURLToPath(new URL("../bin/tributary-hub.js", import.meta.url));

const { values } = parseArgs({
  options: {
    records: { type: "string", default: "200000" },
    rebuilds: { type: "string", default: "3" },
    starts: { type: "string", default: "5" },
  },
});
const records = Number(values.records);
/** One run; seconds of the clock and of all cores. */
interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

const parent = await mkdtemp(join(tmpdir(), "tributary-rebuild-"));
try {
  const folder = await initDataFolder(join(parent, "hub"), undefined);
  const bytes = await writeLog(folder, { records, batchRecords: BATCH_RECORDS });
  console.log(`log: ${records} records, ${Math.round(bytes / records)} bytes each`);

  const rebuilds: Measured[] = [];
  const digests = new Set<string>();
  for (let run = 0; run < Number(values.rebuilds); run += 1) {
    rebuilds.push(await rebuild(folder));
    digests.add(await digestOf(folder));
  }
  if (digests.size !== 1) throw new Error("two rebuilds gave different digests");

  const starts: Measured[] = [];
  for (let run = 0; run < Number(values.starts); run += 1) starts.push(await startHub(folder));

  report("rebuild", {
    records_per_s: records / median(rebuilds.map(({ seconds }) => seconds)),
    ready_s: median(starts.map(({ seconds }) => seconds)),
    records,
    record_bytes: bytes / records,
    rebuilds: rebuilds.length,
    rebuild_cpu_us_per_record:
      (median(rebuilds.map(({ cpuSeconds }) => cpuSeconds)) * 1e6) / records,
    starts: starts.length,
    start_cpu_s: median(starts.map(({ cpuSeconds }) => cpuSeconds)),
  });
} finally {
  await rm(parent, { recursive: true, force: true });
}

async function rebuild(folder: DataFolder): Promise<Measured> {
  await rm(folder.catalogFolder, { recursive: true, force: true });
  await rm(folder.indexFolder, { recursive: true, force: true });
  await using store = await openLevelLogStore(folder.logFolder, { reserveBytes: 0 });
  const logSize = await store.entryCount();
  const begin = performance.now();
  const cpuBegin = process.cpuUsage();
  await using projection = await openProjection({
    logFolder: folder.logFolder,
    catalogFolder: folder.catalogFolder,
    indexFolder: folder.indexFolder,
    logSize,
    clock: systemClock,
    random: () => 0,
    onStopped: (error) => {
      throw error;
    },
  });
  await projection.opened;
  await projection.waitUntilSearchable(logSize, AbortSignal.timeout(600_000));
  const seconds = (performance.now() - begin) / 1000;
  const cpu = process.cpuUsage(cpuBegin);
  const { total } = await projection.index.search(
    {
      text: "",
      filters: [],
      reader: { type: "operator" },
      limit: 1,
      after: undefined,
      facets: [],
      stale: { atMs: 0, centers: new Set() },
      sort: "newest",
      explain: false,
    },
    AbortSignal.timeout(60_000),
  );
  if (total !== records) throw new Error(`${total} of ${records} records are searchable`);
  console.log(`rebuild: ${seconds.toFixed(1)} s, ${Math.round(records / seconds)} records/s`);
  return { seconds, cpuSeconds: (cpu.user + cpu.system) / 1e6 };
}

async function digestOf(folder: DataFolder): Promise<string> {
  await using catalog = await openLevelCatalogStore(folder.catalogFolder);
  return toHex(await catalogDigest(catalog));
}

/** Starts a hub, waits until it says that it is ready, stops it. */
async function startHub(folder: DataFolder): Promise<Measured> {
  const begin = performance.now();
  const args = ["up", "--data", folder.path, "--grpc", "127.0.0.1:0", "--web", "127.0.0.1:0"];
  const hub = spawn(process.execPath, ["--conditions=source", HUB, ...args], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, TRIBUTARY_HUB_LOG_LEVEL: "warn" },
  });
  const exited = new Promise((resolve) => hub.once("exit", resolve));
  try {
    while (!(await isReady(folder))) {
      if (hub.exitCode !== null) throw new Error(`the hub ended with ${hub.exitCode}`);
      if (performance.now() - begin > 60_000) throw new Error("the hub is not ready after 60 s");
      await systemClock.sleep(10);
    }
    const seconds = (performance.now() - begin) / 1000;
    console.log(`start: ready after ${seconds.toFixed(2)} s`);
    return { seconds, cpuSeconds: cpuSecondsOf(hub.pid as number) };
  } finally {
    hub.kill("SIGTERM");
    await exited;
  }
}

async function isReady(folder: DataFolder): Promise<boolean> {
  if (!existsSync(join(folder.path, "running.json"))) return false;
  const running = await readRunning(folder);
  if (running === undefined) return false;
  try {
    return (await fetch(`http://${running.web}/readyz`)).ok;
  } catch {
    return false;
  }
}

/** CPU time of a process so far, from Linux's procfs (proc_pid_stat(5)); NaN elsewhere. */
function cpuSecondsOf(pid: number): number {
  if (process.platform !== "linux") return Number.NaN;
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const ticksPerSecond = 100;
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
