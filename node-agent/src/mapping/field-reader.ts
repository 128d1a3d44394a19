/**
 * Turns the mapping of one field into a function that reads it.
 *
 * @module
 */

import { type HubTerms, moneyUnitOf, type SchemeName, tidy } from "@tributary/proto/vocabulary";
import { z } from "zod";
import type { Cell, SourceRow } from "../ports/source.ts";
import { isNothing, MAX_CELL_LENGTH, textOf } from "./cell.ts";
import { misfit, tooLong, unequalLists, unknownWord } from "./cell-problem.ts";
import { type ColumnFinder, titlesOf } from "./columns.ts";
import { type Draft, type FieldReader, keepWord } from "./draft.ts";
import {
  type FieldType,
  fieldTypeOf,
  keepsUnmapped,
  type MappedKind,
  valueSchemaOf,
} from "./fields.ts";
import { placeOf } from "./group-rows.ts";
import { type FieldSpec, type FullFieldSpec, fullSpec } from "./mapping-spec.ts";
import type { Transform, Transformed, TransformOptions } from "./transform.ts";
import { isListShape, shapeOf, transformOf } from "./transforms.ts";

/** Results that are remembered a column: columns of words repeat themselves, free text does not. */
const MAX_REMEMBERED = 5_000;
const MAX_REMEMBERED_LENGTH = 60;

/** Reads a field. What `finder` does not have is asked for there and makes the table incomplete. */
export function fieldReader(
  kind: MappedKind,
  field: string,
  {
    spec,
    finder,
    isGrouped,
    terms,
  }: {
    readonly spec: FieldSpec;
    readonly finder: ColumnFinder;
    /** Whether rows of the table are put together, so that lists go on in further places. */
    readonly isGrouped: boolean;
    readonly terms: HubTerms;
  },
): FieldReader {
  const full = fullSpec(spec);
  const type = fieldTypeOf(kind, field);
  const name = full.as ?? type.as;
  const isList = isListShape(shapeOf(name));
  const transform = type.isOfEach ? transformOf(name) : fitting(transformOf(name), kind, field);
  const read = remembering(transform, (column) => ({
    ...optionsOf(full, type, column),
    terms,
  }));
  const take = taker(kind, field, { read, isList });
  const { column, columns, join = "\n", value: fixed, optional = false } = full;
  if (fixed !== undefined) return (_cells, draft) => take(fixed, "", draft);
  if (columns !== undefined) {
    const titles = optional ? finder.present(columns) : finder.all(columns);
    return (cells, draft) => {
      const said = titles.filter((title) => !isNothing(cells[title] ?? null));
      const text = said.map((title) => textOf(cells[title] ?? null)).join(join);
      if (said.length > 0) take(text, said[0] ?? "", draft);
    };
  }
  const titles = optional ? finder.present(titlesOf(column)) : finder.oneOf(titlesOf(column));
  const goesOn = isGrouped && isList;
  return (cells, draft) => {
    const said = titles.find((title) => !isNothing(cells[title] ?? null));
    if (said !== undefined) {
      take(cells[said] as NonNullable<Cell>, said, draft);
      if (goesOn) for (const cell of furtherCells(cells, said)) take(cell, said, draft);
    } else if (type.as === "uscc" && type.also !== undefined) {
      // That a code is missing is a statement too.
      draft.value[type.also] = "missing";
    }
  };
}

function* furtherCells(cells: SourceRow["cells"], title: string): Generator<NonNullable<Cell>> {
  for (let place = 2; placeOf(title, place) in cells; place += 1) {
    const cell = cells[placeOf(title, place)] ?? null;
    if (cell !== null && !isNothing(cell)) yield cell;
  }
}

function optionsOf(spec: FullFieldSpec, type: FieldType, column: string): TransformOptions {
  const { scheme = type.scheme, separator, keepOther, map, unit = column } = spec;
  const inBrackets = /[（(]([^（()）]+)[)）]\s*$/.exec(unit)?.[1];
  return {
    scheme: scheme as SchemeName | undefined,
    separator,
    keepOther,
    map: map && new Map(Object.entries(map).map(([word, code]) => [tidy(word), code])),
    unit: moneyUnitOf(unit),
    unitText: moneyUnitOf(unit) && (inBrackets ?? spec.unit),
  };
}

/**
 * The transform, without values that the field of a record cannot have: one such value would cost the whole record, and
 * nobody would know which cell it came from.
 */
