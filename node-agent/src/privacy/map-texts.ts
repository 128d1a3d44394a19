/**
 * Every text of a value, wherever it stands.
 *
 * @module
 */

/**
 * The value with each text in it replaced by what `change` makes of it.
 *
 * @param path Path of the value in the body, list positions left out: `products.name`; empty for the body.
 */
export function mapTexts(
  value: unknown,
  path: string,
  change: (text: string, path: string) => string,
): unknown {
  if (typeof value === "string") return change(value, path);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, path, change));
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      mapTexts(item, path === "" ? name : `${path}.${name}`, change),
    ]),
  );
}
