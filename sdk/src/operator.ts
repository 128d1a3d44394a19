/**
 * What operators of a hub do: the queue of what waits, decisions about records, members.
 *
 * Apart from the query client, so that a page for visitors does not carry it.
 *
 * @module
 */

import {
  type DecisionPage,
  type DecisionPreview,
  type DecisionReceipt,
  decisionPageCodec,
  decisionPreviewCodec,
  decisionReceiptCodec,
  type HubStatus,
  hubStatusCodec,
  type Invitation,
  invitationCodec,
  type MemberView,
  memberStateChangeCodec,
  memberViewCodec,
  type QueuePage,
  type QueueReason,
  queuePageCodec,
  type TermName,
  type TermPreview,
  type TermsAnswer,
  termPreviewCodec,
  termsAnswerCodec,
  type UndoReceipt,
  undoReceiptCodec,
} from "@tributary/proto";
import { AdminService, CurationService, VocabularyService } from "@tributary/proto/wire";
import type { CallOptions } from "./calls.ts";
import { type Client, callsOf } from "./client.ts";
import { type Filters, fieldFilters } from "./filters.ts";
import { readAnswer } from "./read-answer.ts";

export type {
  ChangedTerm,
  DecisionPage,
  DecisionPreview,
  DecisionReceipt,
  DecisionVerb,
  DecisionView,
  HubStatus,
  Invitation,
  MemberState,
  MemberView,
  QueueAnswer,
  QueueItem,
  QueuePage,
  QueueReason,
  TermName,
  TermPreview,
  TermsAnswer,
  UndoReceipt,
} from "@tributary/proto";
export {
  type CollectionStatement,
  collectionStatement,
  type TermStatement,
  termOfUrn,
  termStatement,
  termUrnOf,
  wordsOfVerb,
} from "@tributary/proto";

export {
  type AccountView,
  type Administration,
  type ApiKeyView,
  administrationOf,
  type LogContent,
  type LogEntryView,
  ORGANISATION_SIGN_IN,
  ROLES,
  type Role,
  type Session,
} from "./administration.ts";
export {
  type Assessment,
  type AssessmentRule,
  type AssessmentsAnswer,
  type Assessor,
  assessorOf,
  type Benchmark,
  type BenchmarkEstimate,
  type BenchmarkReview,
  type BenchmarkRule,
  type BenchmarksAnswer,
  type GradeReceipt,
  type GradesAnswer,
  type IndicatorResult,
  type IndicatorRule,
  type NewGrade,
  type NewReview,
  type PeerPoints,
  type PublishedGrade,
  type SelectedBenchmark,
  type VoucherEffects,
  type VoucherProgrammeView,
  type VouchersAnswer,
  type VouchersOptions,
} from "./assessor.ts";

/** Which part of the queue. */
export interface QueueOptions extends CallOptions {
  /** Default: all. */
  readonly reasons?: readonly QueueReason[] | undefined;
  /** Only what concerns this center. */
  readonly center?: string | undefined;
  /** What most depends on first, or what waits longest. Default `value`. */
  readonly order?: "value" | "age" | undefined;
  /** Only the item with this id. */
  readonly id?: string | undefined;
  /** 1 to 500. Default 100. */
  readonly pageSize?: number | undefined;
  /** `nextPageToken` of the page before. */
  readonly pageToken?: string | undefined;
}

/** A decision to make. */
export interface NewDecision {
  /** A verb, such as `hide`; see `CurationDecision` in the protocol. */
  readonly action: string;
  /** URNs of records; with `pause` and `release` `urn:dth:<center>`. 1 to 1,000; none with `decline` and `unfeature`. */
  readonly subjects: readonly string[];
  /**
   * With `label` and `unlabel` the label; with `decline` the objection; with `feature` a text of `collectionStatement`, with
   * `unfeature` the identifier of the collection; with `term`, whose subject is a `termUrnOf`, a text of `termStatement`.
   */
  readonly argument?: string | undefined;
  /** Why; the centers concerned can read it. At most 1,000 characters. */
  readonly reason?: string | undefined;
}

/** A decision to look at before it is made: about named records, or about those that filters keep. */
export interface PlannedDecision {
  /** A verb about single records: approve, hide, unhide, acknowledge, label or unlabel. */
  readonly action: string;
  readonly subjects?: readonly string[] | undefined;
  readonly filters?: Filters | undefined;
  readonly argument?: string | undefined;
}

/** Which decisions. */
export interface DecisionsOptions extends CallOptions {
  /** Only those about this URN. */
  readonly subject?: string | undefined;
  /** Only those that concern this center. */
  readonly center?: string | undefined;
  /** 1 to 500. Default 100. */
  readonly pageSize?: number | undefined;
  /** `nextPageToken` of the page before. */
  readonly pageToken?: string | undefined;
}

/** A state to give to a member. */
export interface NewMemberState {
  readonly center: string;
  readonly state: "approved" | "rejected" | "suspended" | "revoked";
  /** Required but with `approved`; the center can read it. */
  readonly reason?: string | undefined;
}

/** A center to invite. */
export interface NewInvitation {
  readonly center: string;
  /** Name of the center, for people; 1 to 200 characters. */
  readonly name: string;
  /** Seconds; at most 7 days. Default 24 hours. */
  readonly validForSeconds?: number | undefined;
  /** Whether the join needs no further approval. Default false. */
  readonly preapproved?: boolean | undefined;
}

