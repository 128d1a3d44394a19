/**
 * What a person is told about a table before it is mapped: columns with samples, and how much is empty.
 *
 * @module
 */

import type { Cell, DiscoveredColumn, DiscoveredTable, SourceRow } from "../ports/source.ts";

const MAX_SAMPLES = 200;
const MAX_SAMPLE_LENGTH = 500;

/** Reads a table once and describes it. Memory is bounded by samples, not by rows. */
export class TableSurvey {
  readonly #columns = new Map<string, { address: string; samples: string[]; filled: number }>();
  #rows = 0;

  /** Takes a row into account. */
  add(row: SourceRow): void {
    this.#rows += 1;
    for (const title in row.cells) {
      let column = this.#columns.get(title);
      if (column === undefined) {
        column = { address: row.columns?.[title] ?? title, samples: [], filled: 0 };
        this.#columns.set(title, column);
      }
      const text = cellText(row.cells[title] ?? null);
      if (text === "") continue;
      column.filled += 1;
      if (column.samples.length < MAX_SAMPLES)
        column.samples.push(text.slice(0, MAX_SAMPLE_LENGTH));
    }
  }

  /** The description of what was added so far. */
  result(
    about: Pick<DiscoveredTable, "table" | "headerRow" | "notes"> & { readonly file?: string },
  ): DiscoveredTable {
    const columns = [...this.#columns].map(
      ([title, { address, samples, filled }]): DiscoveredColumn => {
        return {
          title,
          address,
          samples,
          emptyShare: this.#rows === 0 ? 1 : 1 - filled / this.#rows,
        };
      },
    );
    return { ...about, rowCount: this.#rows, columns };
  }
}

/**
 * A cell as text: dates in ISO 8601, numbers of 10^15 and more with their exponent, so that lost digits stay visible.
 */
export function cellText(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "string") return cell;
  if (typeof cell === "number") {
    return Math.abs(cell) >= 1e15 ? cell.toExponential().toUpperCase() : String(cell);
  }
  if (cell instanceof Date) {
    if (Number.isNaN(cell.getTime())) return "";
    const iso = cell.toISOString();
    return iso.endsWith("T00:00:00.000Z") ? iso.slice(0, 10) : iso.slice(0, 19).replace("T", " ");
  }
  return String(cell);
}
