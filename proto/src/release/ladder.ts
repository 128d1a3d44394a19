/**
 * The ladder of labels: how coarsely a bucket of outcomes may be named. Each level is a function of a record's facts,
 * frozen with the protocol, so that cells stay comparable for years and a hub can check a label without the records.
 *
 * @module
 */

import { sha256Text } from "../crypto/sha256.ts";
import { ANY, type Hierarchies } from "./hierarchy.ts";

/** One level: what is kept of each attribute. */
export interface LadderLevel {
  readonly scenario: "scenario" | "family" | typeof ANY;
  readonly provider: "provider" | typeof ANY;
  readonly sector: "division" | "cluster" | "section";
  readonly size: "half" | typeof ANY;
}

/** Scenario, provider, sector, size; {@link ANY} where generalised. */
export type Label = readonly [scenario: string, provider: string, sector: string, size: string];

/** The facts that a label is made of. */
export interface LabelFacts {
  readonly scenario: string;
  readonly provider: string;
  /** GB/T 4754 code of a division, group or class. */
  readonly sector: string;
  readonly size: string;
}

/** From fine to coarse; a level is its position. Provider and scenario are kept longest: ranking needs them. */
export const LADDER: readonly LadderLevel[] = [
  { scenario: "scenario", provider: "provider", sector: "division", size: "half" },
  { scenario: "scenario", provider: "provider", sector: "cluster", size: ANY },
  { scenario: "scenario", provider: "provider", sector: "section", size: ANY },
  { scenario: "family", provider: "provider", sector: "section", size: ANY },
  { scenario: "scenario", provider: ANY, sector: "division", size: "half" },
  { scenario: "scenario", provider: ANY, sector: "cluster", size: ANY },
  { scenario: "family", provider: ANY, sector: "section", size: ANY },
  { scenario: ANY, provider: ANY, sector: "section", size: ANY },
];

/** Names the ladder in releases. */
export const LADDER_HASH: Uint8Array = sha256Text(JSON.stringify(LADDER));

/**
 * Label of a record at a level: L_level(record).
 *
 * @returns undefined if a fact is not in the hierarchies: the record cannot be labelled at this level.
 */
export function labelAt(
  level: number,
  facts: LabelFacts,
  hierarchies: Hierarchies,
): Label | undefined {
  const rule = LADDER[level];
  if (rule === undefined) throw new RangeError(`the ladder has no level ${level}`);
  const family = hierarchies.familyOf(facts.scenario);
  const sector = hierarchies.sectorOf(facts.sector)?.[rule.sector];
  const half = hierarchies.sizeHalfOf(facts.size);
  if (family === undefined || sector === undefined) return undefined;
  if (rule.size === "half" && half === undefined) return undefined;
  if (rule.provider === "provider" && facts.provider === "") return undefined;
  return [
    rule.scenario === "scenario" ? facts.scenario : rule.scenario === "family" ? family : ANY,
    rule.provider === "provider" ? facts.provider : ANY,
    sector,
    rule.size === "half" ? (half as string) : ANY,
  ];
}

/** A unified social credit code by its form; a few genuine ones fail the check digit. */
const PROVIDER_ID = /^[0-9A-HJ-NPQRTUWXY]{18}$/;

/**
 * True if some record could have this label at this level.
 *
 * @param isProvider Whether a text can name a provider; by default a unified social credit code (GB 32100-2015).
 */
export function isLegalLabel(
  level: number,
  label: readonly string[],
  hierarchies: Hierarchies,
  isProvider: (id: string) => boolean = (id) => PROVIDER_ID.test(id),
): label is Label {
  const rule = LADDER[level];
  if (rule === undefined || label.length !== 4) return false;
  const [scenario, provider, sector, size] = label as Label;
  const isAt = (value: string, at: Parameters<Hierarchies["values"]>[0] | typeof ANY) =>
    at === ANY ? value === ANY : hierarchies.values(at).has(value);
  return (
    isAt(scenario, rule.scenario) &&
    (rule.provider === ANY ? provider === ANY : isProvider(provider)) &&
    isAt(sector, rule.sector) &&
    isAt(size, rule.size)
  );
}
