/**
 * A text about a client as it may leave: what names the client or a person is replaced by a word for its class, a
 * superlative too, and an exact magnitude by the band that it lies in.
 *
 * @module
 */

import { bandOf, magnitudesIn } from "./claims.ts";
import type { Detector } from "./detectors.ts";
import type { FindingType } from "./finding.ts";
import { claimsIn, type FoundSpan, identitiesIn } from "./free-text.ts";
import { MASK, type MaskedText } from "./mask.ts";
import { withoutInvisible } from "./plain-text.ts";

/** What stands in place of what was found; {@link MASK} where a type is not listed. */
const CLASS_WORDS: Readonly<Partial<Record<FindingType, string>>> = {
  company: "〔企业〕",
  client: "〔企业〕",
  person: "〔人员〕",
  address: "〔地址〕",
  uscc: "〔企业代码〕",
  org_code: "〔企业代码〕",
  registration_number: "〔企业代码〕",
  url: "〔网址〕",
  ip_address: "〔网址〕",
  patent: "〔证照号〕",
  permit: "〔证照号〕",
  plate: "〔证照号〕",
  superlative: "〔称号〕",
};

/** What a text about a client is read with. */
export interface ClientTextOptions {
  /** Detectors of names that the center knows, see deny-list.ts. */
  readonly known?: readonly Detector[];
  /** Names that the record publishes in fields of their own: they may stand in its texts. */
  readonly mayName?: readonly string[];
}

/** All that a person has to look at in a text: identities, then claims that no identity overlaps; in order. */
export function findingsInClientText(
  text: string,
  { known = [], mayName = [] }: ClientTextOptions = {},
): readonly FoundSpan[] {
  const identities = identitiesIn(text, known).filter(
    (span) => !isAllowed(text.slice(span.start, span.end), { span, mayName }),
  );
  const claims: FoundSpan[] = [];
  for (const claim of claimsIn(text)) {
    const isTaken = [...identities, ...claims].some(
      (other) => claim.start < other.end && other.start < claim.end,
    );
    if (!isTaken) claims.push(claim);
  }
  return [...identities, ...claims].sort((a, b) => a.start - b.start);
}

/** The text with everything found replaced. What stays is as it was written, without invisible characters. */
export function maskClientText(text: string, options: ClientTextOptions = {}): MaskedText {
  const found = findingsInClientText(text, options);
  let masked = "";
  let at = 0;
  for (const span of found) {
    masked +=
      text.slice(at, span.start) + replacementOf(text.slice(span.start, span.end), span.type);
    at = span.end;
  }
  return {
    text: withoutInvisible(masked + text.slice(at)),
    found: found.map(({ type }) => type),
  };
}

/** True if masks are all that a text says. */
export function isNothingButMasks(text: string): boolean {
  return !/[\p{L}\p{N}]/u.test(text.replace(/〔[^〔〕]{1,4}〕/gu, ""));
}

function replacementOf(written: string, type: FindingType): string {
  return type === "magnitude" ? banded(written) : (CLASS_WORDS[type] ?? MASK);
}

/** 120万元 becomes 100至200万元; what cannot be read as a number any more goes. */
function banded(written: string): string {
  const plain = written.normalize("NFKC");
  const magnitude = magnitudesIn(plain)[0];
  if (magnitude === undefined) return MASK;
  const [low, high] = bandOf(magnitude.value);
  return `${low}至${high}${plain.slice(magnitude.unitAt)}`;
}

function isAllowed(
  written: string,
  { span: { type }, mayName }: { readonly span: FoundSpan; readonly mayName: readonly string[] },
): boolean {
  if (type !== "company" && type !== "client") return false;
  const name = withoutInvisible(written.normalize("NFKC"));
  return mayName.some((allowed) => withoutInvisible(allowed.normalize("NFKC")).includes(name));
}
