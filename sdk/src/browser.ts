/**
 * The query client of a Tributary hub, for browsers: Connect over fetch.
 *
 * @module
 */

import { type Client, type ClientOptions, clientOver } from "./client.ts";
import { connectTransport } from "./connect-transport.ts";
import { ClientError } from "./errors.ts";
import { parseHubUrl } from "./hub-url.ts";

export * from "./public.ts";

/**
 * A client of the hub at `options.url`, which is the hub's web address: http(s)://host[:port].
 *
 * @throws {ClientError} `ERR_ARGUMENT_INVALID` if the URL is not a hub's; `ERR_UNSUPPORTED` if it is a gRPC address.
 */
export function createClient(options: ClientOptions): Client {
  const url = parseHubUrl(options.url);
  if (url.transport === "grpc") {
    throw new ClientError(
      "ERR_UNSUPPORTED",
      "a browser cannot speak gRPC; use the hub's web address, http(s)://host[:port]",
      { messageZh: "浏览器不支持 gRPC，请使用枢纽的网页地址 http(s)://主机[:端口]" },
    );
  }
  // A browser's fetch insists on being called on the window.
  const fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
  return clientOver(connectTransport(url.baseUrl, fetch), options);
}
