/**
 * What a transport needs to know of the hub's services: handlers by name, in domain values.
 *
 * A transport finds out who calls, and hands over the request with how to decode it; what comes back it encodes.
 * Authorization happens here, once for every transport, and before anything is decoded.
 *
 * @module
 */

import { authorize, type RpcName } from "./authorize.ts";
import type { Principal } from "./principal.ts";

/** What a handler knows of a call beside its request. */
export interface CallContext {
  readonly principal: Principal;
  /** Names the call in logs and to the caller. */
  readonly requestId: string;
  /** Aborted when the caller is gone or its deadline is over. */
  readonly signal: AbortSignal;
  /** Undefined where sessions cannot travel. */
  readonly carrier?: SessionCarrier | undefined;
}

/** Where the session of a caller travels; only a browser on the page of this hub has one. */
export interface SessionCarrier {
  /** What the caller brought; undefined without a session. Attacker-controlled. */
  readonly secret: string | undefined;
  readonly set: (secret: string, expiresAtMs: number) => void;
  readonly clear: () => void;
}

/** A handler of one RPC. Requests are attacker-controlled and shaped by their message, no more. */
type DomainHandler =
  | {
      readonly type: "unary";
      readonly call: (request: never, context: CallContext) => Promise<object>;
    }
  | {
      readonly type: "server-streaming";
      readonly call: (request: never, context: CallContext) => AsyncIterable<object>;
    }
  | BidiHandler;

interface BidiHandler {
  readonly type: "bidi-streaming";
  /** Whoever gives the requests decodes each when it is asked for. */
  readonly call: (requests: AsyncIterable<never>, context: CallContext) => AsyncIterable<object>;
}

/** A request as it came. It is decoded once it is known that the caller may ask. */
export interface RawRequest {
  /** The center that it names at its top level; empty if it names none. What it asks about deeper inside is the handler's to check. */
  readonly centerId: string;
  /** @throws {TributaryError} `ERR_MESSAGE_MALFORMED`. */
  readonly decode: () => unknown;
}

/** A handler with authorization in front of it, for a transport. */
export type RpcHandler =
  | {
      readonly type: "unary";
      readonly call: (request: RawRequest, context: CallContext) => Promise<object>;
    }
  | {
      readonly type: "server-streaming";
      readonly call: (request: RawRequest, context: CallContext) => AsyncIterable<object>;
    }
  | BidiHandler;

export type RpcHandlers = Readonly<Record<RpcName, RpcHandler>>;

/** The handlers with authorization in front of each. */
export function withAuthorization(handlers: Readonly<Record<RpcName, DomainHandler>>): RpcHandlers {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [name, guarded(name as RpcName, handler)]),
  ) as unknown as RpcHandlers;
}

function guarded(name: RpcName, handler: DomainHandler): RpcHandler {
  switch (handler.type) {
    case "unary":
      return {
        type: handler.type,
        call: async ({ centerId, decode }, context) => {
          authorize(context.principal, name, resourceOf(centerId));
          return handler.call(decode() as never, context);
        },
      };
    case "server-streaming":
      return {
        type: handler.type,
        call: async function* ({ centerId, decode }, context) {
          authorize(context.principal, name, resourceOf(centerId));
          yield* handler.call(decode() as never, context);
        },
      };
    case "bidi-streaming":
      return {
        type: handler.type,
        call: async function* (requests, context) {
          authorize(context.principal, name, {});
          yield* handler.call(requests, context);
        },
      };
  }
}

function resourceOf(centerId: string): { centerId?: string } {
  return centerId === "" ? {} : { centerId };
}
