/**
 * Corrects for many tests.
 *
 * @module
 */

/**
 * p-values such that those at most `q` hold at most a share `q` of false ones, on average (Benjamini and Hochberg 1995,
 * Journal of the Royal Statistical Society B 57, 289).
 *
 * @param pValues In [0, 1].
 * @returns In their order.
 */
export function adjustedPValues(pValues: Float64Array): Float64Array {
  const order = Uint32Array.from(pValues, (_, i) => i).sort(
    (i, j) => (pValues[j] as number) - (pValues[i] as number),
  );
  const adjusted = new Float64Array(pValues.length);
  let least = 1;
  order.forEach((at, i) => {
    const rank = pValues.length - i;
    least = Math.min(least, ((pValues[at] as number) * pValues.length) / rank);
    adjusted[at] = least;
  });
  return adjusted;
}
