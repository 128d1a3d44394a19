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
import { type Client, createClient, MemoryCheckpointStore } from "@tributary/sdk";
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
  /** Asks to join and waits for an operator; once approved, its agent publishes. */
  readonly applicant?: DemoCenter;
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
  /** The check code on the applicant's own screen while it waits; undefined once operators have decided, or without one. */
  readonly waitsWithCode: string | undefined;
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

  const startAgent = async (center: DemoCenter, isPreapproved: boolean): Promise<DemoAgent> => {
    const agentFolder = join(folder, "centers", center.id);
    const isNew = !existsSync(join(agentFolder, "tributary-agent.yaml"));
    if (isNew) await prepareAgent(center, { folder, hubFolder, agentFolder, isPreapproved });
    // Another program may have the port that it had when the agent joined.
    if (!isAt(agentFolder, address)) {
      await runCommand("agent", ["moved", address, "--folder", agentFolder], { folder });
    }
    await start(center.id, "agent", ["run", "--json", "--folder", agentFolder]);
    onProgress(`${isPreapproved ? "✔" : "…"} ${center.nameZh} (${center.id})`);
    return { centerId: center.id, folder: agentFolder, isNew };
  };
  const starts = [
    options.applicant && startAgent(options.applicant, false),
    ...options.centers.map((center) => startAgent(center, true)),
  ] as const;
  // Where one fails, the others are stopped, too: none may start behind that.
  await Promise.allSettled(starts);
  const [applicant, ...agents] = await Promise.all(starts);
  await waitForCenters(grpcUrl, agents, signal);
  const waitsWithCode = applicant && (await codeWhileWaiting(applicant));

  const stopsAll = started.move();
  return {
    webUrl,
    grpcUrl,
    firstLink: typeof firstLink === "string" ? firstLink : undefined,
    waitsWithCode,
    failed: Promise.race(failures),
    [Symbol.asyncDispose]: () => stopsAll.disposeAsync(),
  };
}

/** An agent of the demo. */
interface DemoAgent {
  readonly centerId: string;
  readonly folder: string;
  /** Its folder was made in this start. */
  readonly isNew: boolean;
}

/** Writes the center's files and joins its agent. */
async function prepareAgent(
  center: DemoCenter,
  options: {
    readonly folder: string;
    readonly hubFolder: string;
    readonly agentFolder: string;
    readonly isPreapproved: boolean;
  },
): Promise<void> {
  const { folder, hubFolder, agentFolder, isPreapproved } = options;
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
      ...(isPreapproved ? ["--preapproved"] : []),
      "--data",
      hubFolder,
    ],
    { folder },
  );
  await runCommand("agent", ["join", "--folder", agentFolder], { folder, input: code });
}

/** True if the agent knows the hub under an address. */
function isAt(agentFolder: string, address: string): boolean {
  const { hub } = JSON.parse(readFileSync(join(agentFolder, "keys", "hub.json"), "utf8"));
  return hub === address;
}

/** Resolves when everything that the centers' sources hold is searchable. */
async function waitForCenters(
  url: string,
  agents: readonly DemoAgent[],
  signal: AbortSignal,
): Promise<void> {
  using client = createClient({ url });
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(READY_TIMEOUT_MS)]);
  const until = async (isSo: () => Promise<boolean>) => {
    for (;;) {
      deadline.throwIfAborted();
      if (await isSo()) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };
  for (const agent of agents) await until(() => hasPublished(agent, client, deadline));
  // Records are not counted: one that a curator hid is published, and not found.
  const log = client.followLog(
    await client.trust({ signal: deadline }),
    new MemoryCheckpointStore(),
  );
  const { size } = await log.look(deadline);
  await until(async () => {
    const { coverage } = await client.search("", { pageSize: 1, signal: deadline });
    return coverage.logSize >= size;
  });
}

/** The check code on an agent's own screen; undefined once operators have decided. */
async function codeWhileWaiting({ folder }: DemoAgent): Promise<string | undefined> {
  const { membership, checkCode } = await statusOf(folder);
  const waits = membership === undefined || membership.state === "pending";
  return waits ? checkCode : undefined;
}

interface AgentStatus {
  readonly checkCode: string;
  readonly membership?: { readonly state: string };
  readonly feed: { readonly outboxBatches: number };
  readonly sources: readonly { readonly lastPass?: object }[];
}

async function statusOf(agentFolder: string): Promise<AgentStatus> {
  const text = await runCommand("agent", ["status", "--json"], { folder: agentFolder });
  return JSON.parse(text) as AgentStatus;
}

/** True if the hub has everything that an agent read in its first pass, and what it released of it. */
async function hasPublished(
  { centerId, folder, isNew }: DemoAgent,
  client: Client,
  signal: AbortSignal,
): Promise<boolean> {
  const { feed, sources } = await statusOf(folder);
  if (feed.outboxBatches > 0 || sources.some(({ lastPass }) => lastPass === undefined)) {
    return false;
  }
  if (!isNew || !hasOutcomes(folder)) return true;
  // All are in the ledger before the first is published.
  const filters = { center: centerId, kind: "outcome" };
  const { total } = await client.search("", { filters, pageSize: 1, signal });
  return total > 0 && total >= (await releasedEpochs(folder));
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
