/**
 * HTTP/2 by hand (RFC 9113), for frames that no client library would send.
 *
 * @module
 */

import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** Frame types, RFC 9113, section 6. */
export const FRAME = {
  data: 0,
  headers: 1,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const END_STREAM = 1;
export const END_HEADERS = 4;

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/** One connection; what the server says is read and dropped, but for its last words. */
export class RawHttp2 implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #closed: Promise<void>;
  #received = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#closed = new Promise((resolve) => socket.once("close", () => resolve()));
    socket.on("error", () => undefined);
    socket.on("data", (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes]);
    });
  }

  /** Connects and says the preface. @param address Host and port. */
  static async open(address: string): Promise<RawHttp2> {
    const { hostname, port } = new URL(`http://${address}`);
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    const connection = new RawHttp2(socket);
    connection.write(Buffer.from(PREFACE, "latin1"));
    connection.send(FRAME.settings, 0, 0);
    return connection;
  }

  /** Writes bytes as they are; false when the server has hung up. */
  write(bytes: Uint8Array): boolean {
    if (this.#socket.writable) this.#socket.write(bytes);
    return this.#socket.writable;
  }

  /** @param length What the frame says its length is. */
  send(
    type: number,
    flags: number,
    stream: number,
    payload: Uint8Array = new Uint8Array(),
    length: number = payload.length,
  ): boolean {
    const head = Buffer.alloc(9);
    head.writeUIntBE(length, 0, 3);
    head[3] = type;
    head[4] = flags;
    head.writeUInt32BE(stream, 5);
    return this.write(Buffer.concat([head, payload]));
  }

  /** Error code of the server's last GOAWAY frame; undefined while there is none. */
  get goAway(): number | undefined {
    return this.#payloads(FRAME.goAway).at(-1)?.readUInt32BE(4);
  }

  /** Error codes of the streams that the server has reset, in its order. */
  get resets(): readonly number[] {
    return this.#payloads(FRAME.rstStream).map((payload) => payload.readUInt32BE(0));
  }

  #payloads(type: number): Buffer[] {
    const found: Buffer[] = [];
    for (let at = 0; at + 9 <= this.#received.length; ) {
      const end = at + 9 + this.#received.readUIntBE(at, 3);
      if (this.#received[at + 3] === type && end <= this.#received.length) {
        found.push(this.#received.subarray(at + 9, end));
      }
      at = end;
    }
    return found;
  }

  /** Resolves when the server has hung up. */
  closed(): Promise<void> {
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await this.#closed;
  }
}

/** Fields as literals without indexing (RFC 7541, section 6.2.2). */
export function headerBlock(fields: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.of(0), literal(name), literal(value)]),
  );
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  return Buffer.concat([integer(bytes.length), bytes]);
}

/** An integer with a prefix of 7 bits (RFC 7541, section 5.1). */
function integer(value: number): Buffer {
  if (value < 127) return Buffer.of(value);
  const bytes = [127];
  let rest = value - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}
