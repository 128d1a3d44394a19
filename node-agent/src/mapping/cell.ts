/**
 * What a cell says, before anybody knows what it is about.
 *
 * @module
 */

import { splitList } from "@tributary/proto/vocabulary";
import type { Cell } from "../ports/source.ts";

/** What people write where there is nothing. */
const NOTHING = /^(?:[-—–/\\]+|无|暂无|n\/?a|null|none)?$/i;
const MAX_NOTHING = 40;

/** Zero-width characters, and control characters but for tabs and line breaks. */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u2060\ufeff]/g;

/** Longest cell that is read, in characters; no record has room for more. */
export const MAX_CELL_LENGTH = 300_000;

/** The text of a cell, well-formed and without invisible characters; empty where the cell is. */
export function textOf(cell: Cell): string {
  if (cell === null) return "";
  if (cell instanceof Date) {
    return Number.isNaN(cell.getTime()) ? "" : cell.toISOString().slice(0, 10);
  }
  if (typeof cell === "boolean") return cell ? "是" : "否";
  return String(cell).toWellFormed().normalize("NFC").replaceAll(INVISIBLE, "").trim();
}

/** True for a cell that says nothing: empty, or one of the words for it. */
export function isNothing(cell: Cell): boolean {
  if (typeof cell === "string" && cell.length > MAX_CELL_LENGTH) return false;
  if (typeof cell === "string" && cell.length > MAX_NOTHING) return textOf(cell) === "";
  if (cell === null || typeof cell === "string" || cell instanceof Date) {
    return NOTHING.test(textOf(cell));
  }
  return typeof cell === "number" && !Number.isFinite(cell);
}

/** The comma of "Co., Ltd." parts nothing; meanwhile it is an invisible separator. */
const LEGAL_COMMA = /[,，](?=\s*(?:Ltd|Limited|Inc|LLC|Corp|GmbH)\b)/gi;
const KEPT_COMMA = "\u2063";

/** The values in a cell that say something. @param separator Signs that part them, instead of the usual ones. */
export function partsOf(cell: Cell, separator: string | undefined): readonly string[] {
  const text = textOf(cell).replaceAll(LEGAL_COMMA, KEPT_COMMA);
  return splitList(text, separator)
    .map((part) => part.replaceAll(KEPT_COMMA, ","))
    .filter((part) => !NOTHING.test(part));
}
