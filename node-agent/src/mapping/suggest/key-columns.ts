/**
 * Which columns name a row.
 *
 * @module
 */

import type { DiscoveredColumn, DiscoveredTable } from "../../ports/source.ts";
import type { Column } from "./kind-fit.ts";
import type { FieldSuggestion, MappableKind } from "./suggestion.ts";

/** Columns that name a row, and those whose equal values make rows that follow each other one record. */
interface Key {
  readonly key: readonly string[];
  readonly group?: readonly string[];
}

/**
 * A column of identifiers if there is one, else the name or title. A name that repeats gets further columns if these
 * make it unique; if only rows that follow each other repeat it, they are one record in several rows; if nothing helps,
 * repeated rows are duplicates, which are reported.
 */
export function keyOf(
  kind: MappableKind,
  {
    columns,
    fields,
    table,
  }: {
    readonly columns: readonly Column[];
    readonly fields: readonly FieldSuggestion[];
    readonly table: DiscoveredTable;
  },
): Key {
  const id = columns.find(
    ({ title, evidence }) =>
      ID_TITLE.test(title) && evidence.distinct === 1 && evidence.emptyShare === 0,
  );
  if (id !== undefined) return { key: [id.title] };
  const titlesFor = (field: string): readonly string[] => {
    const found = fields.find((one) => one.field === field);
    return found === undefined ? [] : [found.column, ...(found.alternatives ?? [])];
  };
  const names = titlesFor("name").length > 0 ? titlesFor("name") : titlesFor("title");
  const [name] = names;
  if (name === undefined) return { key: [] };
  const isUnique = (titles: readonly string[]) =>
    uniqueAmong(titles.map((title) => columnOf(table, title)));
  if (isUnique([name])) return { key: names };
  const key = [...names];
  for (const field of KEY_FIELDS[kind]) {
    key.push(...titlesFor(field));
    if (isUnique([name, ...key.slice(names.length)])) return { key };
  }
  const isInRuns = repeatsInRuns(columnOf(table, name)?.samples ?? []);
  return isInRuns ? { key: names, group: names } : { key: names };
}

/** Share of names that may come again further down, as duplicates do, in a list whose repeats stand together. */
const STRAY_REPEATS = 0.05;

/** Whether equal values stand together, all but a few. */
function repeatsInRuns(samples: readonly string[]): boolean {
  const runs = samples.filter((value, index) => value !== samples[index - 1]);
  const stray = runs.length - new Set(runs).size;
  return runs.length < samples.length && stray <= runs.length * STRAY_REPEATS;
}

const ID_TITLE = /编号$|代号$|(?:^|[_\s])id$|^id$|\bcode$/i;

/** What tells two things of one name apart. */
const KEY_FIELDS: Readonly<Record<MappableKind, readonly string[]>> = {
  provider: ["region"],
  case: ["started", "client.region"],
  policy: ["docNo", "issuedOn"],
  training: ["startsOn"],
  event: ["heldOn"],
  center: ["region"],
  demand: ["publishedOn"],
  voucher_programme: ["region"],
  engagement: ["finished", "providerUscc"],
};

/** The column with a title. */
export function columnOf(table: DiscoveredTable, title: string): DiscoveredColumn | undefined {
  return table.columns.find((column) => column.title === title);
}

/**
 * Whether the samples differ. False for several columns of which one has gaps, since then samples of one place do not
 * stand in one row.
 */
function uniqueAmong(columns: readonly (DiscoveredColumn | undefined)[]): boolean {
  const usable = columns.filter((column) => column !== undefined);
  if (usable.length > 1 && usable.some(({ emptyShare }) => emptyShare > 0)) return false;
  const rows = Math.min(...usable.map(({ samples }) => samples.length));
  const names = Array.from({ length: rows }, (_, row) =>
    JSON.stringify(usable.map(({ samples }) => samples[row])),
  );
  return new Set(names).size === names.length;
}
