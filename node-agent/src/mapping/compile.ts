/**
 * Turns a mapping into functions from row to record, once, so that a row costs no look at the mapping.
 *
 * @module
 */

import { sha256Text } from "@tributary/proto";
import { type HubTerms, SHARED_TERMS, VOCABULARY_VERSION } from "@tributary/proto/vocabulary";
import type { Cell, ColumnAddresses, SourceRow } from "../ports/source.ts";
import { isAboutClient } from "../privacy/client-gate.ts";
import type { Engagement } from "../privacy/release/engagement.ts";
import type { MappedRow, RowMapper, RowProblem, RowResult } from "../sync/row-mapper.ts";
import { isNothing, textOf } from "./cell.ts";
import type { CellProblem } from "./cell-problem.ts";
import { ColumnFinder, titlesOf } from "./columns.ts";
import type { Draft, FieldReader } from "./draft.ts";
import { fieldReader } from "./field-reader.ts";
import { fieldTypeOf, keepsUnmapped, requiredFieldsOf } from "./fields.ts";
import { indicatorReader } from "./indicators.ts";
import { recordKeyOf } from "./key.ts";
import {
  type Envelope,
  envelopeOf,
  type FieldSpec,
  fullSpec,
  type Mapping,
  type TableMapping,
} from "./mapping-spec.ts";

/** Raised when the same mapping may give other records: then every row is mapped again. */
const MAPPER_VERSION = 1;
const MAPPING_ID_BYTES = 8;

/** The mappers of a mapping, in its order. @param terms The vocabulary as the hub has it. */
export function compileMapping(mapping: Mapping, terms: HubTerms = SHARED_TERMS): RowMapper[] {
  return mapping.tables.map((table) => {
    const envelope = envelopeOf(mapping, table);
    const description = JSON.stringify([MAPPER_VERSION, VOCABULARY_VERSION, envelope, table]);
    return {
      table: table.table,
      kind: table.kind,
      mappingId: sha256Text(description + terms.id).slice(0, MAPPING_ID_BYTES),
      map: compileTable(table, envelope, terms),
      ...clientNamesOf(table),
    };
  });
}

/**
 * The mapper of a table. Columns are found once for all rows that share them.
 *
 * The function throws `ERR_SOURCE_COLUMN` if a column of the mapping is not there.
 */
function compileTable(table: TableMapping, envelope: Envelope, terms: HubTerms): RowMapper["map"] {
  let columns: ColumnAddresses | undefined;
  let readRow: RowReader | undefined;
  return (row) => {
    if (readRow === undefined || row.columns !== columns) {
      readRow = rowReader(table, { envelope, terms, columns: row.columns });
      columns = row.columns;
    }
    return readRow(row.cells);
  };
}

/** Fields of an engagement that say who was served. */
const CLIENT_FIELDS = ["enterprise", "enterpriseUscc", "group"] as const;

/** Reads what names clients in a row: who was served, and what must not leave. */
function clientNamesOf(table: TableMapping): Pick<RowMapper, "clientNames"> {
  const { kind, fields, never = [] } = table;
  const [served = [], ...about] =
    kind === "engagement" ? CLIENT_FIELDS.map((field) => titlesIn(fields[field])) : [];
  const others = [...about.flat(), ...never];
  if (served.length + others.length === 0) return {};
  let columns: ColumnAddresses | undefined;
  let titles: readonly string[] | undefined;
  return {
    clientNames: (row) => {
      if (titles === undefined || row.columns !== columns) {
        const finder = new ColumnFinder(row.columns);
        titles = [...finder.oneOf(served), ...finder.present(others)];
        finder.assertComplete(table.table);
        columns = row.columns;
      }
      return withheldIn(row.cells, titles);
    },
  };
}

type RowReader = (cells: SourceRow["cells"]) => RowResult;

