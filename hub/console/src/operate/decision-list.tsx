/** Decisions, the newest first, with author and reason; undone by a key. @module */

import { Button } from "@mantine/core";
import { parseUrn } from "@tributary/sdk";
import type { DecisionView } from "@tributary/sdk/operator";
import { termOfUrn, wordsOfVerb } from "@tributary/sdk/operator";
import type { SchemeName } from "@tributary/sdk/vocabulary";
import { Fragment, type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { MessageName } from "../language.ts";
import { MoreButton } from "../more-button.tsx";
import { Answer } from "../page-frame.tsx";
import { hrefOf, START } from "../page-state.ts";
import { Section } from "../terms.tsx";
import { useCenterNames } from "../use-center-names.ts";
import { usePages } from "../use-pages.ts";
import { useView } from "../view.tsx";
import { operateHash } from "../views.ts";
import { caughtUp } from "./caught-up.ts";
import { Failure } from "./failure.tsx";
import { useOperator } from "./operator.tsx";
import { useAction } from "./use-action.ts";

/** What is not undone here: what undoes others, what a center says, what its records were told, what assessors decide. */
const NOT_UNDONE = new Set([
  "retract",
  "object",
  "confirm",
  "release",
  "grade",
  "review",
  "select",
]);

/** What became of an objection. */
const STANDINGS: { readonly [standing: string]: MessageName } = {
  open: "objectionOpen",
  accepted: "objectionAccepted",
  declined: "objectionDeclined",
};

/** Decisions that are asked for at once. */
const PAGE_SIZE = 50;
const CENTER_URN = /^urn:dth:([^:]+)$/;
const RECORD_URN = /^urn:dth:[^:]+:[^:]+:/;
/** Of what a decision is about, so many are named. */
const SHOWN_SUBJECTS = 3;

export interface DecisionListProps {
  /** URN that they are about; empty for all. */
  readonly about: string;
  /** Position in the log of what was decided here last, which the list has to show; -1 for nothing. */
  readonly after: number;
  readonly onUndone: (position: number) => void;
}

/** One item is chosen; keys move and act on it. */
export function DecisionList({ about, after, onUndone }: DecisionListProps) {
  const { t, labels } = useView();
  const { client, may } = useOperator();
  const {
    items: decisions,
    asked,
    readOn,
  } = usePages(
    `operate decisions ${about} ${after}`,
    async (pageToken, signal) => {
      await Promise.all([caughtUp(client, after, signal), labels.load()]);
      return client.decisions({ subject: about, pageSize: PAGE_SIZE, pageToken, signal });
    },
    (page) => page.decisions,
  );
  const [chosen, setChosen] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const wasMoved = useRef(false);
  useEffect(() => {
    if (wasMoved.current) (list.current?.children[chosen] as HTMLElement | undefined)?.focus();
  }, [chosen]);
  const undo = useAction(
    ({ position }: DecisionView) => client.undo(position, t("decisionUndoReason")),
    ({ position }) => onUndone(position),
  );
  const mayUndo = (decision: DecisionView | undefined) =>
    decision !== undefined &&
    may("curator") &&
    !decision.retracted &&
    !NOT_UNDONE.has(decision.action) &&
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
      {decisions.length === 0 && (
        <Answer asked={asked} waiting={t("operateLoading")}>
          {() => <p className="hint">{t("decisionsNone")}</p>}
        </Answer>
      )}
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
      <MoreButton readOn={readOn} />
    </Section>
  );
}

function DecisionLine({ decision }: { readonly decision: DecisionView }) {
  const { t, language, formats } = useView();
  const { action, subjects, actor, reason, position, decidedAtMs, retracted } = decision;
  const { standing, titles } = decision;
  return (
    <div>
      <p>
        <span className="chip">{`#${position}`}</span>{" "}
        <strong>{wordsOfVerb(action)[language]}</strong>{" "}
        {retracted && <span className="chip chip-hidden">{t("decisionUndone")}</span>}{" "}
        {standing !== "" && (
          <span className="chip">
            {STANDINGS[standing] === undefined ? standing : t(STANDINGS[standing])}
          </span>
        )}{" "}
        {reason}
      </p>
      <p className="hint">{`${actor} · ${formats.instant(decidedAtMs)}`}</p>
      {subjects.length > 0 && (
        <p className="hint">
          {subjects.slice(0, SHOWN_SUBJECTS).map((urn, i) => (
            <Fragment key={urn}>
              {i > 0 && " · "}
              <Subject urn={urn} title={titles[i] ?? ""} />
            </Fragment>
          ))}{" "}
          {subjects.length > SHOWN_SUBJECTS &&
            t("bulkMore", { n: subjects.length - SHOWN_SUBJECTS })}
        </p>
      )}
    </div>
  );
}

/** What a decision is about, by its name: a record, a center, a term; else as the log has it. */
function Subject({ urn, title }: { readonly urn: string; readonly title: string }) {
  const { labels, language } = useView();
  const nameOf = useCenterNames();
  if (title !== "") {
    const href = hrefOf({ ...START, record: urn, view: operateHash("decisions") });
    return <a href={href}>{title}</a>;
  }
  const [, center] = CENTER_URN.exec(urn) ?? [];
  if (center !== undefined) return nameOf(center);
  const term = termOfUrn(urn);
  // One that is not shown to anybody any more: its key says most.
  if (term === undefined) return <code>{RECORD_URN.test(urn) ? parseUrn(urn).key : urn}</code>;
  const label = labels.code(term.scheme as SchemeName, term.code, language);
  return label === term.code ? label : `${label} (${term.code})`;
}
