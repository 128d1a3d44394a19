/**
 * What both entries of this package offer beside `createClient`.
 *
 * @module
 */

export {
  type ActivityAnswer,
  type ActivityRule,
  type Assignment,
  type Body,
  type BodyOf,
  type BucketRef,
  type CenterActivity,
  type CheckpointStore,
  type Correction,
  type Coverage,
  type EntitiesAnswer,
  type Entity,
  type EntityAnswer,
  type EntityLink,
  type EntityMember,
  type Facet,
  type FacetsAnswer,
  type FacetValue,
  formatMisbehaviourFile,
  type GetAnswer,
  type Highlight,
  type Hit,
  isTributaryError,
  type KpiEvidence,
  type LogFollower,
  type LogLook,
  type MarketAnswer,
  type MarketCell,
  type MatchAnswer,
  type MatchedProvider,
  MemoryCheckpointStore,
  type Misbehaviour,
  MisbehaviourError,
  type MisbehaviourFile,
  type OverlapAnswer,
  type OverlapMatrix,
  type OverlapPair,
  type OverlapRule,
  type PlanAnswer,
  type Provenance,
  type ProvenMisbehaviour,
  parseMisbehaviourFile,
  parseUrn,
  type RecordFinding,
  type RecordKind,
  type RecordRef,
  type RecordState,
  type RecordView,
  type ScenarioEvidence,
  type SearchAnswer,
  type SimilarAnswer,
  type SolutionPlan,
  type Suggestion,
  type TermScore,
  type TributaryError,
  type TributaryErrorCode,
  type TrustedLog,
  urnOf,
  type Visibility,
  verifyMisbehaviour,
  type WatchEvent,
  type WitnessStatus,
} from "@tributary/proto";
export type { CallOptions, RetryEvent } from "./calls.ts";
export type {
  Client,
  ClientOptions,
  EntitiesOptions,
  FacetsOptions,
  RetryOptions,
  SimilarOptions,
  SimilarTo,
  SuggestOptions,
} from "./client.ts";
export type { Demand, MatchOptions } from "./demand.ts";
export { ClientError } from "./errors.ts";
export { type VerifiedRecord, verifyEvidence } from "./evidence.ts";
export type { FacetField, Filters } from "./filters.ts";
export {
  type Highlighted,
  type HighlightPart,
  highlightHtml,
  highlightParts,
} from "./highlight.ts";
export type { InsightCalls, MarketOptions, OfCenterOptions, OverlapOptions } from "./insight.ts";
export type { ListOptions, ListPage, RecordList } from "./record-list.ts";
export type { Search, SearchOptions, SearchPage } from "./search.ts";
export type { Watch, WatchOptions } from "./watch.ts";
