/**
 * The curation service: decisions of operators, each an entry of the log.
 *
 * @module
 */

import {
  type CurationDecision,
  decodeCurationDecision,
  decodeLogEntry,
  encodeCurationDecision,
  parseUrn,
  TributaryError,
  toHex,
} from "@tributary/proto";
import { ASSERTION_OF } from "../catalog/assertion-of.ts";
import { DECISION_FACTS, type DecisionFact, decodeDecisionFact } from "../catalog/decision-fact.ts";
import {
  centerOfSubject,
  decisionFact,
  decisionFactName,
  decodeDecisionPosition,
  pausedCodeAfter,
} from "../ingest/curation-effect.ts";
import { type FeedState, type FeedTable, feedFact } from "../ingest/feed-table.ts";
import type { MerkleLog } from "../log/merkle-log.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { HubEvents } from "../ports/hub-events.ts";
import { actorOf } from "./principal.ts";
import type { CallContext } from "./rpc.ts";

export interface DecideRequest {
  readonly action: string;
  readonly subjects: readonly string[];
  readonly argument: string;
  readonly reason: string;
  readonly retracts: string;
}

export interface ListDecisionsRequest {
  /** URN; empty for all. */
  readonly subject: string;
  /** 1 to 500; 0 means 100. */
  readonly pageSize: number;
  readonly pageToken: string;
}

/** A decision as operators see it. */
export interface DecisionView {
  readonly decisionId: string;
  readonly action: string;
  readonly subjects: readonly string[];
  readonly argument: string;
  readonly actor: string;
  readonly reason: string;
  readonly position: number;
  readonly decidedAtMs: number;
  readonly retracted: boolean;
}

export interface ListDecisionsResponse {
  readonly decisions: readonly DecisionView[];
  /** Empty at the end. */
  readonly nextPageToken: string;
}

export interface CurationApiOptions {
  readonly catalog: Pick<CatalogStore, "facts">;
  readonly log: MerkleLog;
  readonly feeds: FeedTable;
  readonly events: HubEvents;
  /** Cryptographic random bytes. */
  readonly random: (length: number) => Uint8Array;
}

/** Verbs whose effect this version has; the others of the contract are refused rather than logged without one. */
const RECORD_ACTIONS = new Set([
  "approve",
  "hide",
  "unhide",
  "label",
  "unlabel",
  ...Object.keys(ASSERTION_OF),
]);
const CENTER_ACTIONS = new Set(["pause", "release"]);
const MAX_SUBJECTS = 1_000;
const DEFAULT_PAGE = 100;
const MAX_PAGE = 500;

