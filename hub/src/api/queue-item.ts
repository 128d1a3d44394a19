/**
 * A place in the queue as operators see it: what it waits for, and what ends it.
 *
 * @module
 */

import {
  centerUrnOf,
  parseUrn,
  type QueueAnswer,
  type QueueItem,
  type RecordRef,
  type RecordView,
  type Sentence,
  wordsOfVerb,
} from "@tributary/proto";
import { isAssessorAction } from "../catalog/assessor-fact.ts";
import type { CenterFact } from "../catalog/center-fact.ts";
import type { ReviewReason } from "../catalog/entities/review.ts";
import type { Question } from "../catalog/entity-fact.ts";
import { recordOf } from "../catalog/fold-curation.ts";
import type { WaitingRecord } from "../catalog/waiting-fact.ts";
import type { Member } from "../members/registry.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import { linkOf } from "./entity-api.ts";
import type { CenterBoard } from "./query-coverage.ts";
import { shownRow, viewOf } from "./query-view.ts";
import type { Waiting } from "./queue-waiting.ts";

/** What showing needs. */
export interface QueueView {
  readonly catalog: Pick<CatalogStore, "getMany">;
  readonly board: CenterBoard;
}

/** What an item has beside its place. */
type Content = Pick<QueueItem, "detail" | "waitsFor" | "answers"> & Partial<QueueItem>;

/** The item; undefined where its records are gone since the queue was read. */
export async function queueItemOf(
  waiting: Waiting,
  view: QueueView,
): Promise<QueueItem | undefined> {
  const { subject, ...place } = waiting;
  const content = await contentOf(subject, view);
  return content && { ...place, records: [], checkCode: "", ...content };
}

async function contentOf(
  subject: Waiting["subject"],
  view: QueueView,
): Promise<Content | undefined> {
  switch (subject.type) {
    case "member":
      return memberContent(subject.member);
    case "center":
      return pausedContent(subject.center, view.board);
    case "record":
      return recordContent(subject.record, view);
    case "pair":
      return pairContent(subject.question, view);
    case "objection":
      return objectionContent(subject, view);
  }
}

function memberContent({ centerId, centerName, checkCode }: Member): Content {
  const state = (action: string, text: Sentence, command: string): QueueAnswer => ({
    rpc: "AdminService.SetMemberState",
    action,
    subjects: [centerId],
    argument: "",
    text,
    command,
  });
  return {
    detail: centerName,
    checkCode,
    waitsFor: {
      en: `${centerName} asks to join: compare the check code ${checkCode} with its screen`,
      zh: `${centerName}申请加入：请与其屏幕核对校验码 ${checkCode}`,
    },
    answers: [
      state(
        "approved",
        { en: "Approve the center", zh: "批准加入" },
        `tributary-hub members approve ${centerId}`,
      ),
      state(
        "rejected",
        { en: "Reject the center", zh: "拒绝加入" },
        `tributary-hub members reject ${centerId} --reason REASON`,
      ),
    ],
  };
}

function pausedContent({ centerId, pauses, held }: CenterFact, board: CenterBoard): Content {
  const codes = pauses.map(({ code }) => code).join(", ");
  const name = board.nameOf(centerId);
  return {
    detail: pauses.map(({ code, reason }) => [code, reason].filter(Boolean).join(": ")).join("; "),
    waitsFor:
      held === undefined || pauses.length > 1
        ? {
            en: `${name} is paused (${codes}): its records wait until the feed is released`,
            zh: `${name}已暂停（${codes}）：解除前不接收其记录`,
          }
        : {
            en: `${held.omitted} records that the newest snapshot of ${name} leaves out stay until the feed is released, or the center confirms it`,
            zh: `${name}最新快照未包含的 ${held.omitted} 条记录将保留，直至解除暂停或由该中心确认`,
          },
    answers: [
      decide("release", [centerUrnOf(centerId)], { en: "Release the feed", zh: "解除暂停" }),
    ],
  };
}

async function recordContent(
  { ref, urn, verdict }: WaitingRecord,
  view: QueueView,
): Promise<Content | undefined> {
  const [record] = await recordsOf([ref], view);
  if (record === undefined) return undefined;
  const isPending = verdict === "pending";
  return {
    record,
    detail: detailOf(record),
    waitsFor: isPending
      ? {
          en: "This kind of record is shown after an approval",
          zh: "此类记录须批准后才展示",
        }
      : {
          en: "The center has to send it corrected; look at it, and acknowledge it if nothing else is to be done",
          zh: "需由中心更正后重发；查看后如无其他处理，请确认知悉",
        },
    answers: isPending
      ? [
          decide("approve", [urn], { en: "Show the record", zh: "批准展示" }),
          decide("hide", [urn], { en: "Do not show the record", zh: "不予展示" }),
        ]
      : [
          decide("acknowledge", [urn], {
            en: "Seen: waits again when the center sends a new revision",
            zh: "已知悉：中心重发后再次进入队列",
          }),
        ],
  };
}

