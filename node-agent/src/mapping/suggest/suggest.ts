/**
 * Suggests a mapping for tables that nobody has mapped: from the values of their columns as well as from the titles,
 * with a confidence and a reason for each field.
 *
 * A suggestion is a start for a person, never a decision: it is written with its reasons and read by somebody.
 *
 * @module
 */

import { fold, type HubTerms, ignoredTitles, SHARED_TERMS } from "@tributary/proto/vocabulary";
import type { DiscoveredTable } from "../../ports/source.ts";
import { fieldTypeOf } from "../fields.ts";
import { evidenceOf, privateFinding } from "./column-evidence.ts";
import { commonUnitOf } from "./common-unit.ts";
import { indicatorsOf, titlesIn } from "./indicator-columns.ts";
import { columnOf, keyOf } from "./key-columns.ts";
import { type Column, fit, judge, round } from "./kind-fit.ts";
import type {
  FieldSuggestion,
  LeftTable,
  MappableKind,
  Suggestions,
  TableSuggestion,
} from "./suggestion.ts";

const MIN_KIND_SCORE = 1.2;

/** Kinds that a table can be mapped to. */
export const MAPPABLE_KINDS: readonly MappableKind[] = [
  "provider",
  "case",
  "policy",
  "training",
  "event",
  "center",
  "demand",
  "voucher_programme",
  "engagement",
];

/**
 * Suggests a mapping for each table that looks like one of the kinds. Deterministic.
 *
 * @param path Path of the source; a table without a name may be named by its file.
 * @param kinds Those that a table may be; of one kind that a person chose, whatever it looks like.
 * @param terms The vocabulary as the hub has it.
 */
export function suggestMapping(
  tables: readonly DiscoveredTable[],
  path = "",
  kinds: readonly MappableKind[] = MAPPABLE_KINDS,
  terms: HubTerms = SHARED_TERMS,
): Suggestions {
  const found: TableSuggestion[] = [];
  const left: LeftTable[] = [];
  for (const table of onePerName(tables)) {
    const suggestion = suggestTable(table, path, { kinds, terms });
    if ("kind" in suggestion) found.push(suggestion);
    else left.push(suggestion);
  }
  return { tables: found, left };
}

/** A table of all its files. */
interface WholeTable extends DiscoveredTable {
  /** Titles of each file. */
  readonly titlesByFile: readonly ReadonlySet<string>[];
}

/** Sheets of one name in several files are one table; titles and samples of all of them count. */
export function onePerName(tables: readonly DiscoveredTable[]): readonly WholeTable[] {
  const byName = new Map<string, WholeTable>();
  for (const table of tables) {
    const titlesByFile = [new Set(table.columns.map(({ title }) => title))];
    const known = byName.get(table.table);
    byName.set(
      table.table,
      known === undefined ? { ...table, titlesByFile } : merged(known, table, titlesByFile),
    );
  }
  return [...byName.values()];
}

function merged(
  a: WholeTable,
  b: DiscoveredTable,
  titlesByFile: WholeTable["titlesByFile"],
): WholeTable {
  const columns = new Map(a.columns.map((column) => [column.title, column]));
  for (const column of b.columns) {
    const known = columns.get(column.title);
    const samples = [...(known?.samples ?? []), ...column.samples];
    columns.set(column.title, { ...(known ?? column), samples });
  }
  return {
    ...a,
    rowCount: a.rowCount + b.rowCount,
    columns: [...columns.values()],
    titlesByFile: [...a.titlesByFile, ...titlesByFile],
  };
}

function suggestTable(
  table: WholeTable,
  path: string,
  { kinds, terms }: { readonly kinds: readonly MappableKind[]; readonly terms: HubTerms },
): TableSuggestion | LeftTable {
  const leave = (reason: string, reasonZh: string): LeftTable => ({
    table: table.table,
    reason,
    reasonZh,
  });
  if (table.notes.some((note) => note.startsWith("hidden sheet"))) {
    return leave("the sheet is hidden", "工作表被隐藏");
  }
  if (table.rowCount === 0) return leave("it has no rows", "没有数据行");
  const columns = table.columns.map((column) => ({
    title: column.title,
    evidence: evidenceOf(column, terms),
  }));
  const never = columns.flatMap(({ title, evidence }) => {
    const finding = privateFinding(title, evidence);
    return finding === undefined
      ? []
      : [{ column: title, reason: finding.reason, reasonZh: finding.reasonZh }];
  });
  const open = columns.filter(
    ({ title }) => !never.some(({ column }) => column === title) && !isIgnored(title),
  );
  const ranked = kinds.map((kind) => ({ kind, ...fit(kind, open, table.table || path) }));
  ranked.sort((a, b) => b.score - a.score);
  const [best, second] = ranked;
  if (best === undefined || (kinds.length > 1 && best.score < MIN_KIND_SCORE)) {
    return never.length > 0
      ? leave(
          "it holds personal data and nothing that could be published",
          "含个人信息，没有可发布的内容",
        )
      : leave("its columns are none of a record", "没有可识别的字段");
  }
  const indicators =
    best.kind === "case" || best.kind === "engagement" ? indicatorsOf(open) : undefined;
  const taken = new Set([...best.fields.map(({ column }) => column), ...titlesIn(indicators)]);
  const fields = best.fields.map((field) =>
    withAlternatives(best.kind, field, { table, open, taken }),
  );
  const { key, group } = keyOf(best.kind, { columns: open, fields, table });
  return {
    table: table.table,
    kind: best.kind,
    confidence: round(Math.min(0.98, 0.5 + (best.score - (second?.score ?? 0)) / 4)),
    reason: best.reason,
    reasonZh: best.reasonZh,
    key,
    ...(group !== undefined && { group }),
    fields,
    ...(indicators !== undefined && { indicators }),
    never,
    unmapped: open.map(({ title }) => title).filter((title) => !taken.has(title)),
  };
}

/** Adds titles that mean the same field in files that do not have the chosen one. Marks them as taken. */
function withAlternatives(
  kind: MappableKind,
  field: FieldSuggestion,
  {
    table,
    open,
    taken,
  }: { readonly table: WholeTable; readonly open: readonly Column[]; readonly taken: Set<string> },
): FieldSuggestion {
  const elsewhere = table.titlesByFile.filter((titles) => !titles.has(field.column));
  const alternatives = open.flatMap((column) => {
    const isElsewhere =
      elsewhere.some((titles) => titles.has(column.title)) &&
      table.titlesByFile.every((titles) => !(titles.has(column.title) && titles.has(field.column)));
    if (!isElsewhere || taken.has(column.title)) return [];
    return judge(kind, field.field, column) === undefined ? [] : [column.title];
  });
  for (const title of alternatives) taken.add(title);
  const isEverywhere = elsewhere.every((titles) => alternatives.some((one) => titles.has(one)));
  const isMoney = fieldTypeOf(kind, field.field).as === "money";
  const unit = isMoney ? commonUnitOf(columnOf(table, field.column)) : undefined;
  return {
    ...field,
    ...(alternatives.length > 0 && { alternatives }),
    ...(unit !== undefined && { unit }),
    ...(!isEverywhere && { isOptional: true }),
  };
}

function isIgnored(title: string): boolean {
  const folded = fold(title);
  return ignoredTitles().some((known) => fold(known) === folded);
}
