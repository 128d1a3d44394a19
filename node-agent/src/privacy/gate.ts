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

import { type Body, encodeBody, type RecordKind, TributaryError } from "@tributary/proto";
import {
  type ClientTextOptions,
  findingsInClientText,
  isNothingButMasks,
  maskClientText,
} from "./client-text.ts";
import { type Decision, type PlacedText, reviewIdOf } from "./decision.ts";
import { DETECTORS, type Detector } from "./detectors.ts";
import { type Finding, type FindingType, mergeFindings } from "./finding.ts";
import type { FoundSpan } from "./free-text.ts";
import { maskText } from "./mask.ts";

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
  /** What becomes of texts about a client in which something is found: masked, or kept back for a person. */
  readonly clientTexts?: "mask" | "review";
}

/** What the center knows and decided; all left out is the strictest. */
export interface GatePolicy {
  /** What a person decided about a text; without it nothing is approved. */
  readonly verdictOn?: (placed: PlacedText) => Decision["verdict"] | undefined;
  /** Finds names of clients that the center knows. */
  readonly known?: readonly Detector[];
}

/** A text about a client in which something was found. */
export interface ReviewItem extends PlacedText {
  readonly id: string;
  readonly found: readonly FoundSpan[];
  /** As it leaves without an approval. */
  readonly masked: string;
  readonly verdict: Decision["verdict"] | undefined;
}

/** Kinds that are about a client. */
const CLIENT_KINDS: ReadonlySet<RecordKind> = new Set(["case", "demand"]);
/** Fields of such a record that name others, or the client with its consent. */
const NAMING_FIELD = /^(?:providers\.|clientNamed$|consentRef$)/;
/** Codes of the vocabulary, quarters and the like: too short to name anybody. */
const CODE = /^(?:[A-Z]?\d{0,6}|[A-Z][A-Z_]{0,30}|\d{4}Q[1-4]|[a-z_%]{1,20})$/;

const USCC_FIELD = /(?:^|\.)(?:uscc|operatorUscc)$/;
const USCC = /^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/;
/** A code of an organisation may look like a card number, never like a date of birth in the middle. */
const USCC_DETECTORS = DETECTORS.filter(({ type }) => type === "resident_id");
const URL_FIELD = /(?:^|\.)(?:url|website)$/;
/** Addresses of pages are full of numbers that mean nothing. */
const URL_DETECTORS = DETECTORS.filter(({ type }) => type === "mobile" || type === "email");

