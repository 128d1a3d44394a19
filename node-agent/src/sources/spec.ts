/**
 * The configuration of sources, as it stands under `source:` in a mapping file.
 *
 * @module
 */

import { z } from "zod";

const path = z
  .string()
  .min(1)
  .max(1000)
  .describe(
    "File, relative to the agent's folder. The last part may hold * and ?, then all files that fit are one source.",
  );

const headerRow = z
  .int()
  .min(1)
  .max(1000)
  .describe("Row of the first header row, counted from 1. Found by itself when left out.");

const headerRows = z
  .int()
  .min(1)
  .max(5)
  .describe("How many rows the header has. Found by itself when left out.");

const totals = z
  .enum(["skip", "keep"])
  .describe("What happens to rows such as 合计: left out (default) or read as data.");

/** Encodings that `encoding:` may name; labels of the WHATWG encoding standard. */
export const ENCODINGS = [
  "utf-8",
  "gb18030",
  "utf-16le",
  "utf-16be",
  "big5",
  "windows-1252",
] as const;

/** A file of separated values. */
export const csvSpec = z.strictObject({
  type: z.literal("csv"),
  path,
  encoding: z
    .enum(ENCODINGS)
    .optional()
    .describe("Found by itself when left out: byte order mark, UTF-8, UTF-16, GB18030."),
  delimiter: z.enum([",", ";", "\t", "|"]).optional().describe("Found by itself when left out."),
  headerRow: headerRow.optional(),
  headerRows: headerRows.optional(),
  totals: totals.optional(),
});

/** A workbook, `.xlsx` or `.xls`. */
export const excelSpec = z.strictObject({
  type: z.literal("excel"),
  path,
  sheets: z
    .record(
      z.string(),
      z.strictObject({
        headerRow: headerRow.optional(),
        headerRows: headerRows.optional(),
        totals: totals.optional(),
      }),
    )
    .optional()
    .describe("Settings of single sheets, by name."),
});

/** A file with a JSON array, or with one JSON value a line. */
export const jsonSpec = z.strictObject({
  type: z.literal("json"),
  path,
  rows: z
    .string()
    .max(200)
    .optional()
    .describe("Where the array is, as names joined by dots: data.items. Default: the whole file."),
  lines: z
    .boolean()
    .optional()
    .describe("Whether each line is a value of its own. Default: true for .ndjson and .jsonl."),
});

/** A SQLite database; opened for reading only. */
export const sqliteSpec = z.strictObject({
  type: z.literal("sqlite"),
  path,
  queries: z
    .record(
      z.string().min(1).max(100),
      z
        .string()
        .regex(/^\s*(?:select|with)\b/i, "must be a SELECT")
        .max(10_000),
    )
    .optional()
    .describe("Tables made by a SELECT, by name, beside those of the database."),
});

/** Any source. */
export const sourceSpec = z.discriminatedUnion("type", [csvSpec, excelSpec, jsonSpec, sqliteSpec]);

export type CsvConfig = z.infer<typeof csvSpec>;
export type ExcelConfig = z.infer<typeof excelSpec>;
export type JsonConfig = z.infer<typeof jsonSpec>;
export type SqliteConfig = z.infer<typeof sqliteSpec>;
export type SourceConfig = z.infer<typeof sourceSpec>;

/** How a table in a sheet or file is laid out, where a person says so. */
export interface TableSettings {
  readonly headerRow?: number | undefined;
  readonly headerRows?: number | undefined;
  readonly totals?: "skip" | "keep" | undefined;
}
