/**
 * The industries: GB/T 4754-2017. Codes are the bare digits of a division, group or class, or the letter of a section.
 *
 * @module
 */

import data from "./data/industries.json" with { type: "json" };
import type { Concept, Language } from "./scheme.ts";

const table = new Map<string, Concept>();

/** All industries by code. */
export function industryTable(): ReadonlyMap<string, Concept> {
  if (table.size > 0) return table;
  const words = new Map<string, string[]>();
  for (const [codes, aliases] of data.aliases as [string[], string[]][]) {
    const [code] = codes;
    if (codes.length === 1 && code !== undefined) words.set(code, aliases);
  }
  for (const [code, broader, zh, en] of data.concepts as [string, string, string, string?][]) {
    const aliases = words.get(code) ?? [];
    const concept = { code, zh, en: en ?? zh, aliases };
    table.set(code, broader === "" ? concept : { ...concept, broader });
  }
  return table;
}

/** The concepts of the scheme `industry`, from sections to classes in the order of the standard. */
export function industryConcepts(): readonly Concept[] {
  return [...industryTable().values()];
}

/** Industries around a code, from the nearest to the section; empty for a section or an unknown code. */
export function industryAncestors(code: string): readonly string[] {
  const found: string[] = [];
  let at = industryTable().get(code)?.broader;
  while (at !== undefined) {
    found.push(at);
    at = industryTable().get(at)?.broader;
  }
  return found;
}

/**
 * Label of an industry. In English, where the class itself has no English name, that of the nearest wider industry
 * with the code in brackets.
 */
export function industryLabel(code: string, language: Language): string {
  const industry = industryTable().get(code);
  if (industry === undefined) return code;
  if (language === "zh" || industry.en !== industry.zh) return industry[language];
  const named = industryAncestors(code).find((wider) => {
    const concept = industryTable().get(wider);
    return concept !== undefined && concept.en !== concept.zh;
  });
  return named === undefined ? industry.zh : `${industryLabel(named, "en")} (${code})`;
}

/** Division of ISIC Rev. 4 for an industry of manufacturing; undefined elsewhere. Approximate, by division. */
export function isicOf(code: string): string | undefined {
  return (data.isic4 as [string, string][]).find(([division]) => code.startsWith(division))?.[1];
}

/** Words that name one or several industries at once. */
export function industryWords(): readonly (readonly [readonly string[], readonly string[]])[] {
  return data.aliases as [string[], string[]][];
}
