/**
 * The regions: GB/T 2260 codes of China, ISO 3166-1 alpha-2 codes of other countries. Retired codes are not listed
 * and yet accepted, since a credit code keeps the region of its registration day.
 *
 * @module
 */

import data from "./data/regions.json" with { type: "json" };
import type { Concept, Language } from "./scheme.ts";

/** How large a region is. */
export type RegionLevel = "nation" | "province" | "city" | "county" | "country";

/** A listed region. */
export interface Region extends Concept {
  readonly level: RegionLevel;
  /** Name without 省, 市, 自治区; the full one for counties. */
  readonly short: string;
}

/** Code of China as a whole, for what holds nationwide. */
export const NATION = "100000";

const table = new Map<string, Region>();

/** All listed regions by code. */
export function regionTable(): ReadonlyMap<string, Region> {
  if (table.size > 0) return table;
  for (const [code, zh, en] of data.nation as [string, string, string][]) {
    add({ code, zh, en, short: zh, level: "nation", aliases: [] });
  }
  for (const [code, zh, short, en, iso] of data.provinces as Five[]) {
    add({ code, zh, en, short, level: "province", aliases: [short, iso] });
  }
  for (const [code, zh, short, en] of data.cities as Four[]) {
    add({ code, zh, en, short, level: "city", aliases: [short], broader: provinceOf(code) });
  }
  for (const [code, zh] of data.counties as [string, string][]) {
    add({ code, zh, en: zh, short: zh, level: "county", aliases: [], broader: parentOf(code) });
  }
  for (const [code, zh, en] of data.countries as [string, string, string][]) {
    add({ code, zh, en, short: zh, level: "country", aliases: [] });
  }
  return table;
}

type Four = [string, string, string, string];
type Five = [string, string, string, string, string];

function add(region: Region): void {
  table.set(region.code, region);
}

function provinceOf(code: string): string {
  return `${code.slice(0, 2)}0000`;
}

/** The city of a county, or its province where counties stand directly below it. */
function parentOf(code: string): string {
  const city = `${code.slice(0, 4)}00`;
  return table.has(city) ? city : provinceOf(code);
}

/** The concepts of the scheme `region`. */
export function regionConcepts(): readonly Region[] {
  return [...regionTable().values()];
}

/** True for a code of the form of GB/T 2260 in a province that exists, listed or not. */
export function isRegionCode(code: string): boolean {
  return /^\d{6}$/.test(code) && regionTable().has(provinceOf(code));
}

/**
 * The listed regions around a code, from the nearest to the widest; empty for a province, a country and the nation.
 * Works for retired and unlisted codes too.
 */
export function regionAncestors(code: string): readonly string[] {
  if (!isRegionCode(code) || code === provinceOf(code)) return [];
  const parent = parentOf(code);
  const province = provinceOf(code);
  return parent === code || parent === province ? [province] : [parent, province];
}

/** Label of a region; for an unlisted code the nearest listed region with the code in brackets. */
export function regionLabel(code: string, language: Language): string {
  const region = regionTable().get(code);
  if (region !== undefined) return region[language];
  const nearest = regionAncestors(code)[0];
  return nearest === undefined ? code : `${regionLabel(nearest, language)} (${code})`;
}
