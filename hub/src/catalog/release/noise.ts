/**
 * H9: each noised answer has the noise that its cost demands, and the budget is debited and not overdrawn.
 *
 * rho-zCDP of the discrete Gaussian: rho = Delta2^2 / (2 sigma^2) (Bun and Steinke 2016; Canonne, Kamath and Steinke
 * 2020). In exact fractions.
 *
 * @module
 */

import type { RecordFinding } from "@tributary/proto";
import type { ReceivedRelease, ReleaseAnswer, ReleaseContext, ReleasePast } from "./context.ts";
import { answerDigest, answerNameOf } from "./digests.ts";
import { finding } from "./finding.ts";
import {
  add,
  type Fraction,
  fractionText,
  isBelow,
  multiply,
  parseFraction,
  ZERO,
} from "./fraction.ts";

const TWO: Fraction = { numerator: 2n, denominator: 1n };
const MAX_CELLS_PER_UNIT = 3;
const NO_ANSWERS: readonly ReleaseAnswer[] = [];

export function* checkNoise(
  { release }: ReceivedRelease,
  { rules, past }: ReleaseContext,
): Iterable<RecordFinding> {
  const { noised = NO_ANSWERS, budget } = release;
  const named = new Set<string>();
  for (const [i, answer] of noised.entries()) {
    yield* checkAnswer(`noised ${i}`, answer, past);
    const name = answerNameOf(answer);
    if (named.has(name)) {
      yield problem(
        "answer_twice",
        `noised ${i}`,
        "answers the same question as one before it",
        "与前面的回答重复",
      );
    }
    named.add(name);
  }
  if (budget === undefined) {
    if (noised.length > 0) {
      yield problem(
        "budget_missing",
        "budget",
        "is missing where there are noised answers",
        "有加噪回答而未说明预算",
      );
    }
    return;
  }
  const { year, spentRho = "0", capYear = "0", capLife = "0" } = budget;
  const spent = parseFraction(spentRho);
  const due = add(spentIn(past, year), costOf(noised, past));
  // More than the hub knows of may be spent: an agent that stops between its debit and its answer has lost the answer.
  if (isBelow(spent, due)) {
    yield problem(
      "spent",
      "budget.spentRho",
      `is ${spentRho}; with this release ${fractionText(due)} of ${year} are spent`,
      `为 ${spentRho}，计入本次发布后 ${year} 年已用 ${fractionText(due)}`,
    );
  }
  const life = Object.keys(past.chain.spent)
    .filter((other) => other !== String(year))
    .reduce((sum, other) => add(sum, spentIn(past, Number(other))), spent);
  yield* checkCap("capYear", capYear, rules.capYear, spent);
  yield* checkCap("capLife", capLife, rules.capLife, life);
}

function* checkCap(
  name: string,
  given: string,
  most: string,
  spent: Fraction,
): Iterable<RecordFinding> {
  const cap = parseFraction(given);
  if (isBelow(parseFraction(most), cap)) {
    yield problem(
      "cap",
      `budget.${name}`,
      `is ${given}; at most ${most} is allowed`,
      `为 ${given}，至多为 ${most}`,
    );
  } else if (isBelow(cap, spent)) {
    yield problem(
      "overdrawn",
      `budget.${name}`,
      `is ${given}; ${fractionText(spent)} are spent`,
      `为 ${given}，已用 ${fractionText(spent)}`,
    );
  }
}

function* checkAnswer(
  subject: string,
  answer: ReleaseAnswer,
  past: ReleasePast,
): Iterable<RecordFinding> {
  const {
    statistic,
    rho,
    sigmaSquared,
    delta2Squared = "0",
    cellsPerUnit = 0,
    gradeMax = 0,
  } = answer;
  if (cellsPerUnit < 1 || cellsPerUnit > MAX_CELLS_PER_UNIT) {
    yield problem(
      "cells",
      subject,
      `cellsPerUnit is ${cellsPerUnit}; it is 1 to ${MAX_CELLS_PER_UNIT}`,
      `cellsPerUnit 为 ${cellsPerUnit}，须为 1 至 ${MAX_CELLS_PER_UNIT}`,
    );
  }
  const perCell = statistic === "sum" ? BigInt(gradeMax) ** 2n : 1n;
  const due = { numerator: BigInt(cellsPerUnit) * perCell, denominator: 1n };
  const sensitivity = parseFraction(delta2Squared);
  if (isBelow(sensitivity, due) || !isBelow(ZERO, sensitivity)) {
    yield problem(
      "sensitivity",
      subject,
      `delta2Squared is ${delta2Squared}; one unit can change it by ${fractionText(due)}`,
      `delta2Squared 为 ${delta2Squared}，一个单元可改变 ${fractionText(due)}`,
    );
  }
  const cost = parseFraction(rho);
  if (
    !isBelow(ZERO, cost) ||
    isBelow(multiply(multiply(parseFraction(sigmaSquared), TWO), cost), sensitivity)
  ) {
    yield problem(
      "noise",
      subject,
      `sigmaSquared ${sigmaSquared} times 2 rho ${rho} is below delta2Squared ${delta2Squared}: too little noise for this cost`,
      `sigmaSquared ${sigmaSquared} 乘 2 rho ${rho} 小于 delta2Squared ${delta2Squared}：噪声不足`,
    );
  }
  const before = past.answer(answerNameOf(answer));
  if (before !== undefined && before !== answerDigest(answer)) {
    yield problem(
      "answer_changed",
      subject,
      "was answered otherwise before; a question is answered once",
      "此前已有不同的回答；每个问题只回答一次",
    );
  }
}

/** What answers cost that were not given before. */
export function costOf(answers: readonly ReleaseAnswer[], past: ReleasePast): Fraction {
  return answers
    .filter((answer) => past.answer(answerNameOf(answer)) === undefined)
    .reduce((sum, { rho }) => add(sum, parseFraction(rho)), ZERO);
}

/** What a center spent in a year, as far as the log tells. */
export function spentIn({ chain: { spent } }: ReleasePast, year: number): Fraction {
  return parseFraction(spent[String(year)] ?? "0");
}

function problem(code: string, subject: string, message: string, messageZh: string): RecordFinding {
  return finding("H9", code, subject, message, messageZh);
}
