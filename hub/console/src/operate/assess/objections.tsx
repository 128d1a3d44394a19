/** Objections of a center to what assessors published of it, and the answers that end them. @module */

import type { QueueAnswer, QueueItem } from "@tributary/sdk/operator";
import { useState } from "react";
import { Answer } from "../../page-frame.tsx";
import { Section } from "../../terms.tsx";
import { useAnswer } from "../../use-answer.ts";
import { useView } from "../../view.tsx";
import { Failure } from "../failure.tsx";
import { Answers } from "../inbox/item-detail.tsx";
import { type Answering, giveAnswer, needsReason, TAKE_BACK } from "../inbox/queue-item.ts";
import { useOperator } from "../operator.tsx";
import { useAction } from "../use-action.ts";

/** A center objects to a decision once; few decisions of assessors stand. */
const MAX_OBJECTIONS = 100;

export interface ObjectionsProps {
  readonly center: string;
  /** Is told the position of the answer in the log. */
  readonly onAnswered: (position: number) => void;
}

export function Objections({ center, onAnswered }: ObjectionsProps) {
  const { t } = useView();
  const { client } = useOperator();
  const asked = useAnswer(`operate objections ${center}`, (signal) =>
    client.queue({ reasons: ["objection"], center, pageSize: MAX_OBJECTIONS, signal }),
  );
  const answered = (position: number) => {
    asked.again();
    onAnswered(position);
  };
  return (
    <Section title={t("assessObjections")}>
      <Answer asked={asked} waiting={t("operateLoading")}>
        {({ items }) => {
          const open = items.filter(({ answers }) => answers[0]?.rpc === TAKE_BACK);
          return open.length === 0 ? (
            <p className="hint">{t("assessNoObjections")}</p>
          ) : (
            open.map((item) => <Objection key={item.id} item={item} onAnswered={answered} />)
          );
        }}
      </Answer>
    </Section>
  );
}

interface ObjectionProps extends Pick<ObjectionsProps, "onAnswered"> {
  readonly item: QueueItem;
}

function Objection({ item, onAnswered }: ObjectionProps) {
  const { language } = useView();
  const { client } = useOperator();
  const reasonId = `why-${item.id}`;
  const [reason, setReason] = useState("");
  /** The answer that waits for its reason. */
  const [waiting, setWaiting] = useState<QueueAnswer>();
  const give = useAction((answering: Answering) => giveAnswer(client, answering), onAnswered);
  const answerWith = (answer: QueueAnswer | undefined) => {
    if (answer === undefined || give.isBusy) return;
    if (needsReason(item, answer) && reason.trim() === "") {
      setWaiting(answer);
      document.getElementById(reasonId)?.focus();
    } else void give.run({ answer, reason: reason.trim() });
  };
  return (
    <article className="request">
      <p>{item.waitsFor[language]}</p>
      <Answers
        item={item}
        reasonId={reasonId}
        reason={reason}
        onReason={setReason}
        isReasonMissing={waiting !== undefined && reason.trim() === ""}
        onAnswer={answerWith}
        onEnter={() => answerWith(waiting)}
        isBusy={give.isBusy}
      />
      <Failure error={give.error} />
    </article>
  );
}
