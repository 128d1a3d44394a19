/**
 * What a record says to people and to the index: title, tags, summary, text and facet codes.
 *
 * A pure function of body and envelope. Codes become words in both languages, so that a question in one finds a record
 * in the other.
 *
 * @module
 */

import { type Body, type BodyOf, decodeBody } from "@tributary/proto";
import type { SchemeName } from "@tributary/proto/vocabulary";
import type { CatalogRow } from "../ports/catalog-row.ts";
import type { IndexDocument, TextField } from "../ports/search-index.ts";
import { currentBody } from "./current-body.ts";
import { type FacetField, labelsOf, schemeOf, withAncestors } from "./facet.ts";
import { SHARED_TAXONOMY, type Taxonomy } from "./taxonomy.ts";

/** A record in words and codes. */
export interface Description {
  /** For people. */
  readonly title: string;
  /** First sentences for people; at most {@link SUMMARY_LENGTH} UTF-16 code units. */
  readonly summary: string;
  /** For the index. */
  readonly text: Readonly<Record<TextField, string>>;
  /** Codes by field, hierarchies with their ancestors; no empty lists. */
  readonly facets: Readonly<Record<string, readonly string[]>>;
}

export const SUMMARY_LENGTH = 240;

type Codes = Partial<Record<FacetField, readonly (string | undefined)[] | undefined>>;
type Texts = readonly (string | undefined)[];

/** What is taken from a body. */
interface Draft {
  /** Names in several languages. */
  readonly title: Texts;
  /** What it is about, in its own words. */
  readonly summary: Texts;
  /** Everything else that is worth finding. */
  readonly body: Texts;
  /** Short words as heavy as tags: numbers of documents, other names. */
  readonly words?: Texts;
  /** Codes that are no facets and still words for people. */
  readonly terms?: readonly (readonly [scheme: SchemeName, codes: Texts])[];
  readonly codes: Codes;
  /** ISO 8601 dates or quarters that the record is about. */
  readonly dates?: Texts;
}

/** The body of a row, decoded. */
export function bodyOf({ ref: { kind }, body }: CatalogRow): Body {
  return { kind, value: decodeBody(kind, body) } as Body;
}

/** Describes a record whose body was decoded. @param taxonomy What curators changed in the vocabulary. */
export function describeRecord(
  row: CatalogRow,
  body: Body,
  taxonomy: Taxonomy = SHARED_TAXONOMY,
): Description {
  const draft = draftOf(currentBody(body, taxonomy));
  const summary = joined(draft.summary, "\n");
  const text = {
    title: joined(draft.title, " · "),
    tags: joined([...tagsOf(draft, taxonomy), ...(draft.words ?? []), ...row.labels], " · "),
    summary,
    body: joined(draft.body, "\n"),
  };
  return {
    title: text.title,
    summary: shorten(summary || text.body),
    text,
    facets: facetsOf(row, draft, text),
  };
}

/** The record as the index takes it. */
export function documentOf(
  row: CatalogRow,
  body: Body,
  taxonomy: Taxonomy = SHARED_TAXONOMY,
): IndexDocument {
  const { text, facets } = describeRecord(row, body, taxonomy);
  return {
    ref: row.ref,
    text,
    facets,
    visibility: row.visibility,
    visibleTo: row.visibleTo,
    receivedAtMs: row.receivedAtMs,
    validUntilMs: row.validUntilMs,
  };
}

/** All that a body says in its own words, for comparing texts. */
export function textOf(body: Body): string {
  const { title, summary, body: more } = draftOf(body);
  return joined([...title, ...summary, ...more], "\n");
}

function draftOf(body: Body): Draft {
  switch (body.kind) {
    case "center":
      return centerDraft(body.value);
    case "provider":
      return providerDraft(body.value);
    case "case":
      return caseDraft(body.value);
    case "policy":
      return policyDraft(body.value);
    case "voucher_programme":
      return voucherDraft(body.value);
    case "training":
      return trainingDraft(body.value);
    case "event":
      return eventDraft(body.value);
    case "demand":
      return demandDraft(body.value);
    case "outcome":
      return outcomeDraft(body.value);
  }
}

