/**
 * Who may call what: one table, one function, deny by default.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";
import type { Principal } from "./principal.ts";

type Grant =
  /** Whoever calls; what is shown depends on who it is. */
  | "anyone"
  /** A center about itself, in whatever state its membership is. */
  | "own-center"
  /** Who holds the administrator's token. */
  | "operator";

/** One row an RPC, by service and method. A test compares it with the services. */
const RULES = {
  "AdminService.CreateInvitation": "operator",
  "AdminService.GetHubStatus": "operator",
  "AdminService.ListMembers": "operator",
  "AdminService.SetMemberState": "operator",
  "CurationService.Decide": "operator",
  "CurationService.ListDecisions": "operator",
  "CurationService.ListQueue": "operator",
  "IngestService.FeedHead": "own-center",
  "IngestService.Publish": "own-center",
  "LogService.GetCheckpoint": "anyone",
  "LogService.GetConsistencyProof": "anyone",
  "LogService.GetInclusionProof": "anyone",
  "LogService.ListEntries": "anyone",
  "MatchService.Match": "anyone",
  "MatchService.Plan": "anyone",
  "MemberService.GetStatus": "own-center",
  // A join proves itself by invitation and key; there is no principal yet.
  "MemberService.Join": "anyone",
  "MemberService.RequestChallenge": "anyone",
  // A rotation proves itself by two keys, one of which may be the recovery key.
  "MemberService.Rotate": "anyone",
  "QueryService.Evidence": "anyone",
  "QueryService.Facets": "anyone",
  "QueryService.Get": "anyone",
  "QueryService.List": "anyone",
  "QueryService.Search": "anyone",
  "QueryService.Similar": "anyone",
  "QueryService.Suggest": "anyone",
  "QueryService.Watch": "anyone",
} as const satisfies Record<string, Grant>;

/** Service and method, for example `LogService.GetCheckpoint`. */
export type RpcName = keyof typeof RULES;

/** What a call is about. */
export interface Resource {
  /** The center that the request names; undefined where it names none. */
  readonly centerId?: string | undefined;
}

/** Every RPC that has a row. */
export const RPC_NAMES = Object.keys(RULES) as readonly RpcName[];

/**
 * Returns if the principal may do this, and throws otherwise.
 *
 * @throws {TributaryError} `ERR_UNAUTHENTICATED` if the caller has to say who it is; `ERR_FORBIDDEN` if it may not.
 */
export function authorize(principal: Principal, action: string, resource: Resource): void {
  const grant: Grant | undefined = Object.hasOwn(RULES, action)
    ? RULES[action as RpcName]
    : undefined;
  switch (grant) {
    case "anyone":
      return;
    case "own-center":
      if (principal.type !== "center") throw denied(principal, action);
      if (resource.centerId !== undefined && resource.centerId !== principal.centerId) {
        throw denied(principal, action);
      }
      return;
    case "operator":
      if (principal.type !== "operator") throw denied(principal, action);
      return;
    default:
      throw denied(principal, action);
  }
}

function denied(principal: Principal, action: string): TributaryError {
  return principal.type === "visitor"
    ? new TributaryError("ERR_UNAUTHENTICATED", `${action} needs a token`, {
        messageZh: `${action} 需要令牌`,
      })
    : new TributaryError("ERR_FORBIDDEN", `this caller may not call ${action} for this center`, {
        messageZh: `该调用方无权对此中心执行 ${action}`,
      });
}
