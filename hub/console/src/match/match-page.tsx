/** The view of matching: the form, and below it the answer to what the URL asks. @module */

import { useEffect, useRef } from "react";
import { PageFrame } from "../page-frame.tsx";
import { START } from "../page-state.ts";
import { Problem } from "../problem.tsx";
import { type Asked, useAnswer } from "../use-answer.ts";
import { useVocabulary } from "../use-vocabulary.ts";
import { useView, type View } from "../view.tsx";
import { DemandForm, isCodeIn } from "./demand-form.tsx";
import {
  type CheckedDemand,
  checkDemand,
  type DemandState,
  type IsCode,
  isBlank,
  MATCH_HASH,
  parseDemandState,
} from "./demand-state.ts";
import { ANSWER_ID, type Answers, MatchAnswerView } from "./match-answer.tsx";
import { MatchProvider, matchContext } from "./match-context.tsx";
import { supportFor } from "./support.tsx";

/** Providers that are asked for. */
const LIMIT = 10;

export interface MatchPageProps {
  /** Of the view. */
  readonly hash: string;
  /** Another round asks the same demand again. */
  readonly round: number;
  /** Whether the visitor asked this just now, rather than coming back to it. */
  readonly isNew: boolean;
}

export default function MatchPage({ hash, round, isNew }: MatchPageProps) {
  const view = useView();
  const { t } = view;
  const vocabulary = useVocabulary();
  const asked = useAnswer(`match ${hash}`, (signal) => askAll(hash, view, signal), round);
  // What is asked needs the vocabulary too, and failed with it.
  const again = () => {
    vocabulary.again();
    asked.again();
  };
  return (
    <PageFrame frame="match" title={t("viewMatch")} lead={t("matchLead")}>
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
      <details className="demand" key={hash}>
        <summary data-key="demand">
          <span className="summary-action">{t("demandEdit")}</span>
          <span>{summaryOf(state, view)}</span>
        </summary>
        {form}
      </details>
      <Answer hash={hash} isNew={isNew} asked={asked} />
    </>
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

/**
 * Asks everything that the view shows about a demand, beside the loading of the vocabulary: a code that there is not is
 * told by the form. Undefined for a demand that cannot be asked.
 */
async function askAll(
  hash: string,
  { client, labels }: View,
  signal: AbortSignal,
): Promise<Answers | undefined> {
  const { demand } = demandOf(parseDemandState(hash), () => true);
  if (demand === undefined) return undefined;
  const support = async () => {
    await labels.load();
    return supportFor(demand.region ?? "", { client, labels }, signal);
  };
  const [match, plan, supporting] = await Promise.all([
    client.match(demand, { limit: LIMIT, signal }),
    client.plan(demand, { signal }),
    support(),
  ]);
  return { match, plan, support: supporting };
}

/** The demand, or what is wrong with it; neither where nothing has been asked yet. */
function demandOf(state: DemandState, isCode: IsCode): Partial<CheckedDemand> {
  return isBlank(state) ? {} : checkDemand(state, isCode);
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
