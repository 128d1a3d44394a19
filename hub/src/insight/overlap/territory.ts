/**
 * Where centers work, by codes of GB/T 2260 as they write them; a code of another country stands for itself.
 *
 * @module
 */

import type { BodyOf } from "@tributary/proto";

/** Stands for the territory of a center that names none. */
const UNKNOWN = "*";

/** Codes of the regions that a center serves; its own where it names no other. */
export function servedRegions({
  region = "",
  servedRegions: served = [],
}: Pick<BodyOf<"center">, "region" | "servedRegions">): readonly string[] {
  return served.length > 0 ? served : region === "" ? [] : [region];
}

/** Provinces of some regions; one that stands for "unknown" where there are none. */
export function provincesOf(regions: readonly string[]): ReadonlySet<string> {
  const provinces = regions.map(provinceOf);
  return new Set(provinces.length === 0 ? [UNKNOWN] : provinces);
}

/** Code of the province that a region is in. */
export function provinceOf(region: string): string {
  return isChinese(region) ? `${region.slice(0, 2)}0000` : region;
}

/** True if a place may be in one of each: a province meets its cities. */
export function regionsMeet(some: readonly string[], others: readonly string[]): boolean {
  return some.some((a) =>
    others.some((b) => pathOf(a).startsWith(pathOf(b)) || pathOf(b).startsWith(pathOf(a))),
  );
}

/** The part of a code that says something: 36 of 360000. The end keeps other codes from being parts of each other. */
function pathOf(region: string): string {
  return isChinese(region) ? region.replace(/(?:00)+$/, "") : `${region}$`;
}

function isChinese(region: string): boolean {
  return /^\d{6}$/.test(region);
}
