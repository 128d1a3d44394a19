/**
 * What a decision `grade` says: the JSON of its argument. The figures behind a grade stay where members may read them;
 * the log, which everybody reads, has their digest.
 *
 * @module
 */

import { type JsonStatement, jsonStatement } from "../json-statement.ts";

/** A grade as the log holds it. */
export interface GradeStatement {
  /** Name and version of the rule. */
  readonly rule: string;
  /** Vocabulary centerType. */
  readonly centerType: string;
  /** Vocabulary centerTier; empty where it is not known. */
  readonly tier: string;
  readonly grade: string;
  /** 0 to 100; to 0.1. */
  readonly points: number;
  /** 0 to 1. */
  readonly completeness: number;
  /** Log size that it was computed at. */
  readonly logSize: number;
  /** SHA-256 of what was assessed, 64 hex digits. */
  readonly digest: string;
}

/** The argument of a decision `grade`. */
export const gradeStatement: JsonStatement<GradeStatement> = jsonStatement({
  of: { en: "a grade", zh: "评级" },
  pick: ({ rule, centerType, tier, grade, points, completeness, logSize, digest }) => ({
    rule,
    centerType,
    tier,
    grade,
    points,
    completeness,
    logSize,
    digest,
  }),
  problemOf: (value) =>
    isStatement(value) ? undefined : { en: "a member is not valid", zh: "有无效字段" },
});

function isStatement(value: GradeStatement): boolean {
  const { rule, centerType, tier, grade, points, completeness, logSize, digest } = value;
  return (
    [rule, centerType, tier, grade].every((text) => typeof text === "string") &&
    isWithin(points, 100) &&
    isWithin(completeness, 1) &&
    Number.isSafeInteger(logSize) &&
    logSize >= 0 &&
    typeof digest === "string" &&
    /^[0-9a-f]{64}$/.test(digest)
  );
}

function isWithin(value: unknown, most: number): boolean {
  return typeof value === "number" && value >= 0 && value <= most;
}
