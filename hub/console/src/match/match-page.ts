/** The view of matching: the form, and below it the answer to what the URL asks. @module */

import type { Demand } from "@tributary/sdk";
import { type Child, el } from "../dom.ts";
import type { View } from "../view.ts";
import { demandForm, isCodeIn } from "./demand-form.ts";
import { checkDemand, type DemandState, isBlank, parseDemandState } from "./demand-state.ts";
import { type Answers, matchAnswer } from "./match-answer.ts";
import { matchContext } from "./match-context.ts";
import { supportFor } from "./support.ts";

/** Providers that are asked for. */
const LIMIT = 10;

/** The demand of a hash; undefined where it asks nothing that can be answered. Needs the vocabulary. */
export function demandOf(hash: string, view: View): Demand | undefined {
  return checkDemand(parseDemandState(hash), isCodeIn(view)).demand;
}

/** Asks everything that the view shows about a demand. */
export async function askAll(demand: Demand, view: View, signal: AbortSignal): Promise<Answers> {
  const { client } = view;
  const [match, plan, support] = await Promise.all([
    client.match(demand, { limit: LIMIT, signal }),
    client.plan(demand, { signal }),
    supportFor(demand.region ?? "", view, signal),
  ]);
  return { match, plan, support };
}

/** The view before, while and instead of an answer. */
export function matchFrame(hash: string, view: View, ...children: Child[]): HTMLElement {
  const { t } = view;
  const state = parseDemandState(hash);
  const { errors = {} } = isBlank(state) ? {} : checkDemand(state, isCodeIn(view));
  const isAsked = !isBlank(state) && Object.keys(errors).length === 0;
  const form = demandForm(state, errors, view);
  return el(
    "main",
    { id: "main", class: "match", tabindex: -1 },
    el("h1", { tabindex: -1 }, t("viewMatch")),
    el("p", { class: "hint" }, t("matchIntro")),
    isAsked
      ? el(
          "details",
          { class: "demand" },
          el(
            "summary",
            { "data-key": "demand" },
            el("span", { class: "plain" }, t("demandEdit")),
            el("span", {}, summaryOf(state, view)),
          ),
          form,
        )
      : el("div", { class: "demand" }, form),
    ...(isAsked ? children : [el("p", { class: "note" }, t("matchStart"))]),
  );
}

/** The view with its answer. */
export function matchPage(answers: Answers, hash: string, view: View): HTMLElement {
  const context = matchContext(answers.match, parseDemandState(hash), hash, view);
  return matchFrame(hash, view, ...matchAnswer(answers, context));
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
