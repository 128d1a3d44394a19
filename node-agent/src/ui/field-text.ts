/**
 * What a record has of one field, as people read it.
 *
 * @module
 */

import { toJson } from "../report/json-text.ts";

/**
 * The text of a field; undefined where the record has none. Of a field of each item of a list, the values one below the
 * other; of an object, its parts.
 *
 * @param field As a mapping names it: "client.region", "products.priceBand".
 */
export function fieldText(body: object | undefined, field: string): string | undefined {
  const value = valueAt(body, field.split("."));
  return value === undefined ? undefined : textOf(value);
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined || value === undefined) return value;
  if (Array.isArray(value)) {
    const found = value.map((item) => valueAt(item, path)).filter((one) => one !== undefined);
    return found.length === 0 ? undefined : found;
  }
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return valueAt((value as Record<string, unknown>)[name], rest);
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) {
    const isPlain = value.every((item) => typeof item !== "object");
    return value.map(textOf).join(isPlain ? "; " : "\n");
  }
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([name, inner]) => `${name} ${typeof inner === "object" ? toJson(inner) : String(inner)}`)
    .join(", ");
}
