/**
 * How a call reaches a hub. Two implementations: Connect over fetch, and gRPC in Node.
 *
 * @module
 */

import type {
  DescMessage,
  DescMethodServerStreaming,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";

/** What a transport is told beside the message. */
export interface AttemptOptions {
  /** Ends the attempt at once. */
  readonly signal: AbortSignal;
  /** What is left of the deadline, to tell the hub; ms. Undefined for streams without an end. */
  readonly timeoutMs: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Carries single attempts; knows nothing of retries. Methods may be called concurrently. */
export interface Transport {
  /** @throws {ClientError} if the attempt fails. */
  unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    message: MessageInitShape<I>,
    options: AttemptOptions,
  ): Promise<MessageShape<O>>;

  /**
   * Ends normally only where the hub ends the stream. The caller aborts the signal when it wants no more.
   *
   * @throws {ClientError} if the attempt fails.
   */
  stream<I extends DescMessage, O extends DescMessage>(
    method: DescMethodServerStreaming<I, O>,
    message: MessageInitShape<I>,
    options: AttemptOptions,
  ): AsyncIterable<MessageShape<O>>;

  /** Frees the connection. Idempotent. */
  close(): void;
}

/** Largest answer that is read, and largest message of a stream; bytes. */
export const MAX_MESSAGE_BYTES = 64 * 2 ** 20;
