/**
 * Sessions as cookies (RFC 6265bis): out of reach of scripts, sent by pages of this hub only.
 *
 * @module
 */

import type { SessionCarrier } from "../api/rpc.ts";

const NAME = "tributary_session";
const SECRET = new RegExp(`(?:^|;\\s*)${NAME}=([\\w-]{43})(?:;|$)`);

/** Headers of a request, by lower-case name. */
export type HeaderOf = (name: string) => string | undefined;

/**
 * The session of a request; undefined where none may travel. A cookie is believed only from a page of this origin:
 * `SameSite` alone would let through other ports of the same host.
 *
 * @param setCookie Adds a `set-cookie` header to the answer.
 */
export function carrierOf(
  header: HeaderOf,
  setCookie: (value: string) => void,
): SessionCarrier | undefined {
  if (!isOwnPage(header)) return undefined;
  // A proxy in front adds TLS and says so.
  const isSecure = header("x-forwarded-proto") === "https";
  return {
    secret: SECRET.exec(header("cookie") ?? "")?.[1],
    set: (secret, expiresAtMs) => setCookie(sessionCookie(secret, expiresAtMs, isSecure)),
    clear: () => setCookie(cookie("", isSecure, "Max-Age=0")),
  };
}

/** The `set-cookie` header with which a session begins. @param isSecure Whether the browser speaks TLS. */
export function sessionCookie(secret: string, expiresAtMs: number, isSecure: boolean): string {
  return cookie(secret, isSecure, `Expires=${new Date(expiresAtMs).toUTCString()}`);
}

function cookie(value: string, isSecure: boolean, rest: string): string {
  const secure = isSecure ? "; Secure" : "";
  return `${NAME}=${value}; Path=/; HttpOnly; SameSite=Strict${secure}; ${rest}`;
}

/** What browsers say of where a request comes from (Fetch Metadata); older ones at least name the origin. */
function isOwnPage(header: HeaderOf): boolean {
  const site = header("sec-fetch-site");
  if (site !== undefined) return site === "same-origin";
  const origin = header("origin");
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === header("host");
}