function centerDraft(value: BodyOf<"center">): Draft {
  const { recognitions = [], services = [] } = value;
  return {
    title: [value.name, value.nameEn],
    words: [value.shortName, value.localTypeLabel],
    summary: [value.description],
    body: [
      value.authority,
      value.operatorName,
      value.operatorUscc,
      ...recognitions.flatMap(({ issuer, docNo }) => [issuer, docNo]),
      value.contactOffice,
      value.website,
    ],
    terms: [
      ["operationModel", [value.operationModel]],
      ["centerTier", [value.tier]],
    ],
    codes: {
      center_type: [value.centerType],
      region: [value.region, ...(value.servedRegions ?? [])],
      industry: value.industries,
      scenario: value.scenarios,
      service: services.map(({ service }) => service),
    },
  };
}

function providerDraft(value: BodyOf<"provider">): Draft {
  const { products = [], qualifications = [], technologies = [], honours = [] } = value;
  return {
    title: [value.name, value.nameEn],
    words: [...(value.aliases ?? []), value.uscc, ...technologies],
    summary: products.flatMap(({ name, interfaces = [] }) => [name, ...interfaces]),
    // What a provider says of itself finds it, with the least weight.
    body: [
      value.selfDescription,
      ...qualifications.map(({ name, grade, issuer }) => joined([name, grade, issuer], " ")),
      ...honours,
      ...unmappedWords(value.unmapped),
      value.website,
    ],
    terms: [["deliveryMode", products.map(({ deliveryMode }) => deliveryMode)]],
    codes: {
      provider_type: value.providerTypes,
      region: [value.region, ...(value.serviceRegions ?? [])],
      size_band: [value.sizeBand],
      industry: value.industries,
      scenario: value.scenarios,
      system: value.systems,
      service: value.services,
    },
  };
}

function caseDraft(value: BodyOf<"case">): Draft {
  const { client, providers = [], outcomes = [] } = value;
  return {
    title: [value.title, value.titleEn],
    summary: [value.abstract],
    body: [
      value.painPoints,
      value.solution,
      value.outcomeText,
      value.clientNamed,
      ...providers.flatMap(({ name, uscc }) => [name, uscc]),
      ...unmappedWords(value.unmapped),
    ],
    terms: [
      ["engagementStage", [value.stage]],
      ["ownership", [client?.ownership]],
    ],
    codes: {
      region: [client?.region],
      industry: [client?.industry],
      size_band: [client?.sizeBand],
      scenario: value.scenarios,
      system: value.systems,
      kpi: outcomes.map(({ kpi }) => kpi),
    },
    dates: [value.started, value.finished],
  };
}

function policyDraft(value: BodyOf<"policy">): Draft {
  return {
    title: [value.title],
    words: [value.docNo, value.docNoAsWritten],
    summary: [value.summary],
    body: [...(value.issuers ?? []), value.supersedes, value.url],
    terms: [["supportMode", value.supportModes ?? []]],
    codes: {
      region: [value.region],
      policy_level: [value.level],
      policy_status: [value.status],
      industry: value.targetIndustries,
      size_band: value.targetSizes,
    },
    dates: [value.issuedOn],
  };
}

function voucherDraft(value: BodyOf<"voucher_programme">): Draft {
  return {
    title: [value.title],
    words: [value.policyDocNo],
    summary: [value.summary],
    body: [value.issuer],
    codes: { region: [value.region] },
  };
}

function trainingDraft(value: BodyOf<"training">): Draft {
  return {
    title: [value.title, value.titleEn],
    summary: [value.description],
    body: [value.organiser, value.certificate],
    terms: [
      ["trainingAudience", [value.audience]],
      ["attendanceMode", [value.mode]],
    ],
    codes: { region: [value.region], scenario: value.scenarios },
    dates: [value.startsOn, value.endsOn],
  };
}

function eventDraft(value: BodyOf<"event">): Draft {
  return {
    title: [value.title, value.titleEn],
    summary: [value.description],
    body: [value.url],
    terms: [["attendanceMode", [value.mode]]],
    codes: { region: [value.region], event_type: [value.eventType] },
    dates: [value.heldOn],
  };
}

function demandDraft(value: BodyOf<"demand">): Draft {
  const { client } = value;
  return {
    title: [value.title],
    summary: [value.pains],
    body: [value.targetLevel],
    terms: [
      ["urgency", [value.urgency]],
      ["deliveryMode", [value.deliveryMode]],
      ["demandStatus", [value.status]],
    ],
    codes: {
      region: [client?.region, ...(value.regionConstraint ?? [])],
      industry: [client?.industry],
      size_band: [client?.sizeBand],
      scenario: value.scenarios,
      system: value.currentSystems,
    },
    dates: [value.publishedOn],
  };
}

