/**
 * What the hub's messages mean, the same over every courier.
 *
 * @module
 */

import { toBinary } from "@bufbuild/protobuf";
import { feedHeadCodec, toBase64Url } from "@tributary/proto";
import {
  type FeedHeadResponse,
  type GetStatusResponse,
  MemberState,
  type PublishResponse,
  ReceiptSchema,
  type Refusal as RefusalMessage,
} from "@tributary/proto/wire";
import type { Answer, FeedHead, Refusal } from "../ports/courier.ts";
import type { MembershipState } from "../sync/agent-state.ts";

/** The answer in a message; undefined for one of a newer hub that has no known item. */
export function answerOf({ feedId, seq, item }: PublishResponse): Answer | undefined {
  switch (item.case) {
    case "receipt":
      return { type: "receipt", feedId, seq, receipt: toBinary(ReceiptSchema, item.value) };
    case "refusal":
      return { type: "refusal", feedId, seq, refusal: refusalOf(item.value) };
    case "credit":
      return { type: "credit", batches: item.value.batches, bytes: item.value.bytes };
    case "wanted":
      return { type: "wanted", feedId, seq };
    default:
      return undefined;
  }
}

function refusalOf({
  code,
  message,
  messageZh,
  expectedSeq,
  retryAfterMs,
}: RefusalMessage): Refusal {
  return {
    code,
    message,
    messageZh: messageZh === "" ? message : messageZh,
    ...(expectedSeq !== undefined && { expectedSeq }),
    ...(retryAfterMs !== undefined && { retryAfterMs: Number(retryAfterMs) }),
  };
}

/** Where a feed stands; undefined for one that the hub does not know. */
export function feedHeadOf(answer: FeedHeadResponse): FeedHead | undefined {
  const { feedId, nextSeq, lastHash, pausedCode, held } = feedHeadCodec.decode(answer);
  return feedId.length === 0 ? undefined : { nextSeq, lastHash, pausedCode, held };
}

const STATE_NAMES: Readonly<Partial<Record<MemberState, MembershipState["state"]>>> = {
  [MemberState.PENDING]: "pending",
  [MemberState.APPROVED]: "approved",
  [MemberState.REJECTED]: "rejected",
  [MemberState.SUSPENDED]: "suspended",
  [MemberState.REVOKED]: "revoked",
  [MemberState.LEFT]: "left",
};

/** The membership in a message. */
export function membershipOf(answer: GetStatusResponse): MembershipState {
  const { state, reason, sinceMs, actor, decisions } = answer;
  return {
    state: memberStateName(state),
    reason,
    sinceMs: Number(sinceMs),
    actor,
    decisions: decisions.map((decision) => ({
      position: Number(decision.position),
      atMs: Number(decision.atMs),
      state: memberStateName(decision.state),
      actor: decision.actor,
      reason: decision.reason,
      keyId: toBase64Url(decision.keyId),
      distrustedFrom: Number(decision.distrustedFrom),
    })),
  };
}

/** The name of a state; one that this version does not know counts as suspended: nothing is sent. */
export function memberStateName(state: MemberState): MembershipState["state"] {
  return STATE_NAMES[state] ?? "suspended";
}
