/**
 * An agent over simulated disks: the real passes over its sources, feed, outbox and publisher, with a person who looks at
 * it now and then.
 *
 * @module
 */

import {
  fromHex,
  isTributaryError,
  type SigningKey,
  signConfirmation,
  type TributaryErrorCode,
} from "@tributary/proto";
import { type Feed, openFeed } from "../../../node-agent/src/feed/feed.ts";
import type { Courier } from "../../../node-agent/src/ports/courier.ts";
import type { Mark } from "../../../node-agent/src/ports/feed-mark.ts";
import { Publisher } from "../../../node-agent/src/publish/publisher.ts";
import { switchingCourier } from "../../../node-agent/src/publish/switching-courier.ts";
import { together } from "../../../node-agent/src/publish/together.ts";
import type { HeldSnapshot } from "../../../node-agent/src/sync/agent-state.ts";
import { SyncLoop } from "../../../node-agent/src/sync/loop.ts";
import { type Memo, openMemo } from "../../../node-agent/src/sync/memo.ts";
import { ListSource, providerMapper } from "../../../node-agent/test/source-fixture.ts";
import { brokerCourier, type CourierOptions, streamCourier } from "./couriers.ts";
import { type Crash, Disk } from "./disk.ts";
import { DiskCell, DiskFeedStore } from "./disk-stores.ts";
import type { History } from "./history.ts";
import type { Network } from "./network.ts";
import { Life } from "./scheduler.ts";
import { HUB_ORIGIN, type SimulatedHub } from "./simulated-hub.ts";

/** An agent that runs. */
export interface RunningAgent {
  readonly life: Life;
  readonly store: DiskFeedStore;
  readonly feed: Feed;
  readonly memo: Memo;
  readonly loop: SyncLoop;
}

export interface SimulatedAgentOptions {
  readonly centerId: string;
  readonly key: SigningKey;
  readonly network: Network;
  readonly history: History;
  readonly hub: SimulatedHub;
  /** Whether the center confirms what its snapshots leave out. */
  readonly confirms: boolean;
}

const RESTART_MS = [100, 15_000] as const;
const OUTBOX_BYTES = 2 ** 16;
/** Less than an agent publishes, so that the oldest go. */
const KEPT_BYTES = 2 ** 13;

/** The machine of one agent, over all lives of its process. */
export class SimulatedAgent {
  readonly centerId: string;
  readonly disks: { readonly store: Disk; readonly mark: Disk };
  /** What the center has: the truth that its records must come to. */
  readonly sources: ReadonlyMap<string, ListSource>;
  /** Undefined while no process runs, or one that starts. */
  running: RunningAgent | undefined;
  skewMs = 0;
  /** How it reaches the hub from the next start on. */
  transport: "stream" | "broker" | "auto";
  /** The step at which the process ends next, and how. */
  endsAt: { readonly step: string; readonly crash: Crash } | undefined;
  readonly #options: SimulatedAgentOptions;
  #life = new Life();
  #breakStream: () => void = () => undefined;

  constructor(options: SimulatedAgentOptions) {
    this.#options = options;
    this.centerId = options.centerId;
    const { scheduler } = options.network;
    this.disks = { store: new Disk(scheduler), mark: new Disk(scheduler) };
    this.transport = scheduler.random.pick(["stream", "broker", "auto"]);
    const count = scheduler.random.int(1, 2);
    this.sources = new Map(
      Array.from({ length: count }, (_, i) => [`source-${i}`, new ListSource([])]),
    );
  }

  start(): void {
    const life = new Life();
    this.#life = life;
    this.#run(life).catch((error) => this.#onEnd(life, error));
  }

