/**
 * A hub over simulated disks: the real log, ingest, membership and projection, without threads and sockets.
 *
 * @module
 */

import {
  centerUrnOf,
  encodeRestart,
  isTributaryError,
  type SigningKey,
  type TributaryErrorCode,
} from "@tributary/proto";
import { ByteBudget } from "../../../hub/src/api/byte-budget.ts";
import { createConfirmation } from "../../../hub/src/api/confirmation-api.ts";
import { type CourierApi, createCourierApi } from "../../../hub/src/api/courier-api.ts";
import { DecisionLog } from "../../../hub/src/api/decision-log.ts";
import { createIngestApi } from "../../../hub/src/api/ingest-api.ts";
import { CENTER_FACTS, decodeCenterFact } from "../../../hub/src/catalog/center-fact.ts";
import { Projector } from "../../../hub/src/catalog/project.ts";
import { FeedTable } from "../../../hub/src/ingest/feed-table.ts";
import { Ingest } from "../../../hub/src/ingest/ingest.ts";
import { type Quota, QuotaMeter } from "../../../hub/src/ingest/quota.ts";
import {
  type CheckpointSigner,
  createCheckpointSigner,
} from "../../../hub/src/log/checkpoint-signer.ts";
import { MerkleLog } from "../../../hub/src/log/merkle-log.ts";
import type { OnStep } from "../../../hub/src/log/steps.ts";
import { PresenceBoard } from "../../../hub/src/members/presence.ts";
import { MemberRegistry } from "../../../hub/src/members/registry.ts";
import { noEvents } from "../../../hub/src/ports/hub-events.ts";
import { enrol } from "../../../hub/test/support/enrol.ts";
import { type Crash, Disk } from "./disk.ts";
import { DiskCatalogStore, DiskCell, DiskIndex, DiskLogStore } from "./disk-stores.ts";
import type { History } from "./history.ts";
import type { Network } from "./network.ts";
import { Life } from "./scheduler.ts";

export const HUB_ORIGIN = "hub.drill/log";

/** A hub that takes calls. */
export interface RunningHub {
  readonly life: Life;
  readonly log: MerkleLog;
  readonly ingest: ReturnType<typeof createIngestApi>;
  readonly courier: CourierApi;
  readonly decisions: DecisionLog;
  readonly confirm: ReturnType<typeof createConfirmation>;
  readonly registry: MemberRegistry;
  readonly projector: Projector;
  readonly catalog: DiskCatalogStore;
  readonly index: DiskIndex;
}

export interface SimulatedHubOptions {
  readonly network: Network;
  readonly history: History;
  readonly key: SigningKey;
  /** Keys of the members. */
  readonly members: ReadonlyMap<string, SigningKey>;
  readonly quota: Quota;
  /** Whether the centers confirm themselves what their snapshots leave out; else a curator releases it. */
  readonly centersConfirm: boolean;
}

/** After an end, or a start that failed. */
const RESTART_MS = [200, 20_000] as const;
const IDLE_MS = 1_000;
const INGEST_BYTES = 2 ** 22;

/** The machine of one hub, over all lives of its process. */
export class SimulatedHub {
  readonly disks: {
    readonly log: Disk;
    readonly anchor: Disk;
    readonly catalog: Disk;
    readonly index: Disk;
  };
  readonly vkey: string;
  /** Undefined while no process runs, or one that starts. */
  running: RunningHub | undefined;
  /** How wrong its clock is. */
  skewMs = 0;
  /** The step at which the process ends next, and how. */
  endsAt: { readonly step: string; readonly crash: Crash } | undefined;
  readonly #options: SimulatedHubOptions;
  readonly #signer: CheckpointSigner;
  #life = new Life();