/** True for a kind whose texts are about a client. */
export function isAboutClient(kind: RecordKind): boolean {
  return CLIENT_KINDS.has(kind);
}

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
  assertKey(request, policy);
  if (isAboutClient(kind)) assertConsent(value);
  const found: Finding[] = [];
  const masked = mapTexts(value, "", (text, path) => {
    const { text: passed, found: types } = passText(text, path, { request, policy });
    if (types.length > 0 && isNameOf(path) && isNothingButMasks(passed)) {
      throw refused(
        `${path} is nothing but what must not leave (${unique(types)}); map it to another column`,
        `${path} 只含不得外发的内容（${unique(types)}）；请改为映射其他列`,
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

/** The texts of a record about a client in which something is found, its key included, for a person to look at. */
export function reviewItemsOf(
  { kind, key, value }: GateRequest,
  policy: GatePolicy = {},
): ReviewItem[] {
  if (!isAboutClient(kind)) return [];
  const options = clientTextOptions(value, policy);
  const items = new Map<string, ReviewItem>();
  const look = (text: string, field: string): string => {
    const isKey = field === "key";
    const found = isKey || isFreeText(field, text) ? findingsInClientText(text, options) : [];
    const identities = isKey ? found.filter(({ type }) => !isClaim(type)) : found;
    if (identities.length > 0) {
      const placed = { kind, key, field, text };
      const id = reviewIdOf(placed);
      items.set(id, {
        ...placed,
        id,
        found: identities,
        masked: maskClientText(text, options).text,
        verdict: policy.verdictOn?.(placed),
      });
    }
    return text;
  };
  look(key, "key");
  mapTexts(value, "", look);
  return [...items.values()];
}

/** A sheet or table name as it may leave. */
export function gateTableName(name: string): string {
  return maskText(name).text;
}

interface TextContext {
  readonly request: GateRequest;
  readonly policy: GatePolicy;
}

/** One text as it may leave, and what was taken out. */
function passText(
  text: string,
  path: string,
  { request: { kind, key, value, clientTexts = "mask" }, policy }: TextContext,
): { readonly text: string; readonly found: readonly FindingType[] } {
  const basic = maskText(text, detectorsFor(path, text));
  if (!isAboutClient(kind) || !isFreeText(path, text)) return basic;
  const masked = maskClientText(text, clientTextOptions(value, policy));
  if (masked.found.length === 0) return basic;
  const placed = { kind, key, field: path, text };
  const verdict = policy.verdictOn?.(placed);
  // Personal numbers stay masked in what a person approved: nobody can approve them for the one they belong to.
  if (verdict === "approved") return basic;
  const id = reviewIdOf(placed);
  const types = unique(masked.found);
  if (verdict === "rejected") {
    throw refused(
      `${path} was rejected at the center (${types}); change the text, or run: tributary-agent privacy approve ${id}`,
      `${path} 已被本中心驳回（${types}）；请修改文本，或运行 tributary-agent privacy approve ${id}`,
    );
  }
  if (clientTexts === "review") {
    throw refused(
      `${path} waits for a person (${types}); run: tributary-agent privacy review, then approve or reject ${id}`,
      `${path} 待人工审批（${types}）；请运行 tributary-agent privacy review，再对 ${id} 执行 approve 或 reject`,
    );
  }
  return masked;
}

function assertKey(request: GateRequest, policy: GatePolicy): void {
  const { kind, key, value } = request;
  if (maskText(key, detectorsFor("key", key)).found.length > 0) {
    throw refused(
      "the key holds a personal number; map the key to another column",
      "记录键中含有个人号码；请改用其他列作为记录键",
    );
  }
  if (!isAboutClient(kind)) return;
  const types = findingsInClientText(key, clientTextOptions(value, policy)).flatMap(({ type }) =>
    isClaim(type) ? [] : [type],
  );
  if (types.length === 0) return;
  const placed = { kind, key, field: "key", text: key };
  if (policy.verdictOn?.(placed) === "approved") return;
  throw refused(
    `the key could name a client (${unique(types)}); use another column as key, or run: tributary-agent privacy approve ${reviewIdOf(placed)}`,
    `记录键可能指明客户（${unique(types)}）；请改用其他列作为记录键，或运行 tributary-agent privacy approve ${reviewIdOf(placed)}`,
  );
}

/** Words that stand where a reference to a consent should, and refer to none. */
const NO_CONSENT =
  /^(?:[\s\-—/.。、]*|无|没有|暂无|待定|待补|未签|否|口头|n\/?a|none|no|null|tbd|yes|y|是|有|√)$/i;

/** A client is named only with a reference to its recorded consent. */
function assertConsent(value: Body["value"]): void {
  const { clientNamed, consentRef } = value as {
    readonly clientNamed?: string;
    readonly consentRef?: string;
  };
  if (!clientNamed || !NO_CONSENT.test((consentRef ?? "").normalize("NFKC").trim())) return;
  throw refused(
    "clientNamed needs the client's recorded consent: put its number or file name in consentRef, or leave clientNamed out",
    "clientNamed 需有客户的书面同意：请在 consentRef 中填写同意书编号或文件名，或不填 clientNamed",
  );
}

function clientTextOptions(value: Body["value"], { known = [] }: GatePolicy): ClientTextOptions {
  const { clientNamed, providers = [] } = value as {
    readonly clientNamed?: string;
    readonly providers?: readonly { readonly name?: string }[];
  };
  const named = clientNamed ? [clientNamed] : [];
  return { known, mayName: [...named, ...providers.flatMap(({ name }) => name ?? [])] };
}

function isFreeText(path: string, text: string): boolean {
  return !NAMING_FIELD.test(path) && !CODE.test(text);
}

function isClaim(type: FindingType): boolean {
  return type === "superlative" || type === "magnitude";
}

function unique(types: readonly FindingType[]): string {
  return [...new Set(types)].join(", ");
}

/** The value with each text in it replaced by what `change` makes of it. */
function mapTexts(
  value: unknown,
  path: string,
  change: (text: string, path: string) => string,
): unknown {
  if (typeof value === "string") return change(value, path);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, path, change));
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      mapTexts(item, path === "" ? name : `${path}.${name}`, change),
    ]),
  );
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
