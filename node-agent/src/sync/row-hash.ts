/**
 * Names a raw row, so that a row that did not change costs neither mapping nor publication.
 *
 * @module
 */

import { sha256, toBase64Url, utf8 } from "@tributary/proto";
import type { Cell, SourceRow } from "../ports/source.ts";

const HASH_BYTES = 16;

/**
 * First 16 bytes of the SHA-256, as base64url, over the column titles, the cells with their types, and what maps them.
 * The place of the row is left out: a row that moves is the same row.
 *
 * @param mapperId Changes whenever the mapping may give another result.
 */
export function rowHashOf(mapperId: string, cells: SourceRow["cells"]): string {
  let text = mapperId;
  for (const title in cells) {
    const cell = cells[title] as Cell;
    const value = textOf(cell);
    // Lengths keep titles and values apart, whatever is in them.
    text += `\n${title.length},${value.length}${tagOf(cell)}${title}=${value}`;
  }
  return toBase64Url(sha256(utf8(text)).subarray(0, HASH_BYTES));
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
