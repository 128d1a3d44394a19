/**
 * The gate between mapping and feed: what does not pass here does not leave the center.
 *
 * It fails closed. Every text of a body is read, whatever field it is in, also in fields that a later version of the
 * schema adds; only what is known to be an identifier of an organisation is left alone. A kind that needs more than
 * this gate does is refused.
 *
 * Personal numbers are masked in all bodies. A record about a client is read more closely (client-text.ts): whatever
 * could name the client, or is claimed of it, is masked too, until a person approves the text exactly as it is.
 *
 * @module
 */

import { type Body, encodeBody, TributaryError } from "@tributary/proto";
import {
  assertClientKey,
  assertConsent,
  clientContextOf,
  type GatePolicy,
  type GateRequest,
  isAboutClient,
  passClientText,
  refused,
} from "./client-gate.ts";
import { isNothingButMasks } from "./client-text.ts";
import { coarseClient } from "./coarse-client.ts";
import { DETECTORS, type Detector } from "./detectors.ts";
import { type Finding, mergeFindings } from "./finding.ts";
import { mapTexts } from "./map-texts.ts";
import { maskText } from "./mask.ts";

/** What may leave. */
export interface Gated {
  /** The encoded body. */
  readonly body: Uint8Array;
  /** The body as it will be read; for people. */
  readonly value: Body["value"];
  readonly findings: readonly Finding[];
}

/**
 * To be raised whenever the gate may let another body pass for the same row: a detector, a mask, a band, a list of words
 * changed. Then every row is judged again, and the records that came out otherwise are sent; the others are not. New
 * detectors need a new `DETECTOR_VERSION`, too, which voids approvals. `gate.test.ts` pins what a version does.
 */
export const GATE_VERSION = 2;

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
 * person or a client, a client is named without a consent, a person rejected a text or has yet to decide, or nothing but
 * a mask would be left of a field that has to say something.
 */
export function passGate(request: GateRequest, policy: GatePolicy = {}): Gated {
  const { kind, key, value } = request;
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
  const client = isAboutClient(kind) ? clientContextOf(request, policy) : undefined;
  if (client !== undefined) {
    assertClientKey(client);
    assertConsent(value);
  }
  const found: Finding[] = [];
  const coarse = isAboutClient(kind) ? coarseClient(kind, value) : value;
  const masked = mapTexts(coarse, "", (text, path) => {
    const basic = maskText(text, detectorsFor(path, text));
    const placed = { kind, key, field: path, text };
    const { text: passed, found: types } = client ? passClientText(placed, basic, client) : basic;
    if (types.length > 0 && isNameOf(path) && isNothingButMasks(passed)) {
      throw refused(
        `${path} is nothing but what must not leave (${[...new Set(types)].join(", ")}); map it to another column`,
        `${path} 只含不得外发的内容（${[...new Set(types)].join(", ")}）；请改为映射其他列`,
      );
    }
    for (const type of types) found.push({ field: path, type, count: 1 });
    return passed;
  }) as Body["value"];
  const findings = mergeFindings(found);
  try {
    return { body: encodeBody(kind, masked as never), value: masked, findings };
  } catch (cause) {
    if (findings.length === 0) throw cause;
    const fields = findings.map(({ field }) => field).join(", ");
    throw new TributaryError(
      "ERR_PRIVACY",
      `what must not leave stands where ${fields} should be; map another column`,
      { messageZh: `${fields} 所映射的列含有不得外发的内容；请改为映射其他列`, cause },
    );
  }
}

/** A sheet or table name as it may leave. */
export function gateTableName(name: string): string {
  return maskText(name).text;
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
