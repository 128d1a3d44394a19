/**
 * The names of a record and of a center in the federation, and their text form, a URN (RFC 8141).
 *
 * @module
 */

import { TributaryError } from "../errors.ts";
import { isIdentifier, isRecordKey } from "./identifier.ts";
import { isRecordKind, type RecordKind } from "./kind.ts";

/** Names a record: one center's thing of one kind under the center's own key. */
export interface RecordRef {
  readonly centerId: string;
  readonly kind: RecordKind;
  readonly key: string;
}

/**
 * `urn:dth:<center>:<kind>:<key>`; all bytes of the key but the unreserved ones (RFC 3986, section 2.3) are
 * percent-encoded, so a record has one URN.
 */
export function urnOf(ref: RecordRef): string {
  const key = encodeURIComponent(ref.key).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `urn:dth:${ref.centerId}:${ref.kind}:${key}`;
}

/**
 * Reads the canonical URN of a record.
 *
 * @throws {TributaryError} `ERR_URN_MALFORMED` for another scheme, another spelling, or an impossible name.
 */
export function parseUrn(urn: string): RecordRef {
  const [, centerId = "", kind = "", encoded = ""] =
    /^urn:dth:([^:]*):([^:]*):([^:]*)$/.exec(urn) ?? [];
  if (isIdentifier(centerId) && isRecordKind(kind)) {
    const ref = { centerId, kind, key: decode(encoded) };
    if (isRecordKey(ref.key) && urnOf(ref) === urn) return ref;
  }
  throw new TributaryError(
    "ERR_URN_MALFORMED",
    `${JSON.stringify(urn.slice(0, 200))} is not a record's URN; expected urn:dth:<center>:<kind>:<key>`,
    { messageZh: "不是有效的记录 URN，应为 urn:dth:<中心>:<类别>:<键>" },
  );
}

const CENTER_URN = "urn:dth:";

/** `urn:dth:<center>`: the subject of what is said of a center as a whole. */
export function centerUrnOf(centerId: string): string {
  return CENTER_URN + centerId;
}

/** The center that a URN names as a whole; undefined for anything else. */
export function centerOfUrn(urn: string): string | undefined {
  const centerId = urn.startsWith(CENTER_URN) ? urn.slice(CENTER_URN.length) : "";
  return isIdentifier(centerId) ? centerId : undefined;
}

/** The empty text, which is no key, where the encoding is damaged. */
function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return "";
  }
}
