/**
 * Who may do what, as a table that people read; tests hold the hub to it.
 *
 * @module
 */

import type { Principal } from "../../src/api/principal.ts";
import type { Scope } from "../../src/ports/api-key-store.ts";

const program = (...scopes: Scope[]): Principal => ({
  type: "program",
  name: "key 1",
  scopes: new Set(scopes),
});

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
  operator: { type: "operator", name: "operator" },
} as const satisfies Record<string, Principal>;

/** A kind of principal. */
export type Name = keyof typeof PRINCIPALS;

export const EVERYBODY = Object.keys(PRINCIPALS) as Name[];
const CENTER: Name[] = ["own center"];
const OPERATORS: Name[] = ["program operate", "operator"];
const READERS: Name[] = [
  "visitor",
  "own center",
  "other center",
  "program read",
  "program read:members",
  "operator",
];

/** Who may, for a resource of center `aa`. Written by hand: a new RPC or route needs a decision and a row. */
export const MATRIX: Readonly<Record<string, readonly Name[]>> = {
  "AccessService.CreateApiKey": ["operator"],
  "AccessService.ListApiKeys": ["operator"],
  "AccessService.RevokeApiKey": ["operator"],
  "AdminService.Backup": ["operator"],
  "AdminService.CreateInvitation": OPERATORS,
  "AdminService.EraseRecords": ["operator"],
  "AdminService.GetHubStatus": OPERATORS,
  "AdminService.ListMembers": OPERATORS,
  "AdminService.SetMemberState": OPERATORS,
  "CurationService.Decide": OPERATORS,
  "CurationService.ListDecisions": OPERATORS,
  "CurationService.ListQueue": OPERATORS,
  "CurationService.Preview": OPERATORS,
  "CurationService.Undo": OPERATORS,
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
  "IngestService.FeedHead": CENTER,
  "IngestService.Publish": CENTER,
  "InsightService.ListActivity": [...CENTER, ...OPERATORS],
  "InsightService.ListMarket": [...CENTER, ...OPERATORS],
  "InsightService.ListOverlap": [...CENTER, ...OPERATORS],
  "LogService.GetCheckpoint": EVERYBODY,
  "LogService.GetConsistencyProof": EVERYBODY,
  "LogService.GetInclusionProof": EVERYBODY,
  "LogService.ListEntries": EVERYBODY,
  "MatchService.Match": READERS,
  "MatchService.Plan": READERS,
  "MemberService.GetStatus": CENTER,
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
};
