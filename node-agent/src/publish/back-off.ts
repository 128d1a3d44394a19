const FIRST_MS = 500;
const LONGEST_MS = 60_000;

/**
 * How long to wait before the next try: clamp(0.5 s x 2^failures, 60 s), then full jitter, so that agents that lost the
 * hub at one moment do not all come back at one moment ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 *
 * @param failures Failures in a row before this wait, minus one; 0 or more.
 * @param random Uniform in [0, 1).
 */
export function backOffMs(failures: number, random: () => number): number {
  return Math.floor(random() * Math.min(FIRST_MS * 2 ** failures, LONGEST_MS));
}
