/**
 * Answers what agents ask over NATS: how their membership and feed stand, and how much they may send.
 *
 * Who asks is proven by a caller token, as over gRPC: the broker's permissions are a second fence, not the first.
 *
 * @module
 */

import { create, type DescMethod, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import type { Msg, NatsConnection } from "@nats-io/transport-node";
import {
  centerOfAsk,
  creditCodec,
  type Heartbeat,
  heartbeatCodec,
  NATS_ALL_ASKS,
  natsNamesOf,
  refusalCodec,
  refusalOf,
  TributaryError,
} from "@tributary/proto";
import {
  type FeedHeadResponse,
  type GetStatusResponse,
  IngestService,
  MemberService,
  type NatsAnswer,
  NatsAnswerSchema,
  type NatsAsk,
  NatsAskSchema,
} from "@tributary/proto/wire";
import type { CourierApi } from "../api/courier-api.ts";
import type { Authenticator, Principal } from "../api/principal.ts";
import type { RpcHandlers } from "../api/rpc.ts";
import { type CallLog, requestIdOf } from "./call-log.ts";
import { rpcMessagesOf } from "./rpc-messages.ts";

export interface NatsAsksOptions {
  readonly courier: CourierApi;
  readonly handlers: RpcHandlers;
  readonly authenticator: Authenticator;
  readonly callLog: CallLog;
}

/** Questions that are answered at one moment; more are not heard, and asked again. */
const MAX_AT_ONCE = 256;
const MAX_ASK_BYTES = 8 * 1024;

/** Answers questions for as long as the connection lives; how to stop is to close it. */
export function answerNatsAsks(
  connection: NatsConnection,
  options: NatsAsksOptions,
  signal: AbortSignal,
): void {
  let running = 0;
  connection.subscribe(NATS_ALL_ASKS, {
    callback: (error, message) => {
      if (error !== null || !isAnswerable(message) || running >= MAX_AT_ONCE) return;
      running += 1;
      answerOf(message, options, signal)
        .then((answer) => {
          if (!connection.isClosed()) message.respond(toBinary(NatsAnswerSchema, answer));
        })
        .finally(() => {
          running -= 1;
        });
    },
  });
}

/** A reply subject of another would make the hub write where the asking center may not. */
function isAnswerable({ subject, reply, data }: Msg): boolean {
  const { inboxPrefix } = natsNamesOf(centerOfAsk(subject));
  return reply?.startsWith(`${inboxPrefix}.`) === true && data.length <= MAX_ASK_BYTES;
}

/** Never rejects: a refusal is an answer. */
async function answerOf(
  { subject, data }: Msg,
  options: NatsAsksOptions,
  signal: AbortSignal,
): Promise<NatsAnswer> {
  try {
    const ask = askOf(data);
    const principal = await options.authenticator.authenticate(`Bearer ${ask.token}`);
    if (principal.type !== "center" || principal.centerId !== centerOfAsk(subject)) {
      throw wrongSubject(subject);
    }
    return create(NatsAnswerSchema, { answer: await answered(ask, principal, options, signal) });
  } catch (error) {
    const value = refusalCodec.encode(refusalOf(error));
    return create(NatsAnswerSchema, { answer: { case: "refusal", value } });
  }
}

async function answered(
  { question }: NatsAsk,
  principal: Principal & { readonly type: "center" },
  { courier, callLog, handlers }: NatsAsksOptions,
  signal: AbortSignal,
): Promise<NatsAnswer["answer"]> {
  const { centerId } = principal;
  const call = <Response extends Message>(method: DescMethod, request: Message) => {
    const { name, raw, encode } = rpcMessagesOf(method);
    return callLog.observe(name, requestIdOf(undefined), async (requestId) => {
      const handler = handlers[name];
      if (handler.type !== "unary") throw new TypeError(`${name} is a stream`);
      const context = { principal, requestId, signal };
      return encode(await handler.call(raw(request), context)) as Response;
    });
  };
  const credit = (heartbeat?: Heartbeat) =>
    creditCodec.encode(courier.beat(principal, centerId, heartbeat));
  switch (question.case) {
    case "status": {
      const value = await call<GetStatusResponse>(MemberService.method.getStatus, question.value);
      return { case: "status", value };
    }
    case "feedHead": {
      const value = await call<FeedHeadResponse>(IngestService.method.feedHead, question.value);
      return { case: "feedHead", value };
    }
    case "heartbeat":
      return { case: "credit", value: credit(heartbeatCodec.decode(question.value)) };
    case "window":
      return { case: "credit", value: credit() };
    case undefined:
      throw malformed("the message asks nothing that this hub knows");
  }
}

function askOf(bytes: Uint8Array): NatsAsk {
  try {
    return fromBinary(NatsAskSchema, bytes);
  } catch (cause) {
    throw malformed("the bytes are not a NatsAsk message", cause);
  }
}

function malformed(message: string, cause?: unknown): TributaryError {
  return new TributaryError("ERR_MESSAGE_MALFORMED", message, {
    messageZh: "消息不是有效的 NatsAsk",
    ...(cause !== undefined && { cause }),
  });
}

function wrongSubject(subject: string): TributaryError {
  return new TributaryError("ERR_FORBIDDEN", `the token is not of the center of ${subject}`, {
    messageZh: `令牌不属于 ${subject} 对应的中心`,
  });
}
