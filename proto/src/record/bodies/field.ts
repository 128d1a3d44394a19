/**
 * The kinds of field that bodies are made of. Lengths are in UTF-16 code units.
 *
 * @module
 */

import { z } from "zod";

/** Values of one list. */
export const MAX_LIST = 500;

/** A name or a short text. */
export const shortText = z.string().max(500);

/** A title or name that must be there. */
export const title = z.string().min(1).max(500);

/** Running text. */
export const longText = z.string().max(20_000);

/** A code of a vocabulary. Not checked against it: vocabularies grow, and a retired code is still a fact. */
export const code = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/, "must be a code");

/** ISO 8601 date, possibly only year or month. */
export const date = z.string().refine(isDate, "must be YYYY, YYYY-MM or YYYY-MM-DD");

function isDate(text: string): boolean {
  const [, year, month = "01", day = "01"] = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text) ?? [];
  if (year === undefined) return false;
  const at = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(`${year}-${month}-${day}`);
}

/** A quarter, or only the year. */
export const quarter = z.string().regex(/^\d{4}(?:Q[1-4])?$/, "must be like 2025Q1 or 2025");

/** A web address; other schemes could run in a reader's browser. */
export const webUrl = z.url({ protocol: /^https?$/, hostname: /\./ }).max(2000);

/** A whole number that fits 32 bits. */
export const count = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);

/** A number that is one. */
export const amount = z.number();

/** A share, 0 to 1. */
export const share = z.number().min(0).max(1);

/** A list with a bound. */
export function listOf<Item extends z.ZodType>(item: Item): z.ZodArray<Item> {
  return z.array(item).max(MAX_LIST);
}

/** A list of words that could not be mapped, each as "field: value". */
export const unmapped = listOf(shortText);

/** An amount of money, or a range of it; in currency units, not in 万. */
export const money = z
  .strictObject({
    amount: amount.optional(),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, "must be an ISO 4217 code")
      .optional(),
    amountMax: amount.optional(),
  })
  .refine(({ amount = 0, amountMax }) => amountMax === undefined || amountMax >= amount, {
    error: "amountMax is below amount",
    path: ["amountMax"],
  });

/** An anonymized enterprise. */
export const client = z.strictObject({
  industry: code.optional(),
  region: code.optional(),
  sizeBand: code.optional(),
  ownership: code.optional(),
});

/** Bytes of a fixed length. */
export function bytesOf(length: number) {
  return z.custom<Uint8Array>(
    (value) => value instanceof Uint8Array && value.length === length,
    `must be ${length} bytes`,
  );
}
