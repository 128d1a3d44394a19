import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import {
  PublishRequestSchema,
  PublishResponseSchema,
} from "../gen/tributary/v1/ingest_service_pb.ts";
import { encodeReceipt } from "../log/receipt.ts";
import { memberViewCodec } from "./member.ts";
import {
  type FeedHead,
  feedHeadCodec,
  type PublishAnswer,
  type PublishItem,
  publishAnswerCodec,
  publishItemCodec,
} from "./publish.ts";

const refused = expect.objectContaining({ code: "ERR_MESSAGE_MALFORMED" });
const feedId = new Uint8Array(16).fill(1);
const seq = 2n ** 63n;

describe("what agent and hub say", () => {
  test.each<PublishItem>([
    { type: "batch", frame: Uint8Array.of(1, 2) },
    {
      type: "heartbeat",
      heartbeat: { agentVersion: "0.1.0", outboxBatches: 0, rejectedRows: 2, pausedReason: "" },
    },
    { type: "returned", returned: { feedId, seq, frame: Uint8Array.of(1, 2) } },
    { type: "returned", returned: { feedId, seq, frame: undefined } },
  ])("comes back from an agent: $type", (item) => {
    expect(publishItemCodec.decode(publishItemCodec.encode(item))).toEqual(item);
  });

  test.each<PublishAnswer>([
    {
      type: "receipt",
      feedId,
      seq,
      receipt: encodeReceipt({ entry: Uint8Array.of(1), index: 0, path: [], checkpoint: "c" }),
    },
    {
      type: "refusal",
      feedId,
      seq,
      refusal: {
        code: "ERR_BATCH_GAP",
        message: "m",
        messageZh: "信",
        limitName: "",
        limitValue: 0,
        expectedSeq: 0,
      },
    },
    { type: "credit", credit: { batches: 32, bytes: 0 } },
    { type: "wanted", feedId, seq },
  ])("comes back from a hub: $type", (answer) => {
    expect(publishAnswerCodec.decode(publishAnswerCodec.encode(answer))).toEqual(answer);
  });

  test("is refused if it says nothing", () => {
    expect(() => publishItemCodec.decode(create(PublishRequestSchema))).toThrow(refused);
    expect(() => publishAnswerCodec.decode(create(PublishResponseSchema))).toThrow(refused);
  });

  test("keeps sequences of 64 bits", () => {
    const head: FeedHead = {
      feedId,
      nextSeq: seq,
      lastHash: new Uint8Array(32),
      nextRecordSeq: 2n ** 64n - 1n,
      pausedCode: "",
      held: { feedId, position: 2 ** 40, omitted: 17, kept: 3, sinceMs: 1_767_225_600_000 },
    };
    for (const one of [head, { ...head, held: undefined }]) {
      expect(feedHeadCodec.decode(feedHeadCodec.encode(one))).toEqual(one);
    }
  });
});

describe("a member", () => {
  const member = {
    centerId: "chengdu",
    centerName: "成都中心",
    state: "pending" as const,
    reason: "",
    checkCode: "ABC234",
    sinceMs: 1,
    lastSeenMs: 0,
    agentVersion: "",
    nextSeq: 0,
    liveRecords: 0,
    quarantinedRecords: 0,
    pausedCode: "",
    publicKey: new Uint8Array(32).fill(7),
  };

  test("comes back from its message", () => {
    expect(memberViewCodec.decode(memberViewCodec.encode(member))).toEqual(member);
  });

  test("without a state is refused", () => {
    const message = memberViewCodec.encode(member);
    message.state = 0;
    expect(() => memberViewCodec.decode(message)).toThrow(refused);
  });
});
