/** What the parts of the inbox say and ask of an item. @module */

import type { QueueAnswer, QueueItem } from "@tributary/sdk/operator";
import type { View } from "../../view.tsx";
import type { Operator } from "../operator.tsx";

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

/** Whether the role of who is signed in suffices. */
export function mayAnswer({ rpc }: QueueAnswer, may: Operator["may"]): boolean {
  return may(rpc.startsWith("AdminService.") ? "enrolment" : "curator");
}
