/**
 * A hub, real NATS servers that `tributary-hub nats setup` configured, and centers that publish with the agent's own
 * publisher.
 *
 * @module
 */

import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import {
  decodeBatchHeader,
  decodeLogEntry,
  type Invitation,
  natsNamesOf,
  type SigningKey,
  systemClock,
} from "@tributary/proto";
import { AdminService } from "@tributary/proto/wire";
import { expect } from "vitest";
import { openDataFolder } from "../../../hub/src/adapters/data-folder.ts";
import type { HubClient } from "../../../hub/src/adapters/grpc-hub-client.ts";
import { openLevelLogStore } from "../../../hub/src/adapters/level-log-store.ts";
import { connectNats } from "../../../hub/src/adapters/nats-connection.ts";
import { ensureNatsSecrets } from "../../../hub/src/adapters/nats-folder.ts";
import { SETUP_INBOX } from "../../../hub/src/adapters/nats-server-config.ts";
import { ensureNatsStreams } from "../../../hub/src/adapters/nats-streams.ts";
import { checkFolder } from "../../../hub/src/cli/check-folder.ts";
import { operatorOf } from "../../../hub/test/support/drill.ts";
import { HubProcess, runHubCommand } from "../../../hub/test/support/hub-process.ts";
import { freePorts, NatsServer } from "../../../hub/test/support/nats-broker.ts";
import { TestAgent } from "../../../hub/test/support/test-agent.ts";
import { grpcCourier } from "../../../node-agent/src/adapters/grpc-courier.ts";
import { natsCourier } from "../../../node-agent/src/adapters/nats-courier.ts";
import type { Feed } from "../../../node-agent/src/feed/feed.ts";
import type { Courier } from "../../../node-agent/src/ports/courier.ts";
import { aDraft } from "../../../node-agent/src/ports/feed-store.contract.ts";
import { Publisher } from "../../../node-agent/src/publish/publisher.ts";
import { type Memo, openMemo } from "../../../node-agent/src/sync/memo.ts";
import { type FeedBench, feedBench } from "../../../node-agent/test/feed-fixture.ts";

const STREAM_MIB = 16;
/** How long a cluster may look for a leader. */
const LEADERLESS_MS = 20_000;
/** How long receipts may take on a busy machine. */
const RECEIPTS_MS = 240_000;

export class NatsWorld implements AsyncDisposable {
  readonly folder: string;
  readonly servers: readonly NatsServer[];
  readonly centers: ReadonlyMap<string, NatsCenter>;
  hub: HubProcess;
  readonly #grpc: string;

  private constructor(
    folder: string,
    servers: readonly NatsServer[],
    centers: ReadonlyMap<string, NatsCenter>,
    hub: HubProcess,
  ) {
    this.folder = folder;
    this.servers = servers;
    this.centers = centers;
    this.hub = hub;
    this.#grpc = hub.up.grpc;
  }

  /**
   * Does what an operator does: makes a hub, invites centers, sets NATS up, starts the servers, makes the streams, and
   * starts the hub with them.
   *
   * @param path Of a folder that does not exist.
   */
  static async open(
    path: string,
    centerIds: readonly string[],
    nodes: 1 | 3 = 1,
  ): Promise<NatsWorld> {
    const folder = path;
    await command("init", "--data", folder, "--origin", "hub.example/log");
    let hub = await HubProcess.start(folder);
    const agents: TestAgent[] = [];
    {
      const { adminToken } = await openDataFolder(folder);
      using operator = operatorOf(hub, adminToken);
      for (const center of centerIds) agents.push(await invite(operator, center));
    }
    const ports = await freePorts(2 * nodes);
    const names = ports.slice(0, nodes).map((port, i) => {
      const cluster = nodes === 1 ? "" : `:${ports[nodes + i]}`;
      return `n${i + 1}=127.0.0.1:${port}${cluster}`;
    });
    const store = streamsOf(folder);
    const { files } = (await command(
      ...["nats", "setup", "--data", folder, "--store", store, "--store-gib", "1"],
      ...["--stream-mib", String(STREAM_MIB), "--node", ...names],
    )) as { readonly files: readonly string[] };
    const servers = ports
      .slice(0, nodes)
      .map((port, i) => new NatsServer(files[i] as string, port));
    await Promise.all(servers.map((server) => server.start()));
    await eventually(() =>
      command("nats", "setup", "--data", folder, "--url", servers.map(({ url }) => url).join(",")),
    );
    const { grpc } = hub.up;
    await hub[Symbol.asyncDispose]();
    hub = await HubProcess.start(folder, environmentOf(servers), { grpc });
    const centers = new Map<string, NatsCenter>();
    for (const agent of agents) {
      centers.set(agent.centerId, await NatsCenter.open(agent, hub, servers));
    }
    return new NatsWorld(folder, servers, centers, hub);
  }

