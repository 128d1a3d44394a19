/** The view of matching: the form, and below it the answer to what the URL asks. @module */

import { type ReactNode, useEffect, useRef, useState } from "react";
import { HEADINGS } from "../headings.ts";
import { PageFrame } from "../page-frame.tsx";
import { START } from "../page-state.ts";
import { Problem } from "../problem.tsx";
import { type Asked, useQuestion } from "../use-answer.ts";
import { useVocabulary } from "../use-vocabulary.ts";
import { useView, type View } from "../view.tsx";
import { DemandForm, isCodeIn } from "./demand-form.tsx";
import { type DemandState, MATCH_HASH, parseDemandState } from "./demand-state.ts";
import { ANSWER_ID, MatchAnswerView } from "./match-answer.tsx";
import { MatchProvider, matchContext } from "./match-context.tsx";
import { type Answers, demandOf, matchQuestion } from "./match-question.ts";

export interface MatchPageProps {
  /** Of the view. */
  readonly hash: string;
  /** Whether the visitor asked this just now, rather than coming back to it. */
  readonly isNew: boolean;
}

export default function MatchPage({ hash, isNew }: MatchPageProps) {
  const vocabulary = useVocabulary();
  const asked = useQuestion(matchQuestion(hash));
  // What is asked needs the vocabulary too, and failed with it.
  const again = () => {
    vocabulary.again();
    asked.again();
  };
  return (
    <PageFrame heading={HEADINGS.match}>
      {vocabulary.error !== undefined && (
        <Problem error={vocabulary.error} onRetry={again} startOver={START} />
      )}
      {vocabulary.isLoaded && <DemandView hash={hash} isNew={isNew} asked={asked} />}
    </PageFrame>
  );
}

interface DemandViewProps extends Pick<MatchPageProps, "hash" | "isNew"> {
  readonly asked: Asked<Answers | undefined>;
}

function DemandView({ hash, isNew, asked }: DemandViewProps) {
  const view = useView();
  const { t } = view;
  const state = parseDemandState(hash);
  const { demand, errors = {} } = demandOf(state, isCodeIn(view));
  const form = <DemandForm key={hash} state={state} errors={errors} />;
  if (demand === undefined) {
    return (
      <>
        <div className="demand">{form}</div>
        <p className="note">{t("matchStart")}</p>
      </>
    );
  }
  return (
    <>
      <FoldedDemand key={hash} summary={summaryOf(state, view)}>
        {form}
      </FoldedDemand>
      <Answer hash={hash} isNew={isNew} asked={asked} />
    </>
  );
}

interface FoldedDemandProps {
  /** The demand in one line. */
  readonly summary: string;
  readonly children: ReactNode;
}

/** The form above an answer: most visitors read the answer, so it is drawn when it is first unfolded. */
function FoldedDemand({ summary, children }: FoldedDemandProps) {
  const { t } = useView();
  const [isDrawn, setDrawn] = useState(false);
  return (
    <details className="demand" onToggle={() => setDrawn(true)}>
      <summary data-key="demand">
        <span className="summary-action">{t("demandEdit")}</span>
        <span>{summary}</span>
      </summary>
      {isDrawn && children}
    </details>
  );
}

function Answer({ hash, isNew, asked }: DemandViewProps) {
  const { t } = useView();
  const answers = asked.value;
  const focused = useRef("");
  useEffect(() => {
    if (answers === undefined || !isNew || focused.current === hash) return;
    focused.current = hash;
    document.getElementById(ANSWER_ID)?.focus({ preventScroll: true });
  }, [answers, isNew, hash]);
  if (asked.error !== undefined) {
    const startOver = { ...START, view: MATCH_HASH };
    return <Problem error={asked.error} onRetry={asked.again} startOver={startOver} />;
  }
  if (answers === undefined) return <p role="status">{t("matching")}</p>;
  return (
    <MatchProvider value={matchContext(answers.match, parseDemandState(hash), hash)}>
      <MatchAnswerView answers={answers} />
    </MatchProvider>
  );
}

/** The demand in one line. */
function summaryOf(state: DemandState, { labels, language, t, formats }: View): string {
  const { scenarios, industry, sizeBand, region, budget } = state;
  return [
    scenarios
      .map((code) => labels.code("scenario", code, language))
      .join(language === "zh" ? "、" : ", "),
    industry === "" ? "" : labels.code("industry", industry, language),
    sizeBand === "" ? "" : labels.code("sizeBand", sizeBand, language),
    region === "" ? "" : labels.code("region", region, language),
    budget === ""
      ? ""
      : `${t("demandBudget")} ${formats.number(Number(budget.replaceAll(/[,，\s]/g, "")))}`,
  ]
    .filter((part) => part !== "")
    .join(" · ");
}
