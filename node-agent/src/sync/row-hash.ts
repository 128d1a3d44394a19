/**
 * Names a raw row, so that a row that did not change costs neither mapping nor publication.
 *
 * @module
 */

import { sha256Text, toBase64Url } from "@tributary/proto";
import type { Cell, ColumnAddresses, SourceRow } from "../ports/source.ts";

const HASH_BYTES = 16;

/**
 * First 16 bytes of the SHA-256, as base64url, over the column titles, the cells with their types, and what maps them.
 * The place of the row is left out: a row that moves is the same row.
 *
 * @param mapperId Changes whenever the mapping may give another result.
 */
export function rowHashOf(
  mapperId: string,
  { cells, columns }: Pick<SourceRow, "cells" | "columns">,
): string {
  let text = mapperId + (columns === undefined ? "" : titlesId(columns));
  for (const title in cells) {
    const cell = cells[title] as Cell;
    const value = textOf(cell);
    // Lengths keep what follows each other apart, whatever is in it.
    text += `\n${value.length}${tagOf(cell)}${value}`;
    if (columns === undefined) text += `${title.length}=${title}`;
  }
  return hashOf(text);
}

const knownTitles = new WeakMap<ColumnAddresses, string>();

/** Names the titles of a table, which all its rows share: hashed once, not with each row. */
function titlesId(columns: ColumnAddresses): string {
  let id = knownTitles.get(columns);
  if (id === undefined) {
    id = hashOf(JSON.stringify(Object.keys(columns)));
    knownTitles.set(columns, id);
  }
  return id;
}

function hashOf(text: string): string {
  return toBase64Url(sha256Text(text).subarray(0, HASH_BYTES));
}

function textOf(cell: Cell): string {
  if (typeof cell === "string") return cell;
  if (cell === null) return "";
  return cell instanceof Date ? String(cell.getTime()) : String(cell);
}

function tagOf(cell: Cell): string {
  if (typeof cell === "string") return "s";
  if (cell === null) return "-";
  return cell instanceof Date ? "d" : typeof cell;
}
