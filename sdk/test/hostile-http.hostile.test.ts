import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createClient } from "@tributary/sdk";
import { describe, expect, test } from "vitest";

/** A web server that answers each request as the test says. */
async function serve(listener: RequestListener) {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume();
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => requests,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const PROTO = { "content-type": "application/proto" };
const STREAM = { "content-type": "application/connect+proto" };

describe("a client over Connect", () => {
  test("ends by its deadline when the server stalls before the headers", async () => {
    await using server = await serve(() => {});
    const call = createClient({ url: server.url }).facets({ deadlineMs: 100 });
    await expect(call).rejects.toMatchObject({ code: "ERR_DEADLINE" });
    expect(server.requests()).toBeLessThanOrEqual(1); // the time may be over before it is sent
  });

  test("ends by its deadline when the server stalls in the middle of the body", async () => {
    await using server = await serve((_, response) => {
      response.writeHead(200, { ...PROTO, "content-length": "1000" });
      response.write(Buffer.alloc(10));
    });
    const call = createClient({ url: server.url }).facets({ deadlineMs: 100 });
    await expect(call).rejects.toMatchObject({ code: "ERR_DEADLINE" });
  });

  test("ends by its deadline when the body drips for ever", async () => {
    await using server = await serve((_, response) => {
      response.writeHead(200, PROTO);
      const drip = setInterval(() => response.write(Buffer.alloc(1)), 5);
      response.on("close", () => clearInterval(drip));
    });
    const call = createClient({ url: server.url }).facets({ deadlineMs: 150 });
    await expect(call).rejects.toMatchObject({ code: "ERR_DEADLINE" });
  });

  test("ends by its deadline with a fetch that ignores its signal", async () => {
    const never: typeof fetch = () => new Promise(() => {});
    const client = createClient({ url: "http://hub.example", fetch: never });
    await expect(client.facets({ deadlineMs: 50 })).rejects.toMatchObject({ code: "ERR_DEADLINE" });
  });

  test("tries again when the connection is reset in the middle of the body", async () => {
    await using server = await serve((_, response) => {
      response.writeHead(200, { ...PROTO, "content-length": "1000" });
      response.write(Buffer.alloc(10), () => response.destroy());
    });
    const call = createClient({ url: server.url }).facets();
    await expect(call).rejects.toMatchObject({ code: "ERR_UNAVAILABLE", retryable: true });
    expect(server.requests()).toBe(3);
  });

  test("tries again when the address refuses connections", async () => {
    const server = await serve(() => {});
    await server[Symbol.asyncDispose]();
    const retried: string[] = [];
    const client = createClient({
      url: server.url,
      retry: { onRetry: ({ error }) => retried.push(error.code) },
    });
    await expect(client.facets()).rejects.toMatchObject({ code: "ERR_UNAVAILABLE" });
    expect(retried).toHaveLength(2);
  });

  test.each([
    ["a page of HTML", 200, { "content-type": "text/html" }, "<html>login</html>"],
    ["bytes that are no message", 200, PROTO, Buffer.from([0xff, 0xff, 0xff])],
    ["no content type", 200, {}, Buffer.alloc(0)],
    ["nothing here", 404, { "content-type": "text/plain" }, "not found"],
    ["a broken JSON error", 500, { "content-type": "application/json" }, '{"code":'],
    ["a redirect to elsewhere", 302, { location: "http://127.0.0.1:1/" }, ""],
  ])("calls %s ERR_PROTOCOL or unavailable, never an answer", async (_, status, headers, body) => {
    await using server = await serve((_request, response) => {
      response.writeHead(status, headers as Record<string, string>).end(body);
    });
    const client = createClient({ url: server.url, retry: { max: 0 } });
    const code = status === 302 ? "ERR_UNAVAILABLE" : "ERR_PROTOCOL";
    await expect(client.facets()).rejects.toMatchObject({ code });
  });

  test("takes a gateway's 503 with retry-after for what it is", async () => {
    await using server = await serve((_, response) => {
      response.writeHead(503, { "content-type": "text/html", "retry-after": "7" }).end("busy");
    });
    const call = createClient({ url: server.url, deadlineMs: 3_000 }).facets();
    await expect(call).rejects.toMatchObject({ code: "ERR_UNAVAILABLE", retryAfterMs: 7_000 });
    expect(server.requests()).toBe(1);
  });

  test("reads no more of an endless answer than the limit", async () => {
    const chunk = Buffer.alloc(2 ** 20);
    await using server = await serve((_, response) => {
      response.writeHead(200, PROTO);
      const fill = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on("drain", fill);
      fill();
    });
    const client = createClient({ url: server.url });
    await expect(client.facets()).rejects.toMatchObject({ code: "ERR_PROTOCOL" });
  });

  test("allocates nothing for a message that is announced with 4 GiB", async () => {
    await using server = await serve((_, response) => {
      response.writeHead(200, STREAM);
      response.write(Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3]));
    });
    const rssBefore = process.memoryUsage().rss;
    const watching = first(createClient({ url: server.url }).watch());
    await expect(watching).rejects.toMatchObject({ code: "ERR_PROTOCOL" });
    expect(process.memoryUsage().rss - rssBefore).toBeLessThan(256 * 2 ** 20);
  });

  test("reconnects a watch that is cut in the middle of a message", async () => {
    await using server = await serve((_, response) => {
      response.writeHead(200, STREAM);
      response.write(Buffer.from([0, 0, 0, 0, 100, 1, 2, 3]), () => response.destroy());
    });
    const aborter = new AbortController();
    const reconnects: string[] = [];
    const watch = createClient({ url: server.url }).watch({
      signal: aborter.signal,
      onReconnect: ({ error }) => {
        reconnects.push(error.code);
        if (reconnects.length === 2) aborter.abort();
      },
    });
    await expect(first(watch)).rejects.toMatchObject({ code: "ERR_CANCELLED" });
    expect(reconnects).toEqual(["ERR_UNAVAILABLE", "ERR_UNAVAILABLE"]);
  });
});

async function first<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}
