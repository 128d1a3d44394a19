/** An estimate with its 80 % interval as a small picture: a line, a point, and what is usual as a dashed mark. @module */

import type { KpiEvidence } from "@tributary/sdk";
import type { Scale } from "./match-context.ts";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 320;
const HEIGHT = 36;
const MARGIN = 8;

/** @param text What the picture says, in words. */
export function intervalPlot(kpi: KpiEvidence, scale: Scale, text: string): SVGSVGElement {
  const span = scale.high - scale.low || 1;
  const x = (value: number) =>
    (MARGIN + ((value - scale.low) / span) * (WIDTH - 2 * MARGIN)).toFixed(1);
  const middle = HEIGHT / 2;
  return shape(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "interval-plot", role: "img", "aria-label": text },
    line("plot-axis", x(scale.low), middle, x(scale.high), middle),
    line("plot-zero", x(0), middle - 6, x(0), middle + 6),
    line("plot-usual", x(kpi.usual), 2, x(kpi.usual), HEIGHT - 2),
    line("plot-interval", x(kpi.low), middle, x(kpi.high), middle),
    shape("circle", { class: "plot-point", cx: x(kpi.estimate), cy: middle, r: 6 }),
  ) as SVGSVGElement;
}

type Place = string | number;

function line(name: string, x1: Place, y1: Place, x2: Place, y2: Place): SVGElement {
  return shape("line", { class: name, x1, y1, x2, y2 });
}

function shape(
  tag: string,
  attributes: Readonly<Record<string, Place>>,
  ...children: readonly SVGElement[]
): SVGElement {
  const element = document.createElementNS(SVG, tag) as SVGElement;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, `${value}`);
  element.append(...children);
  return element;
}
