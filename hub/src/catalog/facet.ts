/**
 * Facet fields: their names, the vocabulary of their codes, and what a person reads for a code.
 *
 * @see ../../../proto/tributary/v1/query_service.proto FieldFilter
 * @module
 */

import type { FACET_FIELDS } from "@tributary/proto";
import { ancestorsOf, type Language, labelOf, type SchemeName } from "@tributary/proto/vocabulary";
import type { Taxonomy } from "./taxonomy.ts";

/** Names of the facet fields. */
export type FacetField = (typeof FACET_FIELDS)[number];

/** Vocabulary of each field that has one; the codes of the others explain themselves. */
const SCHEMES = {
  kind: "recordKind",
  center: undefined,
  center_type: "centerType",
  region: "region",
  industry: "industry",
  scenario: "scenario",
  system: "systemType",
  provider_type: "providerType",
  size_band: "sizeBand",
  kpi: "kpi",
  service: "serviceType",
  policy_level: "policyLevel",
  policy_status: "policyStatus",
  event_type: "eventType",
  year: undefined,
  language: undefined,
  license: undefined,
  label: undefined,
  state: undefined,
} as const satisfies Record<FacetField, SchemeName | undefined>;

/** True for a text that names a facet field. */
export function isFacetField(text: string): text is FacetField {
  return Object.hasOwn(SCHEMES, text);
}

/** The field's vocabulary. */
export function schemeOf(field: FacetField): SchemeName | undefined {
  return SCHEMES[field];
}

/** The field whose codes are of a vocabulary; undefined where no field has it. */
export function fieldOfScheme(scheme: SchemeName): FacetField | undefined {
  return (Object.keys(SCHEMES) as FacetField[]).find((field) => SCHEMES[field] === scheme);
}

const WORDS: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  "language/zh": { zh: "中文", en: "Chinese" },
  "language/en": { zh: "英文", en: "English" },
  "state/live": { zh: "有效", en: "Live" },
  "state/pending": { zh: "待审核", en: "Pending" },
  "state/quarantined": { zh: "已隔离", en: "Quarantined" },
  "state/superseded": { zh: "已被取代", en: "Superseded" },
  "state/stale": { zh: "可能过期", en: "Stale" },
  "state/withdrawn": { zh: "已撤回", en: "Withdrawn" },
  "state/hidden": { zh: "已隐藏", en: "Hidden" },
  "state/erased": { zh: "已删除", en: "Erased" },
};

/** What a person reads for a value; the value itself where nothing better is known. */
export function facetLabel(
  field: FacetField,
  value: string,
  language: Language,
  taxonomy: Taxonomy,
): string {
  const scheme = SCHEMES[field];
  if (scheme !== undefined) {
    return taxonomy.labelOf(scheme, value, language) ?? labelOf(scheme, value, language);
  }
  return WORDS[`${field}/${value}`]?.[language] ?? value;
}

/** The code and, in a hierarchy, every code around it, from the nearest to the widest. */
export function withAncestors(field: FacetField, code: string): readonly string[] {
  return field === "region" || field === "industry" ? hierarchy(field, code) : [code];
}

const hierarchy = memoized((field: "region" | "industry", code: string): readonly string[] => [
  code,
  ...ancestorsOf(field, code),
]);

/** Labels of a code in both languages. */
export const labelsOf: (scheme: SchemeName, code: string) => readonly string[] = memoized(
  (scheme: SchemeName, code: string) => [labelOf(scheme, code, "zh"), labelOf(scheme, code, "en")],
);

/** Answers kept of one function; more than there are codes. Centers write codes, so there must be a bound. */
const MAX_KEPT = 10_000;

/** Keeps the answers of a pure function of two texts. */
function memoized<A extends string, Answer>(
  compute: (scheme: A, code: string) => Answer,
): (scheme: A, code: string) => Answer {
  const kept = new Map<A, Map<string, Answer>>();
  return (scheme, code) => {
    let answers = kept.get(scheme);
    if (answers === undefined) {
      answers = new Map();
      kept.set(scheme, answers);
    }
    let answer = answers.get(code);
    if (answer === undefined) {
      answer = compute(scheme, code);
      if (answers.size >= MAX_KEPT) answers.clear();
      answers.set(code, answer);
    }
    return answer;
  };
}
