/**
 * HTTP/2 as nobody should speak it, at the gRPC port of a real hub: whatever one connection does, others are answered.
 */

import { readFile } from "node:fs/promises";
import { connect as connectHttp2, type OutgoingHttpHeaders } from "node:http2";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { LogService } from "@tributary/proto/wire";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createHubClient } from "../src/adapters/grpc-hub-client.ts";
import { Drill } from "./support/drill.ts";
import type { HubProcess } from "./support/hub-process.ts";
import { END_HEADERS, END_STREAM, FRAME, headerBlock, RawHttp2 } from "./support/raw-http2.ts";
import { temporaryPath } from "./support/temporary-folder.ts";

const PATH = "/tributary.v1.LogService/GetCheckpoint";
const GRPC_HEADERS = [
  [":method", "POST"],
  [":scheme", "http"],
  [":path", PATH],
  [":authority", "hub"],
  ["content-type", "application/grpc"],
  ["te", "trailers"],
  ["grpc-timeout", "5S"],
] as const;
/** An empty message with its prefix. */
const EMPTY = Buffer.alloc(5);
/** RFC 9113, section 7. */
const FRAME_SIZE_ERROR = 6;
const ENHANCE_YOUR_CALM = 11;
const MIB = 2 ** 20;

let hub: HubProcess;

beforeAll(async () => {
  const drill = await Drill.open(temporaryPath("hub"));
  hub = await drill.start();
});

afterAll(() => hub?.[Symbol.asyncDispose]());

/** A call as it should be, on a connection of its own. */
async function goodCall(): Promise<string> {
  using client = createHubClient({
    address: hub.up.grpc,
    token: "",
    timeoutMs: 20_000,
    nowMs: () => Date.now(),
  });
  const { getCheckpoint } = LogService.method;
  return (await client.call<{ readonly checkpoint: string }>(getCheckpoint, {})).checkpoint;
}

afterEach(async () => {
  expect(hub.isRunning).toBe(true);
  expect(await goodCall()).toContain(hub.up.origin);
  expect((await fetch(`${hub.up.web}/livez`)).status).toBe(200);
});

interface Answer {
  /** HTTP status. */
  readonly status: number | undefined;
  /** Status of the call; undefined where there is none. */
  readonly grpc: string | undefined;
}

/** One call by a well-behaved client, with these headers and bytes. */
function call(headers: OutgoingHttpHeaders, body: Uint8Array = EMPTY): Promise<Answer> {
  const session = connectHttp2(`http://${hub.up.grpc}`);
  return new Promise<Answer>((resolve, reject) => {
    session.on("error", reject);
    const request = session.request({
      ":method": "POST",
      ":path": PATH,
      "content-type": "application/grpc",
      te: "trailers",
      "grpc-timeout": "5S",
      ...headers,
    });
    let status: number | undefined;
    let grpc: string | undefined;
    const read = (got: Readonly<Record<string, unknown>>) => {
      grpc ??= got["grpc-status"] as string | undefined;
    };
    request.on("response", (got) => {
      status = got[":status"];
      read(got);
    });
    request.on("trailers", read);
    request.on("error", () => resolve({ status, grpc }));
    request.on("close", () => resolve({ status, grpc }));
    request.resume();
    request.end(body);
  }).finally(() => session.destroy());
}

/** A message behind its prefix; `length` is what the prefix says. */
function message(payload: Uint8Array, length = payload.length, isCompressed = false): Buffer {
  const head = Buffer.alloc(5);
  head[0] = isCompressed ? 1 : 0;
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, payload]);
}

