/** What is known of a provider in one scenario: the estimate as a picture and in numbers, each leading to its buckets. @module */

import type { KpiEvidence, ScenarioEvidence } from "@tributary/sdk";
import { type Child, el } from "../dom.ts";
import type { View } from "../view.ts";
import { bucketPanel } from "./bucket-panel.ts";
import { countText, percentText, pointsText, unitText } from "./figures.ts";
import { intervalPlot } from "./interval-plot.ts";
import type { MatchContext } from "./match-context.ts";
import { figure, numberButtons } from "./number-button.ts";

/** @param id Unique in the page. */
export function evidenceBlock(
  id: string,
  evidence: ScenarioEvidence,
  providerName: string,
  context: MatchContext,
): HTMLElement {
  const { view } = context;
  const { t, labels, language, formats } = view;
  const { kpi } = evidence;
  const panel = bucketPanel(id, evidence.buckets, providerName, context);
  const button = numberButtons(panel, view);
  const row = (name: string, value: string) => figure(name, button(name, value));
  return el(
    "div",
    { class: "evidence" },
    el("h4", {}, labels.code("scenario", evidence.scenario, language)),
    kpi === undefined ? el("p", { class: "hint" }, t("noKpi")) : plot(kpi, evidence, context),
    el(
      "dl",
      { class: "figures" },
      ...(kpi === undefined ? [] : effectRows(kpi, row, view)),
      row(t("figureEngagements"), countText(evidence.engagements, view)),
      row(t("figureComparable"), pointsText(evidence.comparable, view)),
      row(t("figureMeasured"), percentText(evidence.measuredShare, view)),
      evidence.satisfied !== undefined &&
        row(t("figureSatisfied"), satisfiedText(evidence.satisfied, view)),
      row(t("figureCenters"), formats.number(evidence.centers)),
    ),
    el("p", { class: "hint" }, t("figureHint")),
    panel.element,
  );
}

function effectRows(
  kpi: KpiEvidence,
  row: (name: string, value: string) => HTMLElement,
  view: View,
): Child[] {
  const { t } = view;
  const unit = unitText(kpi.kpi, view);
  const points = (value: number) => pointsText(value, view);
  return [
    row(t("figureEstimate"), `${points(kpi.estimate)}${unit}`),
    row(t("figureInterval"), t("range", { low: points(kpi.low), high: points(kpi.high) })),
    row(t("figureObserved"), `${points(kpi.observed)}${unit}`),
    // Rests on the buckets of all providers, so it leads to no few of them.
    figure(t("figureUsual"), `${points(kpi.usual)}${unit}`),
  ];
}

function plot(kpi: KpiEvidence, evidence: ScenarioEvidence, context: MatchContext): HTMLElement {
  const { view } = context;
  const { t, labels, language } = view;
  const unit = unitText(kpi.kpi, view);
  const points = (value: number) => `${pointsText(value, view)}${unit}`;
  const name = labels.code("kpi", kpi.kpi, language);
  const text = t("intervalText", {
    kpi: name,
    estimate: points(kpi.estimate),
    low: pointsText(kpi.low, view),
    high: points(kpi.high),
    usual: points(kpi.usual),
  });
  return el(
    "figure",
    { class: "interval" },
    el("figcaption", {}, name),
    intervalPlot(kpi, context.scaleOf(evidence), text),
  );
}

function satisfiedText(
  { estimate, low, high }: NonNullable<ScenarioEvidence["satisfied"]>,
  view: View,
): string {
  const [from, to] = [percentText(low, view), percentText(high, view)];
  return view.t("shareInterval", { share: percentText(estimate, view), low: from, high: to });
}
