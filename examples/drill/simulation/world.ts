/**
 * One simulation: a hub, its centers, and half an hour in which everything that can go wrong does; then peace, until all is
 * settled, and the check of what must hold.
 *
 * @module
 */

import { equalBytes, type SigningKey, toHex } from "@tributary/proto";
import { createMemoryCatalogStore } from "../../../hub/src/adapters/memory-catalog-store.ts";
import { catalogDigest } from "../../../hub/src/catalog/digest.ts";
import { Projector } from "../../../hub/src/catalog/project.ts";
import { DEFAULT_QUOTA } from "../../../hub/src/ingest/quota.ts";
import { Replay } from "../../../hub/src/ingest/replay.ts";
import { STEPS as HUB_STEPS } from "../../../hub/src/log/steps.ts";
import type { StoredEntry } from "../../../hub/src/ports/log-store.ts";
import { STEPS as AGENT_STEPS } from "../../../node-agent/src/feed/steps.ts";
import type { Cell } from "../../../node-agent/src/ports/source.ts";
import { type Crash, Disk } from "./disk.ts";
import { DiskIndex, DiskLogStore, nameOf } from "./disk-stores.ts";
import { History } from "./history.ts";
import { Network } from "./network.ts";
import { Life, Scheduler } from "./scheduler.ts";
import { SeededRandom } from "./seeded-random.ts";
import { SimulatedAgent } from "./simulated-agent.ts";
import { HUB_ORIGIN, SimulatedHub } from "./simulated-hub.ts";
import { namedKey } from "./sync-crypto.ts";

const MINUTE_MS = 60_000;
const YEARS_MS = 10 * 365 * 86_400_000;
/** Time without faults in which everything must come to rest. */
const SETTLING_MS = 4 * 60 * MINUTE_MS;

/** Keys of hub and centers, the same in all simulations. */
export interface SimulationKeys {
  readonly hub: SigningKey;
  readonly centers: ReadonlyMap<string, SigningKey>;
}

export interface SimulationResult {
  readonly violations: readonly string[];
  readonly crashes: number;
  readonly batches: number;
  readonly entries: number;
  /** Digest of everything that happened: equal for equal seeds. */
  readonly fingerprint: string;
}

/** Keys of a hub and three centers. */
export async function simulationKeys(): Promise<SimulationKeys> {
  const centers = new Map<string, SigningKey>();
  for (const id of ["jinling", "xihu", "donghu"]) centers.set(id, await namedKey(id));
  return { hub: await namedKey("hub"), centers };
}

/**
 * Runs the simulation of one seed. WebCrypto must be synchronous: see {@link installSyncCrypto}. One at a time: what
 * rejects and nobody hears is a violation of the seed that runs.
 */
export async function simulate(seed: number, keys: SimulationKeys): Promise<SimulationResult> {
  const world = new World(seed, keys);
  const onUnheard = (error: unknown) => world.history.unexpected("nobody heard", error);
  process.on("unhandledRejection", onUnheard);
  try {
    return await world.run();
  } finally {
    process.off("unhandledRejection", onUnheard);
  }
}

class World {
  readonly #random: SeededRandom;
  readonly #scheduler: Scheduler;
  readonly #network: Network;
  readonly history = new History();
  readonly #hub: SimulatedHub;
  readonly #agents: readonly SimulatedAgent[];
  readonly #copies = new Map<string, { readonly store: Buffer; readonly mark: Buffer }>();
  #names = 0;
  #crashes = 0;

