/**
 * What a real hub says to bytes that nobody should send: a code and a sentence each, and it goes on.
 */

import { connect } from "node:net";
import { create } from "@bufbuild/protobuf";
import {
  credentials,
  Metadata,
  makeGenericClientConstructor,
  type ServiceError,
} from "@grpc/grpc-js";
import {
  encodeBatchHeader,
  encodeSignedBatch,
  leafHash,
  MAX_FRAME_BYTES,
  merkleRoot,
  type PublishAnswer,
  parseSignedBatch,
  signBatchHeader,
  signCallerToken,
} from "@tributary/proto";
import { grpcServiceDefinition } from "@tributary/proto/grpc";
import { FeedHeadRequestSchema, IngestService, LogService } from "@tributary/proto/wire";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Drill } from "./support/drill.ts";
import type { HubProcess } from "./support/hub-process.ts";
import { temporaryPath } from "./support/temporary-folder.ts";
import { caseRecord, Publisher, type TestAgent } from "./support/test-agent.ts";

let drill: Drill;
let hub: HubProcess;
let agent: TestAgent;
let publisher: Publisher;

beforeAll(async () => {
  drill = await Drill.open(temporaryPath("hub"));
  hub = await drill.start();
  agent = drill.agent;
});

afterAll(async () => {
  await hub?.[Symbol.asyncDispose]();
});

beforeEach(async () => {
  agent.newFeed();
  publisher = await agent.publisher(hub.up.grpc);
  await publisher.credit;
});

afterEach(async () => {
  // Whatever was sent: the hub lives, and takes a good batch.
  await publisher[Symbol.asyncDispose]();
  expect(hub.isRunning).toBe(true);
  expect(await sendGood()).toBe("receipt");
});

describe("a frame that is not a signed batch", () => {
  test.each([
    ["cut in its header", (frame: Uint8Array) => frame.slice(0, 40)],
    ["cut in its records", (frame: Uint8Array) => frame.slice(0, frame.length - 1)],
    ["with bytes behind it", (frame: Uint8Array) => Uint8Array.of(...frame, 0)],
    ["empty", () => new Uint8Array()],
    ["with field 1 twice", (frame: Uint8Array) => twice(frame)],
    ["with an over-long length", (frame: Uint8Array) => overlong(frame)],
    ["with an unknown field", (frame: Uint8Array) => Uint8Array.of(...frame, 0x22, 1, 1)],
  ])("%s is refused with ERR_FRAME_MALFORMED", async (_, change) => {
    const { frame } = await agent.batch([caseRecord("a", "题目")]);
    agent.newFeed();
    expectRefusal(await publisher.sendJunk(change(frame)), "ERR_FRAME_MALFORMED");
  });

  test("of two million empty sub-messages is refused at once", async () => {
    // 4 MB: 0x2a 0x00, field 5 with nothing in it, again and again; here as the records of a batch.
    const bomb = new Uint8Array(3_400_000);
    for (let i = 0; i < bomb.length; i += 2) bomb[i] = 0x2a;
    const startedAtMs = performance.now();
    expectRefusal(await publisher.sendJunk(bomb), "ERR_FRAME_MALFORMED");
    const header = await signedHeader(agent, bomb, 1);
    expectRefusal(await publisher.send(header, agent.feedId, 0n), "ERR_RECORDS_MALFORMED");
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
  });

  test("larger than 3.5 MiB is refused with ERR_FRAME_TOO_LARGE", async () => {
    const frame = new Uint8Array(MAX_FRAME_BYTES + 1);
    expectRefusal(await publisher.sendJunk(frame), "ERR_FRAME_TOO_LARGE");
  });

  test("larger than a message may be ends the stream, not the hub", async () => {
    publisher.write(new Uint8Array(5 * 2 ** 20));
    expect(await publisher.ended).toMatchObject({ code: 8 });
  });
});

describe("a batch with one flipped bit", () => {
  test("is refused wherever the bit is", async () => {
    const { frame } = await agent.batch([caseRecord("a", "题目"), caseRecord("b", "题目二")]);
    const step = Math.max(1, Math.floor(frame.length / 60));
    for (let at = 0; at < frame.length; at += step) {
      const flipped = frame.slice();
      flipped[at] = (flipped[at] as number) ^ (1 << (at % 8));
      const answer = await publisher.sendJunk(flipped);
      expect(answer.type).toBe("refusal");
    }
    const head = await feedHead();
    expect(head["pausedCode"]).toBe("");
  });
});