/** Buckets are statistics: only their effects and approved narratives are words. */
function outcomeDraft(value: BodyOf<"outcome">): Draft {
  const { buckets = [], narratives = [] } = value;
  return {
    title: [`成效数据 ${value.epoch}`, `Outcomes ${value.epoch}`],
    summary: narratives.map(({ text }) => text),
    body: [],
    codes: { kpi: buckets.flatMap(({ kpi }) => Object.keys(kpi ?? {})) },
    dates: [value.epoch],
  };
}

function tagsOf({ codes, terms = [] }: Draft, taxonomy: Taxonomy): string[] {
  const tags: string[] = [];
  for (const [field, values] of Object.entries(codes) as [FacetField, Texts][]) {
    const scheme = schemeOf(field);
    if (scheme === undefined) continue;
    for (const code of expanded(field, values)) {
      tags.push(...labelsOf(scheme, code), ...taxonomy.wordsOf(scheme, code));
    }
  }
  for (const [scheme, values] of terms) {
    for (const code of given(values)) tags.push(...labelsOf(scheme, code));
  }
  return tags;
}

function facetsOf(
  row: CatalogRow,
  { codes, dates = [] }: Draft,
  text: Readonly<Record<TextField, string>>,
): Record<string, readonly string[]> {
  const found: Record<string, readonly string[]> = {
    kind: [row.ref.kind],
    center: [row.ref.centerId],
  };
  for (const [field, values] of Object.entries(codes) as [FacetField, Texts][]) {
    const all = expanded(field, values);
    if (all.length > 0) found[field] = all;
  }
  const years = unique(given(dates).map((date) => date.slice(0, 4)));
  if (years.length > 0) found["year"] = years.sort();
  const languages = languagesOf(text);
  if (languages.length > 0) found["language"] = languages;
  if (row.license !== "") found["license"] = [row.license];
  if (row.labels.length > 0) found["label"] = row.labels;
  return found;
}

/** Codes in the order of the record, each once, with what lies around them. */
function expanded(field: FacetField, values: Texts | undefined): string[] {
  return unique(given(values).flatMap((code) => withAncestors(field, code)));
}

const HAN = /\p{Script=Han}/u;
/** A word of Latin letters, so that MES in a Chinese sentence does not make it English. */
const LATIN_WORDS = /\p{Script=Latin}{2,}\s+\p{Script=Latin}{2,}/u;

function languagesOf({ title, summary, body }: Readonly<Record<TextField, string>>): string[] {
  const all = `${title}\n${summary}\n${body}`;
  const names = title.split(" · ");
  const isEnglish = names.some((name) => !HAN.test(name) && /\p{Script=Latin}{2,}/u.test(name));
  return [
    ...(HAN.test(all) ? ["zh"] : []),
    ...(isEnglish || (!HAN.test(all) && LATIN_WORDS.test(all)) ? ["en"] : []),
  ];
}

/** The beginning of a text, cut behind a sentence where there is one in its second half, else behind a character. */
function shorten(text: string): string {
  if (text.length <= SUMMARY_LENGTH) return text;
  const start = text.slice(0, SUMMARY_LENGTH - 1);
  const sentence = Math.max(
    ...["。", "！", "？", "；", "\n", ". ", "! ", "? "].map((end) => start.lastIndexOf(end)),
  );
  if (sentence >= SUMMARY_LENGTH / 2) return start.slice(0, sentence + 1).trimEnd();
  const last = start.charCodeAt(start.length - 1);
  const isCutInHalf = last >= 0xd800 && last <= 0xdbff;
  return `${isCutInHalf ? start.slice(0, -1) : start}…`;
}

function given(texts: Texts | undefined): string[] {
  return (texts ?? []).filter((text) => text !== undefined && text !== "") as string[];
}

/** Words that could not be mapped, without the field that each stands behind: `systems: CNC`. */
function unmappedWords(texts: Texts | undefined): string[] {
  return given(texts).map((text) => text.replace(/^[\w.]+: /, ""));
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function joined(texts: Texts, separator: string): string {
  return unique(given(texts)).join(separator);
}
