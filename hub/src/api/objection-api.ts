/**
 * A center objects to a decision of operators: an entry of the log, signed by the center.
 *
 * @module
 */

import {
  type CurationDecision,
  encodeCurationDecision,
  objectionIdOf,
  TributaryError,
  verifyObjection,
} from "@tributary/proto";
import { centerConcernedBy } from "../catalog/objection.ts";
import { decisionFact, decisionFactName } from "../ingest/curation-effect.ts";
import type { MerkleLog } from "../log/merkle-log.ts";
import type { MemberRegistry } from "../members/registry.ts";
import { type DecisionLog, invalidArgument, noDecision, requireReason } from "./decision-log.ts";

export interface ObjectRequest {
  readonly centerId: string;
  readonly decisionId: string;
  readonly reason: string;
  /** Compact JWS. */
  readonly authorization: string;
}

export interface ObjectionOptions {
  readonly log: MerkleLog;
  readonly decisions: Pick<DecisionLog, "of">;
  readonly registry: Pick<MemberRegistry, "require">;
  readonly hubOrigin: string;
}

/** Verbs that no center objects to: what they undo or answer is what it may object to. */
const NOT_OBJECTED_TO = new Set(["retract", "release", "object", "decline"]);

export function createObjection({ log, decisions, registry, hubOrigin }: ObjectionOptions) {
  /** What is being written. */
  const objecting = new Set<string>();

  /**
   * Appends the objection. A center objects to a decision once.
   *
   * @throws {TributaryError} `ERR_NOT_FOUND` if no such decision concerns the center; `ERR_SIGNATURE`;
   * `ERR_ALREADY_EXISTS`; `ERR_ARGUMENT_INVALID`, `ERR_MEMBER_UNKNOWN`.
   */
  return async (request: ObjectRequest): Promise<{ readonly position: number }> => {
    const { centerId, decisionId, reason, authorization } = request;
    const target = await decisions.of(decisionId);
    const subjects = target.subjects.filter((subject) => centerConcernedBy(subject) === centerId);
    if (subjects.length === 0) throw noDecision(decisionId);
    if (NOT_OBJECTED_TO.has(target.action)) {
      throw invalidArgument(
        `nobody objects to ${target.action}; object to the decision itself`,
        `不能对 ${target.action} 提出异议，请对决定本身提出`,
      );
    }
    const action = "object";
    requireReason(action, reason, true);
    const { key } = registry.require(centerId);
    await verifyObjection(authorization, key, { hubOrigin, ...request });
    const objectionId = objectionIdOf(request);
    const known = await log.fact(decisionFactName(objectionId));
    if (objecting.has(objectionId) || known !== undefined) throw objectedBefore(decisionId);
    objecting.add(objectionId);
    try {
      const about = { action, subjects, argument: decisionId, retracts: "" };
      const by = { decisionId: objectionId, actor: centerId, reason, authorization };
      const decision: CurationDecision = { ...about, ...by };
      const { position } = await log.append({
        type: "curation",
        statement: encodeCurationDecision(decision),
        facts: (at) => [decisionFact(decision, at)],
      });
      return { position };
    } finally {
      objecting.delete(objectionId);
    }
  };
}

function objectedBefore(decisionId: string): TributaryError {
  return new TributaryError(
    "ERR_ALREADY_EXISTS",
    `the center has objected to ${decisionId} before`,
    { messageZh: `该中心已对 ${decisionId} 提出过异议` },
  );
}
