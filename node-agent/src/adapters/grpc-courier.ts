/**
 * {@link Courier} over gRPC: the bidirectional stream `IngestService.Publish`.
 *
 * @module
 */

import { create } from "@bufbuild/protobuf";
import type { Client, ClientDuplexStream, ServiceError } from "@grpc/grpc-js";
import { publishItemCodec, type ReturnedBatch, TributaryError } from "@tributary/proto";
import {
  FeedHeadRequestSchema,
  type FeedHeadResponse,
  GetStatusRequestSchema,
  type GetStatusResponse,
  IngestService,
  MemberService,
  type PublishRequest,
  type PublishResponse,
} from "@tributary/proto/wire";
import type { Answer, Courier, CourierSession, FeedHead, Heartbeat } from "../ports/courier.ts";
import type { MembershipState } from "../sync/agent-state.ts";
import {
  type CallerOptions,
  callerMetadata,
  grpcClient,
  hubError,
  methodOf,
  unaryCall,
} from "./grpc-channel.ts";
import { answerOf, feedHeadOf, membershipOf } from "./hub-messages.ts";

const CALL_TIMEOUT_MS = 15_000;

/** Connections to the hub, as the center. */
export function grpcCourier(options: CallerOptions): Courier {
  return { connect: () => new GrpcCourierSession(options) };
}

type PublishStream = ClientDuplexStream<PublishRequest, PublishResponse>;

class GrpcCourierSession implements CourierSession {
  readonly #options: CallerOptions;
  readonly #client: Client;
  #stream: PublishStream | undefined;

  constructor(options: CallerOptions) {
    this.#options = options;
    this.#client = grpcClient(IngestService, options);
  }

  async membership(signal: AbortSignal): Promise<MembershipState> {
    const { centerId } = this.#options;
    const request = create(GetStatusRequestSchema, { centerId });
    const answer: GetStatusResponse = await unaryCall(
      this.#client,
      MemberService,
      "getStatus",
      request,
      await this.#callOptions(signal),
    );
    return membershipOf(answer);
  }

  async feedHead(feedId: Uint8Array, signal: AbortSignal): Promise<FeedHead | undefined> {
    const { centerId } = this.#options;
    const request = create(FeedHeadRequestSchema, { centerId, feedId });
    const answer: FeedHeadResponse = await unaryCall(
      this.#client,
      IngestService,
      "feedHead",
      request,
      await this.#callOptions(signal),
    );
    return feedHeadOf(answer);
  }

  async *answers(signal: AbortSignal): AsyncIterable<Answer> {
    const { path, requestSerialize, responseDeserialize } = methodOf(IngestService, "publish");
    const metadata = await callerMetadata(this.#options);
    signal.throwIfAborted();
    const stream: PublishStream = this.#client.makeBidiStreamRequest(
      path,
      requestSerialize as (message: PublishRequest) => Buffer,
      responseDeserialize as (bytes: Buffer) => PublishResponse,
      metadata,
    );
    this.#stream = stream;
    const onAbort = () => stream.cancel();
    signal.addEventListener("abort", onAbort, { once: true });
    stream.on("error", () => {}); // one that comes after the consumer has left
    try {
      for await (const message of stream) {
        const answer = answerOf(message as PublishResponse);
        if (answer !== undefined) yield answer;
      }
    } catch (error) {
      throw signal.aborted ? signal.reason : hubError(error as ServiceError);
    } finally {
      signal.removeEventListener("abort", onAbort);
      stream.cancel();
    }
  }

  send(frame: Uint8Array): Promise<void> {
    return this.#write(publishItemCodec.encode({ type: "batch", frame }));
  }

  giveBack(returned: ReturnedBatch): Promise<void> {
    return this.#write(publishItemCodec.encode({ type: "returned", returned }));
  }

  beat(heartbeat: Heartbeat): Promise<void> {
    return this.#write(publishItemCodec.encode({ type: "heartbeat", heartbeat }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stream?.cancel();
    this.#client.close();
  }

  /** Resolves when grpc-js has handed the message to the connection: what it holds itself is one message at most. */
  #write(message: PublishRequest): Promise<void> {
    const stream = this.#stream;
    if (stream === undefined) throw new TypeError("the stream is not open");
    return new Promise((resolve, reject) => {
      stream.write(message, (error: Error | null | undefined) => {
        if (error == null) resolve();
        else reject(closedError(error));
      });
    });
  }

  async #callOptions(signal: AbortSignal) {
    const deadlineMs = this.#options.clock.now() + CALL_TIMEOUT_MS;
    return { metadata: await callerMetadata(this.#options), deadlineMs, signal };
  }
}

function closedError(cause: Error): TributaryError {
  return new TributaryError("ERR_UNAVAILABLE", "the stream to the hub is closed", {
    messageZh: "与汇流枢纽的数据流已关闭",
    cause,
  });
}
