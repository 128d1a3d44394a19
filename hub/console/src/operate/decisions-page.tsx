/** Decisions about records: made here, listed with author and reason, undone by a key. @module */

import { Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import type { DecisionView } from "@tributary/sdk/operator";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { MessageName } from "../language.ts";
import { Answer } from "../page-frame.tsx";
import { Section } from "../terms.tsx";
import { useAnswer } from "../use-answer.ts";
import { useView } from "../view.tsx";
import { AsCode } from "./as-code.tsx";
import { Failure } from "./failure.tsx";
import { useOperator } from "./operator.tsx";
import { useAction } from "./use-action.ts";

const ACTIONS = {
  hide: "actionHide",
  unhide: "actionUnhide",
  merge: "actionMerge",
  split: "actionSplit",
} as const satisfies Record<string, MessageName>;

export function DecisionsPage() {
  const { t } = useView();
  const { client, may } = useOperator();
  const asked = useAnswer("decisions", (signal) => client.decisions({ signal }));
  return (
    <>
      <p className="hint">{t("decisionsIntro")}</p>
      {may("curator") && <NewDecision onDecided={asked.again} />}
      <Answer asked={asked} waiting={t("operateLoading")}>
        {({ decisions }) => <Decisions decisions={decisions} onUndone={asked.again} />}
      </Answer>
    </>
  );
}

interface NewDecisionProps {
  readonly onDecided: () => void;
}

function NewDecision({ onDecided }: NewDecisionProps) {
  const { t } = useView();
  const { client } = useOperator();
  const [action, setAction] = useState<keyof typeof ACTIONS>("hide");
  const [text, setText] = useState("");
  const [reason, setReason] = useState("");
  const subjects = text.split(/\s+/).filter((urn) => urn !== "");
  const decide = useAction(
    () => client.decide({ action, subjects, reason: reason.trim() }),
    onDecided,
  );
  const names = Object.entries(ACTIONS) as [keyof typeof ACTIONS, MessageName][];
  return (
    <Section title={t("decisionNew")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void decide.run(undefined);
        }}
      >
        <div className="field-grid">
          <NativeSelect
            id="decision-action"
            label={t("decisionAction")}
            value={action}
            onChange={(event) => setAction(event.currentTarget.value as keyof typeof ACTIONS)}
            data={names.map(([value, label]) => ({ value, label: t(label) }))}
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
        </div>
        <Failure error={decide.error} />
        <p role="status">{decide.outcome && t("memberDone", { n: decide.outcome.position })}</p>
        <p className="form-actions">
          <Button type="submit" disabled={decide.isBusy || subjects.length === 0}>
            {t("decisionSubmit")}
          </Button>
        </p>
      </form>
      <AsCode sdk={`await operator.decide(${JSON.stringify({ action, subjects, reason })});`} />
    </Section>
  );
}

interface DecisionsProps {
  readonly decisions: readonly DecisionView[];
  readonly onUndone: () => void;
}

/** One item is chosen; keys move and act on it. */
function Decisions({ decisions, onUndone }: DecisionsProps) {
  const { t } = useView();
  const { client, may } = useOperator();
  const [chosen, setChosen] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const wasMoved = useRef(false);
  useEffect(() => {
    if (wasMoved.current) (list.current?.children[chosen] as HTMLElement | undefined)?.focus();
  }, [chosen]);
  const undo = useAction(
    ({ position }: DecisionView) => client.undo(position, t("decisionUndoReason")),
    onUndone,
  );
  const mayUndo = (decision: DecisionView | undefined) =>
    decision !== undefined &&
    may("curator") &&
    !decision.retracted &&
    decision.action !== "retract" &&
    !undo.isBusy;
  const onKeyDown = ({ key, target }: KeyboardEvent) => {
    if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return;
    const step = key === "j" ? 1 : key === "k" ? -1 : 0;
    if (step !== 0) {
      wasMoved.current = true;
      setChosen((at) => Math.max(0, Math.min(decisions.length - 1, at + step)));
    }
    const decision = decisions[chosen];
    if (key === "u" && decision !== undefined && mayUndo(decision)) void undo.run(decision);
  };
  return (
    <Section title={t("decisionsList")}>
      <Failure error={undo.error} />
      {decisions.length === 0 && <p className="hint">{t("decisionsNone")}</p>}
      <ul ref={list} className="decisions" onKeyDown={onKeyDown}>
        {decisions.map((decision, i) => (
          <li
            key={decision.decisionId}
            tabIndex={i === chosen ? 0 : -1}
            onFocus={() => setChosen(i)}
          >
            <DecisionLine decision={decision} />
            {mayUndo(decision) && (
              <Button
                variant="light"
                size="compact-md"
                aria-label={`${t("decisionUndo")} ${decision.position}`}
                onClick={() => void undo.run(decision)}
              >
                {t("decisionUndo")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function DecisionLine({ decision }: { readonly decision: DecisionView }) {
  const { t, formats } = useView();
  const { action, subjects, actor, reason, position, decidedAtMs, retracted } = decision;
  const name = (ACTIONS as Readonly<Record<string, MessageName>>)[action];
  return (
    <div>
      <p>
        <span className="chip">{`#${position}`}</span>{" "}
        <strong>{name === undefined ? action : t(name)}</strong>{" "}
        {retracted && <span className="chip chip-hidden">{t("decisionUndone")}</span>} {reason}
      </p>
      <p className="hint">{`${actor} · ${formats.instant(decidedAtMs)}`}</p>
      <p className="hint">
        <code>{subjects.join(" ")}</code>
      </p>
    </div>
  );
}
