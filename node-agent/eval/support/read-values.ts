/**
 * The ways in which a file may write the values of an engagement. What is not understood is kept under a code of its
 * own where that is possible, and counted, never dropped silently.
 *
 * @module
 */

import { COST_BANDS_CNY } from "@tributary/proto";
import { normaliseUscc } from "@tributary/proto/vocabulary";
import { quarterOfEpoch } from "./engagement.ts";

/** Counts what was read in another way than it was written, by what was assumed. */
export class Assumptions {
  readonly counts = new Map<string, number>();

  add(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}

/** An object of the file; names of fields in lower case without separators. */
export type Row = ReadonlyMap<string, unknown>;

/** A row by its field names, whichever way these are written. */
export function rowOf(fields: Readonly<Record<string, unknown>>): Row {
  return new Map(Object.entries(fields).map(([name, value]) => [plainName(name), value]));
}

/** First of the fields that the row has. */
export function fieldOf(row: Row, ...names: readonly string[]): unknown {
  return names.map((name) => row.get(name)).find((value) => value !== undefined);
}

/** A field as text; empty if the row has none. */
export function textOf(row: Row, ...names: readonly string[]): string {
  const value = fieldOf(row, ...names);
  return value === undefined || value === null ? "" : String(value).trim();
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_\-.\uFEFF]/g, "");
}

/** A quarter: a number counts from 2021Q1. @throws {Error} for another text. */
export function readQuarter(value: unknown): number {
  const text = String(value).trim().toUpperCase();
  const q = /^-?\d{1,3}$/.test(text) ? Number(text) : quarterOfEpoch(text);
  if (q === undefined) throw new Error(`"${text}" is not a quarter`);
  return q;
}

/** Digits of a GB/T 4754 code; a code that is none is kept as a sector of its own. */
export function readSector(value: unknown, assumptions: Assumptions): string {
  const text = String(value ?? "")
    .trim()
    .toUpperCase();
  const [, digits] = /^[A-T]?(\d{2,4})$/.exec(text) ?? [];
  if (digits !== undefined) return digits;
  assumptions.add("sector is no GB/T 4754 code: taken as a division of its own");
  return codeOf(text);
}

const SIZES: Readonly<Record<string, string>> = {
  L: "large",
  LARGE: "large",
  大: "large",
  大型: "large",
  M: "medium",
  MEDIUM: "medium",
  中: "medium",
  中型: "medium",
  S: "small",
  SMALL: "small",
  小: "small",
  小型: "small",
  XS: "micro",
  MICRO: "micro",
  微: "micro",
  微型: "micro",
};

/** A size band. */
export function readSize(value: unknown, assumptions: Assumptions): string {
  const text = String(value ?? "")
    .trim()
    .toUpperCase()
    .replace(/(企业|ENTERPRISE)$/, "");
  const band = SIZES[text];
  if (band !== undefined) return band;
  assumptions.add("size is no band: taken as a band of its own");
  return codeOf(text);
}

/** Code of a provider, written as credit codes are: in upper case, without spaces and hyphens. */
export function readProvider(value: unknown, assumptions: Assumptions): string {
  return readCode(normaliseUscc(String(value ?? "")), assumptions, "provider");
}

/** Code of a scenario or a provider; other characters than those of a code are written in hex. */
export function readCode(value: unknown, assumptions: Assumptions, field: string): string {
  const text = String(value ?? "").trim();
  if (text === "") assumptions.add(`${field} is empty`);
  const code = codeOf(text);
  if (code !== text) assumptions.add(`${field} is no code: its characters are written in hex`);
  return code;
}

/** The text if it may stand in a label; else it with the characters that may not in hex. */
function codeOf(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/.test(text)) return text;
  const hex = [...text].map((c) =>
    /[A-Za-z0-9]/.test(c) ? c : `_${(c.codePointAt(0) as number).toString(16).toUpperCase()}`,
  );
  return `X${hex.join("")}`.slice(0, 64);
}

/** A cost band: a number from 0 to 5, or a text that begins with one; an amount in CNY is put in its band. */
export function readCostBand(value: unknown, assumptions: Assumptions): number {
  const text = String(value ?? "").trim();
  const [digits] = /\d+/.exec(text) ?? [];
  const number = digits === undefined ? Number.NaN : Number(digits);
  if (Number.isInteger(number) && number <= COST_BANDS_CNY.length) {
    if (digits !== text) assumptions.add("costBand is a text: the first number in it is taken");
    return number;
  }
  assumptions.add("costBand is not understood: taken as 0");
  return 0;
}

/** A number. @throws {Error} if it is none. */
export function readNumber(value: unknown, field: string): number {
  const number = typeof value === "number" ? value : Number(String(value ?? "").trim() || "x");
  if (!Number.isFinite(number)) throw new Error(`${field} is not a number: ${String(value)}`);
  return number;
}

/** A satisfaction from 1 to 5, or null. */
export function readSatisfaction(value: unknown, assumptions: Assumptions): number | null {
  if (value === undefined || value === null || value === "") return null;
  const number = Number(value);
  if (number >= 1 && number <= 5) return number;
  assumptions.add("sat is not 1 to 5: taken as not asked");
  return null;
}

/** Yes or no. */
export function readYes(value: unknown): boolean {
  return /^(true|1|yes|y|是|有)$/i.test(String(value ?? "").trim());
}
