import { bandOf, DELTA_BANDS, DELTA_CLIP } from "@tributary/proto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { aBucket, aRelease, nullifiersOf, received } from "../../../test/support/small-release.ts";
import { checkFigures } from "./figures.ts";

/** The figures of deltas, as an agent makes them. */
function statisticsOf(deltas: readonly number[]) {
  const histogram = new Array<number>(DELTA_BANDS.length + 1).fill(0);
  for (const delta of deltas) {
    const band = bandOf(delta, DELTA_BANDS);
    histogram[band] = (histogram[band] ?? 0) + 1;
  }
  return {
    n: deltas.length,
    sum: deltas.reduce((a, b) => a + b, 0),
    sumOfSquares: deltas.reduce((a, b) => a + b * b, 0),
    histogram,
    clipLow: DELTA_CLIP.low,
    clipHigh: DELTA_CLIP.high,
  };
}

const anyDeltas = fc.array(fc.integer({ min: DELTA_CLIP.low, max: DELTA_CLIP.high }), {
  minLength: 5,
  maxLength: 40,
});

function problemsOf(statistics: ReturnType<typeof statisticsOf>) {
  const { n } = statistics;
  const bucket = aBucket("x", {
    n,
    nullifiers: nullifiersOf("x", n),
    kpi: { OEE: statistics },
    cost: [n, 0, 0, 0, 0, 0],
    months: [0, n, 0, 0],
    voucher: n,
  });
  return [...checkFigures(received(aRelease({ buckets: [bucket] })))];
}

test("the figures of any records fit each other", () => {
  fc.assert(
    fc.property(anyDeltas, (deltas) => {
      expect(problemsOf(statisticsOf(deltas))).toEqual([]);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test("figures of which one is moved to where its bands end no longer do", () => {
  fc.assert(
    fc.property(anyDeltas, fc.constantFrom("sum", "sumOfSquares"), (deltas, name) => {
      const statistics = statisticsOf(deltas);
      const beyond = deltas.length * 50 ** 2 + 1;
      expect(problemsOf({ ...statistics, [name]: beyond }).map(({ rule }) => rule)).toContain("H5");
    }),
    { numRuns: 100, seed: 2 },
  );
});
