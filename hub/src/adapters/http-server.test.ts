import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { systemClock, TributaryError } from "@tributary/proto";
import { afterEach, describe, expect, test } from "vitest";
import type { RpcHandlers } from "../api/rpc.ts";
import { noEvents } from "../ports/hub-events.ts";
import { CallLog } from "./call-log.ts";
import type { ReconciliationRoutes } from "./http-reconciliation.ts";
import { type HttpServer, type HttpServerOptions, startHttpServer } from "./http-server.ts";
import { createLogger } from "./logger.ts";
import { SERVICES } from "./rpc-messages.ts";

/** Answers with what it was asked. */
const RECONCILIATION: ReconciliationRoutes["reconciliation"] = {
  manifest: (base) => ({ base }),
  answer: async (queries) => ({ [queries]: { result: [] } }),
  suggestEntity: async (prefix) => ({ result: [{ id: "1", name: prefix }] }),
  suggestProperty: (prefix) => ({ result: [{ id: "2", name: prefix }] }),
  preview: async (id) => `<h1>${id}</h1>`,
};

const opened: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

describe("a call over HTTP", () => {
  test("that is refused gets the status, the code, and both sentences as a detail", async () => {
    const url = await start({
      "LogService.GetCheckpoint": {
        type: "unary",
        call: async () => {
          throw new TributaryError("ERR_NOT_FOUND", "nothing here", { messageZh: "这里没有" });
        },
      },
    });
    const answer = await post(url, "LogService/GetCheckpoint", {});
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({
      code: "not_found",
      message: "ERR_NOT_FOUND: nothing here",
      details: [
        {
          type: "tributary.v1.Refusal",
          value: expect.any(String),
          debug: { code: "ERR_NOT_FOUND", message: "nothing here", messageZh: "这里没有" },
        },
      ],
    });
  });

  test("that meets a defect says so and nothing more", async () => {
    const url = await start({
      "LogService.GetCheckpoint": {
        type: "unary",
        call: async () => {
          throw new Error("secret path /etc/x");
        },
      },
    });
    const answer = await post(url, "LogService/GetCheckpoint", {});
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain("secret");
  });

  test("streams answers as they come, and ends with a code", async () => {
    const url = await start({
      "LogService.ListEntries": {
        type: "server-streaming",
        async *call() {
          yield { position: 1, entry: new Uint8Array(2) };
          yield { position: 2, entry: new Uint8Array(2) };
          throw new TributaryError("ERR_QUOTA", "enough");
        },
      },
    });
    const answer = await post(url, "LogService/ListEntries", {}, "application/connect+json");
    const frames = framesOf(Buffer.from(await answer.arrayBuffer()));
    expect(frames.map((frame) => JSON.parse(frame))).toMatchObject([
      { position: "1" },
      { position: "2" },
      { error: { code: "resource_exhausted", message: "ERR_QUOTA: enough" } },
    ]);
  });

  test("ends a stream when the server stops", async () => {
    const url = await start({
      "LogService.ListEntries": {
        type: "server-streaming",
        async *call(_request, { signal }) {
          yield { position: 1, entry: new Uint8Array(2) };
          await new Promise((_, reject) =>
            signal.addEventListener("abort", () => reject(signal.reason)),
          );
        },
      },
    });
    const answer = await post(url, "LogService/ListEntries", {}, "application/connect+json");
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    const startedAtMs = performance.now();
    await opened.pop()?.();
    expect(performance.now() - startedAtMs).toBeLessThan(1_500);
  });
});

