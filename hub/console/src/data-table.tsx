/** A table whose rows are lists where it has no room; then each cell says its column. @module */

import { Table } from "@mantine/core";
import type { CSSProperties, ReactNode } from "react";

/** The title of a column. Figures stand below each other, at the end. */
export type Column = string | { readonly figure: string };

export interface DataTableProps {
  readonly caption?: string;
  readonly className?: string;
  readonly columns: readonly Column[];
  /** Rows. What one is about stands in a `th`. */
  readonly children: ReactNode;
}

export function DataTable({ caption, className = "", columns, children }: DataTableProps) {
  return (
    <Table
      className={`data-table ${className}`}
      style={labelsOf(columns)}
      verticalSpacing="xs"
      captionSide="top"
    >
      {caption !== undefined && <Table.Caption>{caption}</Table.Caption>}
      <Table.Thead>
        <Table.Tr>
          {columns.map((column, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns keep their places, and two may have one title
            <Table.Th key={i} className={typeof column === "string" ? "" : "figure"}>
              {titleOf(column)}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>{children}</Table.Tbody>
    </Table>
  );
}

function titleOf(column: Column): string {
  return typeof column === "string" ? column : column.figure;
}

/** The titles for `page.css`, as strings of CSS; counted from the end, since a first cell may span rows. */
function labelsOf(columns: readonly Column[]): CSSProperties {
  return Object.fromEntries(
    columns.toReversed().map((column, i) => [`--column-${i + 1}`, JSON.stringify(titleOf(column))]),
  );
}
