/**
 * Decisions of operators in the log: to append one, and to find one again.
 *
 * @module
 */

import {
  type CurationDecision,
  decodeCurationDecision,
  decodeLogEntry,
  encodeCurationDecision,
  type Sentence,
  TributaryError,
  toHex,
} from "@tributary/proto";
import {
  decisionFactName as decisionAtFactName,
  decodeDecisionFact,
} from "../catalog/decision-fact.ts";
import {
  decisionFact,
  decisionFactName,
  decodeDecisionPosition,
} from "../ingest/curation-effect.ts";
import type { MerkleLog } from "../log/merkle-log.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";

export interface DecisionLogOptions {
  readonly catalog: Pick<CatalogStore, "fact">;
  readonly log: MerkleLog;
  /** Cryptographic random bytes. */
  readonly random: (length: number) => Uint8Array;
}

/** What is written together with a decision, and what undoes it in memory if the write fails. */
export interface DecisionEffect {
  readonly facts: readonly (readonly [name: string, value: Uint8Array])[];
  readonly abandon: () => void;
}

const MAX_REASON = 1_000;

export class DecisionLog {
  readonly #options: DecisionLogOptions;
  /** Identifiers of what centers say that is being written. */
  readonly #saying = new Set<string>();

  constructor(options: DecisionLogOptions) {
    this.#options = options;
  }

  /** Appends a decision. The entry has its place when this returns, and is durable when the promise resolves. */
  append(
    decision: Omit<CurationDecision, "decisionId" | "authorization">,
    effect?: DecisionEffect,
  ): Promise<{ readonly decisionId: string; readonly position: number }> {
    const { log, random } = this.#options;
    const identified = { ...decision, decisionId: toHex(random(16)), authorization: "" };
    const { decisionId } = identified;
    return log
      .append({
        type: "curation",
        statement: encodeCurationDecision(identified),
        facts: (position) => [decisionFact(identified, position), ...(effect?.facts ?? [])],
        ...(effect !== undefined && { abandon: effect.abandon }),
      })
      .then(({ position }) => ({ decisionId, position }));
  }

  /**
   * Appends what a center says, signed by it. It says it once.
   *
   * @param known What to tell a center that has said it before.
   * @param requireStill Called when the entry gets its place, behind what was decided meanwhile; throws if the center may not
   * say it any more, and then it has not said it.
   * @throws {TributaryError} `ERR_ALREADY_EXISTS`; what `requireStill` throws.
   */
  async appendOnce(
    decision: CurationDecision,
    known: Sentence,
    requireStill: () => void,
  ): Promise<{ readonly position: number }> {
    const { log } = this.#options;
    const { decisionId } = decision;
    const isKnown = (await log.fact(decisionFactName(decisionId))) !== undefined;
    if (isKnown || this.#saying.has(decisionId)) {
      throw new TributaryError("ERR_ALREADY_EXISTS", known.en, { messageZh: known.zh });
    }
    requireStill();
    this.#saying.add(decisionId);
    try {
      const { position } = await log.append({
        type: "curation",
        statement: encodeCurationDecision(decision),
        facts: (at) => [decisionFact(decision, at)],
      });
      return { position };
    } finally {
      this.#saying.delete(decisionId);
    }
  }

  /** The decision at a position of the log. @throws {TributaryError} `ERR_NOT_FOUND`. */
  async at(position: number): Promise<CurationDecision> {
    const { log } = this.#options;
    const entry = position < log.size ? (await log.entry(position)).entry : undefined;
    const value = entry && decodeLogEntry(entry);
    if (value?.type === "curation") return decodeCurationDecision(value.statement);
    throw new TributaryError("ERR_NOT_FOUND", `there is no decision at log position ${position}`, {
      messageZh: `日志第 ${position} 条不是决定`,
    });
  }

  /** The decision with an identifier. @throws {TributaryError} `ERR_NOT_FOUND`. */
  async of(decisionId: string): Promise<CurationDecision> {
    const { log } = this.#options;
    const fact = /^[0-9a-f]{32}$/.test(decisionId)
      ? await log.fact(decisionFactName(decisionId))
      : undefined;
    if (fact === undefined) throw noDecision(decisionId);
    const { entry } = await log.entry(decodeDecisionPosition(fact));
    return decodeCurationDecision(decodeLogEntry(entry).statement);
  }

  /** @throws {TributaryError} `ERR_ARGUMENT_INVALID` if the decision at a position was undone. */
  async requireStanding(position: number): Promise<void> {
    const fact = await this.#options.catalog.fact(decisionAtFactName(position));
    const retractedAt = fact && decodeDecisionFact(fact).retractedAt;
    if (retractedAt === undefined) return;
    throw invalidArgument(
      `the decision at ${position} was undone at ${retractedAt}`,
      `日志第 ${position} 条的决定已于第 ${retractedAt} 条撤销`,
    );
  }
}

/** @throws {TributaryError} `ERR_ARGUMENT_INVALID` for a reason that is too long, or missing where `isNeeded`. */
export function requireReason(action: string, reason: string, isNeeded: boolean): void {
  if (reason.length > MAX_REASON) {
    throw invalidArgument(
      `a reason has at most ${MAX_REASON} characters, not ${reason.length}`,
      `理由最多 ${MAX_REASON} 个字符，收到 ${reason.length} 个`,
    );
  }
  if (reason.trim() === "" && isNeeded) {
    throw invalidArgument(
      `${action} needs a reason, which the centers concerned can read`,
      `${action} 须说明理由，相关中心可见`,
    );
  }
}

export function noDecision(decisionId: string): TributaryError {
  return new TributaryError("ERR_NOT_FOUND", `there is no decision ${decisionId}`, {
    messageZh: `不存在决定 ${decisionId}`,
  });
}

/** A request that cannot be done as it is. */
export function invalidArgument(message: string, messageZh: string): TributaryError {
  return new TributaryError("ERR_ARGUMENT_INVALID", message, { messageZh });
}
