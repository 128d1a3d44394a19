/**
 * What a transport needs to know of the hub's services: handlers by name, in domain values.
 *
 * A transport decodes the request, finds out who calls, and hands both over; what comes back it encodes. Authorization
 * happens here, once for every transport.
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
}

/** A handler of one RPC. Requests are attacker-controlled and shaped by their message, no more. */
export type RpcHandler =
  | {
      readonly type: "unary";
      readonly call: (request: never, context: CallContext) => Promise<object>;
    }
  | {
      readonly type: "server-streaming";
      readonly call: (request: never, context: CallContext) => AsyncIterable<object>;
    }
  | {
      readonly type: "bidi-streaming";
      readonly call: (
        requests: AsyncIterable<never>,
        context: CallContext,
      ) => AsyncIterable<object>;
    };

export type RpcHandlers = Readonly<Record<RpcName, RpcHandler>>;

/** The handlers with authorization in front of each. */
export function withAuthorization(handlers: RpcHandlers): RpcHandlers {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [name, guarded(name as RpcName, handler)]),
  ) as unknown as RpcHandlers;
}

function guarded(name: RpcName, handler: RpcHandler): RpcHandler {
  switch (handler.type) {
    case "unary":
      return {
        type: handler.type,
        call: async (request, context) => {
          authorize(context.principal, name, resourceOf(request));
          return handler.call(request, context);
        },
      };
    case "server-streaming":
      return {
        type: handler.type,
        call: async function* (request, context) {
          authorize(context.principal, name, resourceOf(request));
          yield* handler.call(request, context);
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

/** What the request names at its top level; what it asks about deeper inside is the handler's to check. */
function resourceOf(request: unknown): { centerId?: string } {
  const named = (request as { readonly centerId?: unknown }).centerId;
  return typeof named === "string" && named !== "" ? { centerId: named } : {};
}
