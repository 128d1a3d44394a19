/**
 * What a courier without streams does for a center: takes single batches, and hears signs of life.
 *
 * @module
 */

import {
  type Credit,
  type Heartbeat,
  MAX_NATS_FRAME_BYTES,
  refusalOf,
  TributaryError,
} from "@tributary/proto";
import type { BatchAnswer, Ingest } from "../ingest/ingest.ts";
import type { PresenceBoard } from "../members/presence.ts";
import { authorize } from "./authorize.ts";
import { CREDIT } from "./ingest-api.ts";
import type { Principal } from "./principal.ts";

export interface CourierApiOptions {
  readonly ingest: Ingest;
  readonly presence: PresenceBoard;
}

/** The hub behind a broker. */
export interface CourierApi {
  /** Notes a sign of life. @returns What may be in flight. @throws {TributaryError} `ERR_FORBIDDEN`, `ERR_UNAUTHENTICATED`. */
  beat(principal: Principal, centerId: string, heartbeat?: Heartbeat): Credit;
  /** Takes one batch; a refusal is an answer, what is thrown is a defect. @param frame Attacker-controlled. */
  take(centerId: string, frame: Uint8Array): Promise<BatchAnswer>;
}

export function createCourierApi({ ingest, presence }: CourierApiOptions): CourierApi {
  return {
    beat(principal, centerId, heartbeat) {
      authorize(principal, "IngestService.Publish", { centerId });
      presence.heard(centerId, heartbeat);
      return CREDIT;
    },

    async take(centerId, frame) {
      if (frame.length > MAX_NATS_FRAME_BYTES) return tooLarge(frame.length);
      presence.heard(centerId);
      return ingest.accept(centerId, frame);
    },
  };
}

/** A broker that is set up as it should be has refused such a frame already. */
function tooLarge(bytes: number): BatchAnswer {
  const error = new TributaryError(
    "ERR_FRAME_TOO_LARGE",
    `a frame has at most ${MAX_NATS_FRAME_BYTES} bytes over NATS, this one has ${bytes}`,
    {
      messageZh: `经 NATS 的数据帧最大 ${MAX_NATS_FRAME_BYTES} 字节，收到 ${bytes} 字节`,
      details: { limitName: "frame_bytes", limitValue: MAX_NATS_FRAME_BYTES },
    },
  );
  return { type: "refusal", feedId: new Uint8Array(), seq: 0n, refusal: refusalOf(error) };
}
