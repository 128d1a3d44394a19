/**
 * Addresses of hubs.
 *
 * @module
 */

import { ClientError } from "./errors.ts";

/** Where a hub is, and by which transport. */
export type HubUrl =
  | { readonly transport: "grpc"; readonly target: string; readonly isSecure: boolean }
  | { readonly transport: "connect"; readonly baseUrl: string };

/**
 * Parses `grpc://host:port`, `grpcs://host:port`, `http://host[:port][/path]` or `https://host[:port][/path]`.
 *
 * @throws {ClientError} `ERR_ARGUMENT_INVALID` for anything else.
 */
export function parseHubUrl(text: string): HubUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== "" || url.search !== "" || url.hash !== "") {
    throw invalid(text);
  }
  switch (url.protocol) {
    case "http:":
    case "https:":
      return { transport: "connect", baseUrl: url.href.replace(/\/+$/, "") };
    case "grpc:":
    case "grpcs:":
      if (url.port === "" || !/^\/?$/.test(url.pathname)) throw invalid(text);
      return { transport: "grpc", target: url.host, isSecure: url.protocol === "grpcs:" };
    default:
      throw invalid(text);
  }
}

/**
 * The address of a hub's web port, without a slash at its end.
 *
 * @throws {ClientError} As {@link parseHubUrl}; `ERR_UNSUPPORTED` for a gRPC address.
 */
export function parseWebUrl(text: string): string {
  const url = parseHubUrl(text);
  if (url.transport === "connect") return url.baseUrl;
  throw new ClientError(
    "ERR_UNSUPPORTED",
    "this client does not speak gRPC, as no browser does; use the hub's web address, http(s)://host[:port]",
    {
      messageZh: "此客户端（与浏览器一样）不支持 gRPC，请使用枢纽的网页地址 http(s)://主机[:端口]",
    },
  );
}

function invalid(text: string): ClientError {
  const shown = text.slice(0, 200).replace(/\/\/[^/@]*@/, "//***@"); // a password is for no log
  const expected = "grpc(s)://host:port or http(s)://host[:port]";
  return new ClientError(
    "ERR_ARGUMENT_INVALID",
    `expected the hub's address as ${expected}, got "${shown}"`,
    { messageZh: `枢纽地址应为 ${expected}，实际为“${shown}”` },
  );
}
