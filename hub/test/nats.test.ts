/**
 * The hub's side of the NATS courier against a real server: what the written configuration allows, and how the hub reads.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { jetstream } from "@nats-io/jetstream";
import { connect, headers, type NatsConnection } from "@nats-io/transport-node";
import {
  generateSigningKey,
  MAX_NATS_FRAME_BYTES,
  natsNamesOf,
  natsUserOf,
  type SigningKey,
  systemClock,
  type TributaryError,
} from "@tributary/proto";
import { NatsAnswerSchema, NatsAskSchema, PublishResponseSchema } from "@tributary/proto/wire";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { CallLog } from "../src/adapters/call-log.ts";
import { createLogger } from "../src/adapters/logger.ts";
import { connectNats, HUB_INBOX } from "../src/adapters/nats-connection.ts";
import { type NatsCourier, startNatsCourier } from "../src/adapters/nats-courier.ts";
import { natsServerFiles } from "../src/adapters/nats-server-config.ts";
import { ensureNatsStreams } from "../src/adapters/nats-streams.ts";
import { ByteBudget } from "../src/api/byte-budget.ts";
import type { CourierApi } from "../src/api/courier-api.ts";
import { CREDIT, OVER_QUOTA_PAUSE_MS } from "../src/api/ingest-api.ts";
import type { RpcHandlers } from "../src/api/rpc.ts";
import { parseNodes } from "../src/cli/nats.ts";
import { noEvents } from "../src/ports/hub-events.ts";
import { freePorts, HAS_NATS_SERVER, NatsServer } from "./support/nats-broker.ts";
import { temporaryPath } from "./support/temporary-folder.ts";

const MIB = 2 ** 20;

describe("the servers that are asked for", () => {
  test.each([
    [["n1=0.0.0.0:4222"], 1],
    [["a=h1:1:2", "b=h2:1:2", "c=[::1]:1:2"], 3],
  ])("%j are taken", (nodes, count) => {
    expect(parseNodes(nodes)).toHaveLength(count);
  });

  test.each([
    [["n1"]],
    [["n1=host"]],
    [["n1=host:99999"]],
    [['n"1=host:1']],
    [["n1=host:1", "n2=host:2"]],
    [["a=h:1", "b=h:2", "c=h:3"]],
    [["a=h:1:4", "a=h:2:5", "c=h:3:6"]],
    [["accounts=h:1"]],
  ])("%j are refused", (nodes) => {
    expect(() => parseNodes(nodes)).toThrow(
      expect.objectContaining({
        code: "ERR_ARGUMENT_INVALID",
        messageZh: expect.stringMatching(/\p{Script=Han}/u),
      }),
    );
  });
});

describe.skipIf(!HAS_NATS_SERVER)("a server with the written configuration", () => {
  let server: NatsServer;
  let keys: Record<"hub" | "setup" | "aa" | "bb", SigningKey>;

  beforeAll(async () => {
    const [hub, setup, aa, bb] = await Promise.all(Array.from({ length: 4 }, generateSigningKey));
    keys = { hub, setup, aa, bb } as typeof keys;
    const [port = 0] = await freePorts(1);
    const folder = temporaryPath("nats");
    mkdirSync(folder);
    const files = natsServerFiles({
      nodes: [{ name: "n1", host: "127.0.0.1", port, clusterPort: 0 }],
      storeFolder: join(folder, "streams"),
      storeBytes: 64 * MIB,
      tls: undefined,
      isSynced: false,
      routePassword: "unused",
      hubUser: natsUserOf(keys.hub.publicKey),
      setupUser: natsUserOf(keys.setup.publicKey),
      centers: (["aa", "bb"] as const).map((centerId) => ({
        centerId,
        user: natsUserOf(keys[centerId].publicKey),
      })),
    });
    for (const [name, text] of files) writeFileSync(join(folder, name), text);
    server = new NatsServer(join(folder, "n1.conf"), port);
    await server.start();
  });

  afterAll(() => server?.[Symbol.asyncDispose]());

  const plan = (streamMib = 16, centers: readonly string[] = ["aa", "bb"]) => ({
    servers: [server.url],
    key: keys.setup,
    centers,
    streamBytes: streamMib * MIB,
    replicas: 1,
  });

  const asCenter = (centerId: "aa" | "bb") =>
    connectNats({
      servers: [server.url],
      key: keys[centerId],
      inboxPrefix: natsNamesOf(centerId).inboxPrefix,
      name: centerId,
    });

  test("has a stream for each center, made once and changed when asked", async () => {
    const outcomes = async (mib: number) =>
      (await ensureNatsStreams(plan(mib))).map(({ outcome }) => outcome);
    expect(await outcomes(8)).toEqual(["created", "created"]);
    expect(await outcomes(8)).toEqual(["unchanged", "unchanged"]);
    expect(await outcomes(16)).toEqual(["updated", "updated"]);
  });

  test("says so when it has no room for a stream", async () => {
    await expect(ensureNatsStreams(plan(1024, ["cc"]))).rejects.toMatchObject({
      code: "ERR_OVERLOADED",
    });
  });

  test("lets in nobody without a key that it knows", async () => {
    await expect(connect({ servers: server.url, reconnect: false })).rejects.toThrow(
      /authorization/i,
    );
    const stranger = await generateSigningKey();
    const options = { servers: [server.url], inboxPrefix: HUB_INBOX, name: "stranger" };
    await expect(connectNats({ ...options, key: stranger })).rejects.toMatchObject({
      code: "ERR_UNAUTHENTICATED",
    });
  });

  test.each([
    "in.bb.batch",
    "ask.bb",
    "out.bb.receipt",
    "out.aa.receipt",
    "_INBOX_bb.x",
    "$JS.API.STREAM.INFO.IN_aa",
    "$JS.API.STREAM.DELETE.IN_aa",
    "$JS.API.CONSUMER.MSG.NEXT.IN_aa.hub",
    "$JS.ACK.IN_aa.hub.1.1.1.1.1",
    "$SYS.REQ.SERVER.PING",
  ])("does not let a center publish on %s", async (subject) => {
    const connection = await asCenter("aa");
    const refusal = refused(connection);
    connection.publish(subject, "x");
    expect(await refusal).toMatch(/permissions violation for publish/i);
    await connection.close();
  });

  test.each([
    "in.aa.batch",
    "in.>",
    "out.bb.receipt",
    "_INBOX_bb.>",
    "_INBOX.>",
    "_HUB_INBOX.>",
    ">",
    "ask.*",
  ])("does not let a center read %s", async (subject) => {
    const connection = await asCenter("aa");
    const refusal = refused(connection);
    connection.subscribe(subject, { callback: () => undefined });
    expect(await refusal).toMatch(/permissions violation for subscription/i);
    await connection.close();
  });

  test("does not let the hub make or remove a stream", async () => {
    const options = { servers: [server.url], inboxPrefix: HUB_INBOX, name: "hub", key: keys.hub };
    for (const verb of ["CREATE", "DELETE", "PURGE"]) {
      const connection = await connectNats(options);
      const refusal = refused(connection);
      connection.publish(`$JS.API.STREAM.${verb}.IN_aa`, "{}");
      expect(await refusal).toMatch(/permissions violation/i);
      await connection.close();
    }
  });

  describe("and a hub that reads it", () => {
    const received: string[] = [];
    const budget = new ByteBudget(4 * MIB);
    const failures: TributaryError[] = [];
    const pauses: number[] = [];
    let code = "ERR_FRAME_MALFORMED";
    let hold: Promise<void> = Promise.resolve();
    let courier: NatsCourier;
    let inFlight = 0;
    let mostInFlight = 0;
    let mostBytes = 0;

    beforeAll(async () => {
      await ensureNatsStreams(plan());
      const api: CourierApi = {
        beat: () => CREDIT,
        async take(_, frame) {
          inFlight += 1;
          mostInFlight = Math.max(mostInFlight, inFlight);
          mostBytes = Math.max(mostBytes, budget.taken);
          await hold;
          inFlight -= 1;
          received.push(new TextDecoder().decode(frame.subarray(0, 16)));
          const refusal = { code, message: "m", messageZh: "帧" };
          return {
            type: "refusal",
            feedId: new Uint8Array(16),
            seq: BigInt(received.length),
            refusal: { ...refusal, limitName: "", limitValue: 0 },
          };
        },
      };
      courier = startNatsCourier({
        servers: [server.url],
        key: keys.hub,
        courier: api,
        handlers: {} as RpcHandlers,
        authenticator: {
          authenticate: async (header) => ({ type: "center", centerId: String(header).slice(7) }),
        },
        callLog: new CallLog(createLogger("silent"), noEvents),
        budget,
        centers: () => ["aa", "bb"],
        clock: {
          now: () => systemClock.now(),
          sleep: (ms, signal) => {
            pauses.push(ms);
            return systemClock.sleep(ms, signal);
          },
        },
        onStep: () => undefined,
        events: {
          natsConnected: () => undefined,
          natsFailed: (error) => failures.push(error),
          natsDefect: (_, error) => {
            throw error;
          },
        },
        random: Math.random,
      });
      await vi.waitFor(() => expect(courier.isConnected).toBe(true), 10_000);
    });

    afterAll(() => courier?.[Symbol.asyncDispose]());

    test("has no more in flight than is granted, and no more bytes than its bound", async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      hold = promise;
      const connection = await asCenter("aa");
      const answers: bigint[] = [];
      connection.subscribe(natsNamesOf("aa").receipt, {
        callback: (_, { data }) => {
          answers.push(fromBinary(PublishResponseSchema, data).seq);
        },
      });
      const js = jetstream(connection);
      const names = Array.from({ length: 100 }, (_, i) => `batch ${i}`.padEnd(16));
      for (const name of names) await js.publish(natsNamesOf("aa").batch, name);
      await expect.poll(() => inFlight, { timeout: 10_000 }).toBe(CREDIT.batches);
      await systemClock.sleep(200);
      expect(inFlight).toBe(CREDIT.batches);
      resolve();
      await expect.poll(() => answers.length, { timeout: 20_000 }).toBe(100);
      expect(mostInFlight).toBe(CREDIT.batches);
      expect(mostBytes).toBeLessThanOrEqual(4 * MIB);
      expect(received.splice(0)).toEqual(names);
      await expect.poll(() => budget.taken).toBe(0);
      await connection.close();
    });

    test("takes no more bytes than its bound, however large the batches", async () => {
      mostBytes = 0;
      const { promise, resolve } = Promise.withResolvers<void>();
      hold = promise;
      const connections = [await asCenter("aa"), await asCenter("bb")] as const;
      const large = new Uint8Array(MAX_NATS_FRAME_BYTES);
      for (const [i, centerId] of ["aa", "bb"].entries()) {
        const js = jetstream(connections[i] as NatsConnection);
        for (let n = 0; n < 6; n += 1) await js.publish(natsNamesOf(centerId).batch, large);
      }
      await expect.poll(() => inFlight, { timeout: 10_000 }).toBe(4);
      await systemClock.sleep(200);
      expect([inFlight, mostBytes <= 4 * MIB]).toEqual([4, true]);
      resolve();
      await expect.poll(() => received.length, { timeout: 20_000 }).toBe(12);
      expect(mostBytes).toBeLessThanOrEqual(4 * MIB);
      await Promise.all(connections.map((connection) => connection.close()));
    });

    test("never sees a message that is larger than a frame may be", async () => {
      received.length = 0;
      const connection = await asCenter("aa");
      const js = jetstream(connection);
      const larger = new Uint8Array(MAX_NATS_FRAME_BYTES + 2048);
      await expect(js.publish(natsNamesOf("aa").batch, larger)).rejects.toMatchObject({
        code: 10054,
      });
      await js.publish(natsNamesOf("aa").batch, "after");
      await expect.poll(() => received).toEqual(["after"]);
      await connection.close();
    });

    test("takes a message with any headers for what its bytes are", async () => {
      received.length = 0;
      const connection = await asCenter("aa");
      const js = jetstream(connection);
      // Codes that consumers take for words of the server when they come inline; names that JetStream gives a meaning.
      const statuses = [
        [404, "No Messages"],
        [408, "Request Timeout"],
        [409, "Consumer Deleted"],
        [100, "Idle Heartbeat"],
        [503, "No Responders"],
      ] as const;
      const names: string[] = [];
      for (const [code, description] of statuses) {
        const status = headers(code, description);
        status.set("Nats-Last-Consumer", "1");
        status.set("Nats-Pending-Messages", "9".repeat(40));
        names.push(`status ${code}`);
        await js.publish(natsNamesOf("aa").batch, names.at(-1), { headers: status });
      }
      const many = headers();
      for (let i = 0; i < 200; i += 1) many.append(`X-${i % 7}`, "中心 \u0001 __proto__");
      many.set("authorization", "Bearer bb");
      names.push("many headers");
      await js.publish(natsNamesOf("aa").batch, names.at(-1), { headers: many });
      await expect.poll(() => received).toEqual(names);
      await connection.close();
    });

    test("takes a message without a body that says nobody answers, and goes on behind it", async () => {
      received.length = 0;
      const connection = await asCenter("aa");
      const js = jetstream(connection);
      const failed = failures.length;
      const nobody = { headers: headers(503, "No Responders") };
      await js.publish(natsNamesOf("aa").batch, new Uint8Array(), nobody);
      await js.publish(natsNamesOf("aa").batch, "behind it");
      await expect.poll(() => received).toEqual(["", "behind it"]);
      expect(failures).toHaveLength(failed);
      await connection.close();
    });

    test("reads a center that is over its quota slowly, batch by batch", async () => {
      received.length = 0;
      pauses.length = 0;
      code = "ERR_QUOTA";
      const connection = await asCenter("aa");
      const js = jetstream(connection);
      const names = ["one", "two", "three"];
      for (const name of names) await js.publish(natsNamesOf("aa").batch, name);
      await expect.poll(() => received).toEqual(names);
      expect(pauses.filter((ms) => ms === OVER_QUOTA_PAUSE_MS).length).toBeGreaterThan(0);
      code = "ERR_FRAME_MALFORMED";
      await connection.close();
    });

    test("answers a question, and refuses one with the token of another center", async () => {
      const connection = await asCenter("aa");
      const ask = async (token: string) => {
        const question = { case: "window", value: {} } as never;
        const bytes = toBinary(NatsAskSchema, create(NatsAskSchema, { token, question }));
        const { data } = await connection.request("ask.aa", bytes, { timeout: 5_000 });
        return fromBinary(NatsAnswerSchema, data).answer;
      };
      expect(await ask("aa")).toMatchObject({ case: "credit", value: CREDIT });
      expect(await ask("bb")).toMatchObject({ case: "refusal", value: { code: "ERR_FORBIDDEN" } });
      const junk = await connection.request("ask.aa", Uint8Array.of(255), { timeout: 5_000 });
      expect(fromBinary(NatsAnswerSchema, junk.data).answer).toMatchObject({
        value: { code: "ERR_MESSAGE_MALFORMED" },
      });
      await connection.close();
    });

    test("writes to nobody else for a center that names another's subject as its own", async () => {
      received.length = 0;
      const [aa, bb] = [await asCenter("aa"), await asCenter("bb")];
      const heard: string[] = [];
      for (const subject of [natsNamesOf("bb").receipt, "_INBOX_bb.>"]) {
        bb.subscribe(subject, {
          callback: (_, message) => {
            heard.push(message.subject);
          },
        });
      }
      await bb.flush();
      const question = { case: "window", value: {} } as never;
      const bytes = toBinary(NatsAskSchema, create(NatsAskSchema, { token: "aa", question }));
      for (const reply of ["out.bb.receipt", "_INBOX_bb.x", "in.bb.batch"]) {
        aa.publish("ask.aa", bytes, { reply });
      }
      await aa.request("ask.aa", bytes, { timeout: 5_000 });
      await bb.flush();
      expect(heard).toEqual([]);
      expect(received).toEqual([]);
      await Promise.all([aa.close(), bb.close()]);
    });

    test("goes on when the server was gone", async () => {
      received.length = 0;
      await server.kill();
      await expect.poll(() => courier.isConnected, { timeout: 10_000 }).toBe(false);
      await server.start();
      await expect.poll(() => courier.isConnected, { timeout: 20_000 }).toBe(true);
      expect(failures.at(-1)?.code).toBe("ERR_UNAVAILABLE");
      const connection = await asCenter("bb");
      await jetstream(connection).publish(natsNamesOf("bb").batch, "again");
      await expect.poll(() => received, { timeout: 10_000 }).toEqual(["again"]);
      await connection.close();
    });
  });
});

/** What the server says when it does not allow something. */
async function refused(connection: NatsConnection): Promise<string> {
  for await (const status of connection.status()) {
    if (status.type === "error") return status.error.message;
  }
  return "the connection ended";
}
