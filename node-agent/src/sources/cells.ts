/**
 * The cells of a row while they are read.
 *
 * @module
 */

import type { Cell } from "../ports/source.ts";

class Cells {}
Object.setPrototypeOf(Cells.prototype, null);
Reflect.deleteProperty(Cells.prototype, "constructor");

/**
 * An object that inherits nothing, so that "constructor" is a title like any other. As `Object.create(null)`, but V8
 * keeps the rows of one table in one compact shape.
 */
export function newCells(): Record<string, Cell> {
  return new Cells() as Record<string, Cell>;
}
