import { describe, expect, test } from "vitest";
import { isTributaryError, TributaryError } from "./errors.ts";
import { decodeRefusal, encodeRefusal, errorOfRefusal, refusalOf } from "./refusal.ts";
import { errorStatus } from "./status.ts";

describe("a refusal", () => {
  test("carries code, both messages and what a caller needs, and nothing else", () => {
    const error = new TributaryError("ERR_QUOTA", "too many batches", {
      messageZh: "批次过多",
      details: { limitName: "batches_per_second", limitValue: 50, retryAfterMs: 200, secret: "x" },
      cause: new Error("internal"),
    });
    const refusal = decodeRefusal(encodeRefusal(refusalOf(error)));
    expect(refusal).toEqual({
      code: "ERR_QUOTA",
      message: "too many batches",
      messageZh: "批次过多",
      limitName: "batches_per_second",
      limitValue: 50,
      retryAfterMs: 200,
    });
    const back = errorOfRefusal(refusal);
    expect(back).toMatchObject({
      code: "ERR_QUOTA",
      message: "too many batches",
      messageZh: "批次过多",
    });
    expect(back.details).toEqual({
      limitName: "batches_per_second",
      limitValue: 50,
      retryAfterMs: 200,
    });
    expect(refusalOf(back)).toMatchObject(refusal);
  });

  test("of a gap says which sequence is expected, also 0", () => {
    const error = new TributaryError("ERR_BATCH_GAP", "gap", { details: { expectedSeq: 0n } });
    const refusal = decodeRefusal(encodeRefusal(refusalOf(error)));
    expect(refusal.expectedSeq).toBe(0);
    expect(refusal.retryAfterMs).toBeUndefined();
    expect(errorOfRefusal(refusal).details).toEqual({ expectedSeq: 0 });
  });

  test("says when to try again only where that can help", () => {
    expect(refusalOf(new TributaryError("ERR_OVERLOADED", "full")).retryAfterMs).toBe(1000);
    expect(refusalOf(new TributaryError("ERR_SIGNATURE", "wrong")).retryAfterMs).toBeUndefined();
  });

  test.each([new Error("password=1"), "password=1", undefined])(
    "of a defect tells nothing of it: %s",
    (defect) => {
      const refusal = refusalOf(defect);
      expect(refusal.code).toBe("ERR_INTERNAL");
      expect(JSON.stringify(refusal)).not.toContain("password");
    },
  );

  test("with a code of a newer peer becomes an error that names it", () => {
    const refusal = { ...refusalOf(new TributaryError("ERR_QUOTA", "m")), code: "ERR_NEW" };
    expect(errorOfRefusal(refusal)).toMatchObject({
      code: "ERR_INTERNAL",
      message: "m",
      details: expect.objectContaining({ peerCode: "ERR_NEW" }),
    });
  });

  test("is refused if its bytes are none", () => {
    expect(() => decodeRefusal(Uint8Array.of(0xff))).toThrow(
      expect.objectContaining({ code: "ERR_MESSAGE_MALFORMED" }),
    );
  });
});

describe("a TributaryError", () => {
  test("is known by its shape, so that two copies of this package agree", () => {
    const foreign = Object.assign(new Error("m"), { name: "TributaryError", code: "ERR_QUOTA" });
    expect(isTributaryError(foreign)).toBe(true);
    expect(isTributaryError(foreign, "ERR_QUOTA")).toBe(true);
    expect(isTributaryError(foreign, "ERR_CREDIT")).toBe(false);
    expect(isTributaryError(new Error("m"))).toBe(false);
    expect(isTributaryError({ name: "TributaryError", code: "ERR_QUOTA" })).toBe(false);
  });

  test("has its English message where there is no Chinese one, and its cause", () => {
    const cause = new Error("c");
    expect(new TributaryError("ERR_QUOTA", "m", { cause })).toMatchObject({
      messageZh: "m",
      cause,
    });
    expect("cause" in new TributaryError("ERR_QUOTA", "m")).toBe(false);
  });
});

describe("errorStatus", () => {
  // grpc/grpc, doc/statuscodes.md; Connect protocol, "Error Codes".
  test.each([
    ["ERR_RECORD_MALFORMED", 3, 400, false],
    ["ERR_LOG_CONFLICT", 10, 409, true],
    ["ERR_QUOTA", 8, 429, true],
    ["ERR_UNAVAILABLE", 14, 503, true],
    ["ERR_UNAUTHENTICATED", 16, 401, false],
    ["ERR_FORBIDDEN", 7, 403, false],
    ["ERR_NOT_FOUND", 5, 404, false],
    ["ERR_OF_THE_FUTURE", 13, 500, false],
    ["toString", 13, 500, false],
  ])("of %s is %i, %i, retryable %s", (code, grpc, http, retryable) => {
    expect(errorStatus(code)).toEqual({ grpc, http, retryable });
  });
});
