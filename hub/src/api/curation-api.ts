/**
 * The curation service: decisions of operators, each an entry of the log.
 *
 * @module
 */

import {
  type CurationDecision,
  centerOfUrn,
  type DecisionPage,
  type DecisionPreview,
  type DecisionReceipt,
  type DecisionView,
  parseUrn,
  type QueuePage,
  type QueueQuery,
  type Sentence,
  TributaryError,
  type UndoReceipt,
} from "@tributary/proto";
import { ASSERTION_OF } from "../catalog/assertion-of.ts";
import { isAssessorAction } from "../catalog/assessor-fact.ts";
import { isCollectionAction } from "../catalog/collection-fact.ts";
import { DECISION_FACTS, type DecisionFact, decodeDecisionFact } from "../catalog/decision-fact.ts";
import { isTermAction } from "../catalog/fold-term.ts";
import { centerConcernedBy, stateOfObjection } from "../catalog/objection.ts";
import { pausedCodeAfter } from "../ingest/curation-effect.ts";
import { type FeedState, type FeedTable, feedFact } from "../ingest/feed-table.ts";
import type { MemberRegistry } from "../members/registry.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { HubEvents } from "../ports/hub-events.ts";
import { requireCollection, requireStanding } from "./collection-api.ts";
import { createConfirmation } from "./confirmation-api.ts";
import { type createPreview, MAX_SUBJECTS, type PreviewRequest } from "./curation-preview.ts";
import type { CurationQueue } from "./curation-queue.ts";
import {
  DecisionLog,
  type DecisionLogOptions,
  invalidArgument as invalid,
  requireReason,
} from "./decision-log.ts";
import { titlesOf } from "./decision-titles.ts";
import { createObjection } from "./objection-api.ts";
import { actorOf } from "./principal.ts";
import type { CallContext } from "./rpc.ts";
import { requireTermChange } from "./vocabulary-api.ts";

export interface DecideRequest {
  readonly action: string;
  readonly subjects: readonly string[];
  readonly argument: string;
  readonly reason: string;
  readonly retracts: string;
}

export interface ListDecisionsRequest {
  /** Only what concerns this center; empty for all. */
  readonly centerId: string;
  /** URN; empty for all. */
  readonly subject: string;
  /** 1 to 500; 0 means 100. */
  readonly pageSize: number;
  readonly pageToken: string;
}

export interface CurationApiOptions extends DecisionLogOptions {
  readonly catalog: Pick<CatalogStore, "fact" | "facts" | "factsNamed" | "getMany">;
  readonly queue: Pick<CurationQueue, "page">;
  readonly preview: ReturnType<typeof createPreview>;
  readonly feeds: FeedTable;
  readonly registry: Pick<MemberRegistry, "require" | "requireApproved">;
  readonly hubOrigin: string;
  readonly events: HubEvents;
}

/** Verbs whose effect this version has; the others of the contract are refused rather than logged without one. */
const RECORD_ACTIONS = new Set([
  "approve",
  "hide",
  "unhide",
  "label",
  "unlabel",
  "acknowledge",
  ...Object.keys(ASSERTION_OF),
]);
const CENTER_ACTIONS = new Set(["pause", "release"]);
/** Verbs that say enough by themselves; with others the centers concerned are told why. */
const NEEDS_NO_REASON = new Set(["approve", "unhide", "acknowledge", "release", "merge"]);
const MAX_LABEL = 60;
const DEFAULT_PAGE = 100;
const MAX_PAGE = 500;