function fitting(transform: Transform, kind: MappedKind, field: string): Transform {
  const schema = valueSchemaOf(kind, field);
  return (cell, options) => {
    const { value, ...rest } = transform(cell, options);
    if (value === undefined) return rest;
    const result = schema.safeParse(value);
    if (result.success) return { ...rest, value };
    const inChinese = schema.safeParse(value, { error: z.locales.zhCN().localeError }).error;
    const en = result.error.issues[0]?.message ?? "";
    const problem = misfit(cell, field, en, inChinese?.issues[0]?.message ?? en);
    return { ...rest, problems: [...(rest.problems ?? []), problem] };
  };
}

type Read = (cell: NonNullable<Cell>, column: string) => Transformed;

/** The transform with its options; results of short texts are remembered by column. */
function remembering(transform: Transform, optionsFor: (column: string) => TransformOptions): Read {
  const byColumn = new Map<string, { options: TransformOptions; seen: Map<string, Transformed> }>();
  return (cell, column) => {
    if (typeof cell === "string" && cell.length > MAX_CELL_LENGTH) {
      return { problems: [tooLong(cell.length, MAX_CELL_LENGTH)] };
    }
    let known = byColumn.get(column);
    if (known === undefined) {
      known = { options: optionsFor(column), seen: new Map() };
      byColumn.set(column, known);
    }
    if (typeof cell !== "string" || cell.length > MAX_REMEMBERED_LENGTH) {
      return transform(cell, known.options);
    }
    let result = known.seen.get(cell);
    if (result === undefined) {
      result = transform(cell, known.options);
      if (known.seen.size < MAX_REMEMBERED) known.seen.set(cell, result);
    }
    return result;
  };
}

/** Puts what became of a cell where it belongs. */
function taker(
  kind: MappedKind,
  field: string,
  { read, isList }: { readonly read: Read; readonly isList: boolean },
): (cell: NonNullable<Cell>, column: string, draft: Draft) => void {
  const type = fieldTypeOf(kind, field);
  const { also: alsoField, isOfEach = false } = type;
  const put = isOfEach ? putOfEach(field, type.scheme !== undefined) : putOf(field, isList);
  const keepsWords = keepsUnmapped(kind);
  return (cell, column, draft) => {
    const { value, also, unmapped = [], problems = [] } = read(cell, column);
    if (value !== undefined) put(draft, value, column);
    if (also !== undefined && alsoField !== undefined) draft.value[alsoField] = also;
    for (const word of unmapped) {
      if (keepsWords) keepWord(draft, field, word);
      else draft.problems.push({ column, ...unknownWord(word) });
    }
    for (const problem of problems) draft.problems.push({ column, ...problem });
  };
}

type Putter = (draft: Draft, value: unknown, column: string) => void;

/** Sets a field, or adds to a list that is there; a name with a dot sets it in a sub-message. */
function putOf(field: string, isList: boolean): Putter {
  const [first = "", second] = field.split(".");
  if (second !== undefined) {
    return ({ value }, to) => {
      const inner = (value[first] ?? {}) as Record<string, unknown>;
      value[first] = { ...inner, [second]: to };
    };
  }
  return ({ value }, to) => {
    const before = value[first];
    const isMore = isList && Array.isArray(before) && Array.isArray(to);
    value[first] = isMore ? union(before, to) : to;
  };
}

function union(a: readonly unknown[], b: readonly unknown[]): readonly unknown[] {
  const known = new Set(a.map((item) => JSON.stringify(item)));
  return [...a, ...b.filter((item) => !known.has(JSON.stringify(item)))];
}

/**
 * Sets a field of each item of a list, or from a list of values item by item.
 *
 * @param isRemark Whether the value says nothing where there is no item, as who measured an effect that is not there.
 */
function putOfEach(field: string, isRemark: boolean): Putter {
  const [first = "", second = ""] = field.split(".");
  return (draft, to, column) => {
    const items = (draft.value[first] ?? []) as readonly object[];
    const isInTurn = Array.isArray(to);
    if (isRemark && items.length === 0) return;
    if (isInTurn ? to.length !== items.length : items.length === 0) {
      draft.problems.push({ column, ...unequalLists(isInTurn ? to.length : 1, items.length) });
      return;
    }
    draft.value[first] = items.map((item, index) => {
      const own = isInTurn ? to[index] : to;
      // What the item says itself counts more.
      return own === undefined ? item : { [second]: own, ...item };
    });
  };
}
