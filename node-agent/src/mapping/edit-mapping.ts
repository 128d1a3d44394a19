/**
 * Changes a mapping file as a person chose it column by column, and leaves everything else of the file as it is written:
 * comments, order, and what the choices cannot say (joined columns, fixed values, own words).
 *
 * @module
 */

import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  parse,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { findTitle } from "../sources/title.ts";
import { titlesOf } from "./columns.ts";
import { fieldNamesOf } from "./fields.ts";
import { type FieldSpec, fullSpec, type TableMapping } from "./mapping-spec.ts";
import type { MappableKind } from "./suggest/suggestion.ts";
import type { TransformName } from "./transforms.ts";

/** Where a column goes: a field, nowhere, never, or as the file has it where a choice cannot say it. */
export interface ColumnChoice {
  /** A field's name; `""` stays here unmapped; {@link NEVER}; {@link AS_WRITTEN}. */
  readonly target: string;
  /** How it is read; undefined for the usual way. */
  readonly as?: TransformName | undefined;
  /** Unit of amounts; undefined for the title's. */
  readonly unit?: string | undefined;
  /** Whether it names the row. */
  readonly isKey: boolean;
}

/** Names a person (or a secret): must not leave. No field has this name. */
export const NEVER = "never!";
/** Stands in several fields, or beside other columns: only the file says it. */
export const AS_WRITTEN = "file!";

/** What is chosen for one table of a source. */
export interface TableChoice {
  readonly table: string;
  /** `""` leaves the table alone. */
  readonly kind: MappableKind | "";
  /** By title, as the source has it. */
  readonly columns: ReadonlyMap<string, ColumnChoice>;
}

/** What a mapping says of the columns of a table. @param titles Those that the table has. */
export function choiceOf(table: TableMapping, titles: readonly string[]): TableChoice {
  const uses = usesOf(table, titles);
  const keys = new Set(table.key.map((title) => known(titles, title)));
  const never = new Set((table.never ?? []).map((title) => known(titles, title)));
  const columns = [...new Set([...titles, ...uses.keys(), ...keys, ...never])].map(
    (title): readonly [string, ColumnChoice] => {
      const isKey = keys.has(title);
      const here = uses.get(title) ?? [];
      const [use] = here;
      if (use === undefined) {
        return [title, { target: never.has(title) ? NEVER : "", isKey }];
      }
      const spec = use.spec === undefined ? undefined : fullSpec(use.spec);
      const isSimple =
        here.length === 1 && spec !== undefined && titlesOf(spec.column).length === 1;
      if (!isSimple) return [title, { target: AS_WRITTEN, isKey }];
      return [title, { target: use.field, as: spec.as, unit: spec.unit, isKey }];
    },
  );
  return { table: table.table, kind: table.kind, columns: new Map(columns) };
}

/**
 * The text of the file with the choices in it. Tables that it does not have are added, and those without a kind removed.
 *
 * @param text A mapping file that can be read.
 * @param mapped Its tables.
 * @param choices One for each table of the file that may change, and each that may be added.
 */
