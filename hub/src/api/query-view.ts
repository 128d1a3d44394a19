/**
 * A row of the catalog as it is shown.
 *
 * @module
 */

import {
  type Body,
  decodeBody,
  type FieldFilter,
  type RecordState,
  type RecordView,
  urnOf,
} from "@tributary/proto";
import { type Description, describeRecord } from "../catalog/describe.ts";
import { isFacetField, schemeOf } from "../catalog/facet.ts";
import type { Taxonomy } from "../catalog/taxonomy.ts";
import { isShown, mayInspect, mayRead } from "../catalog/verdict.ts";
import { withFacetCodes } from "../index/query/parse.ts";
import type { CatalogRow } from "../ports/catalog-row.ts";
import type { Reader } from "../ports/search-index.ts";
import type { CenterBoard } from "./query-coverage.ts";

/** A row with what it says, ready to be filtered and shown. */
export interface ShownRow {
  readonly row: CatalogRow;
  readonly state: RecordState;
  readonly stateReason: string;
  /** Undefined where the row has no readable body. */
  readonly body: Body | undefined;
  readonly description: Description | undefined;
}

/** True if the record exists for the reader. */
export function isVisible(row: CatalogRow, reader: Reader): boolean {
  return isShown(row) ? mayRead(row, reader) : mayInspect(row, reader);
}

/** The row as of the board's moment. */
export function shownRow(row: CatalogRow, board: CenterBoard): ShownRow {
  const { kind } = row.ref;
  const body =
    row.body.length === 0 ? undefined : ({ kind, value: decodeBody(kind, row.body) } as Body);
  return {
    row,
    ...stateOf(row, board),
    body,
    description: body && describeRecord(row, body, board.taxonomy),
  };
}

function stateOf(
  row: CatalogRow,
  board: CenterBoard,
): { readonly state: RecordState; readonly stateReason: string } {
  if (!isShown(row)) {
    return { state: row.verdict, stateReason: row.verdictReason };
  }
  if (board.stale.has(row.ref.centerId)) return { state: "stale", stateReason: "center_silent" };
  if (row.validUntilMs !== undefined && row.validUntilMs < board.nowMs) {
    return { state: "stale", stateReason: "validity_over" };
  }
  return { state: "live", stateReason: "" };
}

/** Facet codes of a row by field, its state included. */
function facetsOf({
  row,
  state,
  description,
}: ShownRow): Readonly<Record<string, readonly string[]>> {
  const own = description?.facets ?? { kind: [row.ref.kind], center: [row.ref.centerId] };
  return { ...own, state: [state] };
}

/** Filters with the codes that terms were merged into. */
export function currentFilters(
  filters: readonly FieldFilter[],
  { taxonomy }: Pick<CenterBoard, "taxonomy">,
): readonly FieldFilter[] {
  if (taxonomy.terms.length === 0) return filters;
  return filters.map(({ field, values }) => ({
    field,
    values: values.map((code) => currentCode(field, code, taxonomy)),
  }));
}

/** The text of a query likewise, as far as it names codes. */
export function currentText(text: string, { taxonomy }: Pick<CenterBoard, "taxonomy">): string {
  if (taxonomy.terms.length === 0) return text;
  return withFacetCodes(text, (field, code) => currentCode(field, code, taxonomy));
}

function currentCode(field: string, code: string, taxonomy: Taxonomy): string {
  const scheme = isFacetField(field) ? schemeOf(field) : undefined;
  return scheme === undefined ? code : taxonomy.codeOf(scheme, code);
}

/** True if all filters keep the row. */
export function passes(shown: ShownRow, filters: readonly FieldFilter[]): boolean {
  const facets = facetsOf(shown);
  return filters.every(({ field, values }) =>
    (facets[field] ?? []).some((value) => values.includes(value)),
  );
}

/** Largest revision that a view can say. */
const MAX_REVISION = BigInt(Number.MAX_SAFE_INTEGER);

/** The row for a reader who may see it, with its body or without. */
export function viewOf(
  shown: ShownRow,
  board: CenterBoard,
  options: { readonly reader: Reader; readonly withBody: boolean },
): RecordView {
  const { row, description, body } = shown;
  return {
    ref: row.ref,
    urn: urnOf(row.ref),
    revision: Number(row.revision < MAX_REVISION ? row.revision : MAX_REVISION),
    title: description?.title ?? row.ref.key,
    summary: description?.summary ?? "",
    state: shown.state,
    stateReason: shown.stateReason,
    visibility: row.visibility,
    license: row.license,
    provenance: row.provenance,
    centerName: board.nameOf(row.ref.centerId),
    logPosition: row.logPosition,
    recordIndex: row.recordIndex,
    receivedAtMs: row.receivedAtMs,
    facets: Object.entries(description?.facets ?? {}).map(([field, values]) => ({ field, values })),
    body: options.withBody ? body : undefined,
    findings: mayInspect(row, options.reader) ? row.findings : [],
    // Added by `withEntities`, which reads it for many at once.
    entityId: "",
  };
}
