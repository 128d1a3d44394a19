/** What the parts of the inbox say and ask of an item. @module */

import type { QueueAnswer, QueueItem, Role } from "@tributary/sdk/operator";
import type { View } from "../../view.tsx";
import type { Operator } from "../operator.tsx";

/** How an answer is given. */
export const DECIDE = "CurationService.Decide";
export const UNDO = "CurationService.Undo";
export const TAKE_BACK = "AssessmentService.TakeBack";

/** The first answer agrees with what was sent; whoever is told no, or that a decision is undone, is told why. */
export function needsReason({ answers: [first] }: QueueItem, answer: QueueAnswer): boolean {
  return answer.rpc === UNDO || answer.rpc === TAKE_BACK || answer !== first;
}

/** What it is about, in one line. */
export function titleOf(item: QueueItem, { t, labels, language }: View): string {
  const { record, records, centerIds, checkCode, detail } = item;
  const [a, b] = records;
  if (a !== undefined && b !== undefined) {
    return t("inboxPair", { a: a.title || a.ref.key, b: b.title || b.ref.key });
  }
  if (record !== undefined) return record.title || record.ref.key;
  return checkCode === "" ? labels.value("center", centerIds[0] as string, language) : detail;
}

const ROLES: { readonly [rpc: string]: Role } = {
  [DECIDE]: "curator",
  [UNDO]: "curator",
  [TAKE_BACK]: "assessor",
  "AdminService.SetMemberState": "enrolment",
};

/** Whether it is given here, and the role of who is signed in suffices. */
export function mayAnswer({ rpc }: QueueAnswer, may: Operator["may"]): boolean {
  const role = ROLES[rpc];
  return role !== undefined && may(role);
}

export interface Answering {
  readonly answer: QueueAnswer;
  readonly reason: string;
}

/** @returns Position of the answer in the log. */
export async function giveAnswer(
  client: Operator["client"],
  { answer, reason }: Answering,
): Promise<number> {
  const { rpc, action, subjects, argument } = answer;
  if (rpc === UNDO) return (await client.undo(Number(argument), reason)).position;
  if (rpc === TAKE_BACK) return client.takeBack(Number(argument), reason);
  if (rpc === DECIDE) {
    return (await client.decide({ action, subjects, argument, reason })).position;
  }
  return client.setMemberState({
    center: subjects[0] as string,
    state: action as "approved" | "rejected",
    reason,
  });
}
