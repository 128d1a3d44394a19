/**
 * A feeder that goes on whatever happens to the hub, and a check of everything that must hold afterwards.
 *
 * @module
 */

import {
  type Invitation,
  isTributaryError,
  randomBytes,
  type SearchAnswer,
  systemClock,
  toHex,
} from "@tributary/proto";
import { AdminService, QueryService } from "@tributary/proto/wire";
import { expect } from "vitest";
import { initDataFolder, openDataFolder } from "../../src/adapters/data-folder.ts";
import { createHubClient, type HubClient } from "../../src/adapters/grpc-hub-client.ts";
import { HubProcess } from "./hub-process.ts";
import { checkLoggedBatches, type SentBatch } from "./logged-batches.ts";
import { caseRecord, type Publisher, TestAgent } from "./test-agent.ts";

const RECORDS_A_BATCH = 20;
const WINDOW = 4;
/** How long a feeder goes on without success. */
const PATIENCE_MS = 90_000;

/** One center, one folder, many lives of a hub. */
export class Drill {
  readonly folder: string;
  readonly adminToken: string;
  readonly agent: TestAgent;
  readonly origin: string;
  readonly vkey: string;
  /** Everything that the center ever signed, in order: its outbox. */
  readonly batches: SentBatch[] = [];
  /** About how many bytes of text each record has beside its title; the same text, which compresses well. */
  textBytes = 0;

  private constructor(
    folder: string,
    adminToken: string,
    agent: TestAgent,
    up: { readonly origin: string; readonly vkey: string },
  ) {
    this.folder = folder;
    this.adminToken = adminToken;
    this.agent = agent;
    this.origin = up.origin;
    this.vkey = up.vkey;
  }

  /** Makes a hub in `folder`, which need not exist, and lets a center join it. */
  static async open(folder: string): Promise<Drill> {
    await initDataFolder(folder, undefined);
    return Drill.join(folder, "jinling");
  }

  /** Lets a center join the hub of a folder. */
  static async join(folder: string, centerId: string): Promise<Drill> {
    const data = await openDataFolder(folder);
    await using hub = await HubProcess.start(folder);
    using operator = operatorOf(hub, data.adminToken);
    const { code } = await operator.call<Invitation>(AdminService.method.createInvitation, {
      centerId,
      centerName: "金陵",
      preapproved: true,
    });
    return new Drill(folder, data.adminToken, await TestAgent.join(code), hub.up);
  }

  start(
    env: Readonly<Record<string, string>> = {},
    options: Parameters<typeof HubProcess.start>[2] = {},
  ): Promise<HubProcess> {
    return HubProcess.start(this.folder, env, options);
  }

  /** Runs a hub that kills itself at a step, and feeds it until it is dead. */
  async killAt(step: string, count: number): Promise<void> {
    let hub: HubProcess;
    try {
      hub = await this.start({ TRIBUTARY_KILL_AT: `${step}:${count}` });
    } catch (error) {
      // It passed the step while it started, and died there.
      expect(String(error)).toContain("did not start (null)");
      return;
    }
    await this.feed(hub, { untilDead: true, atLeast: 0 });
    await hub.ended();
  }

  /**
   * Sends what has no receipt, and then new batches, as an agent does: in order, with a window, again from the first
   * without a receipt after each end of the stream.
   */
  async feed(
    hub: HubProcess,
    { untilDead, atLeast }: { readonly untilDead: boolean; readonly atLeast: number },
  ): Promise<void> {
    const wanted = this.received + atLeast;
    const untilMs = systemClock.now() + PATIENCE_MS;
    while (systemClock.now() < untilMs) {
      if (!hub.isRunning) {
        if (untilDead) return;
        throw new Error(`the hub died:\n${hub.messages}`);
      }
      if (!untilDead && this.received >= wanted && this.unreceived.length === 0) return;
      try {
        await using publisher = await this.agent.publisher(hub.up.grpc);
        await publisher.credit;
        await this.#pump(publisher, untilDead ? Number.POSITIVE_INFINITY : wanted);
      } catch (error) {
        if (isTributaryError(error) && !RETRIED.has(error.code)) throw error;
        await systemClock.sleep(50);
      }
    }
    throw new Error(`the hub takes nothing:\n${hub.messages}`);
  }

