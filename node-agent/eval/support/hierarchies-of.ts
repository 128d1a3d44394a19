/**
 * Hierarchies that cover a file: those of the protocol, and rows for the codes that these do not know.
 *
 * @module
 */

import { ANY, Hierarchies, standardHierarchies } from "@tributary/proto";
import { type EvalEngagement, SIZE_BANDS } from "./engagement.ts";

/** Hierarchies for the engagements, with how many codes of each kind had to be added. */
export interface CoveringHierarchies {
  readonly hierarchies: Hierarchies;
  readonly added: { readonly scenarios: number; readonly sectors: number; readonly sizes: number };
}

/**
 * Covers all codes. The family of an unknown scenario is what stands before its dot, else its first letter; an unknown
 * sector is its own cluster and section; an unknown size is its own half.
 */
export function hierarchiesOf(engagements: readonly EvalEngagement[]): CoveringHierarchies {
  const standard = standardHierarchies();
  const unknown = (
    field: "scenario" | "sector" | "size",
    isKnown: (code: string) => boolean,
  ): string[] =>
    [...new Set(engagements.map((engagement) => engagement[field]))]
      .filter((code) => !isKnown(code))
      .sort();
  const scenarios = unknown("scenario", (code) => standard.familyOf(code) !== undefined);
  const sectors = unknown("sector", (code) => standard.sectorOf(code) !== undefined);
  const sizes = unknown("size", (code) => standard.sizeHalfOf(code) !== undefined);
  const added = { scenarios: scenarios.length, sectors: sectors.length, sizes: sizes.length };
  if (scenarios.length + sectors.length + sizes.length === 0) {
    return { hierarchies: standard, added };
  }
  return {
    added,
    hierarchies: new Hierarchies({
      scenario: [
        ...[...standard.values("scenario")].map(
          (code) => [code, familyIn(standard, code)] as const,
        ),
        ...scenarios.map((code) => [code, familyOf(code)] as const),
      ],
      sector: [
        ...[...standard.values("division")].map((code) => {
          const { cluster = code, section = code } = standard.sectorOf(code) ?? {};
          return [code, cluster, section] as const;
        }),
        ...sectors.map((code) => [code, code, code] as const),
      ],
      size: [
        ...SIZE_BANDS.map((band) => [band, standard.sizeHalfOf(band) ?? band] as const),
        ...sizes.map((code) => [code, code] as const),
      ],
    }),
  };
}

function familyIn(standard: Hierarchies, code: string): string {
  return standard.familyOf(code) ?? ANY;
}

function familyOf(code: string): string {
  const [family = ""] = code.split(".");
  return family !== code && family !== "" ? family : (code[0] ?? ANY);
}