  constructor(options: SimulatedHubOptions) {
    this.#options = options;
    const { network, history, key } = options;
    const disk = () => new Disk(network.scheduler);
    this.disks = { log: disk(), anchor: disk(), catalog: disk(), index: disk() };
    const signer = createCheckpointSigner(HUB_ORIGIN, key);
    this.vkey = signer.vkey;
    this.#signer = {
      ...signer,
      sign: async (size, root) => {
        history.signedCheckpoint(size, root);
        return signer.sign(size, root);
      },
    };
  }

  start(): void {
    const life = new Life();
    this.#life = life;
    this.#run(life).catch((error) => this.#onEnd(life, error));
  }

  /** Ends the process, which starts again a moment later. */
  crash(kind: Crash): void {
    const { network } = this.#options;
    const ended = this.#life;
    ended.end();
    this.running = undefined;
    network.broker.serve(undefined);
    for (const disk of Object.values(this.disks)) disk.crash(kind);
    network.scheduler.after(network.scheduler.random.int(...RESTART_MS), () => {
      if (this.#life === ended) this.start();
    });
  }

  /** A curator looks at what waits for one: snapshots that leave out much of what their centers had. */
  async attend(): Promise<void> {
    const running = this.running;
    if (running === undefined || this.#options.centersConfirm) return;
    const { catalog, decisions } = running;
    for await (const [, value] of catalog.facts(CENTER_FACTS)) {
      const { centerId, pauses } = decodeCenterFact(value);
      if (pauses.length === 0) continue;
      await decisions.append({
        action: "release",
        subjects: [centerUrnOf(centerId)],
        argument: "",
        actor: "curator",
        reason: "",
        retracts: "",
      });
    }
  }

  /** Deletes what can be made from the log; while no process runs. */
  loseDerived(): void {
    const { random } = this.#options.network.scheduler;
    this.disks.index.restore(Buffer.alloc(0));
    if (random.chance(0.5)) this.disks.catalog.restore(Buffer.alloc(0));
  }

  async #run(life: Life): Promise<void> {
    const { network, history, quota } = this.#options;
    const { scheduler, broker } = network;
    const clock = scheduler.clock(life, () => this.skewMs);
    const onStep: OnStep = (step) => this.#passed(life, step);
    const store = await DiskLogStore.open(this.disks.log, life);
    const log = await MerkleLog.open({
      store,
      anchor: new DiskCell<string>(this.disks.anchor, life),
      signer: this.#signer,
      clock,
      onStep,
    });
    log.onFailure((error) => this.#onEnd(life, error));
    const feeds = await FeedTable.load((prefix) => log.facts(prefix));
    const registry = await MemberRegistry.load(log, HUB_ORIGIN);
    for (const [centerId, { publicKey }] of this.#options.members) {
      await enrol({ log, registry }, centerId, publicKey, scheduler.nowMs);
    }
    await log.append({
      type: "restart",
      statement: encodeRestart({ version: "drill", logSize: log.size }),
    });
    const ingest = new Ingest({
      log,
      feeds,
      members: registry,
      quota: new QuotaMeter(quota, clock),
      events: {
        ...noEvents,
        feedPaused: (centerId: string, code: string) => history.paused(centerId, code),
      },
      hubOrigin: HUB_ORIGIN,
      onStep,
    });
    const presence = new PresenceBoard(clock);
    const catalog = await DiskCatalogStore.open(this.disks.catalog, life);
    const index = new DiskIndex(this.disks.index, life);
    const projector = await Projector.open(
      { log: store, catalog, index, onProgress: () => onStep("index") },
      log.size,
    );
    const courier = createCourierApi({ ingest, presence });
    const decisions = new DecisionLog({ catalog, log, random: scheduler.random.bytes });
    if (life.isOver) return;
    this.running = {
      life,
      log,
      ingest: createIngestApi({
        ingest,
        catalog,
        presence,
        budget: new ByteBudget(INGEST_BYTES),
        clock,
        onStep,
      }),
      courier,
      decisions,
      confirm: createConfirmation({ catalog, decisions, registry, hubOrigin: HUB_ORIGIN }),
      registry,
      projector,
      catalog,
      index,
    };
    broker.serve((centerId, frame) => this.#take(life, centerId, frame));
    this.#project(this.running, clock.sleep).catch((error) => this.#onEnd(life, error));
  }

  /** What the projector's thread does: follows the log, and makes the index durable when nothing happens. */
  async #project(
    { life, log, projector }: RunningHub,
    sleep: (ms: number) => Promise<void>,
  ): Promise<void> {
    const never = new AbortController().signal;
    for (let flushed = -1; !life.isOver; ) {
      await projector.advance(log.size, never);
      if (log.size > projector.progress.catalogPosition) continue;
      await sleep(IDLE_MS);
      if (log.size > projector.progress.catalogPosition || flushed === log.size) continue;
      await projector.flush();
      flushed = log.size;
    }
  }

  /** A batch from the broker: the answer goes to whoever listens for the center. */
  async #take(life: Life, centerId: string, frame: Uint8Array): Promise<void> {
    const answer = await this.running?.courier.take(centerId, frame);
    if (life.isOver || answer === undefined) return new Promise(() => {});
    this.#options.network.broker.answer(centerId, answer);
    this.#passed(life, "ack");
  }

  #passed(life: Life, step: string): void {
    if (life.isOver || this.endsAt?.step !== step) return;
    const { crash } = this.endsAt;
    this.endsAt = undefined;
    this.crash(crash);
  }

  /** A process that ends by itself: a full or failing disk is no surprise, anything else is. */
  #onEnd(life: Life, error: unknown): void {
    if (life.isOver) return;
    if (!isTributaryError(error) || !STORE_TROUBLE.has(error.code)) {
      this.#options.history.unexpected("the hub ended", error);
    }
    this.crash("kill");
  }
}

/** What a disk may do to a process. */
const STORE_TROUBLE: ReadonlySet<string> = new Set<TributaryErrorCode>([
  "ERR_STORE_FULL",
  "ERR_STORE_FAILED",
]);
