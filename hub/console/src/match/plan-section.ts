/** The three plans: who does what, how sure that is, what would change it, and what no plan covers. @module */

import type { Assignment, PlanAnswer, SolutionPlan } from "@tributary/sdk";
import { type Child, el } from "../dom.ts";
import type { MessageName } from "../language.ts";
import { bucketPanel } from "./bucket-panel.ts";
import { percentText, pointsText } from "./figures.ts";
import type { MatchContext } from "./match-context.ts";
import { figure, numberButtons } from "./number-button.ts";
import { remarks } from "./provider-card.ts";

const KINDS: { readonly [kind: string]: MessageName } = {
  best_value: "planBestValue",
  fewest_providers: "planFewest",
  most_certain: "planCertain",
};

export function planSection({ plans, uncovered }: PlanAnswer, context: MatchContext): HTMLElement {
  const { t, labels, language } = context.view;
  return el(
    "section",
    { class: "plans" },
    el("h2", {}, plans.length === 0 ? t("plansNone") : t("plans")),
    plans.length > 0 && el("p", { class: "hint" }, t("plansHint")),
    uncovered.length > 0 &&
      el(
        "div",
        { class: "note gap" },
        remarks(
          t("planGap"),
          uncovered.map((code) => labels.code("scenario", code, language)),
        ),
        el("p", { class: "hint" }, t("planGapHint")),
      ),
    el(
      "div",
      { class: "plan-list" },
      ...plans.map((plan, i) => planCard(plan, plans.slice(0, i), context)),
    ),
  );
}

function planCard(
  plan: SolutionPlan,
  before: readonly SolutionPlan[],
  context: MatchContext,
): HTMLElement {
  const { view } = context;
  const { t, language, formats } = view;
  const same = before.find((other) => workOf(other) === workOf(plan));
  return el(
    "article",
    { class: "plan" },
    el(
      "h3",
      {},
      nameOf(plan, context),
      el("span", { class: "chip" }, t("planValue", { n: formats.number(plan.value) })),
    ),
    same !== undefined &&
      el("p", { class: "hint" }, t("planSame", { plan: nameOf(same, context) })),
    el("p", { class: "because" }, plan.because[language]),
    // What was just shown is not shown again.
    same === undefined &&
      el("ul", { role: "list" }, ...plan.assignments.map((one) => assignment(plan, one, context))),
    same === undefined && el("ul", { class: "pairs", role: "list" }, ...pairsOf(plan, context)),
    remarks(
      t("planChanges"),
      plan.changes.map((change) => change[language]),
    ),
    !plan.exact && el("p", { class: "hint" }, t("planHeuristic")),
  );
}

/** Who does what, as one text. */
function workOf({ assignments }: SolutionPlan): string {
  return assignments.map(({ scenario, providerId }) => `${scenario}=${providerId}`).join();
}

function nameOf({ kind }: SolutionPlan, { view }: MatchContext): string {
  const name = KINDS[kind];
  return name === undefined ? kind : view.t(name);
}

function assignment(plan: SolutionPlan, one: Assignment, context: MatchContext): HTMLElement {
  const { view } = context;
  const { t, labels, language } = view;
  const id = `plan-${plan.kind}-${one.scenario}`;
  const panel = bucketPanel(id, one.buckets, one.name, context);
  const button = numberButtons(panel, view);
  const row = (name: string, value: string) => figure(name, button(name, value));
  return el(
    "li",
    { class: "assignment" },
    el("h4", {}, labels.code("scenario", one.scenario, language)),
    el("p", {}, one.name || one.providerId),
    el(
      "dl",
      { class: "figures" },
      row(t("figureSuccess"), percentText(one.success, view)),
      row(t("figureCautious"), pointsText(one.cautious, view)),
    ),
    panel.element,
  );
}

function pairsOf({ pairs, assignments }: SolutionPlan, { view }: MatchContext): Child[] {
  const { t } = view;
  const nameOfId = (id: string) =>
    assignments.find(({ providerId }) => providerId === id)?.name || id;
  return pairs.map(({ a, b, relation, joint }) => {
    const message =
      relation !== "compatible" ? "planPairUnknown" : joint > 0 ? "planPairJoint" : "planPairKnown";
    return el("li", {}, t(message, { a: nameOfId(a), b: nameOfId(b), n: joint }));
  });
}
