/**
 * A page on this machine for one person: HTTP on 127.0.0.1, opened by an address that holds once.
 *
 * Who else could reach it, and what stops them:
 *
 * - another user of the machine, or another program: knows neither the path nor the token of the address, which end with the
 *   process; the token is taken once, for a cookie that scripts cannot read;
 * - a server of somebody else on another port: cookies are shared by all ports of a host, so this one is bound to the path,
 *   which nobody else knows;
 * - a page of the web that the person visits (CSRF): SameSite=Strict, and requests from another origin are refused by `Origin`
 *   and `Sec-Fetch-Site`;
 * - a name of the web that suddenly points to 127.0.0.1 (DNS rebinding): `Host` has to be the address that was opened.
 *
 * @module
 */

import { createHash, timingSafeEqual } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { randomBytes, TributaryError, toBase64Url } from "@tributary/proto";

const HOST = "127.0.0.1";
const COOKIE = "session";
const TOKEN_BYTES = 32;
const PATH_BYTES = 12;

const MAX_BODY_BYTES = 1024 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_CONNECTIONS = 64;
/** Each may read a source to its end. */
const MAX_AT_ONCE = 8;
const HEAD_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** A large workbook on a slow disk takes a while. */
const ANSWER_TIMEOUT_MS = 300_000;

/** Nothing from elsewhere, nothing inline, no frame, no plug-in. */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

