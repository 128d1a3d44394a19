/**
 * All handlers of the hub, by RPC.
 *
 * @module
 */

import type {
  FacetsQuery,
  ListQuery,
  MatchQuery,
  PlanQuery,
  RecordRef,
  SearchQuery,
  SimilarQuery,
  SuggestQuery,
  WatchQuery,
} from "@tributary/proto";
import type { Reader } from "../ports/search-index.ts";
import type { createAccessApi } from "./access-api.ts";
import type { createAccountApi } from "./account-api.ts";
import type { createAdminApi } from "./admin-api.ts";
import type { createAssessmentApi } from "./assessment-api.ts";
import type { createBenchmarkApi } from "./benchmark-api.ts";
import type { CollectionApi } from "./collection-api.ts";
import type { createCurationApi } from "./curation-api.ts";
import type { EntityApi, ListEntitiesRequest } from "./entity-api.ts";
import type { createIngestApi } from "./ingest-api.ts";
import type { InsightApi } from "./insight-api.ts";
import type { createLogApi } from "./log-api.ts";
import type { MatchApi } from "./match-api.ts";
import type { createMemberApi } from "./member-api.ts";
import type { Principal } from "./principal.ts";
import type { QueryApi } from "./query.ts";
import { type CallContext, type RpcHandlers, withAuthorization } from "./rpc.ts";
import type { createVocabularyApi } from "./vocabulary-api.ts";
import type { createVoucherApi } from "./voucher-api.ts";
import type { createWitnessApi } from "./witness-api.ts";

export interface HubApis {
  readonly access: ReturnType<typeof createAccessApi>;
  readonly account: ReturnType<typeof createAccountApi>;
  readonly admin: ReturnType<typeof createAdminApi>;
  readonly assessment: ReturnType<typeof createAssessmentApi>;
  readonly benchmark: ReturnType<typeof createBenchmarkApi>;
  readonly collection: CollectionApi;
  readonly curation: ReturnType<typeof createCurationApi>;
  readonly entity: EntityApi;
  readonly ingest: ReturnType<typeof createIngestApi>;
  readonly insight: InsightApi;
  readonly log: ReturnType<typeof createLogApi>;
  readonly match: MatchApi;
  readonly member: ReturnType<typeof createMemberApi>;
  readonly query: QueryApi;
  readonly vocabulary: ReturnType<typeof createVocabularyApi>;
  readonly voucher: ReturnType<typeof createVoucherApi>;
  readonly witness: ReturnType<typeof createWitnessApi>;
  /** As whom a caller reads. */
  readonly readerOf: (principal: Principal) => Reader;
}

/** The handlers with authorization in front of each. */
export function createHandlers(apis: HubApis): RpcHandlers {
  const { access, account, admin, assessment, benchmark, curation } = apis;
  const { ingest, insight, log, member, query, witness } = apis;
  return withAuthorization({
    "AccessService.CreateApiKey": { type: "unary", call: access.createApiKey },
    "AccessService.ListApiKeys": { type: "unary", call: access.listApiKeys },
    "AccessService.RevokeApiKey": { type: "unary", call: access.revokeApiKey },
    "AccountService.GetSession": { type: "unary", call: account.getSession },
    "AccountService.InviteAccount": { type: "unary", call: account.inviteAccount },
    "AccountService.ListAccounts": { type: "unary", call: account.listAccounts },
    "AccountService.RemoveAccount": { type: "unary", call: account.removeAccount },
    "AccountService.SignIn": { type: "unary", call: account.signIn },
    "AccountService.SignOut": { type: "unary", call: account.signOut },
    "AccountService.RedeemLink": { type: "unary", call: account.redeemLink },
    "AdminService.Backup": { type: "server-streaming", call: admin.backup },
    "AdminService.CreateInvitation": { type: "unary", call: admin.createInvitation },
    "AdminService.EraseRecords": { type: "unary", call: admin.eraseRecords },
    "AdminService.GetHubStatus": { type: "unary", call: admin.getHubStatus },
    "AdminService.ListMembers": { type: "unary", call: admin.listMembers },
    "AdminService.SetMemberState": { type: "unary", call: admin.setMemberState },
    "AdminService.SetWitness": { type: "unary", call: witness.setWitness },
    "AssessmentService.ListAssessments": { type: "unary", call: assessment.listAssessments },
    "AssessmentService.ListBenchmarks": { type: "unary", call: benchmark.listBenchmarks },
    "AssessmentService.ReviewBenchmark": { type: "unary", call: benchmark.reviewBenchmark },
    "AssessmentService.SelectBenchmark": { type: "unary", call: benchmark.selectBenchmark },
    "AssessmentService.ListGrades": { type: "unary", call: assessment.listGrades },
    "AssessmentService.PublishGrade": { type: "unary", call: assessment.publishGrade },
    "AssessmentService.TakeBack": { type: "unary", call: assessment.takeBack },
    "CurationService.Confirm": { type: "unary", call: curation.confirm },
    "CurationService.Decide": { type: "unary", call: curation.decide },
    "CurationService.ListDecisions": { type: "unary", call: curation.listDecisions },
    "CurationService.ListQueue": { type: "unary", call: curation.listQueue },
    "CurationService.Object": { type: "unary", call: curation.object },
    "CurationService.Preview": { type: "unary", call: curation.preview },
    "CurationService.Undo": { type: "unary", call: curation.undo },
    "IngestService.FeedHead": { type: "unary", call: ingest.feedHead },
    "IngestService.Publish": { type: "bidi-streaming", call: ingest.publish },
    "InsightService.ListActivity": { type: "unary", call: insight.listActivity },
    "InsightService.ListMarket": { type: "unary", call: insight.listMarket },
    "InsightService.ListOverlap": { type: "unary", call: insight.listOverlap },
    "LogService.GetCheckpoint": { type: "unary", call: log.getCheckpoint },
    "LogService.GetConsistencyProof": { type: "unary", call: log.getConsistencyProof },
    "LogService.GetEpoch": { type: "unary", call: log.getEpoch },
    "LogService.GetInclusionProof": { type: "unary", call: log.getInclusionProof },
    "LogService.ListEntries": { type: "server-streaming", call: log.listEntries },
    "LogService.ListWitnesses": { type: "unary", call: witness.listWitnesses },
    "LogService.Witness": { type: "bidi-streaming", call: witness.witness },
    "MemberService.GetStatus": { type: "unary", call: member.getStatus },
    "MemberService.IssueCertificate": { type: "unary", call: member.issueCertificate },
    "MemberService.Join": { type: "unary", call: member.join },
    "MemberService.Leave": { type: "unary", call: member.leave },
    "MemberService.RequestChallenge": { type: "unary", call: member.requestChallenge },
    "MemberService.Rotate": { type: "unary", call: member.rotate },
    "VocabularyService.ListTerms": { type: "unary", call: apis.vocabulary.listTerms },
    "VocabularyService.PreviewTerm": { type: "unary", call: apis.vocabulary.previewTerm },
    "VoucherService.ListVouchers": { type: "unary", call: apis.voucher.listVouchers },
    "CollectionService.ListCollections": {
      type: "unary",
      call: (request: { readonly id: string }, { principal }: CallContext) =>
        apis.collection.listCollections(request, apis.readerOf(principal)),
    },
    ...entityHandlers(apis.entity, apis.readerOf),
    ...matchHandlers(apis.match, apis.readerOf),
    ...queryHandlers(query, apis.readerOf),
  });
}

