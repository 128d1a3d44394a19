/** An estimate with its 80 % interval as a small picture: a line, a point, and where it is known what is usual as a dashed mark. @module */

import type { KpiEvidence } from "@tributary/sdk";
import type { Scale } from "./match-context.tsx";

const WIDTH = 320;
const HEIGHT = 36;
const MARGIN = 8;
const MIDDLE = HEIGHT / 2;

export interface IntervalPlotProps {
  readonly kpi: Pick<KpiEvidence, "estimate" | "low" | "high"> & { readonly usual?: number };
  readonly scale: Scale;
  /** What the picture says, in words. */
  readonly text: string;
}

export function IntervalPlot({ kpi, scale, text }: IntervalPlotProps) {
  const span = scale.high - scale.low || 1;
  const x = (value: number) =>
    (MARGIN + ((value - scale.low) / span) * (WIDTH - 2 * MARGIN)).toFixed(1);
  const across = (name: string, from: number, to: number) => (
    <line className={name} x1={x(from)} y1={MIDDLE} x2={x(to)} y2={MIDDLE} />
  );
  const mark = (name: string, at: number, margin: number) => (
    <line className={name} x1={x(at)} y1={margin} x2={x(at)} y2={HEIGHT - margin} />
  );
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="interval-plot" role="img" aria-label={text}>
      {across("plot-axis", scale.low, scale.high)}
      {mark("plot-zero", 0, MIDDLE - 6)}
      {kpi.usual !== undefined && mark("plot-usual", kpi.usual, 2)}
      {across("plot-interval", kpi.low, kpi.high)}
      <circle className="plot-point" cx={x(kpi.estimate)} cy={MIDDLE} r={6} />
    </svg>
  );
}
