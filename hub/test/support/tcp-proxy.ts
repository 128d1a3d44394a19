/**
 * A network between two processes that can be cut.
 *
 * @module
 */

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** `silent`: nothing arrives and nobody is told; `refused`: connections break, and new ones are refused at once. */
export type Cut = "silent" | "refused";

/** Passes everything on, until it is cut. */
export class TcpProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  #cut: Cut | undefined;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.#port = port;
    server.on("connection", (from) => this.#join(from));
  }

  /** @param port Of this machine, to which everything goes. */
  static async to(port: number): Promise<TcpProxy> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new TcpProxy(server, port);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  cut(how: Cut): void {
    this.#cut = how;
    for (const socket of this.#sockets) this.#apply(socket);
  }

  /** What was held back goes on its way. */
  heal(): void {
    this.#cut = undefined;
    for (const socket of this.#sockets) socket.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(from: Socket): void {
    const to = connect(this.#port, "127.0.0.1");
    for (const [socket, other] of [
      [from, to],
      [to, from],
    ] as const) {
      this.#sockets.add(socket);
      socket.on("data", (bytes) => {
        if (!other.write(bytes)) socket.pause();
      });
      socket.on("drain", () => {
        if (this.#cut === undefined) other.resume();
      });
      // A connection that breaks is what the proxy is for; both ends of it close.
      socket.on("error", () => undefined);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      this.#apply(socket);
    }
  }

  #apply(socket: Socket): void {
    if (this.#cut === "silent") socket.pause();
    if (this.#cut === "refused") socket.destroy();
  }
}