function rowReader(
  table: TableMapping,
  context: {
    readonly envelope: Envelope;
    readonly terms: HubTerms;
    readonly columns: ColumnAddresses | undefined;
  },
): RowReader {
  const { kind, fields } = table;
  const finder = new ColumnFinder(context.columns);
  const key = finder.oneOf(table.key);
  const readers = readersOf(table, finder, context.terms);
  finder.assertComplete(table.table);
  const required = requiredFieldsOf(kind).map((field) => ({
    field,
    columns: finder.present(titlesIn(fields[field])),
  }));
  const keepsWords = keepsUnmapped(kind);
  const withheldTitles = isAboutClient(kind) ? finder.present(table.never ?? []) : [];

  return (cells) => {
    const recordKey = recordKeyOf(key.map((title) => keyPart(cells[title] ?? null)));
    const draft: Draft = { value: {}, unmapped: [], problems: [] };
    for (const read of readers) read(cells, draft);
    const { value, unmapped, problems } = draft;
    const bad = problems.filter(({ isFatal }) => isFatal);
    for (const { field, columns } of required) {
      if (value[field] === undefined) bad.push(whyMissing(field, { columns, problems }));
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
    const remarks = problems.length > 0 && { remarks: problems.map(toRowProblem) };
    if (kind === "engagement") {
      return {
        type: "engagement",
        key: recordKey,
        value: value as unknown as Engagement,
        ...remarks,
      };
    }
    return {
      type: "record",
      key: recordKey,
      value: value as unknown as MappedRow["value"],
      ...context.envelope,
      ...(table.clientTexts !== undefined && { clientTexts: table.clientTexts }),
      ...(withheldTitles.length > 0 && { withheld: withheldIn(cells, withheldTitles) }),
      ...remarks,
    };
  };
}

/** Texts of the columns that must not leave. */
function withheldIn(cells: SourceRow["cells"], titles: readonly string[]): readonly string[] {
  return titles.map((title) => keyPart(cells[title] ?? null)).filter((text) => text !== "");
}

/** A dash or 无 names nothing: rows that have it are not one row. */
function keyPart(cell: Cell): string {
  return isNothing(cell) ? "" : textOf(cell);
}

/** Readers in the order in which they depend on each other: lists first, then what belongs to their items. */
function readersOf(
  { kind, fields, group, indicators }: TableMapping,
  finder: ColumnFinder,
  terms: HubTerms,
): readonly FieldReader[] {
  const entries = Object.entries(fields);
  const isOfEach = ([field]: [string, FieldSpec]) => fieldTypeOf(kind, field).isOfEach === true;
  const isGrouped = group !== undefined;
  const reader = ([field, spec]: [string, FieldSpec]) =>
    fieldReader(kind, field, { spec, finder, isGrouped, terms });
  return [
    ...entries.filter((entry) => !isOfEach(entry)).map(reader),
    ...(indicators === undefined ? [] : [indicatorReader(indicators, finder, terms)]),
    ...entries.filter(isOfEach).map(reader),
  ];
}

type Problem = CellProblem & { readonly column: string };

function toRowProblem({ column, rule, message, messageZh }: Problem): RowProblem {
  return { column, rule, message, messageZh };
}

function titlesIn(spec: FieldSpec | undefined): readonly string[] {
  const { column, columns } = spec === undefined ? {} : fullSpec(spec);
  return columns ?? titlesOf(column);
}

/** What is wrong with the cell of a required field: that it is empty, or why it was left out. */
function whyMissing(
  field: string,
  {
    columns,
    problems,
  }: { readonly columns: readonly string[]; readonly problems: readonly Problem[] },
): Problem {
  const [column = ""] = columns;
  return (
    problems.find((problem) => columns.includes(problem.column)) ?? {
      column,
      rule: "field.missing",
      message: `${column || field} is empty; a record needs it`,
      messageZh: `“${column || field}”为空；缺少它无法成为记录`,
    }
  );
}

function missingKey(key: readonly string[]): Problem {
  return {
    column: key[0] ?? "",
    rule: "key.missing",
    message: `${key.join(", ")} is empty; it names the record`,
    messageZh: `“${key.join("、")}”为空；它是记录的唯一标识`,
  };
}
