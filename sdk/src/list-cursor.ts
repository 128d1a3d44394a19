/**
 * Cursors of lists: the page that the hub was asked for, and the last record of it that was taken.
 *
 * The hub's page tokens alone would be too coarse, and a count of records within a page would be wrong once a record
 * before it is gone.
 *
 * @module
 */

import {
  compareBytes,
  type FieldFilter,
  fromBase64Url,
  fromUtf8,
  isIdentifier,
  isRecordKey,
  isRecordKind,
  type RecordRef,
  sha256Text,
  toBase64Url,
  utf8,
} from "@tributary/proto";
import { ClientError } from "./errors.ts";

/** Where a list is. */
export interface ListPlace {
  /** Token of the page; empty for the first. */
  readonly pageToken: string;
  /** Last record of the page that was taken; undefined if none was. */
  readonly after: RecordRef | undefined;
}

/** The place as a text that is bound to the filters. `undefined` is the end of the list. */
export function formatCursor(
  place: ListPlace | undefined,
  filters: readonly FieldFilter[],
): string {
  const { centerId, kind, key } = place?.after ?? {};
  const parts = [
    fingerprintOf(filters),
    ...(place === undefined ? [] : [place.pageToken]),
    ...(kind === undefined ? [] : [kind, centerId, key]),
  ];
  return toBase64Url(utf8(JSON.stringify(parts)));
}

/**
 * Reads what {@link formatCursor} wrote; the empty text is the beginning of a list.
 *
 * @throws {ClientError} `ERR_PAGE_TOKEN` for anything else, and for a cursor of other filters.
 */
export function parseCursor(
  cursor: string,
  filters: readonly FieldFilter[],
): ListPlace | undefined {
  if (cursor === "") return { pageToken: "", after: undefined };
  const parts = partsOf(cursor);
  const [fingerprint, pageToken, kind = "", centerId = "", key = ""] = parts;
  if (fingerprint !== fingerprintOf(filters)) {
    throw invalid("belongs to other filters", "游标属于另一组筛选条件");
  }
  if (parts.length === 1) return undefined;
  if (pageToken !== undefined && parts.length === 2) return { pageToken, after: undefined };
  if (pageToken !== undefined && isRecordKind(kind) && isIdentifier(centerId) && isRecordKey(key)) {
    return { pageToken, after: { centerId, kind, key } };
  }
  throw invalid("is none of this client", "不是有效的游标");
}

function partsOf(cursor: string): readonly string[] {
  try {
    const parts: unknown = JSON.parse(fromUtf8(fromBase64Url(cursor)));
    if (Array.isArray(parts) && parts.every((part) => typeof part === "string")) return parts;
  } catch {
    // not base64url, not UTF-8 or not JSON
  }
  throw invalid("is none of this client", "不是有效的游标");
}

function fingerprintOf(filters: readonly FieldFilter[]): string {
  const pairs = filters.map(({ field, values }) => [field, ...values]);
  return toBase64Url(sha256Text(JSON.stringify(pairs)).subarray(0, 8));
}

function invalid(problem: string, messageZh: string): ClientError {
  return new ClientError("ERR_PAGE_TOKEN", `the cursor ${problem}; begin without a cursor`, {
    messageZh: `${messageZh}；请不带游标重新开始`,
  });
}

/** The records of a page that come after `ref`, also where `ref` itself is no longer there. */
export function recordsAfter<R extends { readonly ref: RecordRef }>(
  records: readonly R[],
  ref: RecordRef | undefined,
): readonly R[] {
  return ref === undefined ? records : records.filter((record) => isAfter(record.ref, ref));
}

/** The hub's order: kind, then center, then key, each by UTF-8 bytes. */
function isAfter(a: RecordRef, b: RecordRef): boolean {
  const order =
    compareBytes(utf8(a.kind), utf8(b.kind)) ||
    compareBytes(utf8(a.centerId), utf8(b.centerId)) ||
    compareBytes(utf8(a.key), utf8(b.key));
  return order > 0;
}
