/** What is known of a provider in one scenario: the estimate as a picture and in numbers, each leading to its buckets. @module */

import type { KpiEvidence, ScenarioEvidence } from "@tributary/sdk";
import { useView, type View } from "../view.tsx";
import { countText, percentText, pointsText, unitText } from "./figures.ts";
import { IntervalPlot } from "./interval-plot.tsx";
import { useMatch } from "./match-context.tsx";
import { Figure, Figures, type NamedFigure } from "./number-button.tsx";

export interface EvidenceBlockProps {
  /** Unique in the page. */
  readonly id: string;
  readonly evidence: ScenarioEvidence;
  readonly providerName: string;
}

export function EvidenceBlock({ id, evidence, providerName }: EvidenceBlockProps) {
  const view = useView();
  const { t, labels, language } = view;
  const { kpi } = evidence;
  return (
    <div className="evidence">
      <h4>{labels.code("scenario", evidence.scenario, language)}</h4>
      {kpi === undefined ? (
        <p className="hint">{t("noKpi")}</p>
      ) : (
        <Plot kpi={kpi} evidence={evidence} />
      )}
      <Figures
        id={id}
        buckets={evidence.buckets}
        providerName={providerName}
        figures={[...effectFigures(kpi, view), ...countFigures(evidence, view)]}
      >
        {kpi !== undefined && (
          // Rests on the buckets of all providers, so it leads to no few of them.
          <Figure name={t("figureUsual")}>
            {`${pointsText(kpi.usual, view)}${unitText(kpi.kpi, view)}`}
          </Figure>
        )}
      </Figures>
      <p className="hint">{t("figureHint")}</p>
    </div>
  );
}

function effectFigures(kpi: KpiEvidence | undefined, view: View): NamedFigure[] {
  if (kpi === undefined) return [];
  const { t } = view;
  const unit = unitText(kpi.kpi, view);
  const points = (value: number) => pointsText(value, view);
  return [
    [t("figureEstimate"), `${points(kpi.estimate)}${unit}`],
    [t("figureInterval"), t("range", { low: points(kpi.low), high: points(kpi.high) })],
    [t("figureObserved"), `${points(kpi.observed)}${unit}`],
  ];
}

function countFigures(evidence: ScenarioEvidence, view: View): NamedFigure[] {
  const { t, formats } = view;
  const { engagements, comparable, measuredShare, satisfied, centers } = evidence;
  return [
    [t("figureEngagements"), countText(engagements, view)],
    [t("figureComparable"), pointsText(comparable, view)],
    [t("figureMeasured"), percentText(measuredShare, view)],
    ...(satisfied === undefined
      ? []
      : [[t("figureSatisfied"), satisfiedText(satisfied, view)] as const]),
    [t("figureCenters"), formats.number(centers)],
  ];
}

interface PlotProps {
  readonly kpi: KpiEvidence;
  readonly evidence: ScenarioEvidence;
}

function Plot({ kpi, evidence }: PlotProps) {
  const view = useView();
  const { scaleOf } = useMatch();
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
  return (
    <figure className="interval">
      <figcaption>{name}</figcaption>
      <IntervalPlot kpi={kpi} scale={scaleOf(evidence)} text={text} />
    </figure>
  );
}

function satisfiedText(
  { estimate, low, high }: NonNullable<ScenarioEvidence["satisfied"]>,
  view: View,
): string {
  const [from, to] = [percentText(low, view), percentText(high, view)];
  return view.t("shareInterval", { share: percentText(estimate, view), low: from, high: to });
}
