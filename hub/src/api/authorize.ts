/**
 * Who may do what: one table, one function, deny by default.
 *
 * @module
 */

import { type Role, TributaryError } from "@tributary/proto";
import type { Scope } from "../ports/api-key-store.ts";
import type { Principal } from "./principal.ts";

type Grant =
  /** Whoever calls. */
  | "anyone"
  /** Whoever may read something; what is shown depends on who it is. A program needs a scope for reading. */
  | "reader"
  /** A center about itself, in whatever state its membership is. */
  | "own-center"
  /** The same, for a center that its key alone proves: it hears why its certificate is not valid. */
  | "own-center-by-key"
  /** A center about itself, or an operator about any; where none is named, the handler keeps a center to itself. */
  | "own-center-or-operator"
  /** Who holds the administrator's token, programs with the scope `operate`, and accounts with the role `admin`. */
  | "operator"
  /** Operators, and accounts of any role: what those who work here see. */
  | "staff"
  /** Operators, and accounts with the role that the grant is named after. */
  | "assessor"
  | "curator"
  | "enrolment"
  /** Operators, and programs with the scope `metrics`. */
  | "metrics"
  /** Who holds the administrator's token and accounts with the role `admin`, and no program: a key must not make keys. */
  | "administrator";

/** One row an RPC, by service and method. A test compares it with the services. */
const RPC_RULES = {
  "AccessService.CreateApiKey": "administrator",
  "AccessService.ListApiKeys": "administrator",
  "AccessService.RevokeApiKey": "administrator",
  "AccountService.GetSession": "anyone",
  "AccountService.InviteAccount": "administrator",
  "AccountService.ListAccounts": "administrator",
  // This and the one below prove themselves, by a link and by a password.
  "AccountService.RedeemLink": "anyone",
  "AccountService.RemoveAccount": "administrator",
  "AccountService.SignIn": "anyone",
  "AccountService.SignOut": "anyone",
  "AdminService.Backup": "administrator",
  "AdminService.CreateInvitation": "enrolment",
  // Cannot be undone.
  "AdminService.EraseRecords": "administrator",
  "AdminService.GetHubStatus": "staff",
  "AdminService.ListMembers": "staff",
  "AdminService.SetMemberState": "enrolment",
  "AdminService.SetWitness": "operator",
  "AssessmentService.ListAssessments": "own-center-or-operator",
  "AssessmentService.ListBenchmarks": "own-center-or-operator",
  "AssessmentService.ListGrades": "reader",
  "AssessmentService.PublishGrade": "assessor",
  "AssessmentService.ReviewBenchmark": "assessor",
  "AssessmentService.SelectBenchmark": "assessor",
  "AssessmentService.TakeBack": "assessor",
  "CollectionService.ListCollections": "reader",
  "CurationService.Confirm": "own-center",
  "CurationService.Decide": "curator",
  "CurationService.ListDecisions": "own-center-or-operator",
  "CurationService.ListQueue": "staff",
  "CurationService.Object": "own-center",
  "CurationService.Preview": "curator",
  "CurationService.Undo": "curator",
  "EntityService.GetEntity": "reader",
  "EntityService.ListEntities": "reader",
  "IngestService.FeedHead": "own-center",
  "IngestService.Publish": "own-center",
  "InsightService.ListActivity": "own-center-or-operator",
  "InsightService.ListMarket": "own-center-or-operator",
  "InsightService.ListOverlap": "own-center-or-operator",
  "LogService.GetCheckpoint": "anyone",
  "LogService.GetConsistencyProof": "anyone",
  "LogService.GetEpoch": "anyone",
  "LogService.GetInclusionProof": "anyone",
  "LogService.ListEntries": "anyone",
  "LogService.ListWitnesses": "anyone",
  // Only centers that are named as witnesses; the handler knows which.
  "LogService.Witness": "own-center",
  "MatchService.Match": "reader",
  "MatchService.Plan": "reader",
  "MemberService.GetStatus": "own-center-by-key",
  // A request for a certificate proves itself by the current key.
  "MemberService.IssueCertificate": "anyone",
  // A join proves itself by invitation and key; there is no principal yet.
  "MemberService.Join": "anyone",
  // A departure proves itself by a key, which may be the recovery key.
  "MemberService.Leave": "anyone",
  "MemberService.RequestChallenge": "anyone",
  // A rotation proves itself by two keys, one of which may be the recovery key.
  "MemberService.Rotate": "anyone",
  "QueryService.Evidence": "reader",
  "QueryService.Facets": "reader",
  "QueryService.Get": "reader",
  "QueryService.List": "reader",
  "QueryService.Search": "reader",
  "QueryService.Similar": "reader",
  "QueryService.Suggest": "reader",
  "QueryService.Watch": "reader",
  "VocabularyService.ListTerms": "reader",
  "VocabularyService.PreviewTerm": "staff",
  "VoucherService.ListVouchers": "own-center-or-operator",
} as const satisfies Record<string, Grant>;

