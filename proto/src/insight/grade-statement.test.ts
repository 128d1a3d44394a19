import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type GradeStatement, gradeStatement } from "./grade-statement.ts";

const statement: GradeStatement = {
  rule: "assessment/1",
  centerType: "region",
  tier: "provincial",
  grade: "B",
  points: 74.2,
  completeness: 0.9,
  logSize: 1_234,
  digest: "ab".repeat(32),
};

describe("the statement of a grade", () => {
  test("has one text and is read back from it", () => {
    const text = gradeStatement.encode(statement);
    expect(text).toBe(
      `{"rule":"assessment/1","centerType":"region","tier":"provincial","grade":"B","points":74.2,"completeness":0.9,"logSize":1234,"digest":"${"ab".repeat(32)}"}`,
    );
    expect(gradeStatement.decode(text)).toEqual(statement);
  });

  test.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["no object", "null"],
    ["a list", "[]"],
    ["another member", gradeStatement.encode(statement).replace("{", '{"x":1,')],
    ["a space", `${gradeStatement.encode(statement)} `],
    ["points above 100", gradeStatement.encode({ ...statement, points: 100.1 })],
    ["a negative share", gradeStatement.encode({ ...statement, completeness: -0.1 })],
    ["a log size between numbers", gradeStatement.encode({ ...statement, logSize: 1.5 })],
    ["a digest in capitals", gradeStatement.encode({ ...statement, digest: "AB".repeat(32) })],
    ["a number for a text", gradeStatement.encode({ ...statement, grade: 1 as never })],
  ])("is refused with %s", (_, text) => {
    expect(() => gradeStatement.decode(text)).toThrow(
      expect.objectContaining({ code: "ERR_STATEMENT_MALFORMED" }),
    );
  });

  test("of whatever bytes is read or refused with that code", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          gradeStatement.decode(text);
        } catch (error) {
          expect(error).toMatchObject({ code: "ERR_STATEMENT_MALFORMED" });
        }
      }),
    );
  });
});
