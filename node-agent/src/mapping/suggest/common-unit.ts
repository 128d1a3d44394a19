/**
 * The unit of amounts that a column's title does not have.
 *
 * @module
 */

import { moneyUnitOf } from "@tributary/proto/vocabulary";
import type { DiscoveredColumn } from "../../ports/source.ts";

/** Share of the amounts with a unit that have to agree on it, for it to be that of amounts without. */
const COMMON_UNIT = 0.8;
const UNITS: ReadonlyMap<number, string> = new Map([
  [1, "元"],
  [10_000, "万元"],
  [100_000_000, "亿元"],
]);

/** The unit of CNY that values of a column state, where its title does not and other values do not. */
export function commonUnitOf(column: DiscoveredColumn | undefined): string | undefined {
  if (column === undefined || moneyUnitOf(column.title) !== undefined) return undefined;
  const units = column.samples.map((text) => moneyUnitOf(text));
  const stated = units.filter((unit) => unit !== undefined);
  if (stated.length === 0 || stated.length === units.length) return undefined;
  for (const [factor, name] of UNITS) {
    const same = stated.filter((unit) => unit.currency === "CNY" && unit.factor === factor);
    if (same.length >= stated.length * COMMON_UNIT) return name;
  }
  return undefined;
}
