/**
 * The query client of a Tributary hub, for browsers: Connect over fetch.
 *
 * @module
 */

import { type Client, type ClientOptions, clientOver } from "./client.ts";
import { connectTransport } from "./connect-transport.ts";
import { parseWebUrl } from "./hub-url.ts";

export * from "./public.ts";

/**
 * A client of the hub at `options.url`, which is the hub's web address: http(s)://host[:port].
 *
 * @throws {ClientError} `ERR_ARGUMENT_INVALID` if the URL is not a hub's; `ERR_UNSUPPORTED` if it is a gRPC address.
 */
export function createClient(options: ClientOptions): Client {
  const baseUrl = parseWebUrl(options.url);
  // A browser's fetch insists on being called on the window.
  const fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
  return clientOver(connectTransport(baseUrl, fetch), options);
}
