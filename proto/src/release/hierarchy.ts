/**
 * The hierarchies along which labels of outcome buckets are generalised: a scenario to its family, a sector to its
 * division, cluster and section, a size to its half.
 *
 * @module
 */

import { sha256Text } from "../crypto/sha256.ts";
import { industryAncestors, industryConcepts } from "../vocabulary/industry-table.ts";
import { scenarioConcepts } from "../vocabulary/scenario.ts";
import type { Language } from "../vocabulary/scheme.ts";
import data from "./data/hierarchies.json" with { type: "json" };

/** What stands in a label where it says nothing. */
export const ANY = "*";

/** The tables of the hierarchies; each row goes from fine to coarse. */
export interface HierarchyTables {
  /** Scenario, its family. */
  readonly scenario: readonly (readonly [scenario: string, family: string])[];
  /** Division of GB/T 4754, cluster, section. */
  readonly sector: readonly (readonly [division: string, cluster: string, section: string])[];
  /** Size band, its half. */
  readonly size: readonly (readonly [band: string, half: string])[];
}

/** A sector at its three levels. */
export interface SectorPath {
  readonly division: string;
  readonly cluster: string;
  readonly section: string;
}

type HierarchyLevel = "scenario" | "family" | "division" | "cluster" | "section" | "half";

type Row = readonly [code: string, members: string[], zh: string, en: string];

const CLUSTERS = data.clusters as unknown as readonly Row[];
const SIZE_HALVES = data.sizeHalves as unknown as readonly Row[];

/** Hierarchies, ready for looking up. */
export class Hierarchies {
  /** SHA-256 of the rows of each hierarchy, by its name. */
  readonly hashes: Readonly<Record<keyof HierarchyTables, Uint8Array>>;
  readonly #families: ReadonlyMap<string, string>;
  readonly #sectors: ReadonlyMap<string, SectorPath>;
  readonly #halves: ReadonlyMap<string, string>;
  readonly #values = new Map<HierarchyLevel, ReadonlySet<string>>();

  constructor(tables: HierarchyTables) {
    this.#families = new Map(tables.scenario);
    this.#sectors = new Map(
      tables.sector.map(([division, cluster, section]) => [
        division,
        { division, cluster, section },
      ]),
    );
    this.#halves = new Map(tables.size);
    const hashOf = (rows: unknown) => sha256Text(JSON.stringify(rows));
    this.hashes = {
      scenario: hashOf(tables.scenario),
      sector: hashOf(tables.sector),
      size: hashOf(tables.size),
    };
  }

  /** Family of a scenario; undefined for an unknown one. */
  familyOf(scenario: string): string | undefined {
    return this.#families.get(scenario);
  }

  /** Levels of a sector. @param code A division, or a group or class in it; undefined for anything else. */
  sectorOf(code: string): SectorPath | undefined {
    return this.#sectors.get(code) ?? this.#sectors.get(code.slice(0, 2));
  }

  /** Half of a size band; undefined for an unknown one. */
  sizeHalfOf(band: string): string | undefined {
    return this.#halves.get(band);
  }

  /** All values of one level. */
  values(level: HierarchyLevel): ReadonlySet<string> {
    let values = this.#values.get(level);
    if (values === undefined) {
      values = this.#valuesAt(level);
      this.#values.set(level, values);
    }
    return values;
  }

  #valuesAt(level: HierarchyLevel): Set<string> {
    switch (level) {
      case "scenario":
        return new Set(this.#families.keys());
      case "family":
        return new Set(this.#families.values());
      case "half":
        return new Set(this.#halves.values());
      default:
        return new Set([...this.#sectors.values()].map((path) => path[level]));
    }
  }
}

let shared: Hierarchies | undefined;

/** The hierarchies of this version of the protocol. */
export function standardHierarchies(): Hierarchies {
  shared ??= new Hierarchies({
    scenario: scenarioConcepts().map(({ code, broader = ANY }) => [code, broader] as const),
    sector: industryConcepts()
      .filter(({ code }) => /^\d{2}$/.test(code))
      .map(({ code }) => {
        const section = industryAncestors(code)[0] as string;
        const cluster = CLUSTERS.find(([, divisions]) => divisions.includes(code))?.[0];
        return [code, cluster ?? section, section] as const;
      }),
    size: SIZE_HALVES.flatMap(([half, bands]) => bands.map((band) => [band, half] as const)),
  });
  return shared;
}

/** Label of a cluster of sectors or of a half of the sizes; undefined for another code. */
export function hierarchyLabelOf(code: string, language: Language): string | undefined {
  const row = [...CLUSTERS, ...SIZE_HALVES].find(([known]) => known === code);
  return language === "zh" ? row?.[2] : row?.[3];
}
