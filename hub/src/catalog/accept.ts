/**
 * One record of a batch becomes a row, or is superseded, or is quarantined, or is refused in favour of the row there is.
 *
 * @module
 */

import {
  type Body,
  decodeBody,
  fromUtf8,
  type RecordFinding,
  type RecordKind,
  type RecordValue,
  utf8,
} from "@tributary/proto";
import type { AcceptedVerdict, CatalogRow } from "../ports/catalog-row.ts";
import {
  type Curation,
  curationOf,
  type DecisionFact,
  decisionFactName,
  decodeDecisionFact,
} from "./decision-fact.ts";
import { codeOf, type ReadRecord } from "./entry.ts";
import { bounded } from "./release/finding.ts";
import { foldRelease } from "./release/fold-release.ts";
import { NO_AUDIENCE, verdictOf, widen } from "./verdict.ts";
import type { WorkingSet } from "./working-set.ts";

/** Where a record stands in the log. */
export interface RecordPlace {
  readonly centerId: string;
  /** Position of the batch. */
  readonly position: number;
  /** Index in the batch. */
  readonly index: number;
  /** When the hub received the batch; ms since the epoch. */
  readonly receivedAtMs: number;
  /** Position of the first batch of the feed. */
  readonly feedPosition: number;
}

/** Rule of the hub: kinds that are shown only after a curator's approval. In the log as a JSON array. */
export const APPROVAL_POLICY = "approval_required";
export const POLICY_FACTS = "policy/";
const UNREADABLE_FACTS = "unreadable/";

const NO_CURATION: Curation = {
  hidden: undefined,
  approved: false,
  labels: [],
  acknowledgedAt: undefined,
};
const NO_BODY = new Uint8Array();

/** Names the fact that says why the record at a place has no row: it cannot be read, or may not change the row there is. */
export function unreadableFactName(centerId: string, position: number, index: number): string {
  const [at, i] = [String(position).padStart(16, "0"), String(index).padStart(4, "0")];
  return `${UNREADABLE_FACTS}${centerId}/${at}/${i}`;
}

/**
 * Folds one accepted record.
 *
 * @returns The decoded body where the record is now the newest of its key and readable.
 */
export async function acceptRecord(
  work: WorkingSet,
  place: RecordPlace,
  read: ReadRecord,
): Promise<{ readonly row: CatalogRow; readonly body: Body | undefined } | undefined> {
  const { centerId, position, index } = place;
  if ("code" in read) {
    work.setFact(unreadableFactName(centerId, position, index), utf8(read.code));
    await work.count(centerId, undefined, "quarantined");
    return undefined;
  }
  const { record } = read;
  const ref = { kind: record.kind, centerId, key: record.key };
  const before = await work.row(ref);
  if (before !== undefined && !isNewer(record.revision, place, before)) {
    await work.count(centerId, undefined, "superseded");
    return undefined;
  }

  const judged = await judge(work, place, record, before);
  if ("refused" in judged) {
    const findings = bounded([...(before?.findings ?? []), ...judged.refused]);
    work.setFact(unreadableFactName(centerId, position, index), utf8("ERR_RELEASE_REFUSED"));
    if (before !== undefined) work.setRow({ ...before, findings, changePosition: position });
    await work.count(centerId, undefined, "quarantined");
    return undefined;
  }
  const { accepted, body, findings } = judged;
  const decisions = before?.decisions ?? [];
  const curation = decisions.length === 0 ? NO_CURATION : await curationAt(work, decisions);
  const { verdict, verdictReason } = verdictOf(accepted, curation);
  const audience = before?.audience ?? NO_AUDIENCE;
  const row: CatalogRow = {
    ref,
    revision: record.revision,
    verdict,
    verdictReason,
    accepted,
    visibility: record.visibility,
    visibleTo: record.visibleTo,
    license: record.license,
    validUntilMs: record.validUntilMs,
    logPosition: position,
    recordIndex: index,
    receivedAtMs: place.receivedAtMs,
    feedPosition: place.feedPosition,
    firstPosition: before?.firstPosition ?? position,
    changePosition: position,
    decisions,
    labels: curation.labels,
    audience: verdict === "live" ? widen(audience, record.visibility, record.visibleTo) : audience,
    provenance: record.provenance,
    findings,
    body: body === undefined ? NO_BODY : record.body,
  };
  work.setRow(row);
  await work.count(centerId, undefined, verdict);
  if (before === undefined) await work.countRow(centerId);
  // An erased record stays erased, whatever comes after it.
  else if (before.verdict !== "erased") await work.count(centerId, before.verdict, "superseded");
  return { row, body };
}

/** A revision counts within its feed; a feed that replaces another speaks anew, and feeds never come back. */
function isNewer(revision: bigint, place: RecordPlace, before: CatalogRow): boolean {
  return place.feedPosition !== before.feedPosition || revision > before.revision;
}

/** What a record is by itself; or why it may not take the place of the row there is. */
type Judged =
  | {
      readonly accepted: AcceptedVerdict;
      readonly body: Body | undefined;
      readonly findings: readonly RecordFinding[];
    }
  | { readonly refused: readonly RecordFinding[] };

async function judge(
  work: WorkingSet,
  place: RecordPlace,
  record: RecordValue,
  before: CatalogRow | undefined,
): Promise<Judged> {
  if (record.kind === "outcome") return judgeOutcome(work, place, record, before);
  if (record.operation === "withdraw") return withdrawn();
  let body: Body;
  try {
    body = { kind: record.kind, value: decodeBody(record.kind, record.body) } as Body;
  } catch (error) {
    return quarantined(codeOf(error), []);
  }
  return { accepted: await shownOrPending(work, record.kind), body, findings: [] };
}

/** A release is judged by more than its body, and once. */
async function judgeOutcome(
  work: WorkingSet,
  place: RecordPlace,
  record: RecordValue,
  before: CatalogRow | undefined,
): Promise<Judged> {
  const folded = await foldRelease(work, place, record);
  if (folded.type === "refused") return { refused: folded.findings };
  const findings = folded.type === "judged" ? folded.findings : (before?.findings ?? []);
  if (folded.reason !== "") return quarantined(folded.reason, findings);
  if (folded.release === undefined) return withdrawn();
  const body: Body = { kind: "outcome", value: folded.release };
  return { accepted: await shownOrPending(work, "outcome"), body, findings };
}

function withdrawn(): Judged {
  return { accepted: { verdict: "withdrawn", reason: "" }, body: undefined, findings: [] };
}

function quarantined(reason: string, findings: readonly RecordFinding[]): Judged {
  return { accepted: { verdict: "quarantined", reason }, body: undefined, findings };
}

async function shownOrPending(work: WorkingSet, kind: RecordKind): Promise<AcceptedVerdict> {
  const waits = await needsApproval(work, kind);
  return waits ? { verdict: "pending", reason: APPROVAL_POLICY } : { verdict: "live", reason: "" };
}

async function needsApproval(work: WorkingSet, kind: RecordKind): Promise<boolean> {
  const rule = await work.fact(POLICY_FACTS + APPROVAL_POLICY);
  return rule !== undefined && fromUtf8(rule).split(",").includes(kind);
}

/** What the decisions at these positions amount to. */
export async function curationAt(
  work: WorkingSet,
  positions: readonly number[],
): Promise<Curation> {
  const decisions: DecisionFact[] = [];
  for (const position of positions) {
    const bytes = await work.fact(decisionFactName(position));
    if (bytes !== undefined) decisions.push(decodeDecisionFact(bytes));
  }
  return curationOf(decisions);
}
