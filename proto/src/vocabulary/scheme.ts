/**
 * The controlled vocabularies, as concept schemes in the sense of SKOS: a code, labels in two languages, other words.
 *
 * @module
 */

import schemesData from "./data/schemes.json" with { type: "json" };
import { industryConcepts, industryLabel } from "./industry-table.ts";
import { kpiConcepts } from "./kpi.ts";
import { regionConcepts, regionLabel } from "./region-table.ts";
import { scenarioConcepts, scenarioStageConcepts } from "./scenario.ts";

/** Languages in which labels exist. */
export type Language = "zh" | "en";

/** One term of a scheme. */
export interface Concept {
  /** Its code in records; unique in the scheme. */
  readonly code: string;
  readonly zh: string;
  /** The Chinese label where there is no English one. */
  readonly en: string;
  /** Other words for it, in either language. */
  readonly aliases: readonly string[];
  /** Code of the wider concept. */
  readonly broader?: string;
  readonly note?: string;
}

type TableName = Exclude<keyof typeof schemesData, "_meta">;

/** Names of the schemes. */
export type SchemeName = TableName | "region" | "industry" | "scenario" | "scenarioStage" | "kpi";

/** A vocabulary. */
export interface Scheme {
  readonly name: SchemeName;
  /** Document or standard that it comes from. */
  readonly source: string;
  /** `official` where the wording is that of a public rule, `proposed` where it is ours. */
  readonly status: "official" | "proposed";
  readonly concepts: readonly Concept[];
}

/**
 * Schemes to which a hub may add terms, with the scheme of the wider terms where they have one. The others are closed:
 * territories and industries are those of public standards, and of bands, states, roles and effects programs know each code.
 */
export const OPEN_SCHEMES: Readonly<
  Partial<Record<SchemeName, { readonly broader?: SchemeName }>>
> = {
  scenario: { broader: "scenarioStage" },
  systemType: {},
  serviceType: {},
  providerType: {},
  eventType: {},
};

/** What a record can carry, as far as the subject of a decision can name it. */
const NEW_CODE = /^[A-Za-z0-9][\w.-]{0,39}$/;

/** True if the scheme takes new terms and the code can be one's. */
export function takesNewTerm(name: SchemeName, code: string): boolean {
  return OPEN_SCHEMES[name] !== undefined && NEW_CODE.test(code);
}

const TABLE_NAMES = Object.keys(schemesData).filter((name) => name !== "_meta") as TableName[];

/** All schemes by name. */
export const SCHEME_NAMES: readonly SchemeName[] = [
  ...TABLE_NAMES,
  "region",
  "industry",
  "scenario",
  "scenarioStage",
  "kpi",
];

/** Version of all vocabulary data; changes when a code or label does. */
export const VOCABULARY_VERSION: string = schemesData._meta.version;

/** True for a text that names a scheme. */
export function isSchemeName(text: string): text is SchemeName {
  return (SCHEME_NAMES as readonly string[]).includes(text);
}

const loaded = new Map<SchemeName, Scheme>();

/** The vocabulary of that name; built when first asked for. */
export function scheme(name: SchemeName): Scheme {
  let found = loaded.get(name);
  if (found === undefined) {
    found = load(name);
    loaded.set(name, found);
  }
  return found;
}

function load(name: SchemeName): Scheme {
  switch (name) {
    case "region":
      return { name, source: "GB/T 2260", status: "official", concepts: regionConcepts() };
    case "industry":
      return { name, source: "GB/T 4754-2017", status: "official", concepts: industryConcepts() };
    case "scenario":
      return {
        name,
        source: "智能制造典型场景参考指引（2025年版）",
        status: "official",
        concepts: scenarioConcepts(),
      };
    case "scenarioStage":
      return {
        name,
        source: "智能制造典型场景参考指引（2025年版）",
        status: "official",
        concepts: scenarioStageConcepts(),
      };
    case "kpi":
      return { name, source: "Tributary", status: "proposed", concepts: kpiConcepts() };
    default: {
      const info = schemesData._meta.info[name];
      const rows = schemesData[name] as readonly (readonly (string | readonly string[])[])[];
      return {
        name,
        source: info.source,
        status: info.status === "official" ? "official" : "proposed",
        concepts: rows.map(toConcept),
      };
    }
  }
}

function toConcept(row: readonly (string | readonly string[])[]): Concept {
  const [code, zh, en, aliases, note] = row as [string, string, string, string[], string?];
  return note === undefined ? { code, zh, en, aliases } : { code, zh, en, aliases, note };
}

const byCode = new Map<SchemeName, ReadonlyMap<string, Concept>>();

/** The concept with this code; undefined where the scheme has none. */
export function conceptOf(name: SchemeName, code: string): Concept | undefined {
  let codes = byCode.get(name);
  if (codes === undefined) {
    codes = new Map(scheme(name).concepts.map((concept) => [concept.code, concept]));
    byCode.set(name, codes);
  }
  return codes.get(code);
}

/**
 * What a person reads for a code. A code that the scheme does not list, such as a local term or a retired region,
 * reads as itself.
 */
export function labelOf(name: SchemeName, code: string, language: Language): string {
  if (name === "region") return regionLabel(code, language);
  if (name === "industry") return industryLabel(code, language);
  return conceptOf(name, code)?.[language] ?? code;
}
