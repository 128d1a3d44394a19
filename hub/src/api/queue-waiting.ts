/**
 * What waits for a decision, before it is known how it is shown: places in the queue.
 *
 * @module
 */

import { parseUrn, type QueueReason } from "@tributary/proto";
import { CENTER_FACTS, type CenterFact, decodeCenterFact } from "../catalog/center-fact.ts";
import { COUNTS_FACTS, decodeCounts } from "../catalog/counts.ts";
import type { DecisionFact } from "../catalog/decision-fact.ts";
import { rankPairs } from "../catalog/entities/review.ts";
import type { Question } from "../catalog/entity-fact.ts";
import { openQuestions, stakesOf } from "../catalog/entity-reader.ts";
import { openObjections } from "../catalog/objection.ts";
import { type WaitingRecord, waitingRecords } from "../catalog/waiting-fact.ts";
import type { Member } from "../members/registry.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";

/** What it is about. */
type Subject =
  | { readonly type: "member"; readonly member: Member }
  | { readonly type: "record"; readonly record: WaitingRecord }
  | { readonly type: "center"; readonly center: CenterFact }
  | { readonly type: "pair"; readonly question: Question }
  | { readonly type: "objection"; readonly objection: DecisionFact; readonly target: DecisionFact };

/** One place in the queue. */
export interface Waiting {
  /** Stays the same while it waits. */
  readonly id: string;
  readonly reason: QueueReason;
  /** Ascending; at least one. */
  readonly centerIds: readonly string[];
  /** How much depends on the answer, in records; above 0. */
  readonly value: number;
  /** Ms since the epoch. */
  readonly sinceMs: number;
  readonly subject: Subject;
}

type Facts = Pick<CatalogStore, "fact" | "facts" | "factsNamed" | "getMany">;

/** When the hub wrote the entry at a position; ms since the epoch. */
export type TimeOf = (position: number) => Promise<number>;

/** Everything that the catalog says waits, in no order. */
export async function waitingInCatalog(
  catalog: Facts,
  timeOf: TimeOf,
): Promise<readonly Waiting[]> {
  const records = await Array.fromAsync(waitingRecords(catalog), ofRecord);
  return [
    ...records,
    ...(await pausedCenters(catalog, timeOf)),
    ...(await duplicates(catalog)),
    ...(await Array.fromAsync(openObjections(catalog), ofObjection)),
  ];
}

/**
 * Centers that have proven their key and wait for an operator.
 *
 * @param shown Records that are shown, and the members that may publish: a new one is expected to bring as many as they.
 */
export function waitingMembers(
  members: readonly Member[],
  shown: { readonly records: number; readonly members: number },
): readonly Waiting[] {
  const value = Math.max(1, shown.records / Math.max(1, shown.members));
  return members
    .filter(({ state }) => state === "pending")
    .map((member) => ({
      id: `approval/${member.centerId}`,
      reason: "approval" as const,
      centerIds: [member.centerId],
      value,
      sinceMs: member.sinceMs,
      subject: { type: "member" as const, member },
    }));
}

function ofRecord(record: WaitingRecord): Waiting {
  const reason = record.verdict === "pending" ? "approval" : "quarantined";
  return {
    id: `${reason}/${record.urn}`,
    reason,
    centerIds: [record.ref.centerId],
    value: 1,
    sinceMs: record.sinceMs,
    subject: { type: "record", record },
  };
}

function ofObjection(one: {
  readonly objection: DecisionFact;
  readonly target: DecisionFact;
}): Waiting {
  const { decisionId, actor, subjects, decidedAtMs } = one.objection;
  return {
    id: `objection/${decisionId}`,
    reason: "objection",
    centerIds: [actor],
    value: subjects.length,
    sinceMs: decidedAtMs,
    subject: { type: "objection", ...one },
  };
}

/** Centers whose feed is closed; a center that left has none. What they show may be old. */
async function pausedCenters(catalog: Facts, timeOf: TimeOf): Promise<readonly Waiting[]> {
  const paused: CenterFact[] = [];
  const since: number[] = [];
  for await (const [, value] of catalog.facts(CENTER_FACTS)) {
    const center = decodeCenterFact(value);
    const [first] = center.pauses;
    if (first === undefined || center.state === "left") continue;
    paused.push(center);
    since.push(await timeOf(first.position));
  }
  const counts = await catalog.factsNamed(paused.map(({ centerId }) => COUNTS_FACTS + centerId));
  return paused.map((center, i) => {
    const counted = counts[i];
    return {
      id: `paused/${center.centerId}`,
      reason: "paused",
      centerIds: [center.centerId],
      value: Math.max(1, counted === undefined ? 0 : decodeCounts(counted).live),
      sinceMs: since[i] as number,
      subject: { type: "center", center },
    };
  });
}

/** Pairs of records that may be one provider; at most one pair for two entities. */
async function duplicates(catalog: Facts): Promise<readonly Waiting[]> {
  const questions = await Array.fromAsync(openQuestions(catalog));
  const urns = [...new Set(questions.flatMap(({ a, b }) => [a, b]))];
  const stakes = await stakesOf(catalog, urns);
  const ranked = rankPairs(questions, (urn) => stakes.get(urn));
  const rows = await catalog.getMany(ranked.flatMap(({ a, b }) => [parseUrn(a), parseUrn(b)]));
  return ranked.flatMap((question, i) => {
    const [left, right] = [rows[2 * i], rows[2 * i + 1]];
    if (left === undefined || right === undefined) return [];
    return {
      id: `duplicate/${question.a}/${question.b}`,
      reason: "duplicate",
      centerIds: [...new Set([left.ref.centerId, right.ref.centerId])].sort(),
      value: question.priority,
      sinceMs: Math.max(left.receivedAtMs, right.receivedAtMs),
      subject: { type: "pair", question },
    };
  });
}
