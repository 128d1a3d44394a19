/** Decisions about records: made here, listed with author and reason, undone by a key. @module */

import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import { type DecisionVerb, wordsOfVerb } from "@tributary/sdk/operator";
import { useState } from "react";
import { useView } from "../view.tsx";
import { ActionForm } from "./action-form.tsx";
import { DecisionList } from "./decision-list.tsx";
import { useOperator } from "./operator.tsx";
import { useAction } from "./use-action.ts";

/** Verbs about records that need no more than their URNs. */
const ACTIONS: readonly DecisionVerb[] = ["hide", "unhide", "merge", "split", "relate"];

export function DecisionsPage() {
  const { may } = useOperator();
  const [after, setAfter] = useState(-1);
  return (
    <>
      {may("curator") && <NewDecision onDecided={setAfter} />}
      <DecisionList key={after} about="" after={after} onUndone={setAfter} />
    </>
  );
}

interface NewDecisionProps {
  readonly onDecided: (position: number) => void;
}

function NewDecision({ onDecided }: NewDecisionProps) {
  const { t, language } = useView();
  const { client } = useOperator();
  const [action, setAction] = useState<string>("hide");
  const [text, setText] = useState("");
  const [reason, setReason] = useState("");
  const subjects = text.split(/\s+/).filter((urn) => urn !== "");
  const decide = useAction(
    () => client.decide({ action, subjects, reason: reason.trim() }),
    ({ position }) => onDecided(position),
  );
  return (
    <ActionForm
      title={t("decisionNew")}
      submit={t("decisionSubmit")}
      isReady={subjects.length > 0}
      action={decide}
      outcome={({ position }) => <p role="status">{t("memberDone", { n: position })}</p>}
      cli={`curation ${action} ${subjects.join(" ") || "<urn>"} --reason ${JSON.stringify(reason)}`}
      sdk={`await operator.decide(${JSON.stringify({ action, subjects, reason })});`}
    >
      <NativeSelect
        id="decision-action"
        label={t("decisionAction")}
        value={action}
        onChange={(event) => setAction(event.currentTarget.value)}
        data={ACTIONS.map((value) => ({ value, label: wordsOfVerb(value)[language] }))}
      />
      <TextInput
        id="decision-reason"
        label={t("decisionReason")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Textarea
        id="decision-subjects"
        className="field-wide"
        label={t("decisionSubjects")}
        rows={2}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </ActionForm>
  );
}
