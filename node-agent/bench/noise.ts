/**
 * How fast are exact draws of noise? Draws a second of both samplers at several parameters, each the median of `runs`
 * runs in one process; the JSON line has the slowest of each sampler too.
 *
 * Arguments: draws a run (default 200,000), runs (default 5).
 *
 * @module
 */

import { randomBytes } from "@tributary/proto";
import { median, report } from "../../.tools/bench-report.ts";
import { discreteGaussian, discreteLaplace } from "../src/privacy/noise/discrete-noise.ts";
import { parseRational } from "../src/privacy/noise/rational.ts";
import { Uniform } from "../src/privacy/noise/uniform.ts";

const CASES = [
  ["laplace", discreteLaplace, ["1", "7/3", "10", "100", "10000"]],
  ["gaussian", discreteGaussian, ["1/3", "1", "50", "100", "5000/3", "2401", "100000000"]],
] as const;

const draws = Number(process.argv[2] ?? 200_000);
const runs = Number(process.argv[3] ?? 5);
const uniform = new Uniform(randomBytes);
const figures: Record<string, number> = { draws, runs };
for (const [name, sample, parameters] of CASES) {
  const rates: number[] = [];
  for (const text of parameters) {
    const parameter = parseRational(text);
    const ofRuns: number[] = [];
    for (let run = 0; run <= runs; run++) {
      const begin = performance.now();
      for (let draw = 0; draw < draws; draw++) sample(uniform, parameter);
      // The first run warms up.
      if (run > 0) ofRuns.push((draws * 1000) / (performance.now() - begin));
    }
    const rate = Math.round(median(ofRuns));
    console.log(`${name} ${text}: ${rate} draws/s`);
    figures[`${name}_${text}`] = rate;
    rates.push(rate);
  }
  figures[`${name}_min`] = Math.min(...rates);
}
report("noise", figures);
