/**
 * What agent and hub say to each other while publishing.
 *
 * @see ../../tributary/v1/ingest_service.proto
 * @module
 */

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { TributaryError } from "../errors.ts";
import { type Receipt, ReceiptSchema } from "../gen/tributary/v1/batch_pb.ts";
import {
  CreditSchema,
  FeedHeadResponseSchema,
  HeartbeatSchema,
  HeldSnapshotSchema,
  type PublishRequest,
  PublishRequestSchema,
  PublishResponseSchema,
  ReturnedBatchSchema,
  WantedBatchSchema,
} from "../gen/tributary/v1/ingest_service_pb.ts";
import { type Codec, completeCodec } from "../plain.ts";
import { type Refusal, refusalCodec } from "../refusal.ts";

/** A sign of life of an agent. */
export interface Heartbeat {
  readonly agentVersion: string;
  /** Batches that wait for a receipt. */
  readonly outboxBatches: number;
  /** Rows that the agent could not map, over all sources. */
  readonly rejectedRows: number;
  /** Why the center paused publication; empty when it runs. */
  readonly pausedReason: string;
}

/** A batch that has a receipt, given back to a hub that lost its records. */
export interface ReturnedBatch {
  /** 16 bytes. */
  readonly feedId: Uint8Array;
  readonly seq: bigint;
  /** Bytes of the SignedBatch; undefined when the agent does not have its records any more. */
  readonly frame: Uint8Array | undefined;
}

/** What an agent sends. */
export type PublishItem =
  | { readonly type: "batch"; readonly frame: Uint8Array }
  | { readonly type: "heartbeat"; readonly heartbeat: Heartbeat }
  | { readonly type: "returned"; readonly returned: ReturnedBatch };

/** What the agent may have in flight. */
export interface Credit {
  readonly batches: number;
  readonly bytes: number;
}

/** What the hub answers. */
export type PublishAnswer =
  | {
      readonly type: "receipt";
      readonly feedId: Uint8Array;
      readonly seq: bigint;
      /** Bytes of a Receipt, to be verified. */
      readonly receipt: Uint8Array;
    }
  | {
      readonly type: "refusal";
      readonly feedId: Uint8Array;
      readonly seq: bigint;
      readonly refusal: Refusal;
    }
  | { readonly type: "credit"; readonly credit: Credit }
  /** The hub lost the records of this batch and asks for it again. */
  | { readonly type: "wanted"; readonly feedId: Uint8Array; readonly seq: bigint };

/** Where a feed stands. */
export interface FeedHead {
  /** 16 bytes; empty when the hub knows none. */
  readonly feedId: Uint8Array;
  /** The sequence that the hub expects next. */
  readonly nextSeq: bigint;
  /** SHA-256 of the newest accepted header; 32 zero bytes when there is none. */
  readonly lastHash: Uint8Array;
  readonly nextRecordSeq: bigint;
  /** Why the feed is paused; empty when it is open. */
  readonly pausedCode: string;
  /** What the hub holds back of the center; undefined when that is nothing. */
  readonly held: HeldSnapshot | undefined;
}

/** A snapshot that left out so many records that they stay until somebody confirms it. */
export interface HeldSnapshot {
  /** The feed that began with it; 16 bytes. */
  readonly feedId: Uint8Array;
  /** Position in the log of the batch that ended it. */
  readonly position: number;
  /** Records of earlier feeds that it did not repeat; above 0. */
  readonly omitted: number;
  /** Records of earlier feeds that it repeated. */
  readonly kept: number;
  /** When the hub took that batch; ms since the epoch. */
  readonly sinceMs: number;
}

/** Between a sign of life and its message. */
export const heartbeatCodec: Codec<Heartbeat, typeof HeartbeatSchema> = completeCodec<
  Heartbeat,
  typeof HeartbeatSchema
>(HeartbeatSchema);
/** Between a credit and its message. */
export const creditCodec: Codec<Credit, typeof CreditSchema> = completeCodec<
  Credit,
  typeof CreditSchema
>(CreditSchema);

