/**
 * What may stand in a mapping file, and what each thing means.
 *
 * @module
 */

import { isIdentifier, utf8, type Visibility } from "@tributary/proto";
import { isSchemeName, moneyUnitOf } from "@tributary/proto/vocabulary";
import { z } from "zod";
import { sourceSpec } from "../sources/spec.ts";
import type { MappedKind } from "./fields.ts";
import { TRANSFORM_NAMES } from "./transforms.ts";

/** A message in English and, for people who read Chinese, in `params`. */
function inBoth(error: string, zh: string) {
  return { error, params: { zh } };
}

const title = z.string().min(1).max(200);
const titles = z
  .union([title, z.array(title).min(1).max(20)])
  .describe(
    "Title of a column; several are tried in turn, for titles that change from file to file.",
  );

/** A field with all that can be said about it. */
export const fullFieldSpec = z
  .strictObject({
    column: titles.optional(),
    columns: z.array(title).min(1).max(20).optional().describe("Columns that are joined."),
    join: z.string().max(20).optional().describe("What stands between joined columns."),
    value: z.union([z.string(), z.number(), z.boolean()]).optional().describe("A fixed value."),
    as: z.enum(TRANSFORM_NAMES).optional().describe("How it is read; each field has a usual way."),
    scheme: z
      .string()
      .refine(isSchemeName, inBoth("is no scheme of the vocabulary", "不是共享词表的名称"))
      .optional()
      .describe("Vocabulary that the words are of; each field has its own."),
    unit: z
      .string()
      .max(20)
      .refine(
        (text) => moneyUnitOf(text) !== undefined,
        inBoth("is no unit of money, such as 万元", "不是金额单位（如 万元）"),
      )
      .optional()
      .describe("Unit of amounts, for example 万元; else the title's."),
    separator: z.string().min(1).max(20).optional().describe("Signs that part a list."),
    map: z.record(z.string(), z.string()).optional().describe("Own words to codes."),
    keepOther: z
      .boolean()
      .optional()
      .describe(
        "Whether words that are in no list are kept as they are, where the field takes text.",
      ),
    optional: z
      .boolean()
      .optional()
      .describe("Whether the column may be missing. Without it a missing column stops the source."),
  })
  .refine(
    ({ column, columns, value }) =>
      [column, columns, value].filter((one) => one !== undefined).length === 1,
    inBoth(
      "needs exactly one of column, columns and value",
      "column、columns、value 须且只能写一个",
    ),
  );

/** Where a field comes from. */
const fieldSpec = z.union([titles, fullFieldSpec]);

/** Effects that stand in columns of their own. */
export const indicatorSpec = z.strictObject({
  name: titles.describe("Name or code of the effect."),
  before: titles.optional().describe("Level before."),
  after: titles.optional().describe("Level after."),
  change: titles.optional().describe("The change, signed or as 降低38."),
  unit: titles.optional().describe("Unit of the levels or of the change."),
  method: titles.optional().describe("Who measured it."),
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
  "engagement",
] as const satisfies readonly MappedKind[];

/** The envelope of a record counts bytes. */
const MAX_BYTES = 200;
const isShort = (text: string) => utf8(text).length <= MAX_BYTES;

const license = z
  .string()
  .min(1)
  .max(MAX_BYTES)
  .refine(isShort, inBoth(`has more than ${MAX_BYTES} bytes`, `超过 ${MAX_BYTES} 字节`))
  .describe("Licence of what is published.");
const visibility = z
  .enum(["public", "members", "centers"])
  .describe("Who may see the records: everybody, members of the hub, or the centers named.");
const visibleTo = z
  .array(z.string().refine(isIdentifier, inBoth("is no identifier of a center", "不是中心标识")))
  .max(256)
  .describe("With visibility centers: which.");

/** How the rows of one table become records of one kind. */
export const tableSpec = z.strictObject({
  table: z
    .string()
    .max(MAX_BYTES)
    .refine(isShort, inBoth(`has more than ${MAX_BYTES} bytes`, `超过 ${MAX_BYTES} 字节`))
    .default("")
    .describe("Sheet or table; left out where there is one."),
  kind: z.enum(KINDS).describe("What the rows are."),
  key: z.array(title).min(1).max(6).describe("Columns whose values name a row for ever."),
  only: z
    .record(
      title,
      z
        .array(z.union([z.string(), z.number(), z.boolean()]))
        .min(1)
        .max(100),
    )
    .optional()
    .describe("Only rows with one of these values in the column are published."),
  group: z
    .array(title)
    .min(1)
    .max(6)
    .optional()
    .describe(
      "Rows that follow each other with the same values here are one row; further values get the title with (2), (3).",
    ),
  license: license.optional(),
  visibility: visibility.optional(),
  visibleTo: visibleTo.optional(),
  clientTexts: z
    .enum(["mask", "review"])
    .optional()
    .describe(
      "Texts of cases and demands that could name a client: mask what is found (default), or review: keep the record until a person approved them.",
    ),
  never: z
    .array(title)
    .max(200)
    .optional()
    .describe("Columns that must not leave. None of them can be mapped."),
  fields: z.record(z.string(), fieldSpec).describe("Field of the record to column."),
  indicators: indicatorSpec
    .optional()
    .describe("Effects of a case in columns of their own, one a row of the group."),
});

/** A mapping file. */
export const mappingSpec = z.strictObject({
  source: sourceSpec.describe("Where the rows are."),
  license: license.default("CC-BY-4.0"),
  visibility: visibility.default("public"),
  visibleTo: visibleTo.default([]),
  tables: z.array(tableSpec).min(1).max(50),
});

export type FieldSpec = z.infer<typeof fieldSpec>;
export type FullFieldSpec = z.infer<typeof fullFieldSpec>;
export type IndicatorSpec = z.infer<typeof indicatorSpec>;
export type TableMapping = z.infer<typeof tableSpec>;
export type Mapping = z.infer<typeof mappingSpec>;

/** The long form of a field. */
export function fullSpec(spec: FieldSpec): FullFieldSpec {
  return typeof spec === "string" || Array.isArray(spec) ? { column: spec } : spec;
}

/** What all records of a table have beside their body. */
export interface Envelope {
  readonly license: string;
  readonly visibility: Visibility;
  /** Sorted. */
  readonly visibleTo: readonly string[];
}

/** What a table says itself, else the file. */
export function envelopeOf(mapping: Mapping, table: TableMapping): Envelope {
  const visibility = table.visibility ?? mapping.visibility;
  const inherited = visibility === "centers" ? mapping.visibleTo : [];
  return {
    license: table.license ?? mapping.license,
    visibility,
    visibleTo: [...(table.visibleTo ?? inherited)].sort(),
  };
}
