/**
 * A center confirms what a snapshot of it left out: an entry of the log, signed by the center.
 *
 * @module
 */

import {
  centerUrnOf,
  confirmationArgumentOf,
  confirmationIdOf,
  TributaryError,
  toHex,
  verifyConfirmation,
} from "@tributary/proto";
import { type HeldSnapshot, heldSnapshotOf } from "../catalog/center-fact.ts";
import type { MemberRegistry } from "../members/registry.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import { type DecisionLog, requireReason } from "./decision-log.ts";
import { requireKey } from "./require-key.ts";

export interface ConfirmRequest {
  readonly centerId: string;
  readonly feedId: Uint8Array;
  readonly position: number;
  readonly reason: string;
  /** Compact JWS. */
  readonly authorization: string;
}

export interface ConfirmationOptions {
  readonly catalog: Pick<CatalogStore, "fact">;
  readonly decisions: Pick<DecisionLog, "appendOnce">;
  readonly registry: Pick<MemberRegistry, "requireApproved">;
  readonly hubOrigin: string;
}

export function createConfirmation(options: ConfirmationOptions) {
  const { catalog, decisions, registry, hubOrigin } = options;

  /**
   * Appends the confirmation of the snapshot that waits. What it left out is withdrawn when the catalog covers the entry.
   *
   * @throws {TributaryError} `ERR_NOT_FOUND` if that snapshot does not wait; `ERR_SIGNATURE`; `ERR_ALREADY_EXISTS`;
   * `ERR_MEMBER_UNKNOWN`, `ERR_MEMBER_STATE`, `ERR_ARGUMENT_INVALID`.
   */
  return async (request: ConfirmRequest): Promise<{ readonly position: number }> => {
    const { centerId, reason, authorization } = request;
    const action = "confirm";
    requireReason(action, reason, false);
    const place = { feedId: toHex(request.feedId), position: request.position };
    const { key } = registry.requireApproved(centerId);
    await verifyConfirmation(authorization, key, { hubOrigin, centerId, reason, ...place });
    const held = await heldSnapshotOf(catalog, centerId);
    if (held?.feedId !== place.feedId || held.position !== place.position) {
      throw notHeld(place.position, held);
    }
    const about = { action, subjects: [centerUrnOf(centerId)], retracts: "" };
    const decisionId = confirmationIdOf({ centerId, ...place });
    const by = { decisionId, actor: centerId, reason, authorization };
    return decisions.appendOnce(
      { ...about, ...by, argument: confirmationArgumentOf(place) },
      {
        en: `the center has confirmed the snapshot at ${place.position} before`,
        zh: `该中心已确认过日志第 ${place.position} 条的快照`,
      },
      // Behind a suspension it would have no effect, and could not be said again.
      () => requireKey(registry.requireApproved(centerId), key),
    );
  };
}

function notHeld(position: number, held: HeldSnapshot | undefined): TributaryError {
  const now =
    held === undefined
      ? { en: "nothing of the center is", zh: "当前没有暂留的快照" }
      : {
          en: `that at ${held.position} is`,
          zh: `当前暂留的是日志第 ${held.position} 条`,
        };
  return new TributaryError(
    "ERR_NOT_FOUND",
    `the snapshot that ended at log position ${position} is not held back; ${now.en}`,
    { messageZh: `日志第 ${position} 条的快照不在暂留状态；${now.zh}` },
  );
}
