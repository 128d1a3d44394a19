/**
 * Size of an enterprise by 工信部联企业〔2011〕300号.
 *
 * @module
 */

import data from "./data/sizes.json" with { type: "json" };

/** Bands of the rule. */
export type SizeBand = "large" | "medium" | "small" | "micro";

/** Which table of the rule: industry (工业), or software and information technology services. */
export type SizeTable = "industry" | "software";

/**
 * The band of an enterprise. A band needs both lower bounds; one that misses either falls one band down.
 *
 * @param employees Persons.
 * @param revenue10kCny Revenue of the year in units of 10,000 CNY (万元).
 */
export function sizeBandOf(
  employees: number,
  revenue10kCny: number,
  table: SizeTable = "industry",
): SizeBand {
  for (const [band, people, revenue] of data[table] as [SizeBand, number, number][]) {
    if (employees >= people && revenue10kCny >= revenue) return band;
  }
  return "micro";
}
