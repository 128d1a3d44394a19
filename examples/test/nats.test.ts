/**
 * The NATS courier between the real agent, real servers and the real hub: what is lost, late or doubled on the way
 * changes nothing about what is in the log. What happens to servers and networks is in `courier-drill.test.ts`.
 */

import { jetstream } from "@nats-io/jetstream";
import { natsNamesOf, openBatch, toHex } from "@tributary/proto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HAS_NATS_SERVER } from "../../hub/test/support/nats-broker.ts";
import { temporaryPath } from "../../hub/test/support/temporary-folder.ts";
import { caseRecord } from "../../hub/test/support/test-agent.ts";
import { connectNats } from "../../node-agent/src/adapters/nats-connection.ts";
import { describeCourier } from "../../node-agent/src/ports/courier.contract.ts";
import { switchingCourier } from "../../node-agent/src/publish/switching-courier.ts";
import { type NatsCenter, NatsWorld, someReceipts } from "./support/nats-world.ts";

const CONTRACT = ["grpc", "nats"].flatMap((courier) =>
  Array.from({ length: 8 }, (_, i) => `${courier}-${i}`),
);
const CENTERS = ["jinling", "xishan", "hub", "switch", "auto", "poison"];

describe.skipIf(!HAS_NATS_SERVER)("with one server", () => {
  let world: NatsWorld;

  beforeAll(async () => {
    world = await NatsWorld.open(temporaryPath("hub"), [...CENTERS, ...CONTRACT]);
  });

  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  const server = () => world.servers[0] as (typeof world.servers)[number];

  for (const courier of ["grpc", "nats"] as const) {
    let next = 0;
    describeCourier(courier, async () => {
      const { agent, ...center } = pick(world.center(`${courier}-${next++}`));
      return {
        courier: center[courier],
        feedId: agent.feedId,
        sign: async () => {
          const { nextSeq } = agent;
          return (await agent.batch([caseRecord(`k${nextSeq}`, "节能改造")])).frame;
        },
      };
    });
  }

  test("batches get receipts that verify, while more are signed", async () => {
    const centers = [world.center("jinling"), world.center("xishan")];
    for (const center of centers) {
      await center.sign(60);
      center.publish(center.nats);
    }
    for (const center of centers) {
      await center.published();
      await center.sign(5);
      await center.published();
    }
  });

  test("a hub that is killed in the middle goes on where its log ends", async () => {
    const center = world.center("hub");
    await center.sign(40);
    center.publish(center.nats);
    await someReceipts(center, 5);
    await world.hub.kill();
    await center.sign(10);
    await world.restartHub();
    await center.published();
  });

  test("an agent changes from gRPC to NATS and back in mid-feed", async () => {
    const center = world.center("switch");
    for (const courier of [center.grpc, center.nats, center.grpc, center.nats]) {
      await center.sign(30);
      center.publish(courier);
      await someReceipts(center, 10);
      // Batches are in flight: some of them were taken, their receipts are lost.
      await center.pause();
    }
    center.publish(center.grpc);
    await center.published();
  });

  test("an agent that may choose goes over NATS where gRPC fails, and back where NATS does", async () => {
    const center = world.center("auto");
    const failing = { connect: () => failingSession(center) };
    const courier = switchingCourier([failing, center.nats, center.grpc]);
    await center.sign(10);
    center.publish(courier);
    await center.published();
    await server().kill();
    await center.sign(10);
    await center.published();
    await server().start();
  });

  test("a message id that somebody used before keeps no batch away", async () => {
    const center = world.center("poison");
    await center.sign(3);
    const { batch } = natsNamesOf("poison");
    const connection = await connectNats({
      servers: [server().url],
      centerId: "poison",
      key: center.key,
    });
    for (let seq = 0n; seq < 3n; seq += 1n) {
      const pending = await center.feed.pendingFrom(seq);
      const msgID = toHex(openBatch(pending?.frame as Uint8Array).headerHash);
      const ack = await jetstream(connection).publish(batch, new Uint8Array(10), { msgID });
      expect(ack.duplicate).toBe(false);
    }
    await connection.close();
    center.publish(center.nats);
    await center.published();
    expect(center.memo.agent.pause).toBeUndefined();
  });

  // Last: it stops the hub.
  test("and the log has every batch once, dense and in order", async () => {
    await world.check(CENTERS);
  });
});

function pick({ agent, grpc, nats }: NatsCenter) {
  return { agent, grpc, nats };
}

/** A session over gRPC to where nothing listens. */
function failingSession(center: NatsCenter) {
  const session = center.grpc.connect();
  const fail = () => Promise.reject(new Error("unreachable"));
  return {
    ...session,
    membership: fail,
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
