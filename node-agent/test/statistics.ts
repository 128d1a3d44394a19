/**
 * Tests of hypotheses for the noise: goodness of fit, and how well an attacker can tell two inputs apart.
 *
 * Source of the special functions: Press et al., "Numerical Recipes" (3rd ed.), sections 6.1, 6.2 and 6.4.
 *
 * @module
 */

/** Fewest expected draws of a bin: each value is one, but for a tail on each side. */
const MIN_EXPECTED = 10;

/** Half of the 3.3 standard deviations that 99.9 % asks for. */
const MARGIN = 1.65;

/** A distribution over the integers that is symmetric around 0. */
export interface IntegerDistribution {
  probability(value: number): number;
}

/** Probability proportional to exp(-|y| / `scale`). */
export function laplaceDistribution(scale: number): IntegerDistribution {
  const ratio = Math.exp(-1 / scale);
  return { probability: (y) => ((1 - ratio) / (1 + ratio)) * ratio ** Math.abs(y) };
}

/** Probability proportional to exp(-y^2 / (2 `sigmaSquared`)). */
export function gaussianDistribution(sigmaSquared: number): IntegerDistribution {
  const weight = (y: number) => Math.exp(-(y * y) / (2 * sigmaSquared));
  let total = 1;
  for (let y = 1; weight(y) > 0; y++) total += 2 * weight(y);
  return { probability: (y) => weight(y) / total };
}

/** The p value of Pearson's chi-square test that `draws` come from `expected`. */
export function goodnessOfFit(
  draws: readonly bigint[],
  expected: IntegerDistribution,
): { readonly p: number; readonly z: number } {
  const least = MIN_EXPECTED / draws.length;
  let edge = 0;
  let middle = expected.probability(0);
  for (;;) {
    const next = expected.probability(edge + 1);
    if (next < least || (1 - middle - 2 * next) / 2 < least) break;
    middle += 2 * next;
    edge += 1;
  }
  const counts = new Array<number>(2 * edge + 3).fill(0);
  for (const draw of draws) {
    const bin = Math.min(Math.max(Number(draw), -edge - 1), edge + 1) + edge + 1;
    counts[bin] = (counts[bin] as number) + 1;
  }
  let statistic = 0;
  for (const [bin, count] of counts.entries()) {
    const y = bin - edge - 1;
    const share = Math.abs(y) > edge ? (1 - middle) / 2 : expected.probability(y);
    statistic += (count - share * draws.length) ** 2 / (share * draws.length);
  }
  const freedom = counts.length - 1;
  return {
    p: chiSquareTail(statistic, freedom),
    z: (statistic - freedom) / Math.sqrt(2 * freedom),
  };
}

/** The probability that a chi-square variable of `freedom` degrees exceeds `statistic`. */
export function chiSquareTail(statistic: number, freedom: number): number {
  return 1 - lowerGamma(freedom / 2, statistic / 2);
}

/**
 * A lower bound of epsilon from what came out for two neighbouring inputs, right in at least 99.9 % of runs.
 *
 * An event {y >= t} or {y <= t} is chosen on one half of the outcomes, where it separates best; its probabilities are
 * then bounded on the other half (Clopper and Pearson 1934), so that the choice costs no confidence.
 */
export function epsilonLowerBound(
  first: readonly bigint[],
  second: readonly bigint[],
  { delta = 0, confidence = 0.999 }: { readonly delta?: number; readonly confidence?: number } = {},
): number {
  const half = Math.floor(Math.min(first.length, second.length) / 2);
  const event = bestEvent(first.slice(0, half), second.slice(0, half), delta);
  // Each bound takes half of what may go wrong.
  const risk = (1 - confidence) / 2;
  const trials = Math.min(first.length, second.length) - half;
  const [likely, unlikely] = event.isLikelierInFirst ? [first, second] : [second, first];
  const hits = (outcomes: readonly bigint[]) =>
    outcomes.slice(half, half + trials).filter(event.contains).length;
  const low = clopperPearsonLow(hits(likely), trials, risk);
  const high = 1 - clopperPearsonLow(trials - hits(unlikely), trials, risk);
  return low <= delta ? 0 : Math.log((low - delta) / high);
}

interface Event {
  readonly isLikelierInFirst: boolean;
  readonly contains: (outcome: bigint) => boolean;
}

