import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createDense, type Dense, eigenOf, gram, orthonormalise, times } from "./dense.ts";
import { NO_PACE } from "./pace.ts";
import { type SparseRows, truncatedSvd } from "./svd.ts";

function denseOf(rows: readonly (readonly number[])[]): Dense {
  const m = createDense(rows.length, rows[0]?.length ?? 0);
  m.values.set(rows.flat());
  return m;
}

function sparseOf(rows: readonly (readonly number[])[]): SparseRows {
  const elements = rows.map((row) =>
    row.flatMap((value, column) => (value === 0 ? [] : [{ column, value }])),
  );
  let end = 0;
  return {
    rows: rows.length,
    columns: rows[0]?.length ?? 0,
    at: Uint32Array.from([0, ...elements.map((row) => (end += row.length))]),
    column: Uint32Array.from(elements.flat(), ({ column }) => column),
    value: Float32Array.from(elements.flat(), ({ value }) => value),
  };
}

/**
 * Singular values the slow way: one-sided Jacobi on the columns (Hestenes, 1958). Shares nothing with what is tested.
 */
function singularValuesOf(rows: readonly (readonly number[])[]): number[] {
  const columns = (rows[0] ?? []).map((_, j) => rows.map((row) => row[j] as number));
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
  for (let sweep = 0; sweep < 60; sweep++) {
    for (let p = 0; p < columns.length; p++) {
      for (let q = p + 1; q < columns.length; q++) {
        const [x, y] = [columns[p] as number[], columns[q] as number[]];
        const angle = Math.atan2(2 * dot(x, y), dot(x, x) - dot(y, y)) / 2;
        columns[p] = x.map(
          (value, i) => Math.cos(angle) * value + Math.sin(angle) * (y[i] as number),
        );
        columns[q] = x.map(
          (value, i) => -Math.sin(angle) * value + Math.cos(angle) * (y[i] as number),
        );
      }
    }
  }
  return columns.map((column) => Math.sqrt(dot(column, column))).sort((a, b) => b - a);
}

const matrix = (maxRows: number, maxColumns: number) =>
  fc
    .tuple(fc.integer({ min: 1, max: maxRows }), fc.integer({ min: 1, max: maxColumns }))
    .chain(([rows, columns]) => {
      // Whole numbers: exact in 32-bit floats, and many of them 0.
      const value = fc.oneof(fc.constant(0), fc.integer({ min: -9, max: 9 }));
      const row = fc.array(value, { minLength: columns, maxLength: columns });
      return fc.array(row, { minLength: rows, maxLength: rows });
    });

async function expectOrthonormal(m: Dense): Promise<void> {
  const { values, width } = await gram(m, NO_PACE);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) {
      expect(values[i * width + j]).toBeCloseTo(i === j ? 1 : 0, 9);
    }
  }
}

describe("orthonormalise", () => {
  test("makes columns orthonormal or, where they depend on others, zero, for any matrix", async () => {
    await fc.assert(
      fc.asyncProperty(matrix(12, 5), async (rows) => {
        const m = denseOf(rows);
        await orthonormalise(m, NO_PACE);
        const { values, width } = await gram(m, NO_PACE);
        let rank = 0;
        for (let i = 0; i < width; i++) {
          const square = values[i * width + i] as number;
          expect(Math.min(Math.abs(square), Math.abs(square - 1))).toBeLessThan(1e-9);
          rank += Math.round(square);
          for (let j = 0; j < i; j++) expect(values[i * width + j]).toBeCloseTo(0, 9);
        }
        const expected = singularValuesOf(rows).filter((value) => value > 1e-6).length;
        expect(rank).toBe(expected);
      }),
      { numRuns: 200 },
    );
  });
});

describe("orthonormalise, of columns that are nearly one", () => {
  test("makes them orthonormal to rounding", async () => {
    const m = denseOf(Array.from({ length: 20 }, (_, i) => [1 + i, 1 + i + 1e-4 * (i % 3)]));
    await orthonormalise(m, NO_PACE);
    const { values } = await gram(m, NO_PACE);
    expect(Math.abs(values[1] as number)).toBeLessThan(1e-14);
  });
});

describe("eigenOf", () => {
  test("takes a symmetric matrix apart, for any", async () => {
    await fc.assert(
      fc.asyncProperty(matrix(8, 8), async (rows) => {
        const symmetric = await gram(denseOf(rows), NO_PACE);
        const { width } = symmetric;
        const { values, vectors } = await eigenOf(symmetric, NO_PACE);
        await expectOrthonormal(vectors);
        expect([...values]).toEqual([...values].sort((a, b) => b - a));
        const product = await times(symmetric, vectors, width, NO_PACE);
        product.values.forEach((value, at) => {
          const expected = (vectors.values[at] as number) * (values[at % width] as number);
          expect(value).toBeCloseTo(expected, 6);
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe("truncatedSvd", () => {
  test("finds all singular values of a small matrix, for any", async () => {
    await fc.assert(
      fc.asyncProperty(matrix(10, 8), fc.integer(), async (rows, seed) => {
        const { singularValues, right } = await truncatedSvd(
          sparseOf(rows),
          { rank: 8, seed },
          NO_PACE,
        );
        await expectOrthonormal(right);
        const expected = singularValuesOf(rows).slice(0, rows.length);
        const above = expected.filter((value) => value > (expected[0] as number) * 1e-5);
        expect(singularValues).toHaveLength(above.length);
        above.forEach((value, i) => {
          expect(singularValues[i]).toBeCloseTo(value, 5);
        });
      }),
      { numRuns: 200 },
    );
  });

  test("finds the largest of many, and the directions that go with them", async () => {
    // Values that fall slowly, so that one look at the matrix does not tell them apart; numbers of a generator.
    let state = 7;
    const next = () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 16) / 65_536 - 0.5;
    };
    const directions = Array.from({ length: 30 }, (_, i) => ({
      scale: 100 * 0.85 ** i,
      left: Array.from({ length: 60 }, next),
      right: Array.from({ length: 40 }, next),
    }));
    const rows = Array.from({ length: 60 }, (_, i) =>
      Array.from({ length: 40 }, (__, j) =>
        Math.fround(
          directions.reduce(
            (sum, { scale, left, right }) =>
              sum + scale * (left[i] as number) * (right[j] as number),
            0,
          ),
        ),
      ),
    );
    const matrixOf = sparseOf(rows);
    const { singularValues, right } = await truncatedSvd(matrixOf, { rank: 4, seed: 1 }, NO_PACE);
    const expected = singularValuesOf(rows).slice(0, 4);
    expect(singularValues).toHaveLength(4);
    expected.forEach((value, i) => {
      expect((singularValues[i] as number) / value).toBeCloseTo(1, 4);
      const image = rows.map((row) =>
        row.reduce((sum, x, j) => sum + x * (right.values[j * 4 + i] as number), 0),
      );
      expect(Math.hypot(...image) / value).toBeCloseTo(1, 4);
    });
  });

  test("gives the same bytes for the same seed, and has no values of nothing", async () => {
    const rows = [
      [1, 2, 0],
      [0, 3, 4],
      [5, 0, 6],
    ];
    const once = await truncatedSvd(sparseOf(rows), { rank: 2, seed: 3 }, NO_PACE);
    const again = await truncatedSvd(sparseOf(rows), { rank: 2, seed: 3 }, NO_PACE);
    expect(again).toEqual(once);
    const zero = await truncatedSvd(sparseOf([[0, 0]]), { rank: 2, seed: 3 }, NO_PACE);
    expect(zero.singularValues).toHaveLength(0);
  });
});
