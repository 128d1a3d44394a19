import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SegmentVectors } from "./vectors.ts";

const DIMENSIONS = 16;
const vector = fc
  .array(fc.double({ min: -1, max: 1, noNaN: true }), {
    minLength: DIMENSIONS,
    maxLength: DIMENSIONS,
  })
  .filter((values) => Math.hypot(...values) > 0.01)
  .map((values) => Float32Array.from(values, (value) => value / Math.hypot(...values)));

describe("vectors of a segment", () => {
  test("keep cosines to a hundredth, for any vectors, also in another thread's view", () => {
    fc.assert(
      fc.property(fc.array(vector, { minLength: 1, maxLength: 5 }), vector, (list, asked) => {
        const written = SegmentVectors.create(list.length, DIMENSIONS);
        for (const [doc, values] of list.entries()) written.set(doc, values);
        const vectors = new SegmentVectors(written.buffer, list.length, DIMENSIONS);
        for (const [doc, values] of list.entries()) {
          const exact = values.reduce((sum, value, i) => sum + value * (asked[i] as number), 0);
          expect(Math.abs(vectors.cosine(doc, asked) - exact)).toBeLessThan(0.01);
          for (const [i, value] of vectors.get(doc).entries()) {
            expect(Math.abs(value - (values[i] as number))).toBeLessThan(0.005);
          }
        }
      }),
    );
  });

  test("are zero where nothing is known", () => {
    const vectors = SegmentVectors.create(2, 3);
    vectors.set(1, new Float32Array(3));
    expect(vectors.cosine(0, Float32Array.of(1, 0, 0))).toBe(0);
    expect(vectors.cosine(1, Float32Array.of(1, 0, 0))).toBe(0);
  });
});
