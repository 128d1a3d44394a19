/**
 * Effects that stand in columns of their own: name, before, after, change, unit.
 *
 * @module
 */

import { type HubTerms, matchTerm, outcomeOf } from "@tributary/proto/vocabulary";
import type { Cell, SourceRow } from "../ports/source.ts";
import { isNothing, textOf } from "./cell.ts";
import { type ColumnFinder, titlesOf } from "./columns.ts";
import { type FieldReader, keepWord } from "./draft.ts";
import { placeOf } from "./group-rows.ts";
import type { IndicatorSpec } from "./mapping-spec.ts";
import { retired } from "./terms.ts";
import { outcomeClaim } from "./transforms.ts";

const PARTS = ["name", "before", "after", "change", "unit", "method"] as const;
type Part = (typeof PARTS)[number];

/** Most effects of one record; rows that are put together are not more. */
const MAX_EFFECTS = 50;

/**
 * Reads the effects of a row and of those that were put together with it, whose cells have (2), (3), ... behind the
 * title. An effect that the registry does not have is kept as a word of the center.
 */
export function indicatorReader(
  spec: IndicatorSpec,
  finder: ColumnFinder,
  terms: HubTerms,
): FieldReader {
  const titles = new Map(PARTS.map((part) => [part, finder.oneOf(titlesOf(spec[part]))]));
  const all = [...titles.values()].flat();
  return (cells, draft) => {
    const claims: object[] = [];
    for (let place = 1; place <= MAX_EFFECTS && isPlace(cells, all, place); place += 1) {
      const of = (part: Part) => firstOf(cells, titles.get(part) ?? [], place);
      const name = textOf(of("name"));
      if (name === "") continue;
      const effect = {
        kpi: name,
        before: figureOf(of("before")),
        after: figureOf(of("after")),
        change: figureOf(of("change")),
        unit: textOf(of("unit")),
      };
      const outcome = outcomeOf(effect);
      if (outcome === undefined) keepWord(draft, "outcomes", sentenceOf(effect));
      else {
        const method = matchTerm("outcomeMethod", textOf(of("method")))?.code;
        const [column = ""] = titles.get("name") ?? [];
        const { problems = [] } = retired([outcome.kpi], { scheme: "kpi", terms });
        draft.problems.push(...problems.map((problem) => ({ column, ...problem })));
        claims.push({ ...outcomeClaim(outcome), ...(method !== undefined && { method }) });
      }
    }
    if (claims.length === 0) return;
    const before = (draft.value["outcomes"] ?? []) as readonly object[];
    draft.value["outcomes"] = [...before, ...claims];
  };
}

function isPlace(cells: SourceRow["cells"], titles: readonly string[], place: number): boolean {
  return place === 1 || titles.some((title) => placeOf(title, place) in cells);
}

/** The cell of a place; a value that all places share stands under the title alone. */
function firstOf(cells: SourceRow["cells"], titles: readonly string[], place: number): Cell {
  for (const title of titles) {
    const name = placeOf(title, place);
    const cell = (name in cells ? cells[name] : cells[title]) ?? null;
    if (!isNothing(cell)) return cell;
  }
  return null;
}

function figureOf(cell: Cell): string | number | undefined {
  if (cell === null) return undefined;
  return typeof cell === "number" ? cell : textOf(cell);
}

function sentenceOf(effect: {
  readonly kpi: string;
  readonly before: string | number | undefined;
  readonly after: string | number | undefined;
  readonly change: string | number | undefined;
  readonly unit: string;
}): string {
  const { kpi, before, after, change, unit } = effect;
  const levels = before === undefined || after === undefined ? undefined : `${before} → ${after}`;
  return [kpi, levels ?? change ?? after ?? before, unit]
    .filter((part) => part !== undefined && part !== "")
    .join(" ");
}