describe("the web server", () => {
  test("answers 503 with each part's reason until the hub is ready", async () => {
    let isReady = false;
    const url = await start(
      {},
      { readiness: () => ({ isReady, dependencies: { log: { status: isReady ? "ok" : "x" } } }) },
    );
    const waiting = await fetch(`${url}/readyz`);
    expect([waiting.status, await waiting.json()]).toEqual([
      503,
      { status: "unavailable", dependencies: { log: { status: "x" } } },
    ]);
    isReady = true;
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  test("limits what one address may ask, but not health", async () => {
    const url = await start({}, { requestsPerMinute: 3 });
    const statuses: number[] = [];
    for (let i = 0; i < 5; i += 1) statuses.push((await fetch(`${url}/log/checkpoint`)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const refused = await fetch(`${url}/log/checkpoint`);
    expect(refused.headers.get("content-type")).toContain("application/problem+json");
    expect(await refused.json()).toMatchObject({ code: "ERR_QUOTA", status: 429 });
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });

  test("bounds open connections, says so to those beyond, and answers about its health", async () => {
    const url = await start({}, { connections: { total: 4, perAddress: 2 } });
    const agents = [1, 2, 3].map(() => new Agent({ keepAlive: true, maxSockets: 1 }));
    opened.push(() => agents.forEach((agent) => void agent.destroy()));
    const ask = (of: number, path: string) => getOver(agents[of] as Agent, `${url}${path}`);
    expect((await ask(0, "/log/checkpoint")).status).toBe(200);
    expect((await ask(1, "/log/checkpoint")).status).toBe(200);
    expect((await ask(2, "/livez")).status).toBe(200);
    const refused = await ask(2, "/log/checkpoint");
    expect(refused).toMatchObject({ status: 429, connection: "close" });
    expect(JSON.parse(refused.text)).toMatchObject({
      code: "ERR_OVERLOADED",
      title: expect.stringContaining("2 connections from this address are open"),
    });
    expect((await ask(0, "/log/checkpoint")).status).toBe(200);
    agents[1]?.destroy();
    await expect.poll(async () => (await ask(2, "/log/checkpoint")).status).toBe(200);
  });

  test("serves reconciliation: a manifest without queries, answers to a form or a question, to all origins", async () => {
    const url = await start({});
    const json = async (path: string, init?: RequestInit) => {
      const answer = await fetch(`${url}${path}`, init);
      expect(answer.headers.get("access-control-allow-origin")).toBe("*");
      return answer.json();
    };
    expect(await json("/reconcile")).toEqual({ base: url });
    const body = new URLSearchParams({ queries: '{"q":1}' });
    const answered = { '{"q":1}': { result: [] } };
    expect(await json("/reconcile", { method: "POST", body })).toEqual(answered);
    expect(await json(`/reconcile?${body}`)).toEqual(answered);
    expect(await json("/reconcile?queries=a&queries=b")).toEqual({ base: url });
    const first = (answer: { result: { name: string }[] }) => answer.result[0]?.name;
    expect(first(await json("/reconcile/suggest/entity?prefix=x"))).toBe("x");
    expect(first(await json("/reconcile/suggest/property?prefix=y"))).toBe("y");
    const page = await fetch(`${url}/reconcile/preview?id=ent_1`);
    expect(await page.text()).toBe("<h1>ent_1</h1>");
    expect(page.headers.get("content-security-policy")).toBe(
      "default-src 'none'; frame-ancestors *",
    );
    expect(page.headers.get("x-frame-options")).toBeNull();
  });

  test("serves the console's files and nothing beside them", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tributary-console-"));
    opened.push(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "index.html"), "<title>console</title>");
    const url = await start({}, { consoleFolder: folder });
    const page = await fetch(`${url}/`);
    expect(await page.text()).toContain("console");
    expect(page.headers.get("content-security-policy")).toContain("script-src 'self'");
    expect((await fetch(`${url}/%2e%2e/%2e%2e/etc/passwd`)).status).toBe(404);
  });

  test("sends the compressed form of a file, and lets what is named by its content be kept", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tributary-console-"));
    opened.push(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, "assets"));
    writeFileSync(join(folder, "index.html"), "<title>console</title>");
    writeFileSync(join(folder, "assets", "page-1a2b.js"), "page()");
    writeFileSync(join(folder, "assets", "page-1a2b.js.gz"), gzipSync("page()"));
    const url = await start({}, { consoleFolder: folder });
    const script = `${url}/assets/page-1a2b.js`;
    const zipped = await fetch(script, { headers: { "accept-encoding": "gzip" } });
    expect(zipped.headers.get("content-encoding")).toBe("gzip");
    expect(zipped.headers.get("content-type")).toContain("javascript");
    expect(zipped.headers.get("vary")).toMatch(/accept-encoding/i);
    expect(zipped.headers.get("cache-control")).toContain("immutable");
    expect(await zipped.text()).toBe("page()");
    const plain = await fetch(script, { headers: { "accept-encoding": "identity" } });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(await plain.text()).toBe("page()");
    expect((await fetch(`${url}/`)).headers.get("cache-control")).toContain("max-age=0");
  });

  test("allows pages of other origins to read what everybody may, and nothing else", async () => {
    const url = await start({});
    const origin = { origin: "https://page.example" };
    const read = await fetch(`${url}/tributary.v1.QueryService/Search`, {
      method: "OPTIONS",
      headers: origin,
    });
    expect(read.headers.get("access-control-allow-origin")).toBe("*");
    expect(read.headers.get("access-control-allow-credentials")).toBeNull();
    const admin = await fetch(`${url}/tributary.v1.AdminService/ListMembers`, {
      method: "OPTIONS",
      headers: origin,
    });
    expect(admin.headers.get("access-control-allow-origin")).toBeNull();
  });
});

