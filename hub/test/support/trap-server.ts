/**
 * A server that nobody has a reason to call. Whoever follows an address that a stranger wrote ends here.
 *
 * @module
 */

import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

export interface TrapServer extends AsyncDisposable {
  /** Host and port. */
  readonly address: string;
  /** First bytes of each connection that it took. */
  readonly caught: readonly string[];
}

/** Starts one on a free port of this machine. */
export async function startTrapServer(): Promise<TrapServer> {
  const caught: string[] = [];
  const server = createServer((socket) => {
    const place = caught.push("") - 1;
    socket.on("error", () => undefined);
    socket.once("data", (bytes) => {
      caught[place] = bytes.subarray(0, 200).toString("latin1");
    });
    socket.setTimeout(1_000, () => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    caught,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, "close");
    },
  };
}