describe("a request that is no gRPC call", () => {
  test("as it should be is answered", async () => {
    expect(await call({})).toEqual({ status: 200, grpc: "0" });
  });

  test.each(["application/json", "text/html", "application/x-grpc", "", "\t"])(
    "of content type %j gets 415",
    async (type) => {
      expect(await call({ "content-type": type })).toMatchObject({ status: 415 });
    },
  );

  test.each([
    "/",
    "/nothing",
    "/tributary.v1.LogService/",
    "/tributary.v1.LogService/getCheckpoint",
    "/tributary.v1.LogService/GetCheckpoint/",
    "/tributary.v1.LogService/__proto__",
    "/__proto__/constructor",
    "/../../etc/passwd",
    `/${"a".repeat(8_000)}`,
  ])("to %.60s is unimplemented", async (path) => {
    expect(await call({ ":path": path })).toEqual({ status: 200, grpc: "12" });
  });

  test.each([
    ["a time limit that is none", { "grpc-timeout": "soon" }],
    ["a time limit of millennia", { "grpc-timeout": "99999999999H" }],
    ["a time limit in the past", { "grpc-timeout": "-1S" }],
    ["a long request id of control characters", { "x-request-id": "\u0001".padEnd(4_000, "x") }],
    ["a token of 9 KB", { authorization: "Bearer ".padEnd(9_000, "A") }],
    ["bytes that are not base64", { "tributary-refusal-bin": "not base64 ***" }],
    ["a compression that is not known", { "grpc-encoding": "zstd" }],
    ["compressions named like members", { "grpc-accept-encoding": "__proto__,constructor" }],
  ])("with %s is answered or refused, and is no defect", async (_, headers) => {
    const { grpc } = await call(headers);
    // What grpc-js calls INTERNAL is a time limit that it cannot read; from us it would be a defect.
    const inLibrary = "grpc-timeout" in headers ? ["4", "13", undefined] : ["12", "16"];
    expect(["0", ...inLibrary]).toContain(grpc);
  });
});

describe("a message", () => {
  test("that is announced with 4 GiB is refused before it comes", async () => {
    expect(await call({}, message(new Uint8Array(9), 2 ** 32 - 1))).toMatchObject({ grpc: "8" });
  });

  test("that is larger than 4 MiB is refused", async () => {
    expect(await call({}, message(new Uint8Array(5 * MIB)))).toMatchObject({ grpc: "8" });
  });

  test("that unpacks to a gigabyte is refused where it passes 4 MiB", async () => {
    const bomb = gzipSync(new Uint8Array(1024 * MIB), { level: 1 });
    expect(bomb.length).toBeLessThan(8 * MIB);
    const small = gzipSync(new Uint8Array(256 * MIB), { level: 9 });
    expect(small.length).toBeLessThan(4 * MIB);
    for (const packed of [bomb, small]) {
      const answer = await call({ "grpc-encoding": "gzip" }, message(packed, packed.length, true));
      expect(answer.grpc).toBe("8");
    }
    expect(await residentBytes(hub.pid)).toBeLessThan(1024 * MIB);
  });

  test.each([
    ["cut in its prefix", EMPTY.subarray(0, 3), {}],
    ["shorter than it says", message(new Uint8Array(3), 4), {}],
    ["twice in a call that takes one", Buffer.concat([EMPTY, EMPTY]), {}],
    ["that is not there", new Uint8Array(), {}],
    ["of bytes that are none", message(Buffer.from("ffffffffff", "hex")), {}],
    ["packed that is not", message(new Uint8Array(9), 9, true), { "grpc-encoding": "gzip" }],
    ["packed in no way that is named", message(new Uint8Array(9), 9, true), {}],
  ])("%s ends the call with a status, not the hub", async (_, body, headers) => {
    const { grpc } = await call(headers, body);
    expect(grpc).toMatch(/^([2-9]|1[0-6])$/);
  });
});

