/**
 * Who may do what, as a table that people read; tests hold the hub to it.
 *
 * @module
 */

import type { Role } from "@tributary/proto";
import type { Principal } from "../../src/api/principal.ts";
import type { Scope } from "../../src/ports/api-key-store.ts";

const program = (...scopes: Scope[]): Principal => ({
  type: "program",
  name: "key 1",
  scopes: new Set(scopes),
});

const account = (role: Role): Principal => ({ type: "account", name: "x", role });

/** API keys and access tokens are both programs; what gave them their scopes makes no difference here. */
export const PRINCIPALS = {
  visitor: { type: "visitor" },
  "own center": { type: "center", centerId: "aa" },
  "other center": { type: "center", centerId: "bb" },
  "program without scopes": program(),
  "program read": program("read"),
  "program read:members": program("read:members"),
  "program metrics": program("metrics"),
  "program operate": program("operate"),
  viewer: account("viewer"),
  curator: account("curator"),
  enrolment: account("enrolment"),
  assessor: account("assessor"),
  admin: account("admin"),
  operator: { type: "operator", name: "operator" },
} as const satisfies Record<string, Principal>;

/** A kind of principal. */
export type Name = keyof typeof PRINCIPALS;

export const EVERYBODY = Object.keys(PRINCIPALS) as Name[];
const CENTER: Name[] = ["own center"];
const ADMINISTRATORS: Name[] = ["admin", "operator"];
const OPERATORS: Name[] = ["program operate", ...ADMINISTRATORS];
const STAFF: Name[] = ["viewer", "curator", "enrolment", "assessor", ...OPERATORS];
const READERS: Name[] = [
  "visitor",
  "own center",
  "other center",
  "program read",
  "program read:members",
  "viewer",
  "curator",
  "enrolment",
  "assessor",
  ...ADMINISTRATORS,
];

/** Who may, for a resource of center `aa`. Written by hand: a new RPC or route needs a decision and a row. */
export const MATRIX: Readonly<Record<string, readonly Name[]>> = {
  "AccessService.CreateApiKey": ADMINISTRATORS,
  "AccessService.ListApiKeys": ADMINISTRATORS,
  "AccessService.RevokeApiKey": ADMINISTRATORS,
  "AccountService.GetSession": EVERYBODY,
  "AccountService.InviteAccount": ADMINISTRATORS,
  "AccountService.ListAccounts": ADMINISTRATORS,
  "AccountService.RemoveAccount": ADMINISTRATORS,
  "AccountService.SignIn": EVERYBODY,
  "AccountService.SignOut": EVERYBODY,
  "AccountService.RedeemLink": EVERYBODY,
  "AdminService.Backup": ADMINISTRATORS,
  "AdminService.CreateInvitation": ["enrolment", ...OPERATORS],
  "AdminService.EraseRecords": ADMINISTRATORS,
  "AdminService.GetHubStatus": STAFF,
  "AdminService.ListMembers": STAFF,
  "AdminService.SetMemberState": ["enrolment", ...OPERATORS],
  "AdminService.SetWitness": OPERATORS,
  "AssessmentService.ListAssessments": [...CENTER, ...STAFF],
  "AssessmentService.ListBenchmarks": [...CENTER, ...STAFF],
  "AssessmentService.ListGrades": READERS,
  "AssessmentService.PublishGrade": ["assessor", ...OPERATORS],
  "AssessmentService.ReviewBenchmark": ["assessor", ...OPERATORS],
  "AssessmentService.SelectBenchmark": ["assessor", ...OPERATORS],
  "AssessmentService.TakeBack": ["assessor", ...OPERATORS],
  "CollectionService.ListCollections": READERS,
  "CurationService.Confirm": CENTER,
  "CurationService.Decide": ["curator", ...OPERATORS],
  "CurationService.ListDecisions": [...CENTER, ...STAFF],
  "CurationService.ListQueue": STAFF,
  "CurationService.Object": CENTER,
  "CurationService.Preview": ["curator", ...OPERATORS],
  "CurationService.Undo": ["curator", ...OPERATORS],
  "EntityService.GetEntity": READERS,
  "EntityService.ListEntities": READERS,
  "GET /*": EVERYBODY,
  "GET /livez": EVERYBODY,
  "GET /log/checkpoint": EVERYBODY,
  "GET /log/tile/*": EVERYBODY,
  "GET /metrics": ["program metrics", ...OPERATORS],
  "GET /readyz": EVERYBODY,
  "GET /reconcile": READERS,
  "GET /reconcile/preview": READERS,
  "GET /reconcile/suggest/entity": READERS,
  "GET /reconcile/suggest/property": READERS,
  "GET /sign-in/organisation": EVERYBODY,
  "GET /sign-in/organisation/callback": EVERYBODY,
  "IngestService.FeedHead": CENTER,
  "IngestService.Publish": CENTER,
  "InsightService.ListActivity": [...CENTER, ...STAFF],
  "InsightService.ListMarket": [...CENTER, ...STAFF],
  "InsightService.ListOverlap": [...CENTER, ...STAFF],
  "LogService.GetCheckpoint": EVERYBODY,
  "LogService.GetConsistencyProof": EVERYBODY,
  "LogService.GetEpoch": EVERYBODY,
  "LogService.GetInclusionProof": EVERYBODY,
  "LogService.ListEntries": EVERYBODY,
  "LogService.ListWitnesses": EVERYBODY,
  "LogService.Witness": CENTER,
  "MatchService.Match": READERS,
  "MatchService.Plan": READERS,
  "MemberService.GetStatus": CENTER,
  "MemberService.IssueCertificate": EVERYBODY,
  "MemberService.Join": EVERYBODY,
  "MemberService.Leave": EVERYBODY,
  "MemberService.RequestChallenge": EVERYBODY,
  "MemberService.Rotate": EVERYBODY,
  "POST /reconcile": READERS,
  "QueryService.Evidence": READERS,
  "QueryService.Facets": READERS,
  "QueryService.Get": READERS,
  "QueryService.List": READERS,
  "QueryService.Search": READERS,
  "QueryService.Similar": READERS,
  "QueryService.Suggest": READERS,
  "QueryService.Watch": READERS,
  "VocabularyService.ListTerms": READERS,
  "VocabularyService.PreviewTerm": STAFF,
  "VoucherService.ListVouchers": [...CENTER, ...STAFF],
};
