/**
 * A folder for a center's own data, in formats that every spreadsheet and every program reads.
 *
 * @module
 */

import { chmod, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { TributaryError } from "@tributary/proto";
import Papa from "papaparse";
import type { FlatRow } from "../report/flat-row.ts";
import { FORMULA } from "../report/formula.ts";
import { toJson } from "../report/json-text.ts";
import { replaceFile } from "./file-write.ts";

const BOM = "\uFEFF";

/** Writes files that only their owner may read. */
export interface ExportFolder {
  /** JSON, one value a line. */
  readonly lines: (name: string, values: readonly object[]) => Promise<void>;
  /**
   * CSV in UTF-8 with a byte order mark, so that Excel reads Chinese; cells that a spreadsheet would run as a formula begin
   * with an apostrophe.
   */
  readonly table: (name: string, rows: readonly FlatRow[]) => Promise<void>;
  readonly text: (name: string, text: string) => Promise<void>;
}

/** @throws {TributaryError} `ERR_ALREADY_EXISTS` if the folder has files. */
export async function openExportFolder(path: string): Promise<ExportFolder> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if ((await readdir(path)).length > 0) {
    throw new TributaryError(
      "ERR_ALREADY_EXISTS",
      `${path} has files; an export needs an empty or a new folder`,
      { messageZh: `${path} 中已有文件；请指定空目录或新目录` },
    );
  }
  await chmod(path, 0o700);
  return exportFiles(path);
}

/** Writes files into a folder, each in the place of the one before. */
export function exportFiles(path: string): ExportFolder {
  const text = (name: string, content: string) => replaceFile(join(path, name), content, 0o600);
  return {
    text,
    lines: (name, values) => text(name, values.map((value) => `${toJson(value)}\n`).join("")),
    table(name, rows) {
      const fields = [...new Set(rows.flatMap(Object.keys))];
      const csv = Papa.unparse({ fields, data: [...rows] }, { escapeFormulae: FORMULA });
      return text(name, `${BOM}${csv}\r\n`);
    },
  };
}