/** The message of a receipt's bytes. */
export function receiptMessageOf(receipt: Uint8Array): Receipt {
  return fromBinary(ReceiptSchema, receipt);
}

/** The bytes of a receipt's message. */
export function receiptBytesOf(message: Receipt): Uint8Array {
  return toBinary(ReceiptSchema, message);
}

/** Between what an agent sends and its message. Decoding throws `ERR_MESSAGE_MALFORMED` if the message holds nothing. */
export const publishItemCodec: Codec<PublishItem, typeof PublishRequestSchema> = {
  encode: (item) => create(PublishRequestSchema, { item: requestItemOf(item) }),
  decode: ({ item }) => {
    switch (item.case) {
      case "batch":
        return { type: "batch", frame: item.value };
      case "heartbeat":
        return { type: "heartbeat", heartbeat: heartbeatCodec.decode(item.value) };
      case "returned": {
        const { feedId, seq, batch } = item.value;
        const frame = batch.length === 0 ? undefined : batch;
        return { type: "returned", returned: { feedId, seq, frame } };
      }
      case undefined:
        throw new TributaryError("ERR_MESSAGE_MALFORMED", "a publish request holds no item");
    }
  },
};

function requestItemOf(item: PublishItem): PublishRequest["item"] {
  switch (item.type) {
    case "batch":
      return { case: "batch", value: item.frame };
    case "heartbeat":
      return { case: "heartbeat", value: heartbeatCodec.encode(item.heartbeat) };
    case "returned": {
      const { feedId, seq, frame } = item.returned;
      const batch = frame ?? new Uint8Array();
      return { case: "returned", value: create(ReturnedBatchSchema, { feedId, seq, batch }) };
    }
  }
}

/** Between what a hub answers and its message. Decoding throws `ERR_MESSAGE_MALFORMED` if the message holds nothing. */
export const publishAnswerCodec: Codec<PublishAnswer, typeof PublishResponseSchema> = {
  encode: (answer) => {
    switch (answer.type) {
      case "receipt": {
        const { feedId, seq, receipt } = answer;
        const value = receiptMessageOf(receipt);
        return create(PublishResponseSchema, { feedId, seq, item: { case: "receipt", value } });
      }
      case "refusal": {
        const { feedId, seq, refusal } = answer;
        const value = refusalCodec.encode(refusal);
        return create(PublishResponseSchema, { feedId, seq, item: { case: "refusal", value } });
      }
      case "credit": {
        const value = creditCodec.encode(answer.credit);
        return create(PublishResponseSchema, { item: { case: "credit", value } });
      }
      case "wanted": {
        const { feedId, seq } = answer;
        const value = create(WantedBatchSchema);
        return create(PublishResponseSchema, { feedId, seq, item: { case: "wanted", value } });
      }
    }
  },
  decode: ({ feedId, seq, item }) => {
    switch (item.case) {
      case "receipt":
        return { type: "receipt", feedId, seq, receipt: receiptBytesOf(item.value) };
      case "refusal":
        return { type: "refusal", feedId, seq, refusal: refusalCodec.decode(item.value) };
      case "credit":
        return { type: "credit", credit: creditCodec.decode(item.value) };
      case "wanted":
        return { type: "wanted", feedId, seq };
      case undefined:
        throw new TributaryError("ERR_MESSAGE_MALFORMED", "a publish response holds no item");
    }
  },
};

const heldSnapshotCodec = completeCodec<HeldSnapshot, typeof HeldSnapshotSchema>(
  HeldSnapshotSchema,
);

/** Between a feed's head and its message. */
export const feedHeadCodec: Codec<FeedHead, typeof FeedHeadResponseSchema> = {
  encode: ({ held, ...head }) =>
    create(FeedHeadResponseSchema, {
      ...head,
      ...(held && { held: heldSnapshotCodec.encode(held) }),
    }),
  decode: ({ feedId, nextSeq, lastHash, nextRecordSeq, pausedCode, held }) => ({
    feedId,
    nextSeq,
    lastHash,
    nextRecordSeq,
    pausedCode,
    held: held && heldSnapshotCodec.decode(held),
  }),
};
