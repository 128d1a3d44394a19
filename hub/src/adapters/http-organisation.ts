/**
 * The routes by which people sign in through their organisation's provider.
 *
 * The provider sends the browser back from its own site, where the session's cookie does not travel; a second one, which
 * lives as long as the sign-in may take, says that it is the browser that began.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { errorStatus, escapeHtml, ORGANISATION_SIGN_IN, refusalOf } from "@tributary/proto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { OrganisationSignIn } from "../members/organisation-sign-in.ts";
import type { CallLog } from "./call-log.ts";
import { sessionCookie } from "./http-session.ts";

export interface OrganisationRoutes {
  readonly signIn: Pick<OrganisationSignIn, "begin" | "finish">;
  /** Whether browsers speak TLS to the hub, by a proxy in front of it. */
  readonly isSecure: boolean;
}

/** Where the provider sends browsers back to. */
export const CALLBACK = `${ORGANISATION_SIGN_IN}/callback`;
/** Where one is signed in; fixed, so that no link leads elsewhere by way of the hub. */
const DONE = "/#/operate";
/** Sign-ins a minute that one address may begin: each is kept for a while. */
const STARTS_PER_MINUTE = 60;

/** Of the page that says why a sign-in failed; its policy lets exactly this through. */
const STYLE =
  "body{max-width:36rem;margin:3rem auto;padding:0 1rem;font:16px/1.6 system-ui,sans-serif}h1{font-size:1.375rem;line-height:1.35}code{overflow-wrap:anywhere}";
const POLICY = `default-src 'none'; img-src 'self'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; frame-ancestors 'none'; base-uri 'none'`;

const NAME = "tributary_sign_in";
const SECRET = new RegExp(`(?:^|;\\s*)${NAME}=([\\w-]{43})(?:;|$)`);

/** @param requestsPerMinute That any route of the port allows one address. */
export function serveOrganisationSignIn(
  server: FastifyInstance,
  { signIn, isSecure }: OrganisationRoutes,
  callLog: CallLog,
  requestsPerMinute: number,
): void {
  const cookie = (value: string, rest: string) =>
    `${NAME}=${value}; Path=${ORGANISATION_SIGN_IN}; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}; ${rest}`;

  /** Goes on to where `work` says; where it fails, to a page that a person can read. */
  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    work: () => Promise<string>,
  ): Promise<FastifyReply> => {
    reply.header("cache-control", "no-store");
    const action = `GET ${request.routeOptions.url}`;
    try {
      return reply.redirect(await callLog.observe(action, request.id, work), 303);
    } catch (error) {
      return sendPage(reply, error, request.id);
    }
  };

  const max = Math.min(STARTS_PER_MINUTE, requestsPerMinute);
  server.get(
    ORGANISATION_SIGN_IN,
    { exposeHeadRoute: false, config: { rateLimit: { max } } },
    (request, reply) =>
      answer(request, reply, async () => {
        const { url, secret, expiresAtMs } = await signIn.begin();
        const expires = new Date(expiresAtMs).toUTCString();
        reply.header("set-cookie", cookie(secret, `Expires=${expires}`));
        return url;
      }),
  );
  server.get(CALLBACK, { exposeHeadRoute: false }, (request, reply) =>
    answer(request, reply, async () => {
      const brought = SECRET.exec(request.headers.cookie ?? "")?.[1];
      const query = request.url.slice(request.url.indexOf("?") + 1);
      const { session, secret } = await signIn.finish(brought, query);
      reply.header("set-cookie", [
        sessionCookie(secret, session.expiresAtMs, isSecure),
        cookie("", "Max-Age=0"),
      ]);
      return DONE;
    }),
  );
}

/** In both languages: what the reader prefers is known to the page only. */
function sendPage(reply: FastifyReply, error: unknown, requestId: string): FastifyReply {
  const { code, message, messageZh } = refusalOf(error);
  return reply
    .code(errorStatus(code).http)
    .type("text/html; charset=utf-8")
    .header("content-security-policy", POLICY)
    .send(`<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>未能登录 / Not signed in</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>未能登录 / <span lang="en">Not signed in</span></h1>
<p>${escapeHtml(messageZh)}</p>
<p lang="en">${escapeHtml(message)}</p>
<p><code>${code}</code> · <code>${escapeHtml(requestId)}</code></p>
<p><a href="${DONE}">返回登录页 / <span lang="en">Back to sign-in</span></a></p>
</main>
</body>
</html>
`);
}
