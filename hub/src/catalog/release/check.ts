/**
 * All checks of an outcome release.
 *
 * @module
 */

import type { RecordFinding } from "@tributary/proto";
import { findAnomalies } from "./anomaly.ts";
import { checkClosedWords } from "./closed-words.ts";
import type { ReceivedRelease, ReleaseCheck, ReleaseContext } from "./context.ts";
import { checkDiversity } from "./diversity.ts";
import { checkFigures } from "./figures.ts";
import { bounded } from "./finding.ts";
import { checkLabels } from "./label.ts";
import { checkNoise } from "./noise.ts";
import { checkPersonal } from "./personal.ts";
import { checkPlace } from "./place.ts";
import { checkRetractions } from "./retraction.ts";
import { checkSingleUse } from "./single-use.ts";
import { checkSizes } from "./size.ts";

/** H1 to H10: one finding of any of them refuses the release as a whole. */
const CHECKS: readonly ReleaseCheck[] = [
  checkPlace,
  checkClosedWords,
  checkLabels,
  checkSizes,
  checkFigures,
  checkSingleUse,
  checkDiversity,
  checkRetractions,
  checkNoise,
  checkPersonal,
];

/** What the checks say of a release. */
export interface ReleaseVerdict {
  readonly isRefused: boolean;
  /** Why it is refused; or, if it is not, what a curator should look at. */
  readonly findings: readonly RecordFinding[];
}

/** Judges a release: a pure function. */
export function judgeRelease(received: ReceivedRelease, context: ReleaseContext): ReleaseVerdict {
  const problems = CHECKS.flatMap((check) => [...check(received, context)]);
  const isRefused = problems.length > 0;
  const findings = isRefused ? problems : [...findAnomalies(received, context)];
  return { isRefused, findings: bounded(findings) };
}