export function createCurationApi(options: CurationApiOptions) {
  const { catalog, queue, preview, feeds, events } = options;
  const decisions = new DecisionLog(options);
  const api = {
    /**
     * Makes a decision.
     *
     * @throws {TributaryError} `ERR_UNSUPPORTED` for a verb without an effect; `ERR_ARGUMENT_INVALID`; `ERR_NOT_FOUND` if
     * what is to be retracted does not exist.
     */
    async decide(request: DecideRequest, { principal }: CallContext): Promise<DecisionReceipt> {
      const subjects = await subjectsOf(request);
      const decision = { ...request, subjects, actor: actorOf(principal) };
      const changed = await feedsAfter(decision);
      const undo: (() => void)[] = [];
      const committed = decisions.append(decision, {
        facts: changed.map(feedFact),
        abandon: () => {
          for (const undoOne of undo.reverse()) undoOne();
        },
      });
      for (const feed of changed) undo.push(feeds.set(feed));
      const receipt = await committed;
      for (const { centerId, pausedCode } of changed) {
        if (pausedCode === "") events.feedReleased(centerId);
        else events.feedPaused(centerId, pausedCode);
      }
      return receipt;
    },

    object: createObjection({ ...options, decisions }),

    confirm: createConfirmation({ ...options, decisions }),

    /**
     * Decisions, newest first. A decision shows as soon as the catalog covers it. A center sees those that concern it.
     *
     * @throws {TributaryError} `ERR_PAGE_TOKEN`, `ERR_ARGUMENT_INVALID`.
     */
    async listDecisions(
      request: ListDecisionsRequest,
      { principal }: Pick<CallContext, "principal">,
    ): Promise<DecisionPage> {
      const centerId = principal.type === "center" ? principal.centerId : request.centerId;
      const pageSize = request.pageSize || DEFAULT_PAGE;
      if (pageSize > MAX_PAGE) {
        throw invalid(
          `a page has at most ${MAX_PAGE} decisions, not ${pageSize}`,
          `每页最多 ${MAX_PAGE} 条决定，请求为 ${pageSize}`,
        );
      }
      const before = positionOfToken(request.pageToken);
      const found: DecisionFact[] = [];
      for await (const [, value] of catalog.facts(DECISION_FACTS)) {
        const decision = decodeDecisionFact(value);
        const isAbout = request.subject === "" || decision.subjects.includes(request.subject);
        const isOf = centerId === "" || (await concerns(decision, centerId));
        if (isAbout && isOf && decision.position < before) found.push(decision);
      }
      const page = found.slice(-pageSize).reverse();
      const isEnd = page.length === found.length;
      return {
        decisions: await viewsOf(page, { principal }),
        nextPageToken: isEnd ? "" : String((page.at(-1) as DecisionFact).position),
      };
    },

    /** What waits for a decision. @throws {TributaryError} `ERR_ARGUMENT_INVALID`, `ERR_PAGE_TOKEN`. */
    listQueue(query: QueueQuery, { signal }: Pick<CallContext, "signal">): Promise<QueuePage> {
      return queue.page(query, signal);
    },

    /** What a decision would change; see {@link createPreview}. */
    preview(
      request: PreviewRequest,
      { signal }: Pick<CallContext, "signal">,
    ): Promise<DecisionPreview> {
      return preview(request, signal);
    },

    /**
     * Appends the inverse of the decision at a position. A decision about many is undone as one.
     *
     * @throws {TributaryError} `ERR_NOT_FOUND` if there is no decision; `ERR_ARGUMENT_INVALID` if it was undone already;
     * `ERR_UNSUPPORTED` for a release or a confirmation, whose records were told.
     */
    async undo(
      { position, reason }: { readonly position: number; readonly reason: string },
      context: CallContext,
    ): Promise<UndoReceipt> {
      const undone = await decisions.at(position);
      if (undone.action === "retract") {
        const { action, subjects, argument } = await decisions.of(undone.retracts);
        const again = { action, subjects, argument, reason, retracts: "" };
        return { ...(await api.decide(again, context)), action };
      }
      await decisions.requireStanding(position);
      const { decisionId } = undone;
      const inverse = { action: "retract", subjects: [], argument: "", reason };
      return {
        ...(await api.decide({ ...inverse, retracts: decisionId }, context)),
        action: "retract",
      };
    },
  };
  return api;

  /** What a decision is about: with `decline` what the objection is about, with `unfeature` what the collection has. */
  async function subjectsOf({ action, subjects, argument }: DecideRequest) {
    if (action === "unfeature") return (await requireStanding(catalog, argument)).subjects;
    if (action !== "decline") return subjects;
    const objection = await decisions.of(argument);
    if (objection.action === "object") return objection.subjects;
    throw invalid(`${argument} is no objection`, `${argument} 不是异议`);
  }

  /** What undoes a decision names no subjects: it concerns whom that decision concerned. */
  async function concerns(decision: DecisionFact, centerId: string): Promise<boolean> {
    const { action, subjects } =
      decision.action === "retract" ? await decisions.of(decision.retracts) : decision;
    // All centers write by the vocabulary.
    return (
      isTermAction(action) || subjects.some((subject) => centerConcernedBy(subject) === centerId)
    );
  }

  async function viewsOf(
    page: readonly DecisionFact[],
    caller: Pick<CallContext, "principal">,
  ): Promise<DecisionView[]> {
    const subjects = page.map((decision) => decision.subjects);
    const titles = await titlesOf(catalog, subjects, caller);
    const views = await Promise.all(page.map(viewOf));
    return views.map((view, i) => ({ ...view, titles: titles[i] ?? [] }));
  }

  async function viewOf(decision: DecisionFact): Promise<Omit<DecisionView, "titles">> {
    const { retracts: _, retractedAt, ...view } = decision;
    const { standing, answer } =
      decision.action === "object"
        ? await stateOfObjection(catalog, decision)
        : { standing: "", answer: "" };
    return { ...view, retracted: retractedAt !== undefined, standing, answer };
  }

  /** Checks what a decision is about, which for some verbs says more than a list of records. */
  async function requireSubjectsOf({ action, subjects, argument }: Decided): Promise<void> {
    if (action === "feature") return requireCollection(catalog, argument, subjects);
    if (isTermAction(action)) return requireTermChange(catalog, argument, subjects);
    // What these name was found where it stands.
    if (action !== "decline" && !isCollectionAction(action)) requireSubjects(action, subjects);
  }

  /** Checks a decision and answers the feeds that it opens or closes for batches. */
  async function feedsAfter(decision: Decided): Promise<FeedState[]> {
    const { action, reason } = decision;
    requireReason(action, reason, !NEEDS_NO_REASON.has(action));
    const retracted = action === "retract" ? await decisions.of(decision.retracts) : undefined;
    requireCurators((retracted ?? decision).action);
    if (retracted !== undefined) requireReversible(retracted.action);
    requireLabel(decision);
    if (retracted === undefined) await requireSubjectsOf(decision);
    const codes = pausedCodeAfter(decision, () => retracted);
    return [...codes].flatMap(([centerId, pausedCode]) => {
      const feed = feeds.get(centerId);
      return feed === undefined ? [] : [{ ...feed, pausedCode }];
    });
  }
}

