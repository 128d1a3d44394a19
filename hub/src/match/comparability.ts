/**
 * How much an engagement counts for a demand:
 * `K_scenario K_sector K_size K_region 2^(-age / 24 months) quality`.
 *
 * A bucket's label says sector and size only so far. What it leaves open is taken at its worst: evidence of a section
 * counts as "same section" though some of it may be of the same class, evidence of a half of the sizes as one step away.
 *
 * @module
 */

import { FAMILY_OF, type Sector, SIZE_HALVES, sectorOf, sizeHalfNumber } from "./taxonomy.ts";

/** Engagements in another scenario of the same family. */
const SIBLING = 0.5;
/** Same division, same section, none. The same class (1) is more than a label can say. */
const SECTOR = { division: 0.6, section: 0.3, other: 0.1 } as const;
/** How near an industry is that a record names, which may be of the same class. */
export const SECTOR_FIT = { same: 1, ...SECTOR } as const;
/** Same size, one step, more. */
const SIZE = [1, 0.7, 0.4] as const;
/** Same city, same province, elsewhere. */
const REGION = { city: 1, province: 0.85, other: 0.7 } as const;
const HALF_LIFE_MONTHS = 24;
/** Verified by the center. Releases do not say that an outcome was audited, so nothing counts 1. */
export const CENTER_VERIFIED = 0.8;
/** A center about its own operator. */
export const OWN_OPERATOR = 0.5;

/** Bands from small to large; a step is the distance. */
const BANDS: readonly string[] = ["micro", "small", "medium", "large"];
/** Bands of a half. */
const BANDS_OF_HALF: Readonly<Record<string, readonly string[]>> = {
  LM: ["large", "medium"],
  SX: ["small", "micro"],
};

/** For whom evidence is to be comparable; what is left out does not discount. */
export interface Comparison {
  /** GB/T 4754 code of any level. */
  readonly industry: string | undefined;
  /** micro, small, medium or large. */
  readonly sizeBand: string | undefined;
  /** GB/T 2260 code. */
  readonly region: string | undefined;
}

/** Factors of a comparison, by what a row has. */
export interface Comparability {
  sector(division: number, section: number): number;
  /** By half; see `SIZE_HALVES`. */
  readonly size: readonly number[];
  region(regionOfCenter: string | undefined): number;
}

export function comparabilityTo({ industry, sizeBand, region }: Comparison): Comparability {
  const sector = industry === undefined ? undefined : sectorOf(industry);
  return {
    sector: (division, section) =>
      sector === undefined ? 1 : sectorFactor(sector, { division, section }),
    size: SIZE_HALVES.map((half) => (sizeBand === undefined ? 1 : sizeFactor(sizeBand, half))),
    region: (of) => (region === undefined ? 1 : regionFactor(region, of)),
  };
}

function sectorFactor(wanted: Sector, found: Sector): number {
  if (wanted.division !== 0 && wanted.division === found.division) return SECTOR.division;
  if (wanted.section !== 0 && wanted.section === found.section) return SECTOR.section;
  return SECTOR.other;
}

function sizeFactor(band: string, half: string): number {
  if (SIZE_HALVES[sizeHalfNumber(band)] === half && half !== "*") return SIZE[1];
  const steps = (BANDS_OF_HALF[half] ?? BANDS).map((of) => distance(band, of));
  return SIZE[Math.min(2, Math.max(...steps))] as number;
}

function distance(a: string, b: string): number {
  return Math.abs(BANDS.indexOf(a) - BANDS.indexOf(b));
}

/** Same city, same province, elsewhere or unknown. Codes of other countries have no parts. */
export function regionFactor(wanted: string, found: string | undefined): number {
  if (found === undefined || found === "") return REGION.other;
  if (wanted === found) return REGION.city;
  if (!/^\d{6}$/.test(wanted) || !/^\d{6}$/.test(found)) return REGION.other;
  if (wanted.slice(0, 2) !== found.slice(0, 2)) return REGION.other;
  // A province is not a city: it is all of its cities.
  const isCity = wanted.slice(2, 4) !== "00" && wanted.slice(2, 4) === found.slice(2, 4);
  return isCity ? REGION.city : REGION.province;
}

/** Factor of a row's scenario for a demanded one; 0 outside of its family. */
export function scenarioFactor(wanted: number, found: number): number {
  if (wanted === found) return 1;
  return FAMILY_OF[wanted] === FAMILY_OF[found] ? SIBLING : 0;
}

/** Factor of the age of evidence; months are counted from year 0. */
export function ageFactor(nowMonth: number, month: number): number {
  return 2 ** (-Math.max(0, nowMonth - month) / HALF_LIFE_MONTHS);
}

/** Months since year 0. @param ms Since the epoch. */
export function monthOf(ms: number): number {
  const date = new Date(ms);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
