/**
 * Writes a suggestion as a mapping file, with each reason beside its line, for a person to read and correct.
 *
 * @module
 */

import { parse } from "yaml";
import type { SourceConfig } from "../sources/spec.ts";
import type { FieldSuggestion, Suggestions, TableSuggestion } from "./suggest/suggestion.ts";

/** Options of {@link writeMapping}. */
export interface WriteOptions {
  /** Path of the JSON Schema, relative to the file, for editors. */
  readonly schema: string;
  /** SPDX id or URL. */
  readonly license?: string;
}

/** Fields below this confidence are marked for a look. */
const LOOK_BELOW = 0.7;

/**
 * The text of a mapping file. `loadMapping` reads it as it is, provided that at least one table was suggested.
 *
 * Reasons stand in Chinese and English. Columns that nothing was found for stand as comments, so that nobody has to
 * open the source to know them.
 */
export function writeMapping(
  source: SourceConfig,
  suggestions: Suggestions,
  { schema, license = "CC-BY-4.0" }: WriteOptions,
): string {
  const head = [
    `# yaml-language-server: $schema=${schema}`,
    "# Suggested from titles and values; read it before you run it.",
    "# 根据表头和数据自动建议，运行前请核对。",
    `source: ${flow(source)}`,
    `license: ${scalar(license)}`,
    "visibility: public",
  ];
  const left = suggestions.left.map(({ table, reason, reasonZh }) =>
    comment(`${table === "" ? "the table" : table}: ${reason} / ${reasonZh}`),
  );
  const leftHead = left.length > 0 ? ["# Tables that are left alone / 未映射的表:"] : [];
  const tables = suggestions.tables.flatMap(tableLines);
  const body = tables.length > 0 ? ["tables:", ...tables] : ["tables: []"];
  return `${[...head, ...leftHead, ...left, ...body].join("\n")}\n`;
}

function tableLines(table: TableSuggestion): readonly string[] {
  const { kind, confidence, reason, reasonZh, key, group, indicators, never, fields, unmapped } =
    table;
  const lines = [
    `  # ${inComment(`${shown(confidence)}: ${reasonZh} / ${reason}`)}`,
    table.table === "" ? `  - kind: ${kind}` : `  - table: ${scalar(table.table)}`,
    ...(table.table === "" ? [] : [`    kind: ${kind}`]),
    ...keyLines(key, fields),
    ...(group === undefined ? [] : [`    group: ${flow(group)}`]),
  ];
  if (never.length > 0) {
    lines.push("    # Personal data, stays in the center / 个人信息，不出中心:");
    lines.push("    never:");
    for (const { column, reason: en, reasonZh: zh } of never) {
      lines.push(`      - ${scalar(column)} # ${inComment(`${zh} / ${en}`)}`);
    }
  }
  lines.push("    fields:");
  for (const field of fields) lines.push(fieldLine(field));
  if (indicators !== undefined) lines.push(`    indicators: ${flow(indicators)}`);
  if (unmapped.length > 0) {
    lines.push(`    # Not mapped / 未映射: ${inComment(unmapped.join("; "))}`);
  }
  return lines;
}

/** A mapping has to have a key; where no column was found the first field stands in, marked. */
function keyLines(key: readonly string[], fields: readonly FieldSuggestion[]): readonly string[] {
  if (key.length > 0) return [`    key: ${flow(key)}`];
  const [first] = fields;
  return [
    "    # CHECK: no column names a row for ever / 请核对：没有找到能唯一标识一行的列",
    `    key: ${flow([first?.column ?? ""])}`,
  ];
}

function fieldLine(suggestion: FieldSuggestion): string {
  const { field, column, alternatives = [], unit, isOptional, ...why } = suggestion;
  const columns = alternatives.length > 0 ? [column, ...alternatives] : column;
  const more = { ...(unit && { unit }), ...(isOptional && { optional: true }) };
  const value = Object.keys(more).length > 0 ? { column: columns, ...more } : columns;
  // A unit that nobody wrote decides about a factor of 10,000.
  const mark = why.confidence < LOOK_BELOW || unit !== undefined ? "CHECK 请核对 " : "";
  return `      ${scalar(field)}: ${flow(value)} # ${inComment(`${mark}${shown(why.confidence)}: ${why.reasonZh} / ${why.reason}`)}`;
}

function shown(confidence: number): string {
  return `${Math.round(confidence * 100)} %`;
}

/** Letters, digits and signs that mean nothing in YAML, in a list or outside of one. */
const PLAIN =
  /^[\p{L}\p{N}_（）][\p{L}\p{N}\p{M}_.*/（）()+-]*(?: [\p{L}\p{N}_（）()][\p{L}\p{N}\p{M}_.*/（）()+-]*)*$/u;

/** A text as YAML on one line: as it is where that reads back as this text, else as JSON, which YAML contains. */
function scalar(text: string): string {
  return PLAIN.test(text) && parse(text) === text
    ? text
    : JSON.stringify(text).replace(/[\u2028\u2029\u0085\ufeff]/g, escaped);
}

function escaped(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A list or a map on one line. */
function flow(value: unknown): string {
  if (typeof value === "string") return scalar(value);
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{ ${entries.map(([name, inner]) => `${scalar(name)}: ${flow(inner)}`).join(", ")} }`;
}

function comment(text: string): string {
  return `#   ${inComment(text)}`;
}

/** A comment ends with its line, so a title must not bring one. */
function inComment(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
}
