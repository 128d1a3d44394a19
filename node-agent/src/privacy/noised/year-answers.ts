/**
 * What a release says with noise: once a calendar year is over, how many enterprise groups were served in each family of
 * scenarios, how good it was for them, and how many were satisfied.
 *
 * The families are a short list that everybody knows, so that a cell has enough enterprises for its mean to stand out of
 * the noise; finer cells would be noise only.
 *
 * @module
 */

import { ANY, type BodyOf, type Hierarchies, isTributaryError } from "@tributary/proto";
import { DEFAULT_CAPS, type PrivacyAccountant } from "../budget/accountant.ts";
import type { RandomBytes } from "../noise/uniform.ts";
import { type Epoch, epochText, lastOfYear } from "../release/epoch.ts";
import { answerCells } from "./answer-cells.ts";
import type { Contribution } from "./contributions.ts";

/** What draws noise, and pays for it. */
export interface NoiseSource {
  readonly accountant: PrivacyAccountant;
  readonly randomBytes: RandomBytes;
}

/** An outcome as it is kept: before it was sealed, and after. */
export interface GradedOutcome {
  /** Record nullifier in hex. */
  readonly nullifier: string;
  readonly group: string;
  readonly finished: Epoch;
  readonly scenario: string;
  /** 0 to 10; see {@link gradeOf}. */
  readonly grade: number;
  readonly isSatisfied: boolean;
}

/** Fields of a release. */
export type YearAnswers = Required<Pick<BodyOf<"outcome">, "noised" | "budget">>;

/** Name of the sampler, as releases state it. */
export const SAMPLER = "cks20-bigint/1";

/** Points of one grade: a change of -50 points is grade 0, none is 5, +50 is 10. */
const POINTS_PER_GRADE = 10;
const UNCHANGED = 5;

/** The grade of a clipped change in points, positive where it became better. */
export function gradeOf(points: number): number {
  return UNCHANGED + Math.round(points / POINTS_PER_GRADE);
}

/**
 * The answers that the release of an epoch carries: those of the year that ends with it; undefined with any other epoch.
 *
 * Without answers where no budget is left, or where a crash lost them: the release goes out all the same, and says what
 * was spent.
 *
 * @throws {TributaryError} What the ledger of the budget throws.
 */
export async function answersOfYear(
  epoch: Epoch,
  outcomes: Iterable<GradedOutcome>,
  { accountant, randomBytes, hierarchies }: NoiseSource & { readonly hierarchies: Hierarchies },
): Promise<YearAnswers | undefined> {
  if (epoch !== lastOfYear(epoch)) return undefined;
  const year = Math.floor(epoch / 4);
  const query = {
    year,
    epoch: epochText(epoch),
    cells: [...hierarchies.values("family")].filter((family) => family !== ANY),
    rho: DEFAULT_CAPS.year,
  };
  const noised = await answerCells(query, contributionsOf(outcomes, hierarchies), {
    accountant,
    randomBytes,
  }).catch((error: unknown) => {
    if (!isUnanswerable(error)) throw error;
    return [];
  });
  return {
    noised: noised.map((answer) => ({ ...answer, values: { ...answer.values } })),
    budget: await accountant.statement(year),
  };
}

function isUnanswerable(error: unknown): boolean {
  return isTributaryError(error, "ERR_BUDGET_SPENT") || isTributaryError(error, "ERR_ANSWER_LOST");
}

/** The oldest first. */
function contributionsOf(
  outcomes: Iterable<GradedOutcome>,
  hierarchies: Hierarchies,
): Contribution[] {
  return [...outcomes]
    .sort((a, b) => a.finished - b.finished || (a.nullifier < b.nullifier ? -1 : 1))
    .flatMap(({ group, finished, scenario, grade, isSatisfied }) => {
      const cell = hierarchies.familyOf(scenario);
      if (cell === undefined) return [];
      return [{ group, year: Math.floor(finished / 4), cell, grade, isSatisfied }];
    });
}
