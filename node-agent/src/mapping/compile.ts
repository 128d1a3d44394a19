/**
 * Turns a mapping into functions from row to record, once, so that a row costs no look at the mapping.
 *
 * @module
 */

import { sha256, utf8 } from "@tributary/proto";
import { parseOutcomes, tidy, VOCABULARY_VERSION } from "@tributary/proto/vocabulary";
import type { Cell, SourceRow } from "../ports/source.ts";
import type { MappedRow, RowMapper, RowProblem, UnmappedRow } from "../sync/row-mapper.ts";
import { fieldTypeOf, keepsUnmapped, requiredFieldsOf } from "./fields.ts";
import { recordKeyOf } from "./key.ts";
import type { FieldSpec, Mapping, TableMapping } from "./mapping-file.ts";
import {
  isNothing,
  outcomeClaim,
  type Transformed,
  textOf,
  transformOf,
  unitOf,
} from "./transforms.ts";

/** Raised when the same mapping may give other records: then every row is mapped again. */
const MAPPER_VERSION = 1;
const MAPPING_ID_BYTES = 8;
/** Longest text that is kept of a word that could not be mapped; the record takes 500. */
const MAX_UNMAPPED_LENGTH = 200;
/** Results that are remembered a column: columns of words repeat themselves, free text does not. */
const MAX_REMEMBERED = 5_000;
const MAX_REMEMBERED_LENGTH = 60;

/** The mappers of a mapping, in its order. */
export function compileMapping(mapping: Mapping): RowMapper[] {
  const { license, visibility, visibleTo } = mapping;
  const envelope = { license, visibility, visibleTo: [...visibleTo].sort() };
  return mapping.tables.map((table) => {
    const description = JSON.stringify([MAPPER_VERSION, VOCABULARY_VERSION, envelope, table]);
    return {
      table: table.table,
      kind: table.kind,
      mappingId: sha256(utf8(description)).slice(0, MAPPING_ID_BYTES),
      map: compileTable(table, envelope),
    };
  });
}

type Envelope = Pick<MappedRow, "license" | "visibility" | "visibleTo">;

/** Where results of a row's fields come together. */
interface Draft {
  readonly value: Record<string, unknown>;
  readonly unmapped: string[];
  readonly problems: (RowProblem & { readonly isFatal?: true })[];
}

/** Reads one field of a row into the draft. */
type FieldReader = (cells: SourceRow["cells"], draft: Draft) => void;

function compileTable(table: TableMapping, envelope: Envelope): RowMapper["map"] {
  const { kind, key, fields, indicators } = table;
  const readers = Object.entries(fields).map(([field, spec]) => compileField(kind, field, spec));
  if (indicators !== undefined) readers.push(compileIndicators(indicators));
  const required = requiredFieldsOf(kind);
  const keepsWords = keepsUnmapped(kind);

  return ({ cells }): MappedRow | UnmappedRow => {
    const recordKey = recordKeyOf(key.map((title) => textOf(cells[title] ?? null)));
    const draft: Draft = { value: {}, unmapped: [], problems: [] };
    for (const read of readers) read(cells, draft);
    const { value, unmapped, problems } = draft;
    const bad = problems.filter(({ isFatal }) => isFatal);
    for (const field of required) {
      if (value[field] === undefined || value[field] === "")
        bad.push(missing(field, fields[field]));
    }
    if (recordKey === undefined) bad.push(missingKey(key));
    if (bad.length > 0 || recordKey === undefined) {
      return {
        type: "bad",
        problems: bad.map(toRowProblem),
        ...(recordKey !== undefined && { key: recordKey }),
      };
    }
    if (keepsWords && unmapped.length > 0) value["unmapped"] = unmapped;
    return {
      type: "record",
      key: recordKey,
      value: value as unknown as MappedRow["value"],
      ...envelope,
      remarks: problems.map(toRowProblem),
    };
  };
}