function entityHandlers(entity: EntityApi, readerOf: HubApis["readerOf"]) {
  return {
    "EntityService.GetEntity": {
      type: "unary",
      call: (request: { readonly id: string }, { principal }: CallContext) =>
        entity.getEntity(request, readerOf(principal)),
    },
    "EntityService.ListEntities": {
      type: "unary",
      call: (request: ListEntitiesRequest, { principal, signal }: CallContext) =>
        entity.listEntities(request, readerOf(principal), signal),
    },
  } as const;
}

function matchHandlers(match: MatchApi, readerOf: HubApis["readerOf"]) {
  return {
    "MatchService.Match": {
      type: "unary",
      call: (request: MatchQuery, { principal, signal }: CallContext) =>
        match.match(request, readerOf(principal), signal),
    },
    "MatchService.Plan": {
      type: "unary",
      call: (request: PlanQuery, { principal, signal }: CallContext) =>
        match.plan(request, readerOf(principal), signal),
    },
  } as const;
}

function queryHandlers(query: QueryApi, readerOf: HubApis["readerOf"]) {
  type OfRecord = { readonly ref: RecordRef };
  return {
    "QueryService.Evidence": {
      type: "unary",
      call: async ({ ref }: OfRecord, { principal }: CallContext) => ({
        evidence: await query.evidence(ref, readerOf(principal)),
      }),
    },
    "QueryService.Facets": {
      type: "unary",
      call: (request: FacetsQuery, { principal, signal }: CallContext) =>
        query.facets(request, readerOf(principal), signal),
    },
    "QueryService.Get": {
      type: "unary",
      call: ({ ref }: OfRecord, { principal }: CallContext) => query.get(ref, readerOf(principal)),
    },
    "QueryService.List": {
      type: "unary",
      call: (request: ListQuery, { principal, signal }: CallContext) =>
        query.list(request, readerOf(principal), signal),
    },
    "QueryService.Search": {
      type: "unary",
      call: (request: SearchQuery, { principal, signal }: CallContext) =>
        query.search(request, readerOf(principal), signal),
    },
    "QueryService.Similar": {
      type: "unary",
      call: (request: SimilarQuery, { principal, signal }: CallContext) =>
        query.similar(request, readerOf(principal), signal),
    },
    "QueryService.Suggest": {
      type: "unary",
      call: (request: SuggestQuery, { principal, signal }: CallContext) =>
        query.suggest(request, readerOf(principal), signal),
    },
    "QueryService.Watch": {
      type: "server-streaming",
      call: (request: WatchQuery, { principal, signal }: CallContext) =>
        query.watch(request, readerOf(principal), signal),
    },
  } as const;
}