function bestEvent(first: readonly bigint[], second: readonly bigint[], delta: number): Event {
  const [firstCounts, secondCounts] = [countsOf(first), countsOf(second)];
  const thresholds = [...new Set([...first, ...second])].sort((a, b) => Number(a - b));
  let best: Event = { isLikelierInFirst: true, contains: () => true };
  let bestBound = 0;
  let [firstAtMost, secondAtMost] = [0, 0];
  for (const threshold of thresholds) {
    const atLeast = [first.length - firstAtMost, second.length - secondAtMost] as const;
    firstAtMost += firstCounts.get(threshold) ?? 0;
    secondAtMost += secondCounts.get(threshold) ?? 0;
    for (const [[inFirst, inSecond], contains] of [
      [atLeast, (y: bigint) => y >= threshold],
      [[firstAtMost, secondAtMost], (y: bigint) => y <= threshold],
    ] as const) {
      const isLikelierInFirst = inFirst > inSecond;
      const [likely, unlikely] = isLikelierInFirst ? [inFirst, inSecond] : [inSecond, inFirst];
      // Bounds of both counts (their square roots have a standard deviation of 1/2), so that a rare event does not win
      // by luck.
      const low = Math.max(Math.sqrt(likely) - MARGIN, 0) ** 2 / first.length - delta;
      const high = (Math.sqrt(unlikely + 1) + MARGIN) ** 2 / first.length;
      if (low > 0 && Math.log(low / high) > bestBound) {
        bestBound = Math.log(low / high);
        best = { isLikelierInFirst, contains };
      }
    }
  }
  return best;
}

function countsOf(outcomes: readonly bigint[]): Map<bigint, number> {
  const counts = new Map<bigint, number>();
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return counts;
}

/** The probability below which `hits` or more of `trials` would come up with probability less than `risk`. */
export function clopperPearsonLow(hits: number, trials: number, risk: number): number {
  if (hits === 0) return 0;
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (incompleteBeta(hits, trials - hits + 1, middle) < risk) low = middle;
    else high = middle;
  }
  return low;
}

/** ln of the gamma function for x > 0 (Lanczos). */
function logGamma(x: number): number {
  const coefficients = [
    76.18009172947146, -86.50532032941678, 24.01409824083091, -1.231739572450155,
    0.1208650973866179e-2, -0.5395239384953e-5,
  ];
  const base = x + 5.5 - (x + 0.5) * Math.log(x + 5.5);
  const series = coefficients.reduce(
    (sum, c, index) => sum + c / (x + 1 + index),
    1.000000000190015,
  );
  return -base + Math.log((2.5066282746310007 * series) / x);
}

/** Regularised lower incomplete gamma function P(a, x). */
function lowerGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  const scale = Math.exp(-x + a * Math.log(x) - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; Math.abs(term) > sum * 1e-15; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return sum * scale;
  }
  return 1 - scale * continuedFraction(x + 1 - a, (n) => [-n * (n - a), x + 1 - a + 2 * n]);
}

/** Regularised incomplete beta function I_x(a, b). */
function incompleteBeta(a: number, b: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const scale = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x),
  );
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(b, a, 1 - x);
  const term = (n: number): readonly [number, number] => {
    const m = Math.floor(n / 2);
    const numerator =
      n % 2 === 0
        ? (m * (b - m) * x) / ((a + n - 1) * (a + n))
        : (-(a + m) * (a + b + m) * x) / ((a + n - 1) * (a + n));
    return [numerator, 1];
  };
  return (scale * continuedFraction(1, term)) / a;
}

/** 1 / (b0 + a1 / (b1 + a2 / (b2 + ...))) by the modified Lentz method; `term(n)` gives [an, bn]. */
function continuedFraction(b0: number, term: (n: number) => readonly [number, number]): number {
  const tiny = 1e-300;
  let d = 1 / (b0 === 0 ? tiny : b0);
  let c = 1 / tiny;
  let value = d;
  for (let n = 1; n < 100_000; n++) {
    const [numerator, denominator] = term(n);
    d = 1 / (numerator * d + denominator || tiny);
    c = denominator + numerator / c || tiny;
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) return value;
  }
  throw new RangeError("the continued fraction does not converge");
}
