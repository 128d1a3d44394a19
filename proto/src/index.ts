/**
 * The contract of Tributary: records, batches, log proofs, errors. Pure: no I/O.
 *
 * @module
 */

export {
  assertAudience,
  type BatchInput,
  type BatchKeyLookup,
  type BuiltBatch,
  buildBatch,
  type OpenedBatch,
  openBatch,
  type VerifiedBatch,
  verifyBatch,
  verifyOpenedBatch,
} from "./batch/batch.ts";
export { encodeSignedBatch, parseSignedBatch, type SignedBatchParts } from "./batch/frame.ts";
export {
  type BatchHeaderValue,
  batchHeaderHash,
  decodeBatchHeader,
  encodeBatchHeader,
  FEED_ID_BYTES,
  type Snapshot,
  ZERO_HASH,
} from "./batch/header.ts";
export { joinRecords, recordHashes, splitRecords } from "./batch/records.ts";
export {
  batchSigningInput,
  signBatchHeader,
  toJws,
  verifyBatchSignature,
} from "./batch/signature.ts";
export { type Clock, ManualClock, systemClock } from "./clock.ts";
export {
  compareBytes,
  concatBytes,
  equalBytes,
  fromBase64,
  fromBase64Url,
  fromHex,
  fromUtf8,
  plainView,
  randomBytes,
  toBase64,
  toBase64Url,
  toHex,
  utf8,
} from "./crypto/bytes.ts";
export { type CallerKeyLookup, signCallerToken, verifyCallerToken } from "./crypto/caller-token.ts";
export {
  type CertificateNames,
  certificateUris,
  readCertificateNames,
} from "./crypto/certificate-names.ts";
export {
  type ConfirmationStatement,
  confirmationArgumentOf,
  confirmationIdOf,
  parseConfirmationArgument,
  type SnapshotPlace,
  signConfirmation,
  verifyConfirmation,
} from "./crypto/confirmation.ts";
export { type Hmac, hmacSha256 } from "./crypto/hmac.ts";
export {
  type FeedPlace,
  type JoinProofKind,
  type JoinStatement,
  joinCheckCode,
  signJoinProof,
  verifyAuthorization,
  verifyJoinProof,
  verifyLeave,
  verifyRotation,
} from "./crypto/join-proof.ts";
export {
  exportSigningKey,
  generateSigningKey,
  importSigningKey,
  importVerifyingKey,
  keyIdOf,
  type SigningKey,
  signBytes,
  type VerifyingKey,
  verifyBytes,
  verifyingKeyOf,
} from "./crypto/keys.ts";
export { isNatsNonce, natsUserOf } from "./crypto/nkey.ts";
export {
  type ObjectionStatement,
  objectionIdOf,
  signObjection,
  verifyObjection,
} from "./crypto/objection.ts";
export { HASH_BYTES, sha256, sha256Text } from "./crypto/sha256.ts";
export {
  type Collection,
  type CollectionStatement,
  type CollectionsAnswer,
  collectionStatement,
  collectionsAnswerCodec,
} from "./curation/collection.ts";
export {
  type DecisionPage,
  type DecisionPreview,
  type DecisionReceipt,
  type DecisionView,
  decisionPageCodec,
  decisionPreviewCodec,
  decisionReceiptCodec,
  type UndoReceipt,
  undoReceiptCodec,
} from "./curation/decision.ts";
export {
  QUEUE_REASONS,
  type QueueAnswer,
  type QueueItem,
  type QueuePage,
  type QueueQuery,
  type QueueReason,
  queuePageCodec,
  queueQueryCodec,
} from "./curation/queue.ts";
export {
  type ChangedTerm,
  type TermName,
  type TermPreview,
  type TermStatement,
  type TermsAnswer,
  termOfUrn,
  termPreviewCodec,
  termStatement,
  termsAnswerCodec,
  termUrnOf,
} from "./curation/term.ts";
export { type DecisionVerb, wordsOfVerb } from "./curation/verb.ts";
export {
  ERROR_CODES,
  type ErrorDetails,
  type ErrorStatusName,
  isErrorCode,
  isTributaryError,
  TributaryError,
  type TributaryErrorCode,
  type TributaryErrorOptions,
} from "./errors.ts";
export { escapeHtml } from "./html.ts";
export {
  type ActivityAnswer,
  type ActivityRule,
  activityAnswerCodec,
  type CenterActivity,
  type WeekOfActivity,
} from "./insight/activity.ts";
export {
  type Assessment,
  type AssessmentRule,
  type AssessmentsAnswer,
  assessmentsAnswerCodec,
  type GradeReceipt,
  type GradesAnswer,
  gradeReceiptCodec,
  gradesAnswerCodec,
  type IndicatorResult,
  type IndicatorRule,
  type PeerPoints,
  type PublishedGrade,
} from "./insight/assessment.ts";
export {
  type Benchmark,
  type BenchmarkEstimate,
  type BenchmarkReview,
  type BenchmarkRule,
  type BenchmarksAnswer,
  benchmarksAnswerCodec,
  REVIEW_VERDICTS,
  type SelectedBenchmark,
} from "./insight/benchmark.ts";
export { type GradeStatement, gradeStatement } from "./insight/grade-statement.ts";
export { type MarketAnswer, type MarketCell, marketAnswerCodec } from "./insight/market.ts";
export { type MarketQuery, marketQueryCodec, parseMarketQuery } from "./insight/market-query.ts";
export {
  type DocumentOverlap,
  type NicheOverlap,
  type OverlapAction,
  type OverlapAnswer,
  type OverlapMatrix,
  type OverlapPair,
  type OverlapRule,
  overlapAnswerCodec,
  type ProviderOverlap,
  type ScenarioDivision,
} from "./insight/overlap.ts";
export {
  type OverlapQuery,
  overlapQueryCodec,
  parseOverlapQuery,
} from "./insight/overlap-query.ts";
export {
  type GainEstimate,
  type VoucherEffect,
  type VoucherEffects,
  type VoucherProgrammeView,
  type VouchersAnswer,
  vouchersAnswerCodec,
} from "./insight/voucher.ts";
export {
  MAX_BATCH_RECORDS,
  MAX_BODY_BYTES,
  MAX_BODY_DEPTH,
  MAX_BODY_ELEMENTS,
  MAX_CALLER_TOKEN_MS,
  MAX_FRAME_BYTES,
  MAX_HEADER_BYTES,
  MAX_LOG_ENTRY_BYTES,
  MAX_NATS_FRAME_BYTES,
  MAX_RECORD_BYTES,
  TARGET_BATCH_BYTES,
  TARGET_BATCH_RECORDS,
} from "./limits.ts";
export {
  type AddCheckpoint,
  formatAddCheckpoint,
  formatWitnessSize,
  parseAddCheckpoint,
  parseWitnessSize,
  WITNESS_STATUS,
  type WitnessAnswer,
} from "./log/add-checkpoint.ts";
export { auditLog, type LogAuditReport, type ReadLogFile } from "./log/audit-log.ts";
export {
  type Checkpoint,
  formatCheckpoint,
  type OpenedCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  signCheckpoint,
  type TrustedLog,
} from "./log/checkpoint.ts";
export { CompactRange, type NodeVisitor } from "./log/compact-range.ts";
export { decodeLogContent, type LogContent } from "./log/content.ts";
export { type Cosignature, cosign, findCosignature } from "./log/cosignature.ts";
export {
  type CosignedBy,
  type CosignedCheckpoint,
  openCosigned,
  requirePolicyOf,
  requireQuorum,
  type TreeState,
  verifyWitnessed,
  type WitnessProof,
} from "./log/cosigned-checkpoint.ts";
export {
  decodeLogEntry,
  encodeLogEntry,
  type LogEntryType,
  type LogEntryValue,
} from "./log/entry.ts";
export { decodeEntryBundle, encodeEntryBundle } from "./log/entry-bundle.ts";
export {
  type CatalogLeaf,
  catalogLeaf,
  epochDigest,
  epochParts,
  isInPart,
  MAX_EPOCH_CENTERS,
  type WholeEpoch,
} from "./log/epoch.ts";
export type { CenterHead } from "./log/epoch-audit.ts";
export {
  buildEvidence,
  type EvidenceInput,
  type VerifiedEvidence,
  verifyEvidence,
} from "./log/evidence.ts";
export { httpLogFiles } from "./log/http-log-files.ts";
export { type PreviousKey, previousKeyAfter } from "./log/key-validity.ts";
export { LogAudit, type LogProblem } from "./log/log-audit.ts";
export {
  type CheckpointStore,
  LogFollower,
  type LogLook,
  type LogView,
  MemoryCheckpointStore,
  MisbehaviourError,
} from "./log/log-follower.ts";
export {
  type ConsistencyProof,
  consistencyPath,
  consistencyRanges,
  decomposeRange,
  EMPTY_ROOT,
  foldRange,
  type InclusionProof,
  inclusionPath,
  inclusionRanges,
  type LeafRange,
  leafHash,
  merkleRoot,
  type NodeAddress,
  nodeHash,
  rootFromInclusion,
  verifyConsistency,
  verifyInclusion,
} from "./log/merkle.ts";
export {
  isHidden,
  type Misbehaviour,
  type MisbehaviourKind,
  type ProvenMisbehaviour,
  verifyMisbehaviour,
} from "./log/misbehaviour.ts";
export {
  formatMisbehaviourFile,
  type MisbehaviourFile,
  parseMisbehaviourFile,
} from "./log/misbehaviour-file.ts";
export {
  formatNote,
  formatSignatureLine,
  formatVkey,
  type KeyType,
  type Note,
  type NoteSignature,
  type NoteVerifier,
  type OpenedNote,
  openNote,
  parseNote,
  parseSignatureLines,
  parseVkey,
  signNote,
} from "./log/note.ts";
export { type Offboarding, openOffboarding, signOffboarding } from "./log/offboarding.ts";
export { formatTlogProof, parseTlogProof, type TlogProof } from "./log/proof.ts";
export {
  decodeReceipt,
  encodeReceipt,
  type ReceiptParts,
  type VerifiedReceipt,
  verifyReceipt,
} from "./log/receipt.ts";
export {
  type CenterSummary,
  type CurationDecision,
  type CurationDecisionInput,
  decodeCurationDecision,
  decodeEpochSummary,
  decodeErasure,
  decodeMembershipChange,
  decodePolicyChange,
  decodeRestart,
  type EpochSummary,
  type Erasure,
  encodeCenterSummary,
  encodeCurationDecision,
  encodeEpochSummary,
  encodeErasure,
  encodeMembershipChange,
  encodePolicyChange,
  encodeRestart,
  type MemberState,
  type MembershipChange,
  type MembershipChangeInput,
  type PolicyChange,
  type Restart,
} from "./log/statement.ts";
export {
  entriesPath,
  TILE_HEIGHT,
  TILE_WIDTH,
  type TileAddress,
  tileOfNode,
  tilePath,
  tilesOf,
} from "./log/tiles.ts";
export {
  isQuorum,
  parseWitnessPolicy,
  type Quorum,
  type WitnessPolicy,
} from "./log/witness-policy.ts";
export {
  type Assignment,
  type BucketRef,
  type Counterfactual,
  type CountRange,
  type KpiEvidence,
  type LeftOut,
  type MatchAnswer,
  type MatchedProvider,
  matchAnswerCodec,
  type NotCounted,
  type PlanAnswer,
  type ProviderPair,
  planAnswerCodec,
  type ScenarioEvidence,
  type ScoreParts,
  type Sentence,
  type ShareEstimate,
  type SolutionPlan,
  type UnrankedProvider,
} from "./match/answer.ts";
export {
  MAX_DEMAND_SCENARIOS,
  type MatchDemand,
  type MatchDemandInput,
  type MatchQuery,
  type MatchQueryInput,
  matchQueryCodec,
  type PlanQuery,
  type PlanQueryInput,
  parseMatchQuery,
  parsePlanQuery,
  planQueryCodec,
} from "./match/demand.ts";
export { type Codec, completeCodec, fromPlain, type PlainOptions, toPlain } from "./plain.ts";
export {
  type Correction,
  type Coverage,
  type Facet,
  type FacetsAnswer,
  type FacetValue,
  facetsAnswerCodec,
  type GetAnswer,
  getAnswerCodec,
  type Highlight,
  type Hit,
  type ListAnswer,
  listAnswerCodec,
  type SearchAnswer,
  type SimilarAnswer,
  type Span,
  type SuggestAnswer,
  type Suggestion,
  searchAnswerCodec,
  similarAnswerCodec,
  suggestAnswerCodec,
  type TermScore,
  type WatchEvent,
  watchEventCodec,
} from "./query/answer.ts";
export {
  type EntitiesAnswer,
  type Entity,
  type EntityAnswer,
  type EntityLink,
  type EntityMember,
  entitiesAnswerCodec,
  entityAnswerCodec,
} from "./query/entity.ts";
export {
  FACET_FIELDS,
  MAX_PREFIX_LENGTH,
  MAX_QUERY_LENGTH,
  MAX_SIMILAR_LENGTH,
} from "./query/fields.ts";
export {
  type FacetsQuery,
  type FacetsQueryInput,
  facetsQueryCodec,
  type ListQuery,
  type ListQueryInput,
  listQueryCodec,
  parseFacetsQuery,
  parseListQuery,
  parseSearchQuery,
  parseSimilarQuery,
  parseSuggestQuery,
  parseWatchQuery,
  type SearchQuery,
  type SearchQueryInput,
  type SimilarQuery,
  type SimilarQueryInput,
  type SortOrder,
  type SuggestQuery,
  type SuggestQueryInput,
  searchQueryCodec,
  similarQueryCodec,
  suggestQueryCodec,
  type WatchQuery,
  type WatchQueryInput,
  watchQueryCodec,
} from "./query/query.ts";
export {
  type FieldFilter,
  type RecordFinding,
  type RecordView,
  recordRefCodec,
  recordViewCodec,
  viewOptions,
} from "./query/record-view.ts";
export {
  type Body,
  type BodyOf,
  bodySchemas,
  decodeBody,
  decodeBodyUnchecked,
  encodeBody,
  expectedFields,
  parseBody,
} from "./record/body.ts";
export {
  decodeErasedRelease,
  type ErasedRelease,
  encodeErasedRelease,
} from "./record/erased-release.ts";
export {
  isIdentifier,
  isOrigin,
  isRecordKey,
  parseIdentifier,
  parseRecordKey,
} from "./record/identifier.ts";
export { isRecordKind, RECORD_KINDS, type RecordKind } from "./record/kind.ts";
export {
  decodeRecord,
  encodeRecord,
  type Operation,
  type Provenance,
  type RecordState,
  type RecordValue,
  type RecordVerdict,
  type Visibility,
} from "./record/record.ts";
export { centerOfUrn, centerUrnOf, parseUrn, type RecordRef, urnOf } from "./record/urn.ts";
export {
  decodeRefusal,
  encodeRefusal,
  errorOfRefusal,
  REFUSAL_TRAILER,
  type Refusal,
  refusalCodec,
  refusalOf,
} from "./refusal.ts";
export {
  bandOf,
  COST_BANDS_CNY,
  clipDelta,
  DELTA_BANDS,
  DELTA_CLIP,
  DURATION_BANDS_MONTHS,
  deltaBandRange,
  SATISFIED_FROM,
} from "./release/bands.ts";
export { type BucketOpening, bucketCommitment, bucketIdOf } from "./release/commitment.ts";
export {
  ANY,
  Hierarchies,
  type HierarchyTables,
  hierarchyLabelOf,
  type SectorPath,
  standardHierarchies,
} from "./release/hierarchy.ts";
export {
  isLegalLabel,
  LADDER,
  LADDER_HASH,
  type Label,
  type LabelFacts,
  type LadderLevel,
  labelAt,
} from "./release/ladder.ts";
export type { ApiKeyRequest, ApiKeyView, IssuedApiKey } from "./service/access.ts";
export {
  type AccountLink,
  type AccountView,
  ORGANISATION_SIGN_IN,
  ROLES,
  type Role,
  type Session,
} from "./service/account.ts";
export {
  type Challenge,
  challengeCodec,
  type HubStatus,
  hubStatusCodec,
  type Invitation,
  type InvitationRequest,
  type IssueCertificateRequestValue,
  invitationCodec,
  invitationRequestCodec,
  type JoinAnswer,
  type JoinRequestValue,
  joinAnswerCodec,
  joinRequestCodec,
  type LeaveAnswer,
  type LeaveRequestValue,
  type MemberStateChange,
  type MembershipDecision,
  type MembershipStatus,
  type MemberView,
  memberStateChangeCodec,
  membershipStatusCodec,
  memberViewCodec,
  type RotateAnswer,
  type RotateRequestValue,
  rotateRequestCodec,
} from "./service/member.ts";
export {
  centerOfAsk,
  MAX_NATS_MESSAGE_BYTES,
  NATS_ALL_ASKS,
  NATS_CONSUMER,
  type NatsNames,
  natsNamesOf,
} from "./service/nats.ts";
export {
  type Credit,
  creditCodec,
  type FeedHead,
  feedHeadCodec,
  type Heartbeat,
  type HeldSnapshot,
  heartbeatCodec,
  type PublishAnswer,
  type PublishItem,
  publishAnswerCodec,
  publishItemCodec,
  type ReturnedBatch,
  receiptBytesOf,
  receiptMessageOf,
} from "./service/publish.ts";
export type { WitnessStanding, WitnessStatus } from "./service/witness.ts";
export { type ErrorStatus, errorStatus } from "./status.ts";
export { type DamagedFile, damagedLevelFiles, type LevelFolder } from "./storage/level-files.ts";
export { terminalText } from "./terminal.ts";