export function editMapping(
  text: string,
  mapped: readonly TableMapping[],
  choices: readonly TableChoice[],
): string {
  const document = parseDocument(text);
  const tables = document.get("tables");
  if (!isSeq(tables)) throw new TypeError("a mapping file has a list of tables");
  const removed: number[] = [];
  for (const choice of choices) {
    const index = mapped.findIndex(({ table }) => table === choice.table);
    if (choice.kind === "") {
      if (index >= 0) removed.push(index);
      continue;
    }
    const before = mapped[index] ?? emptyTable(choice.table, choice.kind);
    if (index < 0) tables.add(document.createNode(withoutEmptyName(before)));
    const node = tables.get(index < 0 ? tables.items.length - 1 : index) as YAMLMap;
    new TableEdit(document, node).apply(before, choice);
  }
  for (const index of removed.sort((a, b) => b - a)) tables.delete(index);
  // Nobody's spacing is touched for nothing.
  if (JSON.stringify(document.toJS()) === JSON.stringify(parse(text))) return text;
  // What was found for no column when the file was suggested is out of date now.
  return document
    .toString({ lineWidth: 0 })
    .replaceAll(/^[ \t]*# Not mapped \/ 未映射: .*\n/gm, "");
}

function emptyTable(table: string, kind: MappableKind): TableMapping {
  return { table, kind, key: [], fields: {} };
}

function withoutEmptyName({ table, ...rest }: TableMapping): object {
  return table === "" ? rest : { table, ...rest };
}

/** Comments that a suggestion wrote beside a line: they say nothing true of another column. */
const SUGGESTED = /^ (?:CHECK 请核对 )?\d{1,3} %: |^ CHECK: /;

/** One table of the document. */
class TableEdit {
  readonly #document: Document;
  readonly #node: YAMLMap;

  constructor(document: Document, node: YAMLMap) {
    this.#document = document;
    this.#node = node;
  }

  apply(before: TableMapping, { kind, columns }: TableChoice): void {
    const current = choiceOf(before, [...columns.keys()]);
    if (before.kind !== kind) this.#setKind(kind as MappableKind);
    const changed = [...columns].filter(
      ([title, choice]) => !isSame(choice, current.columns.get(title), before.kind !== kind),
    );
    const titles = [...columns.keys()];
    const taken = new Set(changed.map(([, { target }]) => target));
    for (const [title] of changed) this.#forget(before, title, { titles, taken });
    for (const [title, { target, as, unit }] of changed) {
      if (target === NEVER) this.#listOf("never").add(title);
      else if (target !== "" && target !== AS_WRITTEN) {
        this.#setField(target, title, { as, unit });
      }
    }
    this.#setKey(before, columns);
    const never = this.#node.get("never");
    if (isSeq(never) && never.items.length === 0) this.#node.delete("never");
  }

  #setKind(kind: MappableKind): void {
    this.#node.set("kind", kind);
    const names = fieldNamesOf(kind);
    const fields = this.#fields();
    for (const field of Object.keys(fields.toJSON() as object)) {
      if (!names.includes(field)) fields.delete(field);
    }
    if (kind !== "case" && kind !== "engagement") this.#node.delete("indicators");
  }

  /** Takes a column out of all that uses it, but for fields that are filled anew. */
  #forget(
    before: TableMapping,
    title: string,
    { titles, taken }: { readonly titles: readonly string[]; readonly taken: ReadonlySet<string> },
  ): void {
    const isIt = (one: unknown) => typeof one === "string" && known(titles, one) === title;
    const fields = this.#fields();
    for (const [field, spec] of Object.entries(before.fields)) {
      if (!fields.has(field) || taken.has(field)) continue;
      const { column, columns } = fullSpec(spec);
      const all = columns ?? titlesOf(column);
      if (!all.some(isIt)) continue;
      const left = all.filter((one) => !isIt(one));
      if (left.length === 0) fields.delete(field);
      else if (columns !== undefined) fields.setIn([field, "columns"], left);
      else if (isMap(fields.get(field))) fields.setIn([field, "column"], left);
      else fields.set(field, this.#flow(left));
    }
    const indicators = this.#node.get("indicators");
    for (const [part, spec] of Object.entries(before.indicators ?? {})) {
      if (!isMap(indicators) || !titlesOf(spec).some(isIt)) continue;
      const left = titlesOf(spec).filter((one) => !isIt(one));
      if (left.length === 0) indicators.delete(part);
      else indicators.set(part, this.#flow(left));
    }
    const never = this.#node.get("never");
    if (isSeq(never)) {
      never.items = never.items.filter((item) => !isIt(isScalar(item) ? item.value : item));
    }
  }

  /** Fills a field from one column; its place in the file, its comment and what else is said of it stay. */
  #setField(
    field: string,
    title: string,
    options: { readonly as: string | undefined; readonly unit: string | undefined },
  ): void {
    const fields = this.#fields();
    const old = fields.get(field, true);
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    if (isMap(old)) {
      old.delete("columns");
      old.delete("value");
      old.set("column", title);
      for (const [name, value] of Object.entries(options)) {
        if (value === undefined) old.delete(name);
        else old.set(name, value);
      }
    } else if (isScalar(old) && given.length === 0) {
      old.value = title;
    } else {
      const made =
        given.length === 0
          ? (this.#document.createNode(title) as Node)
          : this.#flow({ column: title, ...Object.fromEntries(given) });
      if (isNode(old) && old.comment != null) made.comment = old.comment;
      fields.set(field, made);
    }
    const now = fields.get(field, true);
    if (isNode(now) && SUGGESTED.test(now.comment ?? "")) now.comment = null;
  }

  /** Keeps the order of the columns that stay. */
  #setKey({ key }: TableMapping, columns: TableChoice["columns"]): void {
    const titles = [...columns.keys()];
    const stay = key.filter((title) => columns.get(known(titles, title))?.isKey ?? true);
    const had = new Set(key.map((title) => known(titles, title)));
    const added = titles.filter((title) => columns.get(title)?.isKey && !had.has(title));
    if (stay.length === key.length && added.length === 0) return;
    const pair = this.#node.items.find(({ key: name }) => isScalar(name) && name.value === "key");
    const name = pair?.key;
    if (isScalar(name) && SUGGESTED.test(name.commentBefore ?? "")) name.commentBefore = null;
    this.#node.set("key", this.#flow([...stay, ...added]));
  }

  #fields(): YAMLMap {
    const fields = this.#node.get("fields");
    if (isMap(fields)) {
      fields.flow &&= fields.items.length > 0;
      return fields;
    }
    const made = this.#document.createNode({}) as YAMLMap;
    this.#node.set("fields", made);
    return made;
  }

  #listOf(name: string): YAMLSeq {
    const list = this.#node.get(name);
    if (isSeq(list)) return list;
    const made = this.#document.createNode([]) as YAMLSeq;
    this.#node.set(name, made);
    return made;
  }

  #flow(value: unknown): Node {
    return this.#document.createNode(value, { flow: true }) as Node;
  }
}

/** Whether nothing is to be changed. @param isOtherKind Fields of another kind are chosen anew. */
function isSame(
  choice: ColumnChoice,
  current: ColumnChoice | undefined,
  isOtherKind: boolean,
): boolean {
  if (choice.target === AS_WRITTEN) return true;
  const { target = "", as, unit } = current ?? {};
  if (isOtherKind && target !== "" && target !== NEVER) return false;
  return choice.target === target && choice.as === as && choice.unit === unit;
}

/** What uses each column: a field with its specification, or effects, which have none of their own. */
function usesOf(table: TableMapping, titles: readonly string[]) {
  const uses = new Map<string, { readonly field: string; readonly spec?: FieldSpec }[]>();
  const use = (all: readonly string[], field: string, spec?: FieldSpec) => {
    for (const title of all) {
      const real = known(titles, title);
      uses.set(real, [...(uses.get(real) ?? []), { field, ...(spec !== undefined && { spec }) }]);
    }
  };
  for (const [field, spec] of Object.entries(table.fields)) {
    const { column, columns } = fullSpec(spec);
    if (columns === undefined) use(titlesOf(column), field, spec);
    else use(columns, field);
  }
  for (const spec of Object.values(table.indicators ?? {})) use(titlesOf(spec), "outcomes");
  return uses;
}

/** The title as the table has it; as it is written where the table has none like it. */
function known(titles: readonly string[], title: string): string {
  return findTitle(titles, title) ?? title;
}