  center(centerId: string): NatsCenter {
    const center = this.centers.get(centerId);
    if (center === undefined) throw new TypeError(`no center ${centerId}`);
    return center;
  }

  /** Makes the streams that are not there, as the set-up command does; what became of each. */
  async makeStreams(): Promise<readonly string[]> {
    const made = await eventually(async () =>
      ensureNatsStreams({
        servers: this.#urls,
        key: await this.#setupKey(),
        centers: [...this.centers.keys()],
        streamBytes: STREAM_MIB * 2 ** 20,
        replicas: this.servers.length,
      }),
    );
    return made.map(({ outcome }) => outcome);
  }

  /** The server of a cluster that leads a center's stream now. */
  async leaderOf(centerId: string): Promise<NatsServer> {
    const connection = await connectNats({
      servers: this.#urls,
      key: await this.#setupKey(),
      inboxPrefix: SETUP_INBOX,
      name: "test",
    });
    try {
      const { streams } = await jetstreamManager(connection, { checkAPI: false });
      const { cluster } = await streams.info(natsNamesOf(centerId).stream);
      const server = this.servers[Number(cluster?.leader?.slice(1)) - 1];
      if (server === undefined) throw new Error(`no leader: ${JSON.stringify(cluster)}`);
      return server;
    } finally {
      await connection.close();
    }
  }

  /** Resolves when a center's stream has a leader; a cluster that finds none forgets everything and begins anew. */
  async ledAgain(centerId: string): Promise<void> {
    try {
      await eventually(() => this.leaderOf(centerId), LEADERLESS_MS);
    } catch {
      // What follows ends with the same question, and tells what is wrong if that has no answer either.
      await Promise.all(this.servers.map((server) => server.kill()));
      await emptyFolder(streamsOf(this.folder));
      await Promise.all(this.servers.map((server) => server.start()));
      await this.makeStreams();
      await eventually(() => this.leaderOf(centerId));
    }
  }

  get #urls(): readonly string[] {
    return this.servers.map(({ url }) => url);
  }

  async #setupKey(): Promise<SigningKey> {
    const { natsFolder } = await openDataFolder(this.folder);
    return (await ensureNatsSecrets(natsFolder)).setupKey;
  }

  async restartHub(env: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.hub[Symbol.asyncDispose]();
    this.hub = await HubProcess.start(
      this.folder,
      { ...environmentOf(this.servers), ...env },
      { grpc: this.#grpc },
    );
  }

  /**
   * Stops everything and reads the log: the batches of these centers are there once, dense, as many as their feeds have
   * signed, and a check of the folder finds nothing.
   */
  async check(centerIds: readonly string[]): Promise<void> {
    const signed = new Map<string, bigint[]>();
    for (const centerId of centerIds) {
      const { feed, stop } = this.center(centerId);
      stop.abort();
      const seqs = Array.from({ length: Number(feed.state.nextSeq) }, (_, seq) => BigInt(seq));
      signed.set(centerId, seqs);
    }
    await this.hub[Symbol.asyncDispose]();
    const data = await openDataFolder(this.folder);
    const { check, replay } = await checkFolder(data);
    expect(check).toMatchObject({ problems: [], pending: 0 });
    expect(replay.problems).toEqual([]);
    const logged = new Map<string, bigint[]>(centerIds.map((id) => [id, []]));
    await using store = await openLevelLogStore(data.logFolder, { reserveBytes: 0 });
    for await (const { entry } of store.readEntries(0, await store.entryCount())) {
      const { type, statement } = decodeLogEntry(entry);
      if (type !== "batch") continue;
      const { centerId, seq } = decodeBatchHeader(statement);
      logged.get(centerId)?.push(seq);
    }
    expect(logged).toEqual(signed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const center of this.centers.values()) await center.pause();
    await this.hub[Symbol.asyncDispose]();
    await Promise.all(this.servers.map((server) => server[Symbol.asyncDispose]()));
  }
}

/** One center: its feed, and a publisher that runs while it is told to. */
export class NatsCenter {
  readonly agent: TestAgent;
  readonly feed: Feed;
  readonly memo: Memo;
  readonly grpc: Courier;
  readonly nats: Courier;
  stop = new AbortController();
  readonly #bench: FeedBench;
  #running: Promise<unknown> = Promise.resolve();

