/**
 * What a decision `grade` says: the JSON of its argument. The figures behind a grade stay where members may read them;
 * the log, which everybody reads, has their digest.
 *
 * @module
 */

import { TributaryError } from "../errors.ts";

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

/** The one text of a statement: its members in the order of {@link GradeStatement}, without spaces. */
export function encodeGradeStatement(statement: GradeStatement): string {
  const { rule, centerType, tier, grade, points, completeness, logSize, digest } = statement;
  return JSON.stringify({ rule, centerType, tier, grade, points, completeness, logSize, digest });
}

/**
 * Reads a statement.
 *
 * @param text From a log; attacker-controlled where the log is another's.
 * @throws {TributaryError} `ERR_STATEMENT_MALFORMED` if it is not what {@link encodeGradeStatement} writes of one.
 */
export function decodeGradeStatement(text: string): GradeStatement {
  let statement: GradeStatement;
  try {
    statement = JSON.parse(text);
  } catch (cause) {
    throw malformed({ cause });
  }
  if (!isStatement(statement) || encodeGradeStatement(statement) !== text) throw malformed({});
  return statement;
}

function isStatement(value: GradeStatement | null): value is GradeStatement {
  if (typeof value !== "object" || value === null) return false;
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

function malformed(options: { readonly cause?: unknown }): TributaryError {
  return new TributaryError(
    "ERR_STATEMENT_MALFORMED",
    "the argument of a grade is not the JSON of one",
    { messageZh: "评级决定的内容格式无效", ...options },
  );
}
