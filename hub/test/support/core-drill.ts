/**
 * A center whose outbox is taken by hubs that die, and a check of everything that must hold afterwards.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { formatVkey, generateSigningKey, systemClock, toHex } from "@tributary/proto";
import { expect } from "vitest";
import { initDataFolder, openDataFolder } from "../../src/adapters/data-folder.ts";
import { openLevelLogStore } from "../../src/adapters/level-log-store.ts";
import { createMemoryCatalogStore } from "../../src/adapters/memory-catalog-store.ts";
import { catalogDigest } from "../../src/catalog/digest.ts";
import { Projector } from "../../src/catalog/project.ts";
import { COMPILE_CACHE } from "./compile-cache.ts";
import { type CoreHub, noIndex, openCoreHub } from "./core-hub.ts";
import { enrol } from "./enrol.ts";
import { checkLoggedBatches, type SentBatch } from "./logged-batches.ts";
import { caseRecord, TestAgent } from "./test-agent.ts";

const PROGRAM = fileURLToPath(new URL("core-life.ts", import.meta.url));
const RECORDS_A_BATCH = 3;
/** Batches that wait when a life begins: more than any needs to come to its end. */
const OUTBOX_BATCHES = 48;

/** Where a life ends: after it passed a point, or after so many receipts came from it. */
export type Death = (
  | { readonly point: string; readonly count: number }
  | { readonly receipts: number }
) & { readonly delayMs: number };

/** One center and one folder. */
export class CoreDrill {
  /** From the beginning of each start until batches were taken, ms. */
  readonly recoveriesMs: number[] = [];
  readonly folder: string;
  readonly agent: TestAgent;
  /** Everything that the center ever signed, in order. */
  readonly batches: SentBatch[] = [];

  private constructor(folder: string, agent: TestAgent) {
    this.folder = folder;
    this.agent = agent;
  }

  /** Makes a hub with one member. @param folder Need not exist. */
  static async open(folder: string): Promise<CoreDrill> {
    const { origin } = await initDataFolder(folder, undefined);
    const agent = new TestAgent("jinling", origin, await generateSigningKey());
    await using hub = await openCoreHub(folder);
    await enrol(hub, agent.centerId, agent.key.publicKey, systemClock.now());
    return new CoreDrill(folder, agent);
  }

  /** Runs a hub until it is dead. */
  async live(death: Death): Promise<void> {
    const outbox = `${this.folder}.outbox`;
    while (this.#unreceived.length < OUTBOX_BATCHES) await this.#sign();
    writeFileSync(outbox, Buffer.concat(this.#unreceived.flatMap(({ frame }) => framed(frame))));
    const { point, count } = "point" in death ? death : { point: "", count: 1 };
    const life = spawn(
      process.execPath,
      [
        ...["--conditions=source", PROGRAM, this.folder, this.agent.centerId, outbox],
        ...[point, String(count), String(death.delayMs)],
      ],
      {
        env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const exited = once(life, "exit");
    let received = 0;
    for await (const line of createInterface(life.stdout)) {
      const [what, value = "", receipt = ""] = line.split(" ");
      if (what === "open") this.recoveriesMs.push(Number(value));
      if (what !== "receipt") continue;
      this.batches[Number(value)]?.receipts.push(new Uint8Array(Buffer.from(receipt, "base64")));
      received += 1;
      if (!("receipts" in death) || received !== death.receipts) continue;
      await systemClock.sleep(death.delayMs);
      life.kill("SIGKILL");
    }
    expect(await exited).toEqual([null, "SIGKILL"]);
  }

  /**
   * Everything that must hold: what is sent again gets the same receipt, the log has each batch once with its bytes, and the
   * catalog that was made in many lives is the one that is made at once.
   */
  async check(): Promise<void> {
    {
      await using hub = await openCoreHub(this.folder);
      for (const batch of this.batches) await this.#send(hub, batch);
      await hub.caughtUp();
      expect(toHex(await catalogDigest(hub.catalog))).toBe(await this.#digestAtOnce(hub.log.size));
    }
    const { origin, signingKey } = await openDataFolder(this.folder);
    const vkey = formatVkey(origin, signingKey.publicKey);
    await checkLoggedBatches(this.folder, this.batches, { origin, vkey });
  }

  /** Lets a hub of this process take some more batches. */
  async take(count: number): Promise<void> {
    await using hub = await openCoreHub(this.folder);
    for (let i = 0; i < count; i += 1) await this.#send(hub, await this.#sign());
    await hub.caughtUp();
  }

  async #send({ ingest }: CoreHub, { frame, receipts }: SentBatch): Promise<void> {
    const answer = await ingest.accept(this.agent.centerId, frame);
    if (answer.type === "refusal") throw new Error(answer.refusal.code);
    receipts.push(answer.receipt);
  }

  get #unreceived(): readonly SentBatch[] {
    return this.batches.filter(({ receipts }) => receipts.length === 0);
  }

  async #sign(): Promise<SentBatch> {
    const seq = this.agent.nextSeq;
    const records = Array.from({ length: RECORDS_A_BATCH }, (_, i) =>
      caseRecord(`${seq}-${i}`, `第 ${seq} 批第 ${i} 条`),
    );
    const { frame } = await this.agent.batch(records);
    const batch = { seq, frame, records, receipts: [] };
    this.batches.push(batch);
    return batch;
  }

  /** Of the catalog that is made from the log without a stop. */
  async #digestAtOnce(size: number): Promise<string> {
    const { logFolder } = await openDataFolder(this.folder);
    // Of one process, both may open it.
    await using log = await openLevelLogStore(logFolder, { reserveBytes: 0 });
    const catalog = createMemoryCatalogStore();
    const projector = await Projector.open({ log, catalog, index: noIndex() }, size);
    await projector.advance(size, new AbortController().signal);
    return toHex(await catalogDigest(catalog));
  }
}

/** Length and bytes. */
function framed(frame: Uint8Array): readonly Uint8Array[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(frame.length);
  return [length, frame];
}