export function createCurationApi(options: CurationApiOptions) {
  const { catalog, log, feeds, events, random } = options;
  return {
    /**
     * Makes a decision.
     *
     * @throws {TributaryError} `ERR_UNSUPPORTED` for a verb without an effect; `ERR_ARGUMENT_INVALID`; `ERR_NOT_FOUND` if
     * what is to be retracted does not exist.
     */
    async decide(request: DecideRequest, { principal }: CallContext) {
      const decision: CurationDecision = {
        ...request,
        decisionId: toHex(random(16)),
        actor: actorOf(principal),
      };
      const changed = await feedsAfter(decision);
      const undo: (() => void)[] = [];
      const committed = log.append({
        type: "curation",
        statement: encodeCurationDecision(decision),
        facts: (position) => [decisionFact(decision, position), ...changed.map(feedFact)],
        abandon: () => {
          for (const undoOne of undo.reverse()) undoOne();
        },
      });
      for (const feed of changed) undo.push(feeds.set(feed));
      const { position } = await committed;
      for (const { centerId, pausedCode } of changed) {
        if (pausedCode === "") events.feedReleased(centerId);
        else events.feedPaused(centerId, pausedCode);
      }
      return { decisionId: decision.decisionId, position };
    },

    /**
     * Decisions, newest first. A decision shows as soon as the catalog covers it.
     *
     * @throws {TributaryError} `ERR_PAGE_TOKEN`, `ERR_ARGUMENT_INVALID`.
     */
    async listDecisions(request: ListDecisionsRequest): Promise<ListDecisionsResponse> {
      const pageSize = request.pageSize || DEFAULT_PAGE;
      if (pageSize > MAX_PAGE) throw invalid(`a page has at most ${MAX_PAGE} decisions`);
      const before = positionOfToken(request.pageToken);
      const found: DecisionFact[] = [];
      for await (const [, value] of catalog.facts(DECISION_FACTS)) {
        const decision = decodeDecisionFact(value);
        const isAbout = request.subject === "" || decision.subjects.includes(request.subject);
        if (isAbout && decision.position < before) found.push(decision);
      }
      const page = found.slice(-pageSize).reverse();
      const isEnd = page.length === found.length;
      return {
        decisions: page.map(viewOf),
        nextPageToken: isEnd ? "" : String((page.at(-1) as DecisionFact).position),
      };
    },

    async listQueue(_request: object): Promise<object> {
      throw unsupported("ListQueue");
    },
  };

  /** Checks a decision and answers the feeds that it opens or closes for batches. */
  async function feedsAfter(decision: CurationDecision): Promise<FeedState[]> {
    const { action, subjects } = decision;
    if (decision.reason.length > 1_000) throw invalid("a reason has at most 1,000 characters");
    const retracted = action === "retract" ? await decisionOf(decision.retracts) : undefined;
    if (retracted === undefined) requireSubjects(action, subjects);
    const codes = pausedCodeAfter(decision, () => retracted);
    return [...codes].flatMap(([centerId, pausedCode]) => {
      const feed = feeds.get(centerId);
      return feed === undefined ? [] : [{ ...feed, pausedCode }];
    });
  }

  async function decisionOf(decisionId: string): Promise<CurationDecision> {
    const fact = /^[0-9a-f]{32}$/.test(decisionId)
      ? await log.fact(decisionFactName(decisionId))
      : undefined;
    if (fact === undefined) {
      throw new TributaryError("ERR_NOT_FOUND", `there is no decision ${decisionId}`, {
        messageZh: `不存在决定 ${decisionId}`,
      });
    }
    const { entry } = await log.entry(decodeDecisionPosition(fact));
    return decodeCurationDecision(decodeLogEntry(entry).statement);
  }
}

function viewOf(decision: DecisionFact): DecisionView {
  const { retracts: _, retractedAt, ...view } = decision;
  return { ...view, retracted: retractedAt !== undefined };
}

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
    throw invalid(`a decision is about 1 to ${MAX_SUBJECTS} subjects, not ${subjects.length}`);
  }
  if (Object.hasOwn(ASSERTION_OF, action)) requirePairs(action, subjects);
  if (RECORD_ACTIONS.has(action)) {
    for (const subject of subjects) parseUrn(subject);
  } else if (CENTER_ACTIONS.has(action)) {
    for (const subject of subjects) {
      if (centerOfSubject(subject) === undefined) {
        throw invalid(`${subject} does not name a center; write urn:dth:<center>`);
      }
    }
  } else {
    throw new TributaryError("ERR_UNSUPPORTED", `this hub does not do ${action} yet`, {
      messageZh: `本枢纽暂不支持操作 ${action}`,
    });
  }
}

/** What is said of pairs needs two records, and only providers are resolved. */
function requirePairs(action: string, subjects: readonly string[]): void {
  if (new Set(subjects).size < 2) throw invalid(`${action} needs two records or more`);
  for (const subject of subjects) {
    if (parseUrn(subject).kind !== "provider") {
      throw invalid(`${action} is about provider records; ${subject} is none`);
    }
  }
}

function invalid(message: string): TributaryError {
  return new TributaryError("ERR_ARGUMENT_INVALID", message, { messageZh: message });
}

function unsupported(rpc: string): TributaryError {
  return new TributaryError("ERR_UNSUPPORTED", `this hub does not answer ${rpc} yet`, {
    messageZh: `本枢纽暂不支持 ${rpc}`,
  });
}