/** One row a route of the web port that is no RPC. The server does not start with a route that has none. */
const ROUTE_RULES = {
  "GET /*": "anyone", // the page's files
  "GET /livez": "anyone",
  "GET /log/checkpoint": "anyone",
  "GET /log/tile/*": "anyone",
  "GET /metrics": "metrics", // counts records by center
  "GET /readyz": "anyone",
  "GET /reconcile": "reader",
  "GET /reconcile/preview": "reader",
  "GET /reconcile/suggest/entity": "reader",
  "GET /reconcile/suggest/property": "reader",
  // Begin and end a sign-in: who comes back from the organisation's provider proves itself there.
  "GET /sign-in/organisation": "anyone",
  "GET /sign-in/organisation/callback": "anyone",
  "POST /reconcile": "reader",
} as const satisfies Record<string, Grant>;

const RULES: Readonly<Record<string, Grant>> = { ...RPC_RULES, ...ROUTE_RULES };

/** Service and method, for example `LogService.GetCheckpoint`. */
export type RpcName = keyof typeof RPC_RULES;

/** What a call is about. */
export interface Resource {
  /** The center that the request names; undefined where it names none. */
  readonly centerId?: string | undefined;
}

/** Every RPC that has a row. */
export const RPC_NAMES = Object.keys(RPC_RULES) as readonly RpcName[];

/** Every action that has a row: RPCs, and routes as `GET /path`. */
export const ACTIONS: readonly string[] = Object.keys(RULES);

/**
 * Returns if the principal may do this, and throws otherwise.
 *
 * @throws {TributaryError} `ERR_UNAUTHENTICATED` if the caller has to say who it is; `ERR_CERTIFICATE_REQUIRED` if it is a
 * center and its connection is not the center's; `ERR_FORBIDDEN` if it may not.
 */
export function authorize(principal: Principal, action: string, resource: Resource): void {
  const grant = Object.hasOwn(RULES, action) ? RULES[action] : undefined;
  if (grant === undefined || !isGranted(grant, principal, resource)) {
    throw denied(principal, action);
  }
  const needsCertificate = grant !== "anyone" && grant !== "own-center-by-key";
  if (needsCertificate && principal.type === "center" && principal.uncertified !== undefined) {
    throw principal.uncertified;
  }
}

function isGranted(grant: Grant, principal: Principal, { centerId }: Resource): boolean {
  const hasScope = (scope: Scope) => principal.type === "program" && principal.scopes.has(scope);
  const hasRole = (role: Role) => principal.type === "account" && principal.role === role;
  const isOperator = principal.type === "operator" || hasScope("operate") || hasRole("admin");
  switch (grant) {
    case "anyone":
      return true;
    case "reader":
      return principal.type !== "program" || hasScope("read") || hasScope("read:members");
    case "own-center":
    case "own-center-by-key":
      return isOwnCenter(principal, centerId);
    case "own-center-or-operator":
      return isOwnCenter(principal, centerId) || isOperator || principal.type === "account";
    case "operator":
      return isOperator;
    case "staff":
      return isOperator || principal.type === "account";
    case "assessor":
    case "curator":
    case "enrolment":
      return isOperator || hasRole(grant);
    case "metrics":
      return isOperator || hasScope("metrics");
    case "administrator":
      return principal.type === "operator" || hasRole("admin");
  }
}

function isOwnCenter(principal: Principal, centerId: string | undefined): boolean {
  return principal.type === "center" && (centerId === undefined || centerId === principal.centerId);
}

function denied(principal: Principal, action: string): TributaryError {
  return principal.type === "visitor"
    ? new TributaryError("ERR_UNAUTHENTICATED", `${action} needs a token`, {
        messageZh: `${action} 需要令牌`,
      })
    : new TributaryError("ERR_FORBIDDEN", `this caller may not do ${action} here`, {
        messageZh: `该调用方无权执行 ${action}`,
      });
}
