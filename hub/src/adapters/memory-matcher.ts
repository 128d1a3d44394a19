/**
 * {@link Matcher} on the caller's own thread: for tests and small catalogs.
 *
 * @module
 */

import type { MatchFollower } from "../match/follower.ts";
import { match } from "../match/match.ts";
import { plan } from "../match/plan.ts";
import type { Matcher } from "../ports/matcher.ts";

/** Answers from what a follower knows, brought up to the catalog before each question. */
export function createMemoryMatcher(follower: MatchFollower): Matcher {
  return {
    async match(question, limit, signal) {
      await follower.advance();
      signal.throwIfAborted();
      const answer = match(follower.knowledge, question, limit);
      return { answer, position: follower.position };
    },
    async plan(question, signal) {
      await follower.advance();
      signal.throwIfAborted();
      return { answer: plan(follower.knowledge, question), position: follower.position };
    },
  };
}