/** Calls that need an operator's token. A call that changes something is never made again by itself. */
export interface Operator {
  /** What waits for a decision. */
  queue(options?: QueueOptions): Promise<QueuePage>;
  /** Makes a decision: an entry of the log with its author and reason. */
  decide(decision: NewDecision, options?: CallOptions): Promise<DecisionReceipt>;
  /** What a decision would change; decide about exactly its `subjects` to do what was shown. */
  preview(decision: PlannedDecision, options?: CallOptions): Promise<DecisionPreview>;
  /** Takes back the decision at a log position, however many it is about; an undo is undone the same way. */
  undo(position: number, reason: string, options?: CallOptions): Promise<UndoReceipt>;
  /** Decisions, the newest first. */
  decisions(options?: DecisionsOptions): Promise<DecisionPage>;
  /** Terms of the vocabulary that are changed here; of one scheme, or of all. Needs no token. */
  terms(options?: CallOptions & { readonly scheme?: string | undefined }): Promise<TermsAnswer>;
  /** Which records carry a term, and which of the words stand for other terms already. */
  previewTerm(
    term: TermName & { readonly words?: readonly string[] | undefined },
    options?: CallOptions,
  ): Promise<TermPreview>;
  /** Members and how they are. */
  members(options?: CallOptions): Promise<readonly MemberView[]>;
  /** Makes the one-line code with which a center joins; it is shown once. */
  invite(invitation: NewInvitation, options?: CallOptions): Promise<Invitation>;
  /** Approves, rejects, suspends or revokes a member; answers the position in the log. */
  setMemberState(change: NewMemberState, options?: CallOptions): Promise<number>;
  /**
   * Erases the contents of records, 1 to 1,000 URNs, every version of them: cannot be undone. Answers how many versions; 0 where
   * there was nothing left.
   */
  erase(urns: readonly string[], reason: string, options?: CallOptions): Promise<number>;
  /**
   * Names a member as a witness, with its vkey (C2SP, type 0x04), or names it no more if that is empty; answers the position in
   * the log.
   */
  setWitness(center: string, vkey: string, options?: CallOptions): Promise<number>;
  /** How the hub is. */
  status(options?: CallOptions): Promise<HubStatus>;
}

/** The operator's side of a client; ends with it. */
export function operatorOf(client: Client): Operator {
  const calls = callsOf(client);
  const { listQueue, decide, listDecisions, preview, undo } = CurationService.method;
  const { listMembers, setMemberState, createInvitation } = AdminService.method;
  const { eraseRecords, getHubStatus } = AdminService.method;
  const { listTerms, previewTerm } = VocabularyService.method;
  return {
    async queue({ center = "", order = "value", ...rest } = {}) {
      const { reasons = [], id = "", pageSize = 0, pageToken = "", ...options } = rest;
      const request = { reasons: [...reasons], centerId: center, order, id, pageSize, pageToken };
      return readAnswer(queuePageCodec, await calls.unary(listQueue, request, options));
    },

    async decide({ action, subjects, argument = "", reason = "" }, options = {}) {
      const request = { action, subjects: [...subjects], argument, reason };
      return readAnswer(decisionReceiptCodec, await calls.unary(decide, request, options));
    },

    async preview({ action, subjects = [], filters = {}, argument = "" }, options = {}) {
      const request = { action, subjects: [...subjects], argument, filters: fieldFilters(filters) };
      return readAnswer(decisionPreviewCodec, await calls.unary(preview, request, options));
    },

    async undo(position, reason, options = {}) {
      const request = { position: BigInt(position), reason };
      return readAnswer(undoReceiptCodec, await calls.unary(undo, request, options));
    },

    async decisions({ subject = "", center = "", ...rest } = {}) {
      const { pageSize = 0, pageToken = "", ...options } = rest;
      const request = { subject, centerId: center, pageSize, pageToken };
      return readAnswer(decisionPageCodec, await calls.unary(listDecisions, request, options));
    },

    async terms({ scheme = "", ...options } = {}) {
      return readAnswer(termsAnswerCodec, await calls.unary(listTerms, { scheme }, options));
    },

    async previewTerm({ scheme, code, words = [] }, options = {}) {
      const request = { scheme, code, words: [...words] };
      return readAnswer(termPreviewCodec, await calls.unary(previewTerm, request, options));
    },

    async members(options = {}) {
      const { members } = await calls.unary(listMembers, {}, options);
      return members.map((member) => readAnswer(memberViewCodec, member));
    },

    async invite({ center, name, validForSeconds = 0, preapproved = false }, options = {}) {
      const request = { centerId: center, centerName: name, validForSeconds, preapproved };
      return readAnswer(invitationCodec, await calls.unary(createInvitation, request, options));
    },

    async setMemberState({ center, state, reason = "" }, options = {}) {
      const change = { centerId: center, state, reason, distrustedFrom: 0 };
      const request = memberStateChangeCodec.encode(change);
      return Number((await calls.unary(setMemberState, request, options)).position);
    },

    async erase(urns, reason, options = {}) {
      return (await calls.unary(eraseRecords, { urns: [...urns], reason }, options)).versions;
    },

    async setWitness(center, vkey, options = {}) {
      const request = { centerId: center, vkey };
      return Number((await calls.unary(AdminService.method.setWitness, request, options)).position);
    },

    async status(options = {}) {
      return readAnswer(hubStatusCodec, await calls.unary(getHubStatus, {}, options));
    },
  };
}