const HEADERS: OutgoingHttpHeaders = {
  "content-security-policy": CONTENT_POLICY,
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  // With no-referrer browsers send `Origin: null` with forms.
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

/** A request of the one person. */
export interface LocalRequest {
  readonly method: "GET" | "POST";
  /** Below the page's root, decoded, without a leading slash: "" or "preview/providers". */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Fields of the form; none with GET. */
  readonly form: URLSearchParams;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

export interface LocalReply {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | Uint8Array;
}

export interface LocalPageOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Answers a request. What it throws is answered with status 500, without a word about it. @param root As {@link LocalPage.root}. */
  readonly answer: (request: LocalRequest, root: string) => Promise<LocalReply>;
  /** Told what an answer threw. */
  readonly onDefect: (error: unknown) => void;
}

export interface LocalPage extends AsyncDisposable {
  /** The address that opens the page, once. */
  readonly url: string;
  /** Path of the page: what all its links begin with. */
  readonly root: string;
}

/**
 * Serves a page until disposed.
 *
 * @throws {TributaryError} `ERR_PORT_IN_USE` if another program listens there.
 */
export async function serveLocalPage(options: LocalPageOptions): Promise<LocalPage> {
  const root = `/${randomText(PATH_BYTES)}/`;
  const token = randomText(TOKEN_BYTES);
  const door = new Door(root, token);
  const stopping = new AbortController();
  let open = 0;
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: REQUEST_TIMEOUT_MS },
    (request, response) => {
      const refusal = open >= MAX_AT_ONCE ? BUSY : door.refusalOf(request, server);
      if (refusal !== undefined) {
        send(response, refusal);
        return;
      }
      open += 1;
      handle(request, response, { ...options, root, stopping: stopping.signal }).finally(() => {
        open -= 1;
      });
    },
  );
  server.headersTimeout = HEAD_TIMEOUT_MS;
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, options.port);
  return {
    root,
    url: `${originOf(server)}${root}?token=${token}`,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Who may come in. */
class Door {
  readonly #root: string;
  #token: string | undefined;
  readonly #session = randomText(TOKEN_BYTES);

  constructor(root: string, token: string) {
    this.#root = root;
    this.#token = token;
  }

  /** What a request is answered with instead of an answer; undefined for one of the person. */
  refusalOf(request: IncomingMessage, server: Server): LocalReply | undefined {
    const { headers, method } = request;
    const origin = originOf(server);
    if (headers.host !== new URL(origin).host) return FOREIGN;
    if (headers.origin !== undefined && headers.origin !== origin) return FOREIGN;
    const site = headers["sec-fetch-site"];
    if (site !== undefined && site !== "same-origin" && site !== "none") return FOREIGN;
    if (method !== "GET" && method !== "POST") {
      return plain(405, "GET and POST only\n", { allow: "GET, POST" });
    }
    if (method === "POST" && headers.origin === undefined) return FOREIGN;
    const url = urlOf(request);
    if (url === undefined || !url.pathname.startsWith(this.#root)) return UNKNOWN;
    const isOpen = isSame(cookieOf(headers.cookie), this.#session);
    const token = url.pathname === this.#root ? url.searchParams.get("token") : null;
    if (method === "GET" && token !== null) {
      if (isOpen) return this.#redirect();
      if (isSame(token, this.#token)) {
        this.#token = undefined;
        return this.#redirect(
          `${COOKIE}=${this.#session}; Path=${this.#root}; HttpOnly; SameSite=Strict`,
        );
      }
    }
    return isOpen ? undefined : CLOSED;
  }

  #redirect(cookie?: string): LocalReply {
    const headers = { location: this.#root, ...(cookie !== undefined && { "set-cookie": cookie }) };
    return { status: 303, headers, body: "" };
  }
}

const FOREIGN = plain(
  403,
  "This page answers only the address that was opened. 仅接受启动时显示的地址。\n",
);
const CLOSED = plain(
  403,
  "The address opens the page once. Run tributary-agent ui again for a new one.\n该地址只能打开一次。请重新运行 tributary-agent ui 获取新地址。\n",
);
const UNKNOWN = plain(404, "There is nothing here. 此处没有内容。\n");
const BUSY = plain(503, "Too many requests at once; try again. 同时请求过多，请重试。\n");
const TOO_LARGE = plain(
  413,
  `The form is larger than ${MAX_BODY_BYTES} bytes. 表单超过 ${MAX_BODY_BYTES} 字节。\n`,
);
const NO_FORM = plain(415, "Forms are application/x-www-form-urlencoded. 不支持的表单类型。\n");
const FAILED = plain(500, "Something went wrong; see the terminal. 出现错误，请查看终端。\n");

function plain(status: number, body: string, headers: OutgoingHttpHeaders = {}): LocalReply {
  return { status, body, headers: { "content-type": "text/plain; charset=utf-8", ...headers } };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  {
    answer,
    onDefect,
    root,
    stopping,
  }: LocalPageOptions & { readonly root: string; readonly stopping: AbortSignal },
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const signal = AbortSignal.any([gone.signal, stopping, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
  try {
    const form = request.method === "POST" ? await formOf(request) : new URLSearchParams();
    if (!(form instanceof URLSearchParams)) {
      send(response, form);
      return;
    }
    const url = urlOf(request) as URL;
    const reply = await answer(
      {
        method: request.method as LocalRequest["method"],
        path: decoded(url.pathname.slice(root.length)),
        query: url.searchParams,
        form,
        signal,
      },
      root,
    );
    send(response, reply);
  } catch (error) {
    if (response.destroyed) return;
    onDefect(error);
    send(response, FAILED);
  }
}

/** The fields of a form, or how it is refused. */
async function formOf(request: IncomingMessage): Promise<URLSearchParams | LocalReply> {
  const [type] = (request.headers["content-type"] ?? "").split(";", 1);
  if (type?.trim().toLowerCase() !== "application/x-www-form-urlencoded") return NO_FORM;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return TOO_LARGE;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
}

function send(response: ServerResponse, { status, headers, body }: LocalReply): void {
  // What was not read of a refused request would stand in front of the next one.
  const last = status >= 400 ? { connection: "close" } : {};
  response.writeHead(status, { ...HEADERS, ...last, ...headers });
  response.end(body);
}

function urlOf({ url = "" }: IncomingMessage): URL | undefined {
  const parsed = URL.parse(url, `http://${HOST}`);
  return parsed?.hostname === HOST ? parsed : undefined;
}

/** A path whose escapes are none of UTF-8 names nothing. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return "\ufffd";
  }
}

function cookieOf(header: string | undefined): string | undefined {
  const pairs = (header ?? "").split(";").map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
}

/** Compared in constant time, whatever the lengths. */
function isSame(given: string | null | undefined, expected: string | undefined): boolean {
  if (given == null || expected === undefined) return false;
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function randomText(bytes: number): string {
  return toBase64Url(randomBytes(bytes));
}

function originOf(server: Server): string {
  return new URL(`http://${HOST}:${(server.address() as AddressInfo).port}`).origin;
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, HOST, resolve);
    });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EADDRINUSE") throw cause;
    throw new TributaryError(
      "ERR_PORT_IN_USE",
      `another program listens on ${HOST}:${port}; give another --port`,
      { messageZh: `${HOST}:${port} 已被其他程序占用；请用 --port 指定其他端口`, cause },
    );
  }
}