function compileField(kind: TableMapping["kind"], field: string, spec: FieldSpec): FieldReader {
  const type = fieldTypeOf(kind, field);
  const full = typeof spec === "string" || Array.isArray(spec) ? { column: spec } : spec;
  const put = putterOf(field);
  const transform = transformOf(full.as ?? type.as);
  const columns = full.columns ?? titlesOf(full.column);
  const common = {
    scheme: (full.scheme ?? type.scheme) as Parameters<typeof transform>[1]["scheme"],
    separator: full.separator,
    map: full.map && new Map(Object.entries(full.map).map(([word, to]) => [tidy(word), to])),
  };
  const optionsOf = new Map(
    columns.map((title) => [title, { ...common, unit: unitOf(full.unit ?? title) }]),
  );
  const keepsWords = keepsUnmapped(kind);
  const remembered = new Map<string, Transformed>();

  const read = (cell: NonNullable<Cell>, column: string): Transformed => {
    const options = optionsOf.get(column) ?? { ...common, unit: undefined };
    if (typeof cell !== "string" || cell.length > MAX_REMEMBERED_LENGTH)
      return transform(cell, options);
    const name = columns.length === 1 ? cell : `${column}\n${cell}`;
    let result = remembered.get(name);
    if (result === undefined) {
      result = transform(cell, options);
      if (remembered.size < MAX_REMEMBERED) remembered.set(name, result);
    }
    return result;
  };
  const take = (cell: NonNullable<Cell>, column: string, draft: Draft): void => {
    const { value, others, unmapped = [], problems = [] } = read(cell, column);
    if (value !== undefined) put(draft, value);
    if (others !== undefined) Object.assign(draft.value, others);
    for (const word of unmapped) {
      draft.unmapped.push(`${field}: ${word.slice(0, MAX_UNMAPPED_LENGTH)}`);
      if (!keepsWords) draft.problems.push({ column, ...unknownWord(word) });
    }
    for (const problem of problems) draft.problems.push({ column, ...problem });
  };

  const fixed = full.value;
  if (fixed !== undefined) return (_cells, draft) => take(fixed, "", draft);
  if (full.columns !== undefined) {
    const join = full.join ?? "\n";
    return (cells, draft) => {
      const texts = columns.map((title) => cells[title] ?? null).filter((cell) => !isNothing(cell));
      if (texts.length > 0) take(texts.map(textOf).join(join), columns[0] ?? "", draft);
    };
  }
  return (cells, draft) => {
    for (const title of columns) {
      const cell = cells[title] ?? null;
      if (cell === null || isNothing(cell)) continue;
      take(cell, title, draft);
      return;
    }
    // That a code is missing is a statement too.
    if (type.as === "uscc") draft.value["usccCheck"] = "missing";
  };
}

/** Sets a field; a name with a dot sets it in a sub-message. */
function putterOf(field: string): (draft: Draft, value: unknown) => void {
  const [first = "", second] = field.split(".");
  if (second === undefined) {
    return ({ value }, to) => {
      value[first] = to;
    };
  }
  return ({ value }, to) => {
    const inner = (value[first] ?? {}) as Record<string, unknown>;
    value[first] = { ...inner, [second]: to };
  };
}

/** Effects in columns of their own: each is put as the sentence that a person would write, and read like one. */
function compileIndicators(spec: NonNullable<TableMapping["indicators"]>): FieldReader {
  return (cells, draft) => {
    const claims: object[] = [];
    for (let n = 1; ; n++) {
      const cellOf = (titles: string | readonly string[] | undefined): string =>
        titlesOf(titles)
          .map((title) => cells[n === 1 ? title : `${title} (${n})`] ?? null)
          .filter((cell) => !isNothing(cell))
          .map(textOf)[0] ?? "";
      const name = cellOf(spec.name);
      if (name === "") break;
      const sentence = indicatorSentence({
        name,
        before: cellOf(spec.before),
        after: cellOf(spec.after),
        change: cellOf(spec.change),
        unit: cellOf(spec.unit),
      });
      const { claims: read } = parseOutcomes(sentence);
      if (read.length > 0) claims.push(...read.map(outcomeClaim));
      else draft.unmapped.push(`outcomes: ${sentence.slice(0, MAX_UNMAPPED_LENGTH)}`);
    }
    if (claims.length > 0) draft.value["outcomes"] = claims;
  };
}

function indicatorSentence(
  one: Readonly<Record<"name" | "before" | "after" | "change" | "unit", string>>,
): string {
  const { name, before, after, unit } = one;
  const number = (text: string) => (/[\d.]$/.test(text) ? `${text}${unit}` : text);
  if (before !== "" && after !== "") return `${name}由${number(before)}变为${number(after)}`;
  const change = one.change || after;
  const falls = /^[-−–]/.test(change);
  return `${name}${falls ? "降低" : "提高"}${number(change.replace(/^[-−–+]/, ""))}`;
}

function titlesOf(titles: string | readonly string[] | undefined): readonly string[] {
  return typeof titles === "string" ? [titles] : (titles ?? []);
}

function toRowProblem({ column, rule, message, messageZh }: RowProblem): RowProblem {
  return { column, rule, message, messageZh };
}

function unknownWord(word: string): Omit<RowProblem, "column"> {
  return {
    rule: "word.unknown",
    message: `${word} is in no list of the vocabulary; the record is published without it`,
    messageZh: `“${word}”不在共享词表中；记录照常发布，此项留空`,
  };
}

function missing(field: string, spec: FieldSpec | undefined): RowProblem & { isFatal?: true } {
  const full =
    spec === undefined || typeof spec === "string" || Array.isArray(spec) ? spec : spec.column;
  const column = titlesOf(full)[0] ?? "";
  return {
    column,
    rule: "field.missing",
    message: `${column || field} is empty; a record needs it`,
    messageZh: `“${column || field}”为空；缺少它无法成为记录`,
  };
}

function missingKey(key: readonly string[]): RowProblem & { isFatal?: true } {
  return {
    column: key[0] ?? "",
    rule: "key.missing",
    message: `${key.join(", ")} is empty; it names the record`,
    messageZh: `“${key.join("、")}”为空；它是记录的唯一标识`,
  };
}