  /** Batches that have a receipt. */
  get received(): number {
    return this.batches.length - this.unreceived.length;
  }

  get unreceived(): readonly SentBatch[] {
    return this.batches.filter(({ receipts }) => receipts.length === 0);
  }

  async #pump(publisher: Publisher, wanted: number): Promise<void> {
    const inFlight = new Set<Promise<void>>();
    const send = (batch: SentBatch) => {
      const answered: Promise<void> = publisher
        .send(batch.frame, this.agent.feedId, batch.seq)
        .then((answer) => {
          inFlight.delete(answered);
          if (answer.type === "receipt") batch.receipts.push(answer.receipt);
          else if (answer.type === "refusal") throw new Error(answer.refusal.code);
        });
      answered.catch(() => undefined);
      inFlight.add(answered);
    };
    for (const batch of this.unreceived) {
      if (inFlight.size >= WINDOW) await Promise.race(inFlight);
      send(batch);
    }
    while (this.batches.length < wanted) {
      if (inFlight.size >= WINDOW) await Promise.race(inFlight);
      send(await this.sign());
    }
    await Promise.all(inFlight);
  }

  /** Signs the next batch and puts it into the outbox. */
  async sign(): Promise<SentBatch> {
    const seq = this.agent.nextSeq;
    const records = Array.from({ length: RECORDS_A_BATCH }, (_, i) =>
      caseRecord(
        `${seq}-${i}`,
        `第 ${seq} 批第 ${i} 条 ${toHex(randomBytes(4))}`,
        "节能改造 ".repeat(this.textBytes / 16),
      ),
    );
    const { frame } = await this.agent.batch(records);
    const batch = { seq, frame, records, receipts: [] };
    this.batches.push(batch);
    return batch;
  }

  /**
   * Everything that must hold: each batch has one receipt, the same each time it is asked for; the log has each batch
   * once, dense, with its bytes; every receipt is of the log as it is now; a reader finds every record once; a check of
   * the folder finds nothing.
   */
  async check({ acceptRestored = false } = {}): Promise<void> {
    {
      await using hub = await this.start({}, { acceptRestored });
      await this.feed(hub, { untilDead: false, atLeast: 1 });
      await this.#askAgain(hub);
      await this.#searchAll(hub);
    }
    await checkLoggedBatches(this.folder, this.batches, { origin: this.origin, vkey: this.vkey });
  }

  async #askAgain(hub: HubProcess): Promise<void> {
    await using publisher = await this.agent.publisher(hub.up.grpc);
    await publisher.credit;
    for (const { frame, seq, receipts } of this.batches) {
      const answer = await publisher.send(frame, this.agent.feedId, seq);
      if (answer.type !== "receipt") throw new Error(`no receipt for ${seq}`);
      receipts.push(answer.receipt);
    }
  }

  async #searchAll(hub: HubProcess): Promise<void> {
    const records = this.batches.length * RECORDS_A_BATCH;
    // Not the token of the first folder: the hub may have been restored since.
    const { adminToken } = await openDataFolder(this.folder);
    using operator = operatorOf(hub, adminToken);
    const search = () => operator.call<SearchAnswer>(QueryService.method.search, { pageSize: 1 });
    const logSize = this.batches.length;
    for (let tries = 0; tries < 200; tries += 1) {
      const { total, coverage } = await search();
      if (total === records && coverage.logSize >= logSize) return;
      await systemClock.sleep(50);
    }
    expect((await search()).total).toBe(records);
  }
}

/** Calls a hub as its operator. */
export function operatorOf(hub: HubProcess, adminToken: string): HubClient {
  return createHubClient({
    address: hub.up.grpc,
    token: adminToken,
    timeoutMs: 20_000,
    nowMs: () => systemClock.now(),
  });
}

/** Errors of a stream after which an agent tries again. */
const RETRIED: ReadonlySet<string> = new Set(["ERR_UNAVAILABLE", "ERR_CANCELLED"]);
