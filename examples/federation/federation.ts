/**
 * Starts a hub and the agents of some centers in one folder, by the commands that a person would type.
 *
 * @module
 */

import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
} from "node:fs";
import { join } from "node:path";
import { createClient } from "@tributary/sdk";
import { type RunningProgram, runCommand, startProgram } from "./processes.ts";

/** A minute is usual; a busy machine takes longer. */
const READY_TIMEOUT_MS = 600_000;
/** Asking an agent is starting a program, which would take the time from what is waited for. */
const POLL_MS = 1_000;

/** A center of the demo. */
export interface DemoCenter {
  /** Identifier: lower-case letters, digits and hyphens. */
  readonly id: string;
  readonly nameZh: string;
  /** Writes the center's own files into a folder. */
  readonly write: (folder: string) => Promise<void>;
  /** Folder with the mapping files of the center's agent. */
  readonly mappings: string;
  /** Added to the settings of its agent. */
  readonly settings?: string;
}

export interface FederationOptions {
  /** Everything is kept here. */
  readonly folder: string;
  /** Preferred ports; a taken one is replaced by the next free one. */
  readonly webPort: number;
  readonly grpcPort: number;
  readonly centers: readonly DemoCenter[];
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** A running federation. Disposing it stops the agents, then the hub. */
export interface Federation extends AsyncDisposable {
  /** Address of the page and of the services as JSON. */
  readonly webUrl: string;
  /** Address of the services over gRPC, for the SDK in Node. */
  readonly grpcUrl: string;
  /** Where the first administrator signs in, once; undefined where there is one. */
  readonly firstLink: string | undefined;
  /** Resolves with a sentence if one of the programs ends by itself. */
  readonly failed: Promise<string>;
}

/**
 * Resolves when every center's first synchronisation is searchable.
 *
 * @throws {CommandError} if one of the programs fails, with what it wrote. A `TimeoutError` after ten minutes, and the signal's
 * reason.
 */
export async function startFederation(options: FederationOptions): Promise<Federation> {
  const { folder, onProgress, signal } = options;
  const logs = join(folder, "logs");
  mkdirSync(logs, { recursive: true });
  await using started = new AsyncDisposableStack();
  const failures: Promise<string>[] = [];
  const start = async (name: string, program: "hub" | "agent", args: readonly string[]) => {
    signal.throwIfAborted();
    const running = await startProgram(program, args, {
      folder,
      logFile: join(logs, `${name}.log`),
    });
    started.use(running.program);
    failures.push(sayWhenEnded(name, running.program));
    return running.ready;
  };

  const hubFolder = join(folder, "hub");
  if (!existsSync(hubFolder)) await runCommand("hub", ["init", "--data", hubFolder], { folder });
  const ready = await start("hub", "hub", [
    ...["up", "--json", "--data", hubFolder],
    ...["--grpc", `127.0.0.1:${options.grpcPort}`, "--web", `127.0.0.1:${options.webPort}`],
  ]);
  const address = String(ready["grpc"]);
  const grpcUrl = `grpc://${address}`;
  const webUrl = String(ready["web"]);
  const firstLink = ready["firstLink"];
  onProgress(`✔ hub ${webUrl}`);

  const agentFolders = new Map<string, string>();
  await Promise.all(
    options.centers.map(async (center) => {
      const agentFolder = await prepareAgent(center, { folder, hubFolder });
      agentFolders.set(center.id, agentFolder);
      // Another program may have the port that it had when the agent joined.
      if (!isAt(agentFolder, address)) {
        await runCommand("agent", ["moved", address, "--folder", agentFolder], { folder });
      }
      await start(center.id, "agent", ["run", "--json", "--folder", agentFolder]);
      onProgress(`✔ ${center.nameZh} (${center.id})`);
    }),
  );
  await waitForCenters(grpcUrl, agentFolders, signal);

  const stopsAll = started.move();
  return {
    webUrl,
    grpcUrl,
    firstLink: typeof firstLink === "string" ? firstLink : undefined,
    failed: Promise.race(failures),
    [Symbol.asyncDispose]: () => stopsAll.disposeAsync(),
  };
}

/** Writes the center's files and joins its agent, each only if that was not done before. */
async function prepareAgent(
  center: DemoCenter,
  { folder, hubFolder }: { readonly folder: string; readonly hubFolder: string },
): Promise<string> {
  const agentFolder = join(folder, "centers", center.id);
  if (existsSync(join(agentFolder, "tributary-agent.yaml"))) return agentFolder;
  const sources = join(agentFolder, "sources");
  mkdirSync(sources, { recursive: true });
  await center.write(sources);
  await runCommand("agent", ["init", agentFolder], { folder });
  for (const file of readdirSync(center.mappings)) {
    copyFileSync(join(center.mappings, file), join(agentFolder, "mappings", file));
  }
  if (center.settings !== undefined) {
    appendFileSync(join(agentFolder, "tributary-agent.yaml"), center.settings);
  }
  const code = await runCommand(
    "hub",
    [
      "invite",
      "--center",
      center.id,
      "--name",
      center.nameZh,
      "--preapproved",
      "--data",
      hubFolder,
    ],
    { folder },
  );
  await runCommand("agent", ["join", "--folder", agentFolder], { folder, input: code });
  return agentFolder;
}

/** True if the agent knows the hub under an address. */
function isAt(agentFolder: string, address: string): boolean {
  const { hub } = JSON.parse(readFileSync(join(agentFolder, "keys", "hub.json"), "utf8"));
  return hub === address;
}

/** Resolves when everything that the centers' sources hold is searchable. */
async function waitForCenters(
  url: string,
  agentFolders: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const client = createClient({ url });
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(READY_TIMEOUT_MS)]);
  for (const [center, folder] of agentFolders) {
    for (;;) {
      deadline.throwIfAborted();
      const expected = await publishedRecords(folder);
      if (expected !== undefined) {
        const filters = { center };
        const { total } = await client.search("", { filters, pageSize: 1, signal: deadline });
        if (total >= expected) break;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

interface AgentStatus {
  readonly feed: { readonly outboxBatches: number };
  readonly sources: readonly { readonly liveRecords: number; readonly lastPass?: object }[];
}

/** How many records an agent has published; undefined while its first pass goes on. */
async function publishedRecords(agentFolder: string): Promise<number | undefined> {
  const text = await runCommand("agent", ["status", "--json"], { folder: agentFolder });
  const { feed, sources } = JSON.parse(text) as AgentStatus;
  const isComplete =
    feed.outboxBatches === 0 && sources.every(({ lastPass }) => lastPass !== undefined);
  if (!isComplete) return undefined;
  const records = sources.reduce((sum, { liveRecords }) => sum + liveRecords, 0);
  if (!hasOutcomes(agentFolder)) return records;
  const releases = await releasedEpochs(agentFolder);
  return releases === 0 ? undefined : records + releases;
}

/** How many quarters of outcomes an agent has released. */
async function releasedEpochs(agentFolder: string): Promise<number> {
  const text = await runCommand("agent", ["privacy", "ledger", "--json"], { folder: agentFolder });
  return (JSON.parse(text) as { readonly releases: readonly object[] }).releases.length;
}

/** True if a mapping of the agent has a table of engagements. */
function hasOutcomes(agentFolder: string): boolean {
  const mappings = join(agentFolder, "mappings");
  return readdirSync(mappings).some((file) =>
    readFileSync(join(mappings, file), "utf8").includes("kind: engagement"),
  );
}

async function sayWhenEnded(name: string, program: RunningProgram): Promise<string> {
  const status = await program.ended;
  return `${name} ended with ${status}`;
}