  /** Ends the process, which starts again a moment later. */
  crash(kind: Crash): void {
    const { scheduler } = this.#options.network;
    const ended = this.#life;
    ended.end();
    this.running = undefined;
    for (const disk of Object.values(this.disks)) disk.crash(kind);
    scheduler.after(scheduler.random.int(...RESTART_MS), () => {
      if (this.#life === ended) this.start();
    });
  }

  breakStream(): void {
    this.#breakStream();
  }

  /** A person looks at what waits for one, and does what the agent asks for. */
  async attend(): Promise<void> {
    const running = this.running;
    if (running === undefined) return;
    const { memo, loop, feed } = running;
    for (const sourceId of this.sources.keys()) {
      if (memo.source(sourceId).pause?.by !== "guard") continue;
      await memo.updateSource(sourceId, {
        pause: undefined,
        problem: undefined,
        acceptsMassChange: true,
      });
      loop.request(sourceId);
    }
    // Where a copy was put back twice within an hour, the agent asks before it opens yet another feed.
    if (memo.agent.pause?.code === "ERR_FEED_LOST" && feed.state.reason === "restored") {
      await feed.renew("renewed");
      await memo.updateAgent({ pause: undefined });
      for (const sourceId of this.sources.keys()) loop.request(sourceId);
    }
    if (this.#options.confirms && memo.agent.held !== undefined)
      await this.#confirm(memo.agent.held);
  }

  /** By what the agent heard, which may be old: then the hub says that this snapshot does not wait. */
  async #confirm({ feedId, position }: HeldSnapshot): Promise<void> {
    const { hub, key, centerId } = this.#options;
    const said = { centerId, position, reason: "" };
    const authorization = await signConfirmation(key, { hubOrigin: HUB_ORIGIN, feedId, ...said });
    await hub.running?.confirm({ ...said, feedId: fromHex(feedId), authorization });
  }

  async #run(life: Life): Promise<void> {
    const { network, history, hub, key, centerId } = this.#options;
    const { scheduler } = network;
    const { random } = scheduler;
    const clock = scheduler.clock(life, () => this.skewMs);
    const steps = (step: string) => this.#passed(life, step);
    const store = await DiskFeedStore.open(this.disks.store, life);
    const feed = await openFeed({
      store,
      mark: new DiskCell<Mark>(this.disks.mark, life),
      key,
      centerId,
      hubOrigin: HUB_ORIGIN,
      hubVkey: hub.vkey,
      maxOutboxBytes: OUTBOX_BYTES,
      maxKeptBytes: KEPT_BYTES,
      clock,
      random: random.bytes,
      steps,
    });
    const memo = await openMemo(store);
    const publisher = new Publisher({
      courier: this.#courier({ centerId, life, network, history, hub: () => hub.running }),
      feed,
      store,
      memo,
      clock,
      random: random.share,
      steps,
      heartbeat: () => ({
        agentVersion: "drill",
        outboxBatches: feed.outbox.batches,
        rejectedRows: 0,
        pausedReason: memo.agent.pause?.message ?? "",
      }),
    });
    const loop = new SyncLoop({
      plans: [...this.sources].map(([sourceId, source]) => ({
        sourceId,
        source,
        mappers: [providerMapper()],
        schedule: undefined,
      })),
      feed,
      store,
      memo,
      clock,
      random: random.share,
      isConfigured: (sourceId) => this.sources.has(sourceId),
      report: async () => undefined,
      onOutcome: () => undefined,
    });
    if (life.isOver) return;
    this.running = { life, store, feed, memo, loop };
    await together(new AbortController().signal, [
      (signal) => publisher.run(signal),
      (signal) => loop.run(signal),
    ]);
  }

  #courier(options: CourierOptions): Courier {
    const stream = streamCourier(options, (breakStream) => {
      this.#breakStream = breakStream;
    });
    const broker = brokerCourier(options);
    if (this.transport === "auto") return switchingCourier([stream, broker]);
    return this.transport === "stream" ? stream : broker;
  }

  #passed(life: Life, step: string): void {
    if (life.isOver || this.endsAt?.step !== step) return;
    const { crash } = this.endsAt;
    this.endsAt = undefined;
    this.crash(crash);
  }

  #onEnd(life: Life, error: unknown): void {
    if (life.isOver) return;
    if (!isTributaryError(error) || !STORE_TROUBLE.has(error.code)) {
      this.#options.history.unexpected(`the agent of ${this.centerId} ended`, error);
    }
    this.crash("kill");
  }
}

/** What a disk may do to a process. */
const STORE_TROUBLE: ReadonlySet<string> = new Set<TributaryErrorCode>([
  "ERR_STORE_FULL",
  "ERR_STORE_FAILED",
]);
