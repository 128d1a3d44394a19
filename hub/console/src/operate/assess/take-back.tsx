/** Takes back what an assessor put into the log, with a reason. @module */

import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useView } from "../../view.tsx";
import { ActionForm } from "../action-form.tsx";
import { useOperator } from "../operator.tsx";
import { useAction } from "../use-action.ts";

export interface TakeBackProps {
  readonly title: string;
  readonly hint: string;
  /** In the log. */
  readonly position: number;
  readonly onDone: (position: number) => void;
}

export function TakeBack({ title, hint, position, onDone }: TakeBackProps) {
  const { t } = useView();
  const { client } = useOperator();
  const [reason, setReason] = useState("");
  const takeBack = useAction(() => client.takeBack(position, reason.trim()), onDone);
  return (
    <ActionForm
      title={title}
      hint={hint}
      submit={t("assessTakeBackSubmit", { n: position })}
      isReady={reason.trim() !== ""}
      action={takeBack}
      outcome={(at) => <p role="status">{t("memberDone", { n: at })}</p>}
      cli={`assessment take-back ${position} --reason ${JSON.stringify(reason || "<reason>")}`}
      sdk={`await operator.takeBack(${position}, ${JSON.stringify(reason)});`}
    >
      <TextInput
        id={`take-back-${position}`}
        label={t("assessReason")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ActionForm>
  );
}
