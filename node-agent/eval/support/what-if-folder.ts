/**
 * Reads a table and its hierarchies from a folder of CSV files.
 *
 * @module
 */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import papaparse from "papaparse";
import { buildHierarchy } from "../../src/privacy/what-if/hierarchy.ts";
import { readTable, type WhatIfTable } from "../../src/privacy/what-if/what-if-table.ts";

const HIERARCHY = /_hierarchy_(.+)\.csv$/;

/**
 * The records of the one table in `folder`. Its quasi-identifiers are `names`, or all columns that have a hierarchy but
 * the sensitive one.
 *
 * @throws {Error} if there is not one table, a column is missing, or a file is no CSV.
 */
export async function readWhatIfFolder(
  folder: string,
  {
    sensitive,
    names,
  }: { readonly sensitive?: string; readonly names?: readonly string[] | undefined },
): Promise<WhatIfTable> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".csv")).sort();
  const tables = files.filter((file) => !HIERARCHY.test(file));
  if (tables.length !== 1) {
    throw new Error(`${folder} must hold one table, not ${tables.length}: ${tables.join(", ")}`);
  }
  const hierarchyFiles = new Map(
    files.flatMap((file) => {
      const name = HIERARCHY.exec(file)?.[1];
      return name === undefined ? [] : [[name, file] as const];
    }),
  );
  const [header = [], ...records] = await readCsv(join(folder, tables[0] as string));
  const chosen = names ?? header.filter((name) => hierarchyFiles.has(name) && name !== sensitive);
  const attributes = await Promise.all(
    chosen.map(async (name) => {
      const file = hierarchyFiles.get(name);
      if (file === undefined) throw new Error(`there is no hierarchy of ${name}`);
      return buildHierarchy(name, await readCsv(join(folder, file)));
    }),
  );
  const places = chosen.map((name) => header.indexOf(name));
  const missing = chosen.filter((_, index) => (places[index] as number) < 0);
  if (missing.length > 0) throw new Error(`the table has no column ${missing.join(", ")}`);
  return readTable(
    attributes,
    records.map((record) => places.map((place) => record[place] ?? "")),
  );
}

async function readCsv(file: string): Promise<readonly (readonly string[])[]> {
  const text = (await readFile(file, "utf8")).replace(/^\uFEFF/, "");
  const [firstLine = ""] = text.split("\n", 1);
  const delimiter = firstLine.includes(";") ? ";" : ",";
  const { data, errors } = papaparse.parse<string[]>(text, { delimiter, skipEmptyLines: true });
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file}, row ${error.row}: ${error.message}`);
  return data;
}
