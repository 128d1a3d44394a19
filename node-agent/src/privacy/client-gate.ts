/**
 * The part of the gate that is about clients: texts of cases and demands, their keys, and consents.
 *
 * @module
 */

import { type Body, type RecordKind, TributaryError } from "@tributary/proto";
import { type ClientTextOptions, findingsInClientText, maskClientText } from "./client-text.ts";
import { type Decision, type PlacedText, reviewIdOf } from "./decision.ts";
import type { Detector } from "./detectors.ts";
import type { FindingType } from "./finding.ts";
import type { FoundSpan } from "./free-text.ts";
import { knownClientsDetector, namingCells } from "./known-cells.ts";
import { mapTexts } from "./map-texts.ts";
import type { MaskedText } from "./mask.ts";

/** A mapped thing that asks to leave. */
export interface GateRequest {
  readonly kind: RecordKind;
  readonly key: string;
  readonly value: Body["value"];
  /** What becomes of texts about a client in which something is found: masked, or kept back for a person. */
  readonly clientTexts?: "mask" | "review";
  /** What the center keeps back of the same row, such as the client's name: texts must not repeat it. */
  readonly withheld?: readonly string[];
}

/** A record about a client, and what its texts are judged with. */
export interface ClientContext {
  readonly request: GateRequest;
  readonly policy: GatePolicy;
  readonly options: ClientTextOptions;
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
const CLIENT_KINDS: ReadonlySet<string> = new Set(["case", "demand"]);
/** Fields of such a record that name others, or the client with its consent. */
const NAMING_FIELD = /^(?:providers\.|clientNamed$|consentRef$)/;
/** Codes of the vocabulary and quarters: too short to name anybody. */
const CODE = /^(?:[A-Z]?\d{0,6}|\d{4}Q[1-4])$/;

/** True for a kind whose texts are about a client, and leave. */
export function isAboutClient(kind: string): kind is "case" | "demand" {
  return CLIENT_KINDS.has(kind);
}

/** The texts of a record about a client in which something is found, its key included, for a person to look at. */
export function reviewItemsOf(request: GateRequest, policy: GatePolicy = {}): ReviewItem[] {
  const { kind, key, value } = request;
  if (!isAboutClient(kind)) return [];
  const { options } = clientContextOf(request, policy);
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

/**
 * A text about a client as it may leave; `basic` is the same with only personal numbers masked, which stay masked in
 * what a person approved: nobody can approve them for the one they belong to.
 *
 * @throws {TributaryError} `ERR_PRIVACY` if a person rejected the text, or it waits for one.
 */
export function passClientText(
  placed: PlacedText,
  basic: MaskedText,
  { request, policy, options }: ClientContext,
): MaskedText {
  const { field: path } = placed;
  if (!isFreeText(path, placed.text)) return basic;
  const masked = maskClientText(placed.text, options);
  if (masked.found.length === 0) return basic;
  const verdict = policy.verdictOn?.(placed);
  if (verdict === "approved") return basic;
  const id = reviewIdOf(placed);
  const types = unique(masked.found);
  if (verdict === "rejected") {
    throw refused(
      `${path} was rejected at the center (${types}); change the text, or run: tributary-agent privacy approve ${id}`,
      `${path} 已被本中心驳回（${types}）；请修改文本，或运行 tributary-agent privacy approve ${id}`,
    );
  }
  if (request.clientTexts === "review") {
    throw refused(
      `${path} waits for a person (${types}); run: tributary-agent privacy review, then approve or reject ${id}`,
      `${path} 待人工审批（${types}）；请运行 tributary-agent privacy review，再对 ${id} 执行 approve 或 reject`,
    );
  }
  return masked;
}

/** @throws {TributaryError} `ERR_PRIVACY` if the key could name a client and nobody approved it. */
export function assertClientKey({ request, policy, options }: ClientContext): void {
  const { kind, key } = request;
  const types = findingsInClientText(key, options).flatMap(({ type }) =>
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

/** A client is named only with a reference to its recorded consent. @throws {TributaryError} `ERR_PRIVACY` */
export function assertConsent(value: Body["value"]): void {
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

/** What the texts of a record are judged with; made once a record. */
export function clientContextOf(request: GateRequest, policy: GatePolicy): ClientContext {
  const { value, withheld = [] } = request;
  const { known = [] } = policy;
  const { clientNamed, providers = [] } = value as {
    readonly clientNamed?: string;
    readonly providers?: readonly { readonly name?: string }[];
  };
  const named = clientNamed ? [clientNamed] : [];
  const own = namingCells(withheld);
  const options = {
    known: own.length === 0 ? known : [...known, knownClientsDetector(own)],
    mayName: [...named, ...providers.flatMap(({ name }) => name ?? [])],
  };
  return { request, policy, options };
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

export function refused(message: string, messageZh: string): TributaryError {
  return new TributaryError("ERR_PRIVACY", message, { messageZh });
}