describe("a connection", () => {
  test("may have 32 calls open, and not one more", async () => {
    await using raw = await RawHttp2.open(hub.up.grpc);
    // Headers without an end: half of a call, for ever.
    for (let i = 0; i < 200; i += 1) {
      raw.send(FRAME.headers, END_HEADERS, 1 + 2 * i, headerBlock(GRPC_HEADERS));
    }
    // REFUSED_STREAM
    await expect.poll(() => raw.resets).toEqual(Array(200 - 32).fill(7));
    // While all of its calls wait, others are served.
    for (let i = 0; i < 10; i += 1) expect(await goodCall()).toContain(hub.up.origin);
  });

  test("that opens calls and resets them at once is closed (CVE-2023-44487)", async () => {
    await using raw = await RawHttp2.open(hub.up.grpc);
    const block = headerBlock(GRPC_HEADERS);
    const cancel = Buffer.from("00000008", "hex");
    let calls = 0;
    do {
      raw.send(FRAME.headers, END_HEADERS, 1 + 2 * calls, block);
      calls += 1;
      if (calls % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    } while (raw.send(FRAME.rstStream, 0, 2 * calls - 1, cancel) && calls < 100_000);
    await raw.closed();
    expect(calls).toBeLessThan(100_000);
  });

  test("whose headers never end is closed (CVE-2024-27983)", async () => {
    await using raw = await RawHttp2.open(hub.up.grpc);
    raw.send(FRAME.headers, 0, 1, headerBlock(GRPC_HEADERS));
    const more = headerBlock([["x-more", "x".repeat(10_000)]]);
    let sent = 0;
    for (; sent < 2_000 && raw.send(FRAME.continuation, 0, 1, more); sent += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await raw.closed();
    expect(sent).toBeLessThan(2_000);
  });

  test("with a frame that is longer than agreed is closed", async () => {
    await using raw = await RawHttp2.open(hub.up.grpc);
    raw.send(FRAME.data, 0, 1, new Uint8Array(20), 2 ** 24 - 1);
    await raw.closed();
    expect(raw.goAway).toBe(FRAME_SIZE_ERROR);
  });

  test.each([
    ["data of a stream that was never opened", FRAME.data, 0, 7, "00"],
    ["headers that cannot be unpacked", FRAME.headers, END_HEADERS, 1, "7f7f7f7f7f7f"],
    ["a window that overflows", FRAME.windowUpdate, 0, 0, "7fffffff"],
    ["settings of half a setting", FRAME.settings, 0, 0, "0004000000"],
    ["a reset of stream 0", FRAME.rstStream, 0, 0, "00000008"],
  ])("with %s is closed with an error", async (_, type, flags, stream, payload) => {
    await using raw = await RawHttp2.open(hub.up.grpc);
    raw.send(type, flags, stream, Buffer.from(payload, "hex"));
    await raw.closed();
    expect(raw.goAway).toBeGreaterThan(0);
  });

  test.each([
    ["pings", FRAME.ping, 8],
    ["settings", FRAME.settings, 0],
  ])("that floods the hub with %s and does not matter to others", async (_, type, length) => {
    await using raw = await RawHttp2.open(hub.up.grpc);
    const payload = new Uint8Array(length);
    for (let i = 0; i < 50_000 && raw.send(type, 0, 0, payload); i += 1);
    for (let i = 0; i < 5; i += 1) expect(await goodCall()).toContain(hub.up.origin);
    expect([undefined, ENHANCE_YOUR_CALM]).toContain(raw.goAway);
  });

  test("that opens no window for its answers holds nobody else up", async () => {
    await using raw = await RawHttp2.open(hub.up.grpc);
    // SETTINGS_INITIAL_WINDOW_SIZE 0
    raw.send(FRAME.settings, 0, 0, Buffer.from("000400000000", "hex"));
    for (let i = 0; i < 32; i += 1) {
      raw.send(FRAME.headers, END_HEADERS, 1 + 2 * i, headerBlock(GRPC_HEADERS));
      raw.send(FRAME.data, END_STREAM, 1 + 2 * i, EMPTY);
    }
    for (let i = 0; i < 10; i += 1) expect(await goodCall()).toContain(hub.up.origin);
  });

  test("that stops in the middle of a frame, five hundred times, holds nobody else up", async () => {
    const { hostname, port } = new URL(`http://${hub.up.grpc}`);
    const sockets = Array.from({ length: 500 }, (_, i) => {
      const socket = connect(Number(port), hostname);
      socket.on("error", () => undefined);
      // Nothing at all, half a preface, half a frame: slow is what they have in common.
      socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0".slice(0, i % 30));
      return socket;
    });
    for (let i = 0; i < 10; i += 1) expect(await goodCall()).toContain(hub.up.origin);
    for (const socket of sockets) socket.destroy();
  });
});

/** Memory of a process, as Linux counts it. */
async function residentBytes(pid: number): Promise<number> {
  const [, pages = "0"] = (await readFile(`/proc/${pid}/statm`, "utf8")).split(" ");
  return Number(pages) * 4096;
}