  constructor(seed: number, keys: SimulationKeys) {
    this.#random = new SeededRandom(seed);
    this.#scheduler = new Scheduler(this.#random);
    this.#network = new Network(this.#scheduler);
    const centerIds = [...keys.centers.keys()].slice(0, this.#random.int(1, keys.centers.size));
    const common = { network: this.#network, history: this.history };
    const members = new Map(centerIds.map((id) => [id, keys.centers.get(id) as SigningKey]));
    const quota = this.#random.chance(0.2)
      ? { ...DEFAULT_QUOTA, batchesPerSecond: 1, recordsPerMinute: 200 }
      : DEFAULT_QUOTA;
    const centersConfirm = this.#random.chance(0.5);
    this.#hub = new SimulatedHub({ ...common, key: keys.hub, members, quota, centersConfirm });
    this.#agents = [...members].map(
      ([centerId, key]) =>
        new SimulatedAgent({
          ...common,
          centerId,
          key,
          hub: this.#hub,
          confirms: centersConfirm,
        }),
    );
  }

  async run(): Promise<SimulationResult> {
    const isBroken = () => this.history.violations.length > 0;
    this.#hub.start();
    for (const agent of this.#agents) {
      for (let rows = this.#random.int(1, 12); rows > 0; rows -= 1) this.#change(agent);
      agent.start();
    }
    this.#plan(
      () => this.#attend(),
      [5 * MINUTE_MS, 10 * MINUTE_MS],
      () => true,
    );
    const faults = this.#faults();
    this.#plan(
      () => this.#random.pick(faults)(),
      [500, 40_000],
      () => this.#network.isFaulty,
    );
    await this.#scheduler.runFor(this.#random.int(5, 30) * MINUTE_MS, isBroken);
    this.#network.heal();
    for (const disk of this.#disks()) [disk.isFull, disk.failsNext] = [false, false];
    for (const machine of [this.#hub, ...this.#agents]) machine.skewMs = 0;
    for (const agent of this.#agents) this.#change(agent);
    let open = "nothing was looked at";
    await this.#scheduler.runFor(MINUTE_MS, isBroken);
    for (let waited = 0; waited < SETTLING_MS && !isBroken(); waited += MINUTE_MS) {
      await this.#scheduler.runFor(MINUTE_MS, isBroken);
      open = await this.#unsettled();
      if (open === "") break;
    }
    if (open !== "" && !isBroken()) this.history.tell(`does not settle: ${open}`);
    const entries = await this.#entries();
    if (!isBroken()) await this.#check(entries);
    const last = entries.at(-1)?.entry ?? new Uint8Array();
    return {
      violations: this.history.violations,
      crashes: this.#crashes,
      batches: this.history.batchesSent,
      entries: entries.length,
      fingerprint: `${entries.length}/${toHex(last).slice(-16)}/${this.#random.int(0, 2 ** 31)}`,
    };
  }

  /** Runs an action again and again, as long as it is wanted. */
  #plan(
    act: () => void,
    [leastMs, mostMs]: readonly [number, number],
    isWanted: () => boolean,
  ): void {
    this.#scheduler.after(this.#random.int(leastMs, mostMs), () => {
      if (!isWanted()) return;
      act();
      this.#plan(act, [leastMs, mostMs], isWanted);
    });
  }

  /** Everything that happens, the frequent ones more than once. */
  #faults(): readonly (() => void)[] {
    const agent = () => this.#random.pick(this.#agents);
    const crash = (): Crash => this.#random.pick(["kill", "power"]);
    const change = () => this.#change(agent());
    const endHub = () => this.#endHub(crash());
    const endHubAt = () => {
      this.#hub.endsAt = { step: this.#random.pick(HUB_STEPS), crash: crash() };
      this.#crashes += 1;
    };
    const endAgent = () => this.#endAgent(agent(), crash());
    const endAgentAt = () => {
      agent().endsAt = { step: this.#random.pick(AGENT_STEPS), crash: crash() };
      this.#crashes += 1;
    };
    const powerCut = () => {
      this.#endHub("power");
      for (const one of this.#agents) this.#endAgent(one, "power");
    };
    return [
      ...[change, change, change, change, change, change, change, change],
      ...[endHub, endHubAt, endHubAt, endAgent, endAgentAt, endAgentAt, powerCut],
      () => this.#network.cut(agent().centerId, this.#random.int(1, 120) * 1_000),
      () => agent().breakStream(),
      () => agent().breakStream(),
      () => this.#network.broker.forget(),
      () => this.#fillDisk(this.#random.pick(this.#disks())),
      () => {
        this.#random.pick(this.#disks()).failsNext = true;
      },
      () => this.#jump(this.#random.pick([this.#hub, ...this.#agents])),
      () => this.#copy(agent()),
      () => this.#copy(agent()),
      () => this.#restore(agent()),
      () => this.#restoreWhileSending(agent()),
      () => {
        agent().transport = this.#random.pick(["stream", "broker", "auto"]);
      },
      () => {
        this.#endHub("kill");
        this.#hub.loseDerived();
      },
    ];
  }

  /** A row of a center comes, changes, or goes. */
  #change(agent: SimulatedAgent): void {
    const [sourceId, source] = this.#random.pick([...agent.sources]);
    const rows = [...source.rows];
    for (let changes = this.#random.int(1, 4); changes > 0; changes -= 1) {
      this.#names += 1;
      const name = `青禾 ${this.#names}`;
      const at = this.#random.int(0, Math.max(0, rows.length - 1));
      const row = rows[at];
      // A source that had rows and has none is a fault of the source.
      if (row !== undefined && rows.length > 1 && this.#random.chance(0.2)) rows.splice(at, 1);
      else if (row !== undefined && this.#random.chance(0.4)) rows[at] = { ...row, name };
      else rows.push({ key: `${sourceId} ${this.#names}`, name });
    }
    source.rows = rows;
    if (this.#random.chance(0.7)) agent.running?.loop.request(sourceId);
  }

  #endHub(crash: Crash): void {
    this.#crashes += 1;
    this.#hub.crash(crash);
  }

  #endAgent(agent: SimulatedAgent, crash: Crash): void {
    this.#crashes += 1;
    agent.crash(crash);
  }

  #disks(): Disk[] {
    return [this.#hub, ...this.#agents].flatMap(({ disks }) => Object.values(disks));
  }

  #fillDisk(disk: Disk): void {
    disk.isFull = true;
    this.#scheduler.after(this.#random.int(1, 60) * 1_000, () => {
      disk.isFull = false;
    });
  }

  #jump(machine: { skewMs: number }): void {
    const most = this.#random.pick([1_000, 60_000, YEARS_MS]);
    machine.skewMs = this.#random.int(-most, most);
  }

  /** Keeps a copy of an agent's folder. */
  #copy(agent: SimulatedAgent): void {
    const { store, mark } = agent.disks;
    this.#copies.set(agent.centerId, { store: store.copy(), mark: mark.copy() });
  }

  /** Puts a copy back, with the mark file or without. */
  #restore(agent: SimulatedAgent): void {
    const copy = this.#copies.get(agent.centerId);
    if (copy === undefined) return;
    this.#copies.delete(agent.centerId);
    // With its mark, only the hub can tell that a folder went back in time, and only of what the hub has on its disk.
    const isAllReceived = agent.running?.feed.outbox.batches === 0;
    this.#endAgent(agent, "kill");
    agent.disks.store.restore(copy.store);
    if (isAllReceived && this.#random.chance(0.5)) agent.disks.mark.restore(copy.mark);
  }

  /**
   * Puts an agent back to where it was before batches that are on their way to a hub that does not run: nothing but the mark
   * beside its store knows of them.
   */
  #restoreWhileSending(agent: SimulatedAgent): void {
    this.#endHub("kill");
    agent.transport = "broker";
    this.#copy(agent);
    this.#change(agent);
    this.#scheduler.after(this.#random.int(500, 5_000), () => this.#restore(agent));
  }

  #attend(): void {
    for (const machine of [this.#hub, ...this.#agents]) {
      // A machine whose disk fails under the person's hands ends; the person comes again.
      machine.attend().catch(() => undefined);
    }
  }

  /** What is not as the centers have it yet, in words; empty when nothing is. */
  async #unsettled(): Promise<string> {
    const hub = this.#hub.running;
    if (hub === undefined) return "the hub does not run";
    if (hub.projector.progress.catalogPosition < hub.log.size) return "the catalog is behind";
    if (hub.projector.progress.indexPosition < hub.log.size) return "the index is behind";
    const shown = new Map<string, string>();
    for await (const row of hub.catalog.rows({})) {
      if (row.verdict === "live") shown.set(nameOf(row.ref), "");
    }
    for (const agent of this.#agents) {
      const { running, centerId } = agent;
      if (running === undefined) return `the agent of ${centerId} does not run`;
      const { feed, memo } = running;
      if (memo.agent.pause !== undefined) return `${centerId} is paused: ${memo.agent.pause.code}`;
      if (feed.outbox.batches > 0) {
        return `${feed.outbox.batches} batches of ${centerId} wait (${memo.agent.connection?.code})`;
      }
      if (feed.state.isSnapshotOpen) return `the snapshot of ${centerId} is open`;
      for (const [key, name] of rowsOf(agent)) {
        const ref = nameOf({ kind: "provider", centerId, key });
        if (hub.index.titles.get(ref) !== name) return `${ref} is not shown as ${name}`;
        shown.delete(ref);
      }
    }
    const [doubled] = shown.keys();
    if (doubled !== undefined) return `${doubled} is shown and no center has it`;
    return hub.index.titles.size === this.#rowCount() ? "" : "the index has other documents";
  }

  #rowCount(): number {
    return this.#agents.reduce((sum, agent) => sum + [...rowsOf(agent)].length, 0);
  }

  async #entries(): Promise<StoredEntry[]> {
    const store = await DiskLogStore.open(this.#hub.disks.log, new Life());
    return Array.fromAsync(store.readEntries(0, await store.entryCount()));
  }

  async #check(entries: readonly StoredEntry[]): Promise<void> {
    const history = this.history;
    for (const { centerId, running } of this.#agents) {
      for (const { ordinal, feedId } of (await running?.store.feeds()) ?? []) {
        for await (const { seq } of running?.store.headers(ordinal, 0n) ?? []) {
          const receipt = await running?.store.receipt(ordinal, seq);
          if (receipt !== undefined) history.held({ centerId, feedId, seq, receipt });
        }
      }
    }
    await history.check(entries, { origin: HUB_ORIGIN, vkey: this.#hub.vkey });
    const replay = new Replay(HUB_ORIGIN);
    for (const entry of entries) await replay.take(entry);
    for (const { position, problem } of replay.problems) history.tell(`${position}: ${problem}`);
    await this.#checkFacts(replay);
    await this.#checkCatalog(entries);
  }

  /** What a start reads is what the log says. */
  async #checkFacts(replay: Replay): Promise<void> {
    const store = await DiskLogStore.open(this.#hub.disks.log, new Life());
    const facts = await Array.fromAsync(store.facts(""));
    const isWrong = facts.some(([name, value]) => {
      const wanted = replay.facts.get(name);
      return wanted === undefined || !equalBytes(wanted, value);
    });
    if (isWrong || facts.length !== replay.facts.size) {
      this.history.tell("the facts of the log are not what its entries say");
    }
  }

  /** Invariant 5: a catalog that was made in many lives is the one that is made at once. */
  async #checkCatalog(entries: readonly StoredEntry[]): Promise<void> {
    const catalog = createMemoryCatalogStore();
    const projector = await Projector.open(
      {
        log: {
          readEntries: async function* (from, to) {
            yield* entries.slice(from, to);
          },
          readEntry: async (position) => entries[position],
        },
        catalog,
        index: new DiskIndex(new Disk(this.#scheduler), new Life()),
      },
      entries.length,
    );
    await projector.advance(entries.length, new AbortController().signal);
    const kept = this.#hub.running?.catalog;
    if (
      kept === undefined ||
      !equalBytes(await catalogDigest(catalog), await catalogDigest(kept))
    ) {
      this.history.tell("the catalog differs from one that is made from the log at once");
    }
  }
}

/** Keys and names of what a center has. */
function* rowsOf(agent: SimulatedAgent): Iterable<readonly [key: string, name: string]> {
  for (const source of agent.sources.values()) {
    for (const { key, name } of source.rows as Record<string, Cell>[]) {
      yield [String(key), String(name)];
    }
  }
}