/** A decision before it has an identifier. */
type Decided = Omit<CurationDecision, "decisionId" | "authorization">;

/** A token is the position of the last decision that was shown. */
function positionOfToken(token: string): number {
  if (token === "") return Number.POSITIVE_INFINITY;
  if (/^\d{1,15}$/.test(token)) return Number(token);
  throw new TributaryError("ERR_PAGE_TOKEN", "the page token is not one of this hub", {
    messageZh: "翻页令牌无效",
  });
}

function requireSubjects(action: string, subjects: readonly string[]): void {
  if (subjects.length === 0 || subjects.length > MAX_SUBJECTS) {
    throw invalid(
      `a decision is about 1 to ${MAX_SUBJECTS} subjects, not ${subjects.length}`,
      `一项决定须涉及 1 至 ${MAX_SUBJECTS} 个对象，收到 ${subjects.length} 个`,
    );
  }
  if (Object.hasOwn(ASSERTION_OF, action)) requirePairs(action, subjects);
  if (RECORD_ACTIONS.has(action)) {
    for (const subject of subjects) parseUrn(subject);
  } else if (CENTER_ACTIONS.has(action)) {
    for (const subject of subjects) {
      if (centerOfUrn(subject) === undefined) {
        throw invalid(
          `${subject} does not name a center; write urn:dth:<center>`,
          `${subject} 不是中心，请写 urn:dth:<中心>`,
        );
      }
    }
  } else {
    throw new TributaryError("ERR_UNSUPPORTED", `this hub does not do ${action} yet`, {
      messageZh: `本枢纽暂不支持操作 ${action}`,
    });
  }
}

/** Who may curate need not be who may assess. */
function requireCurators(action: string): void {
  if (!isAssessorAction(action)) return;
  throw new TributaryError("ERR_UNSUPPORTED", `${action} is decided and taken back by assessors`, {
    messageZh: `${action} 由评估人员作出和撤回`,
  });
}

/** What nobody undoes: the records that it let go have been told. */
const IRREVERSIBLE: { readonly [action: string]: Sentence } = {
  release: {
    en: "a release cannot be undone; pause again",
    zh: "解除暂停无法撤销，请重新暂停",
  },
  confirm: {
    en: "what a center confirmed of its own records cannot be undone; it can publish them again",
    zh: "中心对自身记录的确认无法撤销；该中心可重新发布这些记录",
  },
};

function requireReversible(action: string): void {
  const why = Object.hasOwn(IRREVERSIBLE, action) ? IRREVERSIBLE[action] : undefined;
  if (why !== undefined) throw new TributaryError("ERR_UNSUPPORTED", why.en, { messageZh: why.zh });
}

function requireLabel({ action, argument }: Decided): void {
  if (action !== "label" && action !== "unlabel") return;
  if (argument.trim() !== argument || argument === "" || argument.length > MAX_LABEL) {
    throw invalid(
      `a label has 1 to ${MAX_LABEL} characters and no space around it`,
      `标签须为 1 至 ${MAX_LABEL} 个字符，首尾不含空格`,
    );
  }
}

/** What is said of pairs needs two records, and only providers are resolved. */
function requirePairs(action: string, subjects: readonly string[]): void {
  if (new Set(subjects).size < 2) {
    throw invalid(`${action} needs two records or more`, `${action} 至少需要两条记录`);
  }
  for (const subject of subjects) {
    if (parseUrn(subject).kind !== "provider") {
      throw invalid(
        `${action} is about provider records; ${subject} is none`,
        `${action} 只用于服务商记录，${subject} 不是`,
      );
    }
  }
}
