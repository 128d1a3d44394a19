/**
 * What an entry of the log says: its statement, decoded by its type.
 *
 * @see ../../tributary/v1/log.proto
 * @module
 */

import { type BatchHeaderValue, decodeBatchHeader } from "../batch/header.ts";
import { decodeRefusal, type Refusal } from "../refusal.ts";
import type { LogEntryValue } from "./entry.ts";
import {
  type CurationDecision,
  decodeCurationDecision,
  decodeEpochSummary,
  decodeErasure,
  decodeMembershipChange,
  decodePolicyChange,
  decodeRestart,
  type EpochSummary,
  type Erasure,
  type MembershipChange,
  type PolicyChange,
  type Restart,
} from "./statement.ts";

/** By the type of the entry. */
export type LogContent =
  | { readonly type: "batch"; readonly header: BatchHeaderValue }
  | { readonly type: "refusal"; readonly header: BatchHeaderValue; readonly refusal: Refusal }
  | { readonly type: "membership"; readonly change: MembershipChange }
  | { readonly type: "curation"; readonly decision: CurationDecision }
  | { readonly type: "erasure"; readonly erasure: Erasure }
  | { readonly type: "policy"; readonly change: PolicyChange }
  | { readonly type: "restart"; readonly restart: Restart }
  | { readonly type: "epoch"; readonly summary: EpochSummary };

/**
 * Decodes what an entry says.
 *
 * @throws {TributaryError} `ERR_HEADER_MALFORMED` or `ERR_STATEMENT_MALFORMED` if the statement is not one of its type.
 */
export function decodeLogContent({
  type,
  statement,
  detail,
}: Pick<LogEntryValue, "type" | "statement" | "detail">): LogContent {
  switch (type) {
    case "batch":
      return { type, header: decodeBatchHeader(statement) };
    case "refusal":
      return { type, header: decodeBatchHeader(statement), refusal: decodeRefusal(detail) };
    case "membership":
      return { type, change: decodeMembershipChange(statement) };
    case "curation":
      return { type, decision: decodeCurationDecision(statement) };
    case "erasure":
      return { type, erasure: decodeErasure(statement) };
    case "policy":
      return { type, change: decodePolicyChange(statement) };
    case "restart":
      return { type, restart: decodeRestart(statement) };
    case "epoch":
      return { type, summary: decodeEpochSummary(statement) };
  }
}
