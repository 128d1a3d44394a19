/**
 * What happens to brokers and networks costs nothing but time: each batch is in the log once, whatever a NATS server forgets,
 * and publishing resumes by itself.
 */

import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { systemClock } from "@tributary/proto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HAS_NATS_SERVER } from "../../hub/test/support/nats-broker.ts";
import { rounds } from "../../hub/test/support/rounds.ts";
import { type Cut, TcpProxy } from "../../hub/test/support/tcp-proxy.ts";
import { temporaryPath } from "../../hub/test/support/temporary-folder.ts";
import { natsCourier } from "../../node-agent/src/adapters/nats-courier.ts";
import { switchingCourier } from "../../node-agent/src/publish/switching-courier.ts";
import { emptyFolder, type NatsCenter, NatsWorld, someReceipts } from "./support/nats-world.ts";

const CENTERS = ["restart", "amnesia", "cut", "full"];
const CUTS: readonly Cut[] = ["silent", "refused"];

const canMount = process.getuid?.() === 0 && process.platform === "linux";
if (!canMount) {
  console.warn("SKIPPED: a broker's full disk needs root on Linux, to mount a small file system");
}

describe.skipIf(!HAS_NATS_SERVER)("one broker", () => {
  let world: NatsWorld;
  let streams: string;

  beforeAll(async () => {
    const folder = temporaryPath("hub");
    streams = join(dirname(folder), "streams");
    mkdirSync(streams);
    if (canMount) execFileSync("mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", streams]);
    world = await NatsWorld.open(folder, CENTERS);
  });

  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
    if (canMount) execFileSync("umount", ["-l", streams]);
  });

  const server = () => world.servers[0] as (typeof world.servers)[number];

  test("is killed and started again in the middle of its work", async (context) => {
    const center = world.center("restart");
    center.publish(center.nats);
    const recoveriesMs: number[] = [];
    for (const _ of rounds(context, 1)) {
      await center.sign(20);
      await someReceipts(center, 5);
      await server().kill();
      await center.sign(10);
      await systemClock.sleep(300);
      await server().start();
      recoveriesMs.push(await timeUntilPublished(center));
    }
    context.task.meta.recoveriesMs = recoveriesMs;
  });

  test("forgets everything, and its streams are made again", async (context) => {
    const center = world.center("amnesia");
    center.publish(center.nats);
    const recoveriesMs: number[] = [];
    for (const _ of rounds(context, 1)) {
      await center.sign(20);
      await someReceipts(center, 3);
      await server().kill();
      await emptyFolder(streams);
      await server().start();
      await center.sign(10);
      const outcomes = await world.makeStreams();
      expect(new Set(outcomes)).toEqual(new Set(["created"]));
      recoveriesMs.push(await timeUntilPublished(center));
    }
    context.task.meta.recoveriesMs = recoveriesMs;
  });

  test("is cut off from a center, without a word or with one", async (context) => {
    const center = world.center("cut");
    await using proxy = await TcpProxy.to(Number(new URL(server().url).port));
    const { agent, key } = center;
    center.publish(
      natsCourier({
        servers: [`nats://127.0.0.1:${proxy.port}`],
        hubOrigin: agent.origin,
        centerId: agent.centerId,
        key,
        clock: systemClock,
      }),
    );
    const recoveriesMs: number[] = [];
    for (const round of rounds(context, 2)) {
      await center.sign(20);
      await someReceipts(center, 3);
      proxy.cut(CUTS[round % CUTS.length] as Cut);
      await center.sign(10);
      await systemClock.sleep(1_000 + 300 * round);
      proxy.heal();
      recoveriesMs.push(await timeUntilPublished(center));
    }
    context.task.meta.recoveriesMs = recoveriesMs;
  });

  test.skipIf(!canMount)("has a full disk", async (context) => {
    const center = world.center("full");
    center.publish(switchingCourier([center.nats, center.grpc]));
    const filler = join(streams, "filler");
    for (const _ of rounds(context, 1)) {
      await center.sign(10);
      await someReceipts(center, 3);
      fillUp(filler);
      await center.sign(20);
      await center.published();
      rmSync(filler);
      // It gives its streams up when a write fails, until it is started again.
      await server().kill();
      await server().start();
      await center.sign(5);
      await center.published();
    }
  });

  // Last: it stops the hub.
  test("has lost, doubled and changed nothing", async () => {
    await world.check(CENTERS);
  });
});

describe.skipIf(!HAS_NATS_SERVER)("a cluster of three", () => {
  // nats-server 2.9.10 can lose its majority for good where the leader of a work queue dies while it is written to ("stream
  // store EOF"): so an agent that may use both couriers is what resumes, and the cluster is made anew where it does not.
  test("loses the leader of a center's stream, and publishing resumes", async (context) => {
    await using world = await NatsWorld.open(temporaryPath("hub"), ["jinling"], 3);
    const center = world.center("jinling");
    center.publish(switchingCourier([center.nats, center.grpc]));
    const recoveriesMs: number[] = [];
    for (const _ of rounds(context, 1)) {
      await center.sign(20);
      await someReceipts(center, 5);
      const leader = await world.leaderOf("jinling");
      await leader.kill();
      const killedAtMs = performance.now();
      await center.sign(5);
      await someReceipts(center, 1);
      recoveriesMs.push(performance.now() - killedAtMs);
      await leader.start();
      await world.ledAgain("jinling");
      await center.published();
    }
    await world.check(["jinling"]);
    context.task.meta.recoveriesMs = recoveriesMs;
  });
});

/** Writes a file until its disk is full, whatever the server writes meanwhile. */
function fillUp(path: string): void {
  const chunk = new Uint8Array(2 ** 16);
  for (;;) {
    try {
      appendFileSync(path, chunk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOSPC") return;
      throw error;
    }
  }
}

/** Resolves to the time until every batch has its receipt, ms. */
async function timeUntilPublished(center: NatsCenter): Promise<number> {
  const fromMs = performance.now();
  await center.published();
  return performance.now() - fromMs;
}
