/** How much more the clients of a center gained than others', with its interval, in words and as a picture. @module */

import type { BenchmarkEstimate, BenchmarkRule } from "@tributary/sdk/operator";
import { percentText } from "../../match/figures.ts";
import { IntervalPlot } from "../../match/interval-plot.tsx";
import type { Scale } from "../../match/match-context.tsx";
import { useView, type View } from "../../view.tsx";

/** Fits all that are shown together, and 0. */
export function scaleOf(estimates: readonly BenchmarkEstimate[]): Scale {
  return {
    low: Math.min(0, ...estimates.map(({ low = 0 }) => low)),
    high: Math.max(0, ...estimates.map(({ high = 0 }) => high)),
  };
}

interface Ends {
  readonly mean: string;
  readonly low: string;
  readonly high: string;
}

/** Undefined where too little can be compared. */
function endsOf({ difference, low, high }: BenchmarkEstimate, view: View): Ends | undefined {
  if (difference === undefined || low === undefined || high === undefined) return undefined;
  const number = new Intl.NumberFormat(view.language, {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
  return { mean: number.format(difference), low: number.format(low), high: number.format(high) };
}

export function differenceText(estimate: BenchmarkEstimate, view: View): string {
  const ends = endsOf(estimate, view);
  return view.t(ends === undefined ? "benchTooLittle" : "assessInterval", { ...ends });
}

export interface DifferencePlotProps {
  readonly estimate: BenchmarkEstimate;
  readonly scale: Scale;
  readonly rule: BenchmarkRule;
}

/** Nothing where too little can be compared. */
export function DifferencePlot({ estimate, scale, rule }: DifferencePlotProps) {
  const view = useView();
  const { difference, low, high } = estimate;
  const ends = endsOf(estimate, view);
  if (difference === undefined || low === undefined || high === undefined) return null;
  return (
    <IntervalPlot
      kpi={{ estimate: difference, low, high }}
      scale={scale}
      text={view.t("benchPlot", { ...ends, share: percentText(rule.interval, view) })}
    />
  );
}
