/**
 * Mapping files: how the rows of one source become records, as a person writes it down.
 *
 * @module
 */

import { type RecordKind, TributaryError } from "@tributary/proto";
import { isSchemeName } from "@tributary/proto/vocabulary";
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { sourceSpec } from "../sources/spec.ts";
import { fieldNamesOf } from "./fields.ts";
import { nearest } from "./nearest.ts";
import { TRANSFORM_NAMES } from "./transforms.ts";

const title = z.string().min(1).max(200);
const titles = z
  .union([title, z.array(title).min(1).max(20)])
  .describe(
    "Title of a column; several are tried in turn, for titles that change from file to file.",
  );

/** Where a field comes from. */
export const fieldSpec = z.union([
  titles,
  z
    .strictObject({
      column: titles.optional(),
      columns: z.array(title).min(1).max(20).optional().describe("Columns that are joined."),
      join: z.string().max(20).optional().describe("What stands between joined columns."),
      value: z.union([z.string(), z.number(), z.boolean()]).optional().describe("A fixed value."),
      as: z
        .enum(TRANSFORM_NAMES)
        .optional()
        .describe("How it is read; each field has a usual way."),
      scheme: z.string().refine(isSchemeName, "is no scheme of the vocabulary").optional(),
      unit: z.string().max(20).optional().describe("Unit of amounts, for example 万元."),
      separator: z.string().min(1).max(20).optional().describe("Signs that part a list."),
      map: z.record(z.string(), z.string()).optional().describe("Own words to codes or values."),
      keepOther: z
        .boolean()
        .optional()
        .describe(
          "Whether words that are in no list are kept as they are, where the field takes text.",
        ),
    })
    .refine(
      ({ column, columns, value }) =>
        [column, columns, value].filter((one) => one !== undefined).length === 1,
      "needs exactly one of column, columns and value",
    ),
]);

/** Effects that stand in columns of their own. */
const indicatorSpec = z.strictObject({
  name: titles,
  before: titles.optional(),
  after: titles.optional(),
  change: titles.optional(),
  unit: titles.optional(),
});

const KINDS = [
  "center",
  "provider",
  "case",
  "policy",
  "training",
  "event",
  "demand",
  "voucher_programme",
] as const satisfies readonly RecordKind[];

const tableSpec = z.strictObject({
  table: z.string().max(200).default("").describe("Sheet or table; left out where there is one."),
  kind: z.enum(KINDS).describe("What the rows are."),
  key: z.array(title).min(1).max(6).describe("Columns whose values name a row for ever."),
  group: z
    .array(title)
    .min(1)
    .max(6)
    .optional()
    .describe(
      "Rows that follow each other with the same values here are one row; further values get the title with (2), (3).",
    ),
  never: z
    .array(title)
    .max(200)
    .optional()
    .describe("Columns that must not leave; for the record."),
  fields: z.record(z.string(), fieldSpec).describe("Field of the record to column."),
  indicators: indicatorSpec
    .optional()
    .describe("Effects of a case in columns of their own, one a row of the group."),
});

/** A mapping file. */
export const mappingSpec = z.strictObject({
  source: sourceSpec,
  license: z
    .string()
    .min(1)
    .max(200)
    .default("CC-BY-4.0")
    .describe("Licence of what is published."),
  visibility: z.enum(["public", "members", "centers"]).default("public"),
  visibleTo: z.array(z.string()).max(256).default([]).describe("With visibility centers: who."),
  tables: z.array(tableSpec).min(1).max(50),
});

export type FieldSpec = z.infer<typeof fieldSpec>;
export type TableMapping = z.infer<typeof tableSpec>;
export type Mapping = z.infer<typeof mappingSpec>;

/**
 * Reads a mapping file.
 *
 * @param fileName For messages.
 * @throws {TributaryError} `ERR_CONFIG_INVALID` with one line a problem: the place, what is wrong, what was probably
 * meant.
 */
export function loadMapping(text: string, fileName: string): Mapping {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true });
  const syntax = document.errors[0];
  if (syntax !== undefined) throw invalid(fileName, [syntax.message.split("\n")[0] ?? "not YAML"]);
  const result = mappingSpec.safeParse(document.toJS({ maxAliasCount: 10 }));
  const lineOf = (path: readonly PropertyKey[]): string => {
    for (let depth = path.length; depth > 0; depth--) {
      const node = document.getIn(path.slice(0, depth) as unknown[], true) as
        | { range?: readonly [number, number, number] }
        | undefined;
      if (node?.range) return `:${lines.linePos(node.range[0]).line}`;
    }
    return "";
  };
  if (!result.success) {
    throw invalid(
      fileName,
      result.error.issues.flatMap(plainIssues).map(({ path, message }) => {
        return `${lineOf(path)} ${path.join(".")}: ${message}`.trim();
      }),
    );
  }
  const problems = result.data.tables.flatMap((table, index) =>
    fieldProblems(table).map(
      ([field, message]) => `${lineOf(["tables", index, "fields", field])} ${field}: ${message}`,
    ),
  );
  if (problems.length > 0)
    throw invalid(
      fileName,
      problems.map((problem) => problem.trim()),
    );
  return result.data;
}

interface PlainIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Issues as sentences; of a union the branch that fits best. */
function plainIssues(issue: z.core.$ZodIssue): PlainIssue[] {
  if (issue.code === "invalid_union") {
    const branches = issue.errors.filter(
      (branch) => !branch.some(({ code, path }) => code === "invalid_type" && path.length === 0),
    );
    const best = branches[0] ?? issue.errors[0] ?? [];
    return best
      .flatMap(plainIssues)
      .map(({ path, message }) => ({ path: [...issue.path, ...path], message }));
  }
  if (issue.code === "unrecognized_keys") {
    const known = knownKeysAt(issue.path);
    return issue.keys.map((key) => {
      const meant = nearest(key, known);
      return {
        path: [...issue.path, key],
        message: `is not known here${meant === undefined ? "" : `; did you mean ${meant}?`}`,
      };
    });
  }
  return [{ path: issue.path, message: issue.message }];
}

/** The names that may stand at a place of the file. */
function knownKeysAt(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 0) return Object.keys(mappingSpec.shape);
  if (path[0] === "tables" && path.length === 2) return Object.keys(tableSpec.shape);
  if (path[0] === "tables" && path[2] === "indicators") return Object.keys(indicatorSpec.shape);
  if (path[0] === "tables" && path[2] === "fields") {
    return ["column", "columns", "join", "value", "as", "scheme", "unit", "separator", "map"];
  }
  return ["type", "path", "encoding", "delimiter", "headerRow", "headerRows", "totals", "sheets"];
}

function fieldProblems({ kind, fields }: TableMapping): (readonly [string, string])[] {
  const known = fieldNamesOf(kind);
  return Object.keys(fields)
    .filter((field) => !known.includes(field))
    .map((field) => {
      const meant = nearest(field, known);
      return [
        field,
        `a ${kind} has no such field${meant === undefined ? "" : `; did you mean ${meant}?`}`,
      ] as const;
    });
}

function invalid(fileName: string, problems: readonly string[]): TributaryError {
  const lines = problems.map((problem) =>
    problem.startsWith(":") ? `${fileName}${problem}` : `${fileName}: ${problem}`,
  );
  return new TributaryError("ERR_CONFIG_INVALID", lines.join("\n"), {
    messageZh: lines.map((line) => `映射文件有误：${line}`).join("\n"),
  });
}
