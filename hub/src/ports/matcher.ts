/**
 * Matching as the rest of the hub sees it: questions to whatever keeps the evidence of the catalog in memory.
 *
 * @module
 */

import type { Matches } from "../match/match.ts";
import type { Plans } from "../match/plan.ts";
import type { Question } from "../match/question.ts";

/** An answer and the log size that it rests on. */
export interface Rested<Answer> {
  readonly answer: Answer;
  readonly position: number;
}

/** Safe to call concurrently. Calls reject with the signal's reason when aborted, and with `ERR_OVERLOADED`. */
export interface Matcher {
  /** Ranks providers. @param limit Providers wanted; 1 to 50. */
  match(question: Question, limit: number, signal: AbortSignal): Promise<Rested<Matches>>;
  /** Proposes plans. */
  plan(question: Question, signal: AbortSignal): Promise<Rested<Plans>>;
}
