/**
 * What of a center's cells names a client, and what finds it in texts.
 *
 * @module
 */

import { denyListOf } from "./deny-list.ts";
import type { Detector } from "./detectors.ts";
import { holdsName } from "./generic-words.ts";

/** A longer cell is a remark, no name. */
const MAX_NAME_LENGTH = 40;

/** Those of the cells, and of their parts where a cell is a list, that could name somebody. */
export function namingCells(cells: readonly string[]): string[] {
  return (
    cells
      .filter(({ length }) => length <= MAX_NAME_LENGTH)
      .flatMap((cell) => [cell, ...cell.split(/[、,，;；/\n]+/)])
      // 某铜箔企业 and 车间主任 name nobody.
      .filter((cell) => !cell.includes("某") && (holdsName(cell) || /[A-Za-z]{3}|\d{7}/.test(cell)))
      // One word in small letters is an everyday one: small, shop.
      .filter((cell) => !/^[a-z]+$/.test(cell.trim()))
  );
}

/** Finds what {@link namingCells} told. */
export function knownClientsDetector(cells: Iterable<string>): Detector {
  return denyListOf(Array.from(cells, (cell) => ({ legalName: cell, names: [cell] })));
}