async function pairContent(
  { a, b, reason, why }: Question,
  view: QueueView,
): Promise<Content | undefined> {
  const records = await recordsOf([parseUrn(a), parseUrn(b)], view);
  if (records.length < 2) return undefined;
  return {
    records: records.sort((x, y) => x.receivedAtMs - y.receivedAtMs),
    link: linkOf({ to: b, why }),
    detail: reason,
    waitsFor: ASKED[reason],
    answers: [
      decide("merge", [a, b], { en: "They are one provider", zh: "是同一家" }),
      decide("split", [a, b], { en: "They are two providers", zh: "不是同一家" }),
      decide("relate", [a, b], {
        en: "Two that belong together, such as a company and its branch",
        zh: "两家关联单位，如总部与分支机构",
      }),
    ],
  };
}

async function objectionContent(
  { objection, target }: Extract<Waiting["subject"], { readonly type: "objection" }>,
  view: QueueView,
): Promise<Content> {
  const { actor, reason, subjects, decisionId } = objection;
  const name = view.board.nameOf(actor);
  const { action, position } = target;
  const verb = wordsOfVerb(action);
  const said = target.reason;
  const decline = decide("decline", subjects, {
    en: "Decline: the decision stays",
    zh: "不采纳：维持原决定",
  });
  return {
    ...(await contested(subjects, view)),
    detail: `#${position} ${action}: ${reason}`,
    waitsFor: {
      en: `${name} objects to “${verb.en}” at log position ${position}${said && ` (reason: ${said})`}: ${reason}`,
      zh: `${name}对日志第 ${position} 条的决定“${verb.zh}”${said && `（理由：${said}）`}提出异议：${reason}`,
    },
    answers: [
      {
        // Grades are taken back by assessors.
        rpc: isAssessorAction(action) ? "AssessmentService.TakeBack" : "CurationService.Undo",
        action: "retract",
        subjects,
        argument: String(position),
        text: { en: "Accept: undo the decision", zh: "采纳：撤销决定" },
        command: `tributary-hub ${isAssessorAction(action) ? "assessment take-back" : "curation undo"} ${position} --reason REASON`,
      },
      {
        ...decline,
        argument: decisionId,
        command: `tributary-hub curation decline ${decisionId} --reason REASON`,
      },
    ],
  };
}

/** The one record, or the two, that a contested decision is about; none where it is about something else, or about many. */
async function contested(
  subjects: readonly string[],
  view: QueueView,
): Promise<Pick<QueueItem, "record"> | Pick<QueueItem, "records">> {
  const refs = subjects.map(recordOf).filter((ref) => ref !== undefined);
  const records = refs.length > 2 ? [] : await recordsOf(refs, view);
  const [record] = records;
  return records.length === 1 && record !== undefined ? { record } : { records };
}

async function recordsOf(
  refs: readonly RecordRef[],
  { catalog, board }: QueueView,
): Promise<RecordView[]> {
  const rows = await catalog.getMany(refs);
  return rows.flatMap((row) =>
    row === undefined
      ? []
      : viewOf(shownRow(row, board), board, { reader: { type: "operator" }, withBody: true }),
  );
}

function detailOf({ stateReason, findings }: RecordView): string {
  return [stateReason, ...findings.map(({ rule, message }) => `${rule} ${message}`)].join("; ");
}

function decide(action: string, subjects: readonly string[], text: Sentence): QueueAnswer {
  const rpc = "CurationService.Decide";
  const names = subjects.map(shellWord).join(" ");
  const command = `tributary-hub curation ${action} ${names} --reason REASON`;
  return { rpc, action, subjects, argument: "", text, command };
}

/** As one word of a POSIX shell; keys of records may hold any character. */
function shellWord(text: string): string {
  return /^[\w:./@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

const ASKED: Readonly<Record<ReviewReason, Sentence>> = {
  probable: {
    en: "Are these two one provider? The weight is neither high nor low",
    zh: "这两条是否同一家？权重不高不低",
  },
  ambiguous: {
    en: "Are these two one provider? One of them fits another just as well",
    zh: "这两条是否同一家？其中一条与另一家同样相符",
  },
  incoherent: {
    en: "Are these two one provider? Not all of their records fit together",
    zh: "这两条是否同一家？并非所有记录都彼此相符",
  },
  asserted: {
    en: "Are these two one provider? A curator said that records of both are not",
    zh: "这两条是否同一家？策展人曾认定其中部分记录不同",
  },
  place: {
    en: "Are these two one provider? Their names say different places",
    zh: "这两条是否同一家？名称中的地名不同",
  },
  trade: {
    en: "Are these two one provider? Their names say different trades",
    zh: "这两条是否同一家？名称中的行业词不同",
  },
  number: {
    en: "Are these two one provider? Their names say different numbers",
    zh: "这两条是否同一家？名称中的序号不同",
  },
};
