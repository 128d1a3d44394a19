/**
 * The query client of a Tributary hub, for Node: gRPC, and Connect for http(s) addresses.
 *
 * @module
 */

import { type Client, type ClientOptions, clientOver } from "./client.ts";
import { connectTransport } from "./connect-transport.ts";
import { parseHubUrl } from "./hub-url.ts";
import { grpcTransport } from "./node-grpc-transport.ts";

export * from "./public.ts";

/**
 * A client of the hub at `options.url`. Connects with the first call.
 *
 * @throws {ClientError} `ERR_ARGUMENT_INVALID` if the URL is not a hub's.
 */
export function createClient(options: ClientOptions): Client {
  const url = parseHubUrl(options.url);
  const transport =
    url.transport === "grpc"
      ? grpcTransport(url.target, url.isSecure)
      : connectTransport(url.baseUrl, options.fetch ?? globalThis.fetch);
  return clientOver(transport, options);
}
