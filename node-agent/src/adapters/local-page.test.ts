import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type LocalPage, type LocalRequest, serveLocalPage } from "./local-page.ts";

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const open: LocalPage[] = [];

afterEach(async () => {
  for (const page of open.splice(0)) await page[Symbol.asyncDispose]();
});

async function serve(answer: (request: LocalRequest) => Promise<string> = async () => "inside") {
  const defects: unknown[] = [];
  const page = await serveLocalPage({
    port: 0,
    answer: async (request) => ({ status: 200, headers: {}, body: await answer(request) }),
    onDefect: (error) => defects.push(error),
  });
  open.push(page);
  return { page, defects, origin: new URL(page.url).origin };
}

/** A request as a program makes it: every header as it is given. */
function ask(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  { method = "GET", body = "" } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part) => {
        text += part;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}

async function enter(page: LocalPage): Promise<string> {
  const { headers } = await ask(page.url);
  return String(headers["set-cookie"]?.[0]).split(";", 1)[0] as string;
}

const FORM = { "content-type": "application/x-www-form-urlencoded" };

describe("a page on this machine", () => {
  test("is opened by its address, once, for a cookie that scripts and other sites do not get", async () => {
    const { page, origin } = await serve();
    const first = await ask(page.url);
    expect([first.status, first.headers["location"]]).toEqual([303, page.root]);
    const [cookie = ""] = first.headers["set-cookie"] ?? [];
    expect(cookie).toContain("; HttpOnly; SameSite=Strict");
    // Other ports of the host get it for this path only, which nobody else knows.
    expect(cookie).toContain(`; Path=${page.root};`);
    const inside = await ask(origin + page.root, { cookie: cookie.split(";")[0] ?? "" });
    expect([inside.status, inside.body]).toEqual([200, "inside"]);

    const replay = await ask(page.url);
    expect([replay.status, replay.headers["set-cookie"]]).toEqual([403, undefined]);
    const reload = await ask(page.url, { cookie: cookie.split(";")[0] ?? "" });
    expect(reload.status).toBe(303);
  });

  test("stays closed to who has no cookie, a wrong one, or that of another run", async () => {
    const { page, origin } = await serve();
    const other = await enter((await serve()).page);
    for (const headers of [{}, { cookie: "session=guess" }, { cookie: other }]) {
      expect((await ask(origin + page.root, headers)).status).toBe(403);
    }
    expect((await ask(`${origin + page.root}?token=guess`)).status).toBe(403);
    expect((await ask(`${origin}/`)).status).toBe(404);
    // None of these took the token.
    expect((await ask(page.url)).status).toBe(303);
  });

  test("refuses names that only point here, and pages of other origins", async () => {
    const { page, origin } = await serve();
    const cookie = await enter(page);
    const url = origin + page.root;
    const { port } = new URL(origin);
    for (const headers of [
      { host: `rebound.example:${port}` },
      { host: `localhost:${port}` },
      { host: "127.0.0.1" },
      { origin: "http://evil.example" },
      { origin: "null" },
      { origin: "http://127.0.0.1:1" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
    ]) {
      expect((await ask(url, { cookie, ...headers })).status, JSON.stringify(headers)).toBe(403);
    }
    const post = { method: "POST", body: "a=b" };
    expect((await ask(url, { cookie, ...FORM }, post)).status).toBe(403);
    expect((await ask(url, { cookie, ...FORM, origin }, post)).status).toBe(200);
  });

  test("lets nothing in from elsewhere, and stores nothing in the browser", async () => {
    const { page, origin } = await serve();
    const { headers } = await ask(origin + page.root, { cookie: await enter(page) });
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });

  test("hands over path, query and form, decoded", async () => {
    let seen: LocalRequest | undefined;
    const { page, origin } = await serve(async (request) => {
      seen = request;
      return "";
    });
    const cookie = await enter(page);
    await ask(
      `${origin + page.root}map/%E5%90%8D%2Fa?b=1`,
      { cookie, ...FORM, origin },
      { method: "POST", body: "name=%E4%BC%81%E4%B8%9A&name=2" },
    );
    expect([seen?.method, seen?.path, seen?.query.get("b")]).toEqual(["POST", "map/名/a", "1"]);
    expect(seen?.form.getAll("name")).toEqual(["企业", "2"]);
  });

  test("refuses forms that are too large or of another type, other methods, and paths that are no text", async () => {
    const { page, origin } = await serve(async ({ path }) => path);
    const headers = { cookie: await enter(page), origin };
    const url = origin + page.root;
    const large = { method: "POST", body: "x".repeat(1024 * 1024 + 1) };
    expect((await ask(url, { ...headers, ...FORM }, large)).status).toBe(413);
    const json = { method: "POST", body: "{}" };
    expect((await ask(url, { ...headers, "content-type": "application/json" }, json)).status).toBe(
      415,
    );
    expect((await ask(url, headers, { method: "DELETE" })).status).toBe(405);
    expect((await ask(`${url}%ff`, headers)).body).toBe("\ufffd");
    expect((await ask(url, { ...headers, long: "x".repeat(20_000) })).status).toBe(431);
  });

  test("answers eight at once and refuses the ninth; ends what nobody waits for", async () => {
    const waiting: LocalRequest[] = [];
    const { page, origin } = await serve(async (request) => {
      waiting.push(request);
      await new Promise((_, reject) =>
        request.signal.addEventListener("abort", () => reject(request.signal.reason)),
      );
      return "";
    });
    const cookie = await enter(page);
    const { port } = new URL(origin);
    const sockets = Array.from({ length: 8 }, () => {
      const socket = connect(Number(port), "127.0.0.1");
      socket.on("error", () => {});
      socket.write(
        `GET ${page.root} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nCookie: ${cookie}\r\n\r\n`,
      );
      return socket;
    });
    await expect.poll(() => waiting.length).toBe(8);
    expect((await ask(origin + page.root, { cookie })).status).toBe(503);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => waiting.every(({ signal }) => signal.aborted)).toBe(true);
  });

  test("tells a defect to the terminal and not to the page", async () => {
    const { page, origin, defects } = await serve(async () => {
      throw new Error("a path of this machine");
    });
    const answer = await ask(origin + page.root, { cookie: await enter(page) });
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain("path");
    expect(defects).toHaveLength(1);
  });

  test("says when its port is taken", async () => {
    const { origin } = await serve();
    const port = Number(new URL(origin).port);
    const second = serveLocalPage({
      port,
      answer: async () => ({ status: 200, headers: {}, body: "" }),
      onDefect: () => {},
    });
    await expect(second).rejects.toMatchObject({ code: "ERR_PORT_IN_USE" });
  });
});
