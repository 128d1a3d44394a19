/**
 * How many connections a port holds open, in all and from one address.
 *
 * A few beyond the bound are let in, only to be told why their calls are refused; what comes beyond those is cut.
 *
 * @module
 */

import type { Socket } from "node:net";
import { TributaryError } from "@tributary/proto";

/** Most connections that a port holds open. */
export interface ConnectionLimits {
  readonly total: number;
  readonly perAddress: number;
}

/** Connections beyond the bound, over all addresses, that are told of it. */
const MAX_TOLD = 16;

interface Known {
  readonly socket: Socket;
  readonly refusal: TributaryError | undefined;
}

/** Counts the connections of one port. One owner. */
export class ConnectionBound {
  readonly #limits: ConnectionLimits;
  readonly #open = new Map<string, Known>();
  readonly #byAddress = new Map<string, number>();
  #told = 0;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** Takes a connection in. False: it was cut, being beyond the bound and beyond those that are told of it. */
  admit(socket: Socket): boolean {
    const { remoteAddress: address } = socket;
    if (address === undefined) return false; // gone before it was looked at
    const refusal = this.#refusalFor(address);
    if (refusal !== undefined && this.#told >= MAX_TOLD) {
      socket.destroy();
      return false;
    }
    const name = nameOf(socket);
    this.#open.set(name, { socket, refusal });
    if (refusal === undefined) this.#byAddress.set(address, this.#from(address) + 1);
    else this.#told += 1;
    socket.once("close", () => {
      this.#open.delete(name);
      if (refusal !== undefined) this.#told -= 1;
      else if (this.#from(address) > 1) this.#byAddress.set(address, this.#from(address) - 1);
      else this.#byAddress.delete(address);
    });
    return true;
  }

  /** Why calls over a connection are refused; undefined if they are not. @param name `address:port` of its other end. */
  refusalOf(name: string): TributaryError | undefined {
    return this.#open.get(name)?.refusal;
  }

  /** Cuts all. */
  cut(): void {
    for (const { socket } of this.#open.values()) socket.destroy();
  }

  #from(address: string): number {
    return this.#byAddress.get(address) ?? 0;
  }

  #refusalFor(address: string): TributaryError | undefined {
    const { total, perAddress } = this.#limits;
    if (this.#from(address) >= perAddress) {
      return tooMany("connections_per_address", perAddress, "from this address", "来自该地址");
    }
    if (this.#open.size - this.#told >= total) {
      return tooMany("connections", total, "to this port", "到该端口");
    }
    return undefined;
  }
}

/** `address:port` of a connection's other end, as grpc-js names a call's peer. */
export function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}:${remotePort}`;
}

function tooMany(limitName: string, limitValue: number, en: string, zh: string): TributaryError {
  return new TributaryError(
    "ERR_OVERLOADED",
    `${limitValue} connections ${en} are open, which is the most; close one first`,
    {
      messageZh: `${zh}的连接已达上限 ${limitValue} 个，请先关闭一个`,
      details: { limitName, limitValue },
    },
  );
}