  private constructor(
    agent: TestAgent,
    parts: { readonly bench: FeedBench; readonly feed: Feed; readonly memo: Memo },
    couriers: { readonly grpc: Courier; readonly nats: Courier },
  ) {
    this.agent = agent;
    this.#bench = parts.bench;
    this.feed = parts.feed;
    this.memo = parts.memo;
    this.grpc = couriers.grpc;
    this.nats = couriers.nats;
  }

  static async open(
    agent: TestAgent,
    hub: HubProcess,
    servers: readonly NatsServer[],
  ): Promise<NatsCenter> {
    const { centerId, key, origin } = agent;
    const bench = await feedBench({
      key,
      centerId,
      hubOrigin: origin,
      hubVkey: hub.up.vkey,
      clock: systemClock,
      maxOutboxBytes: 2 ** 28,
      maxKeptBytes: 0,
    });
    const feed = await bench.open();
    const memo = await openMemo(bench.store);
    const common = { hubOrigin: origin, centerId, key, clock: systemClock };
    return new NatsCenter(
      agent,
      { bench, feed, memo },
      {
        grpc: grpcCourier({ hub: hub.up.grpc, tls: false, ...common }),
        nats: natsCourier({ servers: servers.map(({ url }) => url), ...common }),
      },
    );
  }

  get key(): SigningKey {
    return this.agent.key;
  }

  /** Publishes from now on over a courier. */
  publish(courier: Courier): void {
    this.stop = new AbortController();
    const publisher = new Publisher({
      courier,
      feed: this.feed,
      store: this.#bench.store,
      memo: this.memo,
      clock: systemClock,
      random: () => 0.1,
      steps: () => {},
      heartbeat: () => ({
        agentVersion: "test",
        outboxBatches: this.feed.outbox.batches,
        rejectedRows: 0,
        pausedReason: "",
      }),
    });
    this.#running = publisher.run(this.stop.signal).catch((error) => {
      if (!this.stop.signal.aborted) throw error;
    });
  }

  /** Stops publishing. */
  async pause(): Promise<void> {
    this.stop.abort();
    await this.#running;
  }

  /** Signs batches of one record each. */
  async sign(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      const key = `k${this.feed.state.nextSeq}`;
      const drafts = [aDraft({ key })];
      await this.feed.append({ feed: this.feed.state.ordinal, drafts, rows: [] });
    }
  }

  /** Resolves when every batch has a receipt that verified. */
  async published(timeoutMs = RECEIPTS_MS): Promise<void> {
    const untilMs = systemClock.now() + timeoutMs;
    while (this.feed.outbox.batches > 0) {
      if (systemClock.now() > untilMs) {
        const { connection, pause } = this.memo.agent;
        throw new Error(
          `${this.feed.outbox.batches} batches wait: ${JSON.stringify({ connection, pause })}`,
        );
      }
      await systemClock.sleep(10);
    }
  }
}

/** Resolves when as many batches more have their receipt, or all have. */
export async function someReceipts(center: NatsCenter, count: number): Promise<void> {
  const { nextSeq } = center.feed.state;
  const before = center.feed.outbox.firstSeq ?? nextSeq;
  await eventually(async () => {
    const now = center.feed.outbox.firstSeq ?? center.feed.state.nextSeq;
    if (now < before + BigInt(count) && now < nextSeq) throw new Error(`only ${now} of ${nextSeq}`);
  }, RECEIPTS_MS);
}

/** Deletes all that is in a folder. */
export async function emptyFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
}

/** Where the servers of a hub's folder keep their streams. */
function streamsOf(folder: string): string {
  return join(dirname(folder), "streams");
}

/** Makes a center that is a member at once. */
async function invite(operator: HubClient, centerId: string): Promise<TestAgent> {
  const { code } = await operator.call<Invitation>(AdminService.method.createInvitation, {
    centerId,
    centerName: centerId,
    validForSeconds: 3_600,
    preapproved: true,
  });
  return TestAgent.join(code);
}

/** Runs a command of the hub; its result. */
async function command(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { status, stdout, stderr } = await runHubCommand([...args, "--json"]);
  if (status !== 0) throw new Error(`${args.join(" ")}: ${status}\n${stdout}${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Tries until it works: a cluster needs a moment to elect its leaders. */
async function eventually<T>(attempt: () => Promise<T>, timeoutMs = 30_000): Promise<T> {
  const untilMs = systemClock.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (systemClock.now() > untilMs) throw error;
      await systemClock.sleep(200);
    }
  }
}

function environmentOf(servers: readonly NatsServer[]): Readonly<Record<string, string>> {
  return { TRIBUTARY_HUB_NATS: servers.map(({ url }) => url).join(",") };
}