describe("a sequence that is out of order", () => {
  test("replayed a hundred times gives one entry and one receipt", async () => {
    const { frame } = await agent.batch([caseRecord("a", "题目")], "part");
    const before = await logSize();
    const answers: PublishAnswer[] = [];
    for (let i = 0; i < 100; i += 1) answers.push(await publisher.send(frame, agent.feedId, 0n));
    const receipts = answers.map((a) =>
      a.type === "receipt" ? Buffer.from(a.receipt) : undefined,
    );
    expect(receipts.every((r) => r?.equals(receipts[0] as Buffer))).toBe(true);
    expect((await logSize()) - before).toBe(1);
  });

  test("reversed is refused with what is expected, and accepted in order afterwards", async () => {
    const frames: Uint8Array[] = [];
    for (let i = 0; i < 5; i += 1) {
      frames.push(
        (await agent.batch([caseRecord(`${i}`, "题目")], i === 0 ? "part" : "none")).frame,
      );
    }
    for (let seq = 4; seq > 0; seq -= 1) {
      const answer = await publisher.send(frames[seq] as Uint8Array, agent.feedId, BigInt(seq));
      expectRefusal(answer, "ERR_FEED_UNKNOWN");
    }
    for (const [seq, frame] of frames.entries()) {
      expect((await publisher.send(frame, agent.feedId, BigInt(seq))).type).toBe("receipt");
    }
  });
});

describe("a batch that is not the caller's or not for this hub", () => {
  test("of another center is refused", async () => {
    const other = Object.assign(Object.create(Object.getPrototypeOf(agent)), agent, {
      centerId: "beijing",
    }) as TestAgent;
    const { frame } = await other.batch([caseRecord("a", "题目")]);
    expectRefusal(await publisher.send(frame, agent.feedId, 0n), "ERR_WRONG_CENTER");
  });

  test("for another hub is refused", async () => {
    const other = Object.assign(Object.create(Object.getPrototypeOf(agent)), agent, {
      origin: "other.example/log",
    }) as TestAgent;
    const { frame } = await other.batch([caseRecord("a", "题目")]);
    expectRefusal(await publisher.send(frame, agent.feedId, 0n), "ERR_WRONG_AUDIENCE");
  });
});

describe("a caller", () => {
  test.each([
    ["without a token", undefined, "ERR_UNAUTHENTICATED"],
    ["with a token of nobody", "nonsense", "ERR_TOKEN_INVALID"],
  ])("%s gets no stream", async (_, token, code) => {
    const stranger = new Publisher(hub.up.grpc, token);
    await expect(stranger.credit).rejects.toMatchObject({ code });
    await stranger[Symbol.asyncDispose]();
  });

  test("with a token for another hub gets no stream", async () => {
    const token = await signCallerToken(agent.key, {
      centerId: agent.centerId,
      audience: "other.example/log",
      nowMs: Date.now(),
    });
    const stranger = new Publisher(hub.up.grpc, token);
    await expect(stranger.credit).rejects.toMatchObject({ code: "ERR_TOKEN_INVALID" });
    await stranger[Symbol.asyncDispose]();
  });

  test("that ignores its credit loses its stream, or is answered where the hub keeps up", async () => {
    const batches: { readonly frame: Uint8Array; readonly seq: bigint }[] = [];
    for (let seq = 0n; seq < 60n; seq += 1n) {
      const records = [new Uint8Array(250_000).fill(7)];
      const { frame } = await agent.batch(records, seq === 0n ? "part" : "none");
      batches.push({ frame, seq });
    }
    // Which of the two happens is a race; that nothing hangs and no batch is left without an answer is not.
    const outcomes = await Promise.allSettled(
      batches.map(({ frame, seq }) => publisher.send(frame, agent.feedId, seq)),
    );
    const lost = outcomes.filter(({ status }) => status === "rejected");
    for (const outcome of lost) {
      expect(outcome).toMatchObject({ reason: { code: "ERR_CREDIT" } });
    }
    expect((await fetch(`${hub.up.web}/livez`)).status).toBe(200);
  });

  test("of a unary call without a deadline is refused", async () => {
    const Constructor = makeGenericClientConstructor(
      grpcServiceDefinition(IngestService),
      IngestService.typeName,
    );
    const client = new Constructor(hub.up.grpc, credentials.createInsecure());
    const error = await new Promise<ServiceError>((resolve) => {
      (client as unknown as Record<string, (...args: unknown[]) => void>)["feedHead"]?.call(
        client,
        create(FeedHeadRequestSchema, { centerId: agent.centerId }),
        new Metadata(),
        (e: ServiceError) => resolve(e),
      );
    });
    client.close();
    expect(error.details).toContain("no deadline");
  });
});

