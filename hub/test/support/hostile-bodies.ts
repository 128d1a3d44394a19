/**
 * Bodies with a hostile text in every field that takes one.
 *
 * @module
 */

import { type Body, bodySchemas, encodeBody, encodeRecord, randomBytes } from "@tributary/proto";
import { z } from "zod";

/** Tells where a field is, `provider.products.0.name`, and gives what to write there. */
export type HostileText = (path: string) => readonly string[];

/** What fields take that no text of a stranger fits: codes, dates, quarters, epochs, fractions; then numbers, flags. */
const PLAIN = ["S11", "2025-01-01", "2025Q1", "1/20", "CNY", 1, 0, true];

/** The body of each kind but releases, which a hub checks otherwise, with the first hostile text that a field takes. */
export function hostileBodies(texts: HostileText): Body[] {
  return Object.entries(bodySchemas).flatMap(([kind, schema]) =>
    kind === "outcome" ? [] : [{ kind, value: fill(schema, kind, texts) } as Body],
  );
}

/** A record of a body. */
export function recordOf({ kind, value }: Body, key: string): Uint8Array {
  return encodeRecord({
    salt: randomBytes(16),
    kind,
    key,
    operation: "upsert",
    revision: 1n,
    visibility: "public",
    visibleTo: [],
    license: "CC-BY-4.0",
    body: encodeBody(kind, value as never),
  });
}

function fill(schema: unknown, path: string, texts: HostileText): unknown {
  if (schema instanceof z.ZodOptional) return fill(schema.unwrap(), path, texts);
  if (schema instanceof z.ZodArray) return [fill(schema.element, `${path}.0`, texts)];
  if (schema instanceof z.ZodObject) {
    return Object.fromEntries(
      Object.entries(schema.shape).map(([name, inner]) => [
        name,
        fill(inner, `${path}.${name}`, texts),
      ]),
    );
  }
  const fits = [...texts(path), ...PLAIN].find(
    (value) => (schema as z.ZodType).safeParse(value).success,
  );
  if (fits === undefined) throw new TypeError(`nothing fits ${path}`);
  return fits;
}