async function start(
  handlers: Partial<RpcHandlers>,
  options: Partial<HttpServerOptions> = {},
): Promise<string> {
  const server: HttpServer = await startHttpServer({
    host: "127.0.0.1",
    port: 0,
    handlers: { ...everyHandler(), ...handlers } as RpcHandlers,
    authenticator: { authenticate: async () => ({ type: "visitor" }) },
    callLog: new CallLog(createLogger("silent"), noEvents),
    organisation: undefined,
    readiness: () => ({ isReady: true, dependencies: {} }),
    metrics: { contentType: "text/plain", text: async () => "" },
    logFiles: {
      checkpoint: () => "checkpoint",
      tile: async () => undefined,
      entryBundle: async () => undefined,
    },
    reconciliation: { reconciliation: RECONCILIATION, readerOf: () => ({ type: "public" }) },
    consoleFolder: "/nowhere",
    connections: { total: 100, perAddress: 100 },
    requestsPerMinute: 1_000,
    clock: systemClock,
    ...options,
  });
  opened.push(async () => server[Symbol.asyncDispose]());
  return `http://127.0.0.1:${server.port}`;
}

/** Asks over the connection of an agent. */
async function getOver(agent: Agent, url: string) {
  const request = get(url, { agent });
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  const { statusCode: status, headers } = answer;
  return { status, connection: headers.connection, text: await text(answer) };
}

function everyHandler(): Record<string, unknown> {
  const types = {
    unary: "unary",
    server_streaming: "server-streaming",
    bidi_streaming: "bidi-streaming",
    client_streaming: "",
  };
  return Object.fromEntries(
    SERVICES.flatMap((service) =>
      service.methods.map((method) => [
        `${service.name}.${method.name}`,
        { type: types[method.methodKind], call: async () => ({}) },
      ]),
    ),
  );
}

function post(url: string, rpc: string, body: object, type = "application/json") {
  const text = Buffer.from(JSON.stringify(body));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(text.length, 1);
  return fetch(`${url}/tributary.v1.${rpc}`, {
    method: "POST",
    headers: { "content-type": type },
    body: type === "application/json" ? text : Buffer.concat([head, text]),
  });
}

/** Texts of the frames of a Connect stream: a flag byte, a 32-bit length, JSON. */
function framesOf(bytes: Buffer): string[] {
  const frames: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at + 1);
    frames.push(bytes.subarray(at + 5, at + 5 + length).toString());
    at += 5 + length;
  }
  return frames;
}