describe("a port", () => {
  test.each(["grpc", "web"] as const)(
    "%s outlives junk, silence and half requests",
    async (name) => {
      const address = hub.up[name].replace("http://", "");
      for (const junk of [
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "GET / HTTP/1.1\r\nHost:",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff",
        "\x00".repeat(100_000),
        "POST /tributary.v1.QueryService/Search HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n{",
      ]) {
        await poke(address, junk);
      }
      const ready = await fetch(`${hub.up.web}/livez`);
      expect(ready.status).toBe(200);
    },
  );

  test("web refuses a body that is too large and a message that is none, with a code", async () => {
    const url = `${hub.up.web}/tributary.v1.QueryService/Search`;
    const post = (body: string, type = "application/json") =>
      fetch(url, { method: "POST", body, headers: { "content-type": type } });
    expect((await post("x".repeat(5 * 2 ** 20))).status).toBeGreaterThanOrEqual(400);
    expect((await post("{]")).status).toBe(400);
    expect((await post('{"query": 1}')).status).toBe(400);
    expect((await post('{"query": "铜"}')).status).toBe(200);
    const notThere = await fetch(`${hub.up.web}/nothing/../../etc/passwd`);
    expect(notThere.status).toBe(404);
    expect(await notThere.json()).toMatchObject({ code: "ERR_NOT_FOUND", status: 404 });
  });
});

function expectRefusal(answer: PublishAnswer, code: string): void {
  if (answer.type !== "refusal") throw new Error(`${answer.type} instead of ${code}`);
  expect(answer.refusal.code).toBe(code);
  expect(answer.refusal.message.length).toBeGreaterThan(10);
  expect(answer.refusal.messageZh).toMatch(/[一-鿿]/);
}

async function sendGood(): Promise<string> {
  agent.newFeed();
  await using own = await agent.publisher(hub.up.grpc);
  await own.credit;
  const { frame } = await agent.batch([caseRecord("good", "好的记录")], "part");
  return (await own.send(frame, agent.feedId, 0n)).type;
}

/** A batch whose header is signed over whatever the records are. */
async function signedHeader(
  of: TestAgent,
  records: Uint8Array,
  count: number,
): Promise<Uint8Array> {
  const header = encodeBatchHeader({
    hubOrigin: of.origin,
    centerId: of.centerId,
    keyId: of.key.keyId,
    feedId: of.feedId,
    seq: 0n,
    prevHash: new Uint8Array(32),
    firstRecordSeq: 0n,
    recordCount: count,
    recordsRoot: merkleRoot([leafHash(records)]),
    createdAtMs: 1,
    snapshot: "part",
  });
  const signature = await signBatchHeader(header, of.key);
  return encodeSignedBatch({ header, signature, records });
}

function twice(frame: Uint8Array): Uint8Array {
  const { header } = parseSignedBatch(frame);
  const field = frame.slice(0, frame.indexOf(header[0] as number, 1) + header.length);
  return Uint8Array.of(...field, ...frame);
}

/** The header's length with a byte more than it needs. */
function overlong(frame: Uint8Array): Uint8Array {
  const low = frame[1] as number;
  return low < 128
    ? Uint8Array.of(frame[0] as number, low | 128, 0, ...frame.slice(2))
    : Uint8Array.of(frame[0] as number, low, (frame[2] as number) | 128, 0, ...frame.slice(3));
}

async function feedHead() {
  const { call } = unaryOf(IngestService);
  const token = await signCallerToken(agent.key, {
    centerId: agent.centerId,
    audience: agent.origin,
    nowMs: Date.now(),
  });
  return call("feedHead", create(FeedHeadRequestSchema, { centerId: agent.centerId }), token);
}

async function logSize(): Promise<number> {
  const { call } = unaryOf(LogService);
  const { checkpoint } = await call("getCheckpoint", {}, undefined);
  return Number(String(checkpoint).split("\n")[1]);
}

function unaryOf(service: typeof IngestService | typeof LogService) {
  const Constructor = makeGenericClientConstructor(
    grpcServiceDefinition(service),
    service.typeName,
  );
  return {
    call(
      method: string,
      request: object,
      token: string | undefined,
    ): Promise<Record<string, unknown>> {
      const client = new Constructor(hub.up.grpc, credentials.createInsecure());
      const metadata = new Metadata();
      if (token !== undefined) metadata.set("authorization", `Bearer ${token}`);
      return new Promise((resolve, reject) => {
        (client as unknown as Record<string, (...args: unknown[]) => void>)[method]?.call(
          client,
          request,
          metadata,
          { deadline: Date.now() + 10_000 },
          (error: ServiceError | null, response: Record<string, unknown>) => {
            client.close();
            if (error === null) resolve(response);
            else reject(error);
          },
        );
      });
    },
  };
}

/** Sends bytes to a port and hangs up. */
function poke(address: string, bytes: string): Promise<void> {
  const [host = "", port = ""] = address.split(":");
  return new Promise((resolve) => {
    const socket = connect(Number(port), host, () => socket.end(Buffer.from(bytes, "latin1")));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve());
    socket.setTimeout(500, () => socket.destroy());
    socket.resume();
  });
}
