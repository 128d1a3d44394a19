/** How much every two centers overlap, as a picture; a table beside it has the numbers. @module */

import type { OverlapMatrix } from "@tributary/sdk";
import type { MouseEvent } from "react";
import { useView } from "../../view.tsx";

/** Percent from which each shade begins. */
const SHADES = [0, 5, 15, 30, 50] as const;
/** Says in a matrix that nothing of a pair is known. */
const UNKNOWN = 255;
/** Up to so many centers there is room for their names and numbers. */
const MAX_NAMED = 14;
const CELL = 10;
/** Room for names; in units of the picture. */
const NAME_WIDTH = 46;
/** Size of a unit, where there is room; px. With more centers the whole map keeps its size. */
const UNIT_PX = 5;
const MAP_PX = 640;

export interface HeatMapProps {
  readonly matrix: OverlapMatrix;
  readonly nameOf: (id: string) => string;
  /** Two centers were chosen. */
  readonly onChoose: (a: string, b: string) => void;
}

export function HeatMap({ matrix, nameOf, onChoose }: HeatMapProps) {
  const { t } = useView();
  const { percentOf, ids } = inOrder(matrix);
  const isNamed = ids.length <= MAX_NAMED;
  const left = isNamed ? NAME_WIDTH : 0;
  const side = ids.length * CELL;
  const cells = ids.flatMap((a, row) =>
    ids.flatMap((b, column) =>
      a === b ? [] : { row, column, percent: percentOf(a, b) ?? UNKNOWN },
    ),
  );
  const known = cells.filter(({ percent }) => percent !== UNKNOWN);
  const most = Math.max(0, ...known.map(({ percent }) => percent));
  const choose = (event: MouseEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const unit = (left + side) / box.width;
    const column = Math.floor(((event.clientX - box.left) * unit - left) / CELL);
    const row = Math.floor(((event.clientY - box.top) * unit) / CELL);
    const [a, b] = [ids[row], ids[column]];
    if (a !== undefined && b !== undefined && a !== b) onChoose(a, b);
  };
  return (
    <figure className="heat">
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: each pair has a button in the table */}
      <svg
        viewBox={`0 0 ${left + side} ${side}`}
        className="heat-map"
        width={isNamed ? (left + side) * UNIT_PX : MAP_PX}
        role="img"
        aria-label={t("overlapMapLabel", { n: ids.length, most })}
        onClick={choose}
      >
        {isNamed &&
          ids.map((id, row) => (
            <text key={id} x={left - 1.5} y={row * CELL + 6.4} className="heat-name">
              {shorten(nameOf(id))}
            </text>
          ))}
        {/* One path a shade: two hundred centers are forty thousand cells. */}
        {SHADES.map((from, shade) => (
          <path
            key={from}
            className={`heat-${shade}`}
            d={pathOf(
              known.filter(({ percent }) => shadeOf(percent) === shade),
              left,
            )}
          />
        ))}
        <path
          className="heat-none"
          d={pathOf(
            cells.filter(({ percent }) => percent === UNKNOWN),
            left,
          )}
        />
        {isNamed &&
          known.map(({ row, column, percent }) => (
            <text
              key={`${row} ${column}`}
              x={left + column * CELL + CELL / 2}
              y={row * CELL + 6.2}
              className={`heat-number ${shadeOf(percent) > 2 ? "heat-number-on-dark" : ""}`}
            >
              {percent}
            </text>
          ))}
      </svg>
      <figcaption>
        <ul className="heat-legend">
          {SHADES.map((from, shade) => {
            const next = SHADES[shade + 1];
            return (
              <li key={from}>
                <Swatch name={`heat-${shade}`} />
                {next === undefined
                  ? t("overlapFrom", { low: from })
                  : t("overlapRange", { low: from, high: next - 1 })}
              </li>
            );
          })}
          <li>
            <Swatch name="heat-none" />
            {t("overlapUnknown")}
          </li>
        </ul>
      </figcaption>
    </figure>
  );
}

function Swatch({ name }: { readonly name: string }) {
  return (
    <svg viewBox="0 0 10 10" className="swatch" aria-hidden="true">
      <path className={name} d="M0 0h10v10h-10z" />
    </svg>
  );
}

interface Cell {
  readonly row: number;
  readonly column: number;
}

function pathOf(cells: readonly Cell[], left: number): string {
  const size = CELL - 0.6;
  return cells
    .map(({ row, column }) => `M${left + column * CELL} ${row * CELL}h${size}v${size}h-${size}z`)
    .join("");
}

function shadeOf(percent: number): number {
  return SHADES.findLastIndex((from) => percent >= from);
}

/** Names of one place begin alike; the rest is in the table. */
function shorten(name: string): string {
  const most = /[\u3400-\u9fff]/.test(name) ? 10 : 20;
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

/** The centers that overlap with most come first, so that what is dark is in one corner. */
function inOrder({ centerIds, percent }: OverlapMatrix) {
  const n = centerIds.length;
  const placeOf = new Map(centerIds.map((id, i) => [id, i]));
  const percentOf = (a: string, b: string): number | undefined => {
    const [i, j] = [placeOf.get(a) as number, placeOf.get(b) as number].sort((x, y) => x - y) as [
      number,
      number,
    ];
    // Pairs stand as (0, 1), (0, 2), ..., (1, 2), ...
    const value = percent[i * n - (i * (i + 1)) / 2 + (j - i - 1)];
    return value === UNKNOWN ? undefined : value;
  };
  const weight = new Map(
    centerIds.map((a) => [
      a,
      centerIds.reduce((sum, b) => sum + (a === b ? 0 : (percentOf(a, b) ?? 0)), 0),
    ]),
  );
  const ids = centerIds.toSorted((a, b) => (weight.get(b) as number) - (weight.get(a) as number));
  return { ids, percentOf };
}
