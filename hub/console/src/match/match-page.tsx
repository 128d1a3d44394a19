/** The view of matching: the form, and below it the answer to what the URL asks. @module */

import type { Demand } from "@tributary/sdk";
import { useEffect, useRef } from "react";
import { PageFrame } from "../page-frame.tsx";
import { START } from "../page-state.ts";
import { Problem } from "../problem.tsx";
import { useAnswer } from "../use-answer.ts";
import { useVocabulary } from "../use-vocabulary.ts";
import { useView, type View } from "../view.tsx";
import { DemandForm, isCodeIn } from "./demand-form.tsx";
import {
  checkDemand,
  type DemandState,
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

export default function MatchPage(props: MatchPageProps) {
  const { t } = useView();
  const vocabulary = useVocabulary();
  return (
    <PageFrame frame="match" title={t("viewMatch")} lead={t("matchLead")}>
      {vocabulary.error !== undefined && (
        <Problem error={vocabulary.error} onRetry={vocabulary.again} startOver={START} />
      )}
      {vocabulary.isLoaded && <DemandView {...props} />}
    </PageFrame>
  );
}

function DemandView({ hash, round, isNew }: MatchPageProps) {
  const view = useView();
  const { t } = view;
  const state = parseDemandState(hash);
  const { demand, errors = {} } = isBlank(state)
    ? { demand: undefined }
    : checkDemand(state, isCodeIn(view));
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
      <Answer hash={hash} demand={demand} round={round} isNew={isNew} />
    </>
  );
}

function Answer({ hash, demand, round, isNew }: MatchPageProps & { readonly demand: Demand }) {
  const view = useView();
  const { t } = view;
  const asked = useAnswer(`match ${hash}`, (signal) => askAll(demand, view, signal), round);
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

/** Asks everything that the view shows about a demand. */
async function askAll(demand: Demand, view: View, signal: AbortSignal): Promise<Answers> {
  const { client } = view;
  const [match, plan, support] = await Promise.all([
    client.match(demand, { limit: LIMIT, signal }),
    client.plan(demand, { signal }),
    supportFor(demand.region ?? "", view, signal),
  ]);
  return { match, plan, support };
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
