import fc from "fast-check";
import { expect, test } from "vitest";
import { fromJsonBytes, toJson, toJsonBytes } from "./json-text.ts";

test("64-bit integers are texts, and bytes hex", () => {
  expect(toJson({ a: 7n, b: Uint8Array.of(255) })).toBe('{"a":"7","b":"ff"}');
});

test("bytes come back as bytes, and every text as it was", () => {
  const text = fc.oneof(
    fc.string(),
    fc.string().map((rest) => `base64:${rest}`),
    fc.string().map((rest) => `text:${rest}`),
  );
  const value = fc.record({ texts: fc.array(text), bytes: fc.uint8Array(), number: fc.integer() });
  fc.assert(
    fc.property(value, (given) => {
      expect(fromJsonBytes(toJsonBytes(given))).toEqual(given);
    }),
  );
});
