import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { IndexResult } from "../ports/search-index.ts";
import { packResult, unpackResult } from "./packed-result.ts";

const text = fc.string({ unit: "binary", maxLength: 40 });
const count = fc.nat();
const field = fc.constantFrom("title", "tags", "summary", "body");
const channel = fc.constantFrom("拼音", "近形");

const hit = fc.record({
  ref: fc.record({ centerId: text, kind: fc.constantFrom("case", "policy"), key: text }),
  score: fc.double({ noNaN: true }),
  receivedAtMs: fc.nat({ max: 2 ** 52 }),
  isByMeaning: fc.boolean(),
  highlights: fc.array(
    fc.record({ field, text, spans: fc.array(fc.record({ start: count, end: count })) }),
    { maxLength: 4 },
  ),
  terms: fc.array(fc.record({ term: text, channel, field, score: fc.double({ noNaN: true }) }), {
    maxLength: 4,
  }),
});

const result = fc.record({
  hits: fc.array(hit, { maxLength: 5 }),
  total: count,
  facets: fc.array(
    fc.record({ field: text, values: fc.array(fc.record({ value: text, count })) }),
    { maxLength: 4 },
  ),
  corrections: fc.array(fc.record({ typed: text, used: text, channel })),
  isPartial: fc.boolean(),
  position: count,
}) as fc.Arbitrary<IndexResult>;

describe("a packed result", () => {
  test("is what was packed after it was posted, for any result", () => {
    fc.assert(
      fc.property(result, (packed) => {
        expect(unpackResult(structuredClone(packResult(packed)))).toEqual(packed);
      }),
    );
  });

  test("has room for any number of hits, and is not changed by the next", () => {
    const [one] = fc.sample(hit, { numRuns: 1, seed: 1 });
    const [small] = fc.sample(result, { numRuns: 1, seed: 1 }) as [IndexResult];
    const large = { ...small, hits: Array.from({ length: 1000 }, () => one) } as IndexResult;
    const packed = packResult(large);
    packResult(small);
    expect(unpackResult(packed)).toEqual(large);
  });
});
