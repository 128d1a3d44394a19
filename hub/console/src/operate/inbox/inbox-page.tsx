/** The inbox: which part of the queue, in which order. @module */

import { NativeSelect } from "@mantine/core";
import type { QueueReason } from "@tributary/sdk/operator";
import { useState } from "react";
import type { MessageName } from "../../language.ts";
import { useAnswer } from "../../use-answer.ts";
import { useView } from "../../view.tsx";
import { useOperator } from "../operator.tsx";
import { Queue } from "./queue.tsx";

/** Why something waits, in the order of the menu. */
export const REASON_NAMES = {
  approval: "reasonApproval",
  duplicate: "reasonDuplicate",
  objection: "reasonObjection",
  paused: "reasonPaused",
  quarantined: "reasonQuarantined",
} as const satisfies Record<QueueReason, MessageName>;

const REASONS = Object.keys(REASON_NAMES) as QueueReason[];

export type QueueOrder = "value" | "age";

export function InboxPage() {
  const { t } = useView();
  const { client } = useOperator();
  const [reason, setReason] = useState<QueueReason | "">("");
  const [order, setOrder] = useState<QueueOrder>("value");
  const counted = useAnswer("operate counts", (signal) => client.queue({ pageSize: 1, signal }));
  const countOf = (name: QueueReason) =>
    counted.value?.counts.find((one) => one.reason === name)?.count ?? 0;
  const all = REASONS.reduce((sum, name) => sum + countOf(name), 0);
  return (
    <>
      <div className="one-line">
        <NativeSelect
          id="inbox-reason"
          label={t("inboxReason")}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value as QueueReason | "")}
          data={[
            { value: "", label: t("inboxAll", { n: all }) },
            ...REASONS.map((value) => ({
              value,
              label: t("inboxReasonCount", {
                reason: t(REASON_NAMES[value]),
                n: countOf(value),
              }),
            })),
          ]}
        />
        <NativeSelect
          id="inbox-order"
          label={t("inboxOrder")}
          value={order}
          onChange={(event) => setOrder(event.currentTarget.value as QueueOrder)}
          data={[
            { value: "value", label: t("inboxByValue") },
            { value: "age", label: t("inboxByAge") },
          ]}
        />
      </div>
      <Queue key={`${reason} ${order}`} reason={reason} order={order} onDecided={counted.again} />
    </>
  );
}
