/**
 * A record as one row of a table, for people who work with spreadsheets.
 *
 * @module
 */

import { toJson } from "./json-text.ts";

/** Titles to cells: nested fields as `client.industry`, lists of words joined by semicolons, lists of more as JSON. */
export type FlatRow = Readonly<Record<string, string>>;

/** The row of a value. Fields that are absent have no title. */
export function flatRow(value: object): FlatRow {
  const row: Record<string, string> = {};
  fill(row, "", value);
  return row;
}

function fill(row: Record<string, string>, title: string, value: unknown): void {
  if (value === undefined || value === null) return;
  if (value instanceof Uint8Array) row[title] = Buffer.from(value).toString("hex");
  else if (Array.isArray(value)) row[title] = cellOf(value);
  else if (typeof value !== "object") row[title] = String(value);
  else {
    for (const [name, inner] of Object.entries(value)) {
      fill(row, title === "" ? name : `${title}.${name}`, inner);
    }
  }
}

function cellOf(values: readonly unknown[]): string {
  const isPlain = values.every((value) => typeof value !== "object" || value === null);
  if (isPlain) return values.map(String).join("; ");
  return toJson(values);
}
