import { createServer as createHttp2Server, type ServerHttp2Stream } from "node:http2";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { QueryService } from "@tributary/proto/wire";
import { createClient } from "@tributary/sdk";
import { beforeAll, describe, expect, test } from "vitest";
import { grpcTransport } from "../src/node-grpc-transport.ts";
import { type Federation, federate } from "./double/federation.ts";
import { CENTERS } from "./double/samples.ts";
import { TestHub } from "./double/test-hub.ts";

let federation: Federation;
beforeAll(async () => {
  federation = await federate(CENTERS);
});

/** An HTTP/2 server that answers each gRPC call as the test says. */
async function serve(answer: (stream: ServerHttp2Stream) => void) {
  const server = createHttp2Server();
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => sessions.add(session));
  let calls = 0;
  server.on("stream", (stream) => {
    calls += 1;
    stream.on("error", () => {});
    answer(stream);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `grpc://127.0.0.1:${port}`,
    calls: () => calls,
    sessions: () => sessions.size,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
}

const HEADERS = { ":status": 200, "content-type": "application/grpc+proto" };

describe("a client over gRPC", () => {
  test("ends by its deadline when the server stalls in the middle of the message", async () => {
    await using server = await serve((stream) => {
      stream.respond(HEADERS);
      stream.write(Buffer.from([0, 0, 0, 0, 100, 1, 2, 3]));
    });
    using client = createClient({ url: server.url });
    await expect(client.facets({ deadlineMs: 100 })).rejects.toMatchObject({
      code: "ERR_DEADLINE",
    });
  });

  test("tries again when the stream is reset", async () => {
    await using server = await serve((stream) => {
      stream.respond(HEADERS);
      stream.close(2); // INTERNAL_ERROR
    });
    using client = createClient({ url: server.url });
    await expect(client.facets()).rejects.toMatchObject({ code: "ERR_UNAVAILABLE" });
    expect(server.calls()).toBe(3);
  });

  test("calls bytes that are no message ERR_PROTOCOL", async () => {
    await using server = await serve((stream) => {
      stream.respond(HEADERS, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end(Buffer.from([0, 0, 0, 0, 3, 0xff, 0xff, 0xff]));
    });
    using client = createClient({ url: server.url });
    await expect(client.facets()).rejects.toMatchObject({ code: "ERR_PROTOCOL" });
    expect(server.calls()).toBe(1);
  });

  test("calls a refusal that cannot be read ERR_PROTOCOL", async () => {
    await using server = await serve((stream) => {
      const refusal = Buffer.from([0xff]).toString("base64");
      stream.respond(
        { ...HEADERS, "grpc-status": "3", "tributary-refusal-bin": refusal },
        { endStream: true },
      );
    });
    using client = createClient({ url: server.url });
    await expect(client.facets()).rejects.toMatchObject({ code: "ERR_PROTOCOL" });
  });

  test("allocates nothing for a message that is announced with 4 GiB", async () => {
    await using server = await serve((stream) => {
      stream.respond(HEADERS);
      stream.write(Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3]));
    });
    const rssBefore = process.memoryUsage().rss;
    using client = createClient({ url: server.url, retry: { max: 0 } });
    await expect(client.facets({ deadlineMs: 2_000 })).rejects.toMatchObject({
      code: "ERR_OVERLOADED", // what grpc-js calls it
    });
    expect(process.memoryUsage().rss - rssBefore).toBeLessThan(256 * 2 ** 20);
  });

  test("leaves a peer that accepts connections and says nothing, and finds the hub that takes its place", async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => sockets.add(socket));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    using client = createClient({ url: `grpc://127.0.0.1:${port}` });
    await expect(client.facets({ deadlineMs: 200 })).rejects.toMatchObject({
      code: "ERR_DEADLINE",
    });
    // The old connection stays open and silent, as behind a firewall that forgot it.
    silent.close();
    const hub = new TestHub(federation);
    using _listener = await hub.listen(port);
    expect((await client.facets({ deadlineMs: 3_000 })).coverage.logSize).toBe(6);
    for (const socket of sockets) socket.destroy();
  });

  test("opens another connection after one that took a call and never answered it", async () => {
    let isSilent = true;
    await using server = await serve((stream) => {
      if (isSilent) return;
      stream.respond(HEADERS, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end(Buffer.from([0, 0, 0, 0, 0]));
    });
    // Another client of the process keeps its own connection to the same hub in use.
    using other = createClient({ url: server.url });
    const held = other.suggest("x");
    await expect.poll(() => server.calls()).toBe(1);
    using client = createClient({ url: server.url });
    await expect(client.suggest("x", { deadlineMs: 300 })).rejects.toMatchObject({
      code: "ERR_DEADLINE",
    });
    isSilent = false;
    expect(await client.suggest("x")).toEqual([]);
    await client.suggest("x");
    expect(server.sessions()).toBe(3);
    other.close();
    await expect(held).rejects.toMatchObject({ code: "ERR_CANCELLED" });
  });

  test("does so too when the deadline of grpc-js strikes before the caller's", async () => {
    await using server = await serve(() => {});
    const transport = grpcTransport(server.url.replace("grpc://", ""), false);
    for (const sessions of [1, 2, 3]) {
      const { signal } = new AbortController();
      const options = { signal, timeoutMs: 200, headers: {} };
      await expect(transport.unary(QueryService.method.suggest, {}, options)).rejects.toMatchObject(
        { code: "ERR_DEADLINE" },
      );
      expect(server.sessions()).toBe(sessions);
    }
    transport.close();
  });

  test("goes on after the hub was killed and started again", async () => {
    const hub = new TestHub(federation);
    const before = await hub.listen();
    using client = createClient({ url: before.url });
    await client.facets();
    before.kill();
    using _after = await hub.listen(before.port);
    expect((await client.facets()).coverage.logSize).toBe(6);
  });

  test("a watch goes on by itself after the hub was killed and started again", async () => {
    const hub = new TestHub(federation);
    let listener = await hub.listen();
    using client = createClient({ url: listener.url });
    const reconnects: string[] = [];
    const watch = client.watch({ onReconnect: ({ error }) => reconnects.push(error.code) });
    let lives = 0;
    for await (const event of watch) {
      if (event.type !== "caught_up") continue;
      lives += 1;
      if (lives === 2) break;
      listener.kill();
      listener = await hub.listen(listener.port);
    }
    listener.kill();
    expect(reconnects.length).toBeGreaterThan(0);
    expect(new Set(reconnects)).toEqual(new Set(["ERR_UNAVAILABLE"]));
  });

  test("a connection that is given up lets the other calls on it end well", async () => {
    const hub = new TestHub(federation);
    using listener = await hub.listen();
    using client = createClient({ url: listener.url });
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    hub.fault = () => held;
    const slow = client.facets({ deadlineMs: 10_000 });
    await expect(client.facets({ deadlineMs: 100 })).rejects.toMatchObject({
      code: "ERR_DEADLINE",
    });
    hub.fault = () => {};
    expect((await client.facets()).coverage.logSize).toBe(6); // on a new connection
    release();
    expect((await slow).coverage.logSize).toBe(6);
  });
});
