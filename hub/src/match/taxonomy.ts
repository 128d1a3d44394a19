/**
 * The codes that evidence is about, numbered, so that columns can hold them: scenarios and their families, sectors.
 *
 * @module
 */

import { ANY, standardHierarchies } from "@tributary/proto";

const hierarchies = standardHierarchies();

/** Scenarios, then their families: a bucket may know no more than the family. A number is a position. */
export const SCENARIO_CODES: readonly string[] = [
  ...[...hierarchies.values("scenario")].sort(),
  ...[...hierarchies.values("family")].filter((family) => family !== ANY).sort(),
];

const numbers = new Map(SCENARIO_CODES.map((code, number) => [code, number]));

/** Number of a scenario or family; undefined for another code. */
export function scenarioNumber(code: string): number | undefined {
  return numbers.get(code);
}

/** Number of the family of each scenario; of a family, itself. */
export const FAMILY_OF: Uint8Array = Uint8Array.from(SCENARIO_CODES, (code, number) => {
  const family = hierarchies.familyOf(code);
  return (family === undefined ? undefined : numbers.get(family)) ?? number;
});

/** Sector as far as it is known: the two digits of a division of GB/T 4754 (0: unknown) and its section's letter. */
export interface Sector {
  readonly division: number;
  /** ASCII code of the letter; 0: unknown. */
  readonly section: number;
}

const sectionOfCluster = new Map<string, string>();
for (const division of hierarchies.values("division")) {
  const path = hierarchies.sectorOf(division);
  if (path !== undefined) sectionOfCluster.set(path.cluster, path.section);
}
const sections = hierarchies.values("section");

/** What a sector code says: a section, a cluster, or a division, group or class. */
export function sectorOf(code: string): Sector {
  const section = sections.has(code)
    ? code
    : (sectionOfCluster.get(code) ?? hierarchies.sectorOf(code)?.section);
  const division = /^\d{2}/.test(code) && section !== undefined ? Number(code.slice(0, 2)) : 0;
  return { division, section: section?.charCodeAt(0) ?? 0 };
}

/** Halves of the size bands by number; 0 stands for unknown. */
export const SIZE_HALVES: readonly string[] = ["*", "LM", "SX"];

/** Half of a size band; 0 for another code. */
export function sizeHalfNumber(band: string): number {
  return Math.max(0, SIZE_HALVES.indexOf(hierarchies.sizeHalfOf(band) ?? ""));
}
