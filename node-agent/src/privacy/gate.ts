/**
 * The gate between mapping and feed: what does not pass here does not leave the center.
 *
 * It fails closed. Every text of a body is read, whatever field it is in, also in fields that a later version of the
 * schema adds; only what is known to be an identifier of an organisation is left alone. A kind that needs more than
 * this gate does is refused.
 *
 * @module
 */

import { type Body, encodeBody, type RecordKind, TributaryError } from "@tributary/proto";
import { DETECTORS, type Detector } from "./detectors.ts";
import { type Finding, type FindingType, mergeFindings } from "./finding.ts";
import { MASK, maskText } from "./mask.ts";

/** What may leave. */
export interface Gated {
  /** The encoded body. */
  readonly body: Uint8Array;
  /** The body as it will be read; for people. */
  readonly value: Body["value"];
  readonly findings: readonly Finding[];
}

/** A mapped thing that asks to leave. */
export interface GateRequest {
  readonly kind: RecordKind;
  readonly key: string;
  readonly value: Body["value"];
}

const USCC_FIELD = /(?:^|\.)(?:uscc|operatorUscc)$/;
const USCC = /^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/;
/** A code of an organisation may look like a card number, never like a date of birth in the middle. */
const USCC_DETECTORS = DETECTORS.filter(({ type }) => type === "resident_id");
const URL_FIELD = /(?:^|\.)(?:url|website)$/;
/** Addresses of pages are full of numbers that mean nothing. */
const URL_DETECTORS = DETECTORS.filter(({ type }) => type === "mobile" || type === "email");

/**
 * Lets a body pass, with what must not leave masked.
 *
 * @throws {TributaryError} `ERR_PRIVACY` if it must not leave at all: the kind needs sealed buckets, the key names a
 * person, or nothing but a mask would be left of a field that has to say something.
 */
export function passGate({ kind, key, value }: GateRequest): Gated {
  if (kind === "outcome") {
    throw refused(
      "outcomes leave only as sealed buckets, never row by row",
      "成效数据只能以封存分组的形式发布，不能逐行外发",
    );
  }
  if (maskText(key, detectorsFor("key", key)).found.length > 0) {
    throw refused(
      "the key holds a personal number; map the key to another column",
      "记录键中含有个人号码；请改用其他列作为记录键",
    );
  }
  const found: Finding[] = [];
  const masked = maskValue(value, "", found) as Body["value"];
  const findings = mergeFindings(found);
  try {
    return { body: encodeBody(kind, masked as never), value: masked, findings };
  } catch (cause) {
    if (findings.length === 0) throw cause;
    const fields = findings.map(({ field }) => field).join(", ");
    throw new TributaryError(
      "ERR_PRIVACY",
      `personal numbers stand where ${fields} should be; map another column`,
      { messageZh: `${fields} 所映射的列含有个人号码；请改为映射其他列`, cause },
    );
  }
}

/** A sheet or table name as it may leave. */
export function gateTableName(name: string): string {
  return maskText(name).text;
}

function maskValue(value: unknown, path: string, found: Finding[]): unknown {
  if (typeof value === "string") return maskField(value, path, found);
  if (Array.isArray(value)) return value.map((item) => maskValue(item, path, found));
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      maskValue(item, path === "" ? name : `${path}.${name}`, found),
    ]),
  );
}

function maskField(text: string, path: string, found: Finding[]): string {
  const masked = maskText(text, detectorsFor(path, text));
  if (masked.found.length === 0) return masked.text;
  if (isNameOf(path) && masked.text.replaceAll(MASK, "").trim() === "") {
    throw refused(
      `${path} is nothing but a personal number; map it to another column`,
      `${path} 只含个人号码；请改为映射其他列`,
    );
  }
  const counts = new Map<FindingType, number>();
  for (const type of masked.found) counts.set(type, (counts.get(type) ?? 0) + 1);
  for (const [type, count] of counts) found.push({ field: path, type, count });
  return masked.text;
}

function detectorsFor(path: string, text: string): readonly Detector[] {
  if ((USCC_FIELD.test(path) || path === "key") && USCC.test(text)) return USCC_DETECTORS;
  if (URL_FIELD.test(path)) return URL_DETECTORS;
  return DETECTORS;
}

/** The field that says what the thing is. */
function isNameOf(path: string): boolean {
  return path === "name" || path === "title";
}

function refused(message: string, messageZh: string): TributaryError {
  return new TributaryError("ERR_PRIVACY", message, { messageZh });
}
