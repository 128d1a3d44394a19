/**
 * What every benchmark prints: figures for people while it runs, and one JSON object on the last line.
 *
 * @module
 */

import { cpus, totalmem } from "node:os";

/** Middle value; the mean of the two middle ones for an even count. @throws {TypeError} if `values` is empty. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Quantile by linear interpolation (type 7 of Hyndman & Fan 1996). `q` is 0 to 1. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new TypeError("no values");
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * q;
  const low = sorted[Math.floor(place)] as number;
  const high = sorted[Math.ceil(place)] as number;
  return low + (high - low) * (place - Math.floor(place));
}

/** Prints the last line: the figures with the machine and versions they were measured on. */
export function report(bench: string, figures: Readonly<Record<string, unknown>>): void {
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim() ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  console.log(
    JSON.stringify({
      bench,
      ...rounded(figures),
      machine,
      node: process.version,
      os: process.platform,
    }),
  );
}

/** Three significant digits below 1,000: more would pretend a precision that a shared machine does not have. */
function rounded(figures: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [
      name,
      typeof value !== "number" || Number.isInteger(value)
        ? value
        : Number(value.toPrecision(Math.max(3, String(Math.trunc(value)).length))),
    ]),
  );
}
