import { isTributaryError } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { ClientError, errorOfHub, errorOfStatus } from "./errors.ts";

const refusal = { message: "m", messageZh: "中", limitName: "", limitValue: 0 };

describe("a client's error", () => {
  test("is a TributaryError by shape, and says what to do", () => {
    const error = new ClientError("ERR_DEADLINE", "late");
    expect(isTributaryError(error, "ERR_DEADLINE")).toBe(true);
    expect(error.retryable).toBe(true);
    expect(error.hint).toContain("deadlineMs");
    expect(new ClientError("ERR_QUERY_INVALID", "x").hint).toContain("message");
    expect(new ClientError("ERR_OVERLOADED", "x").hint).toContain("again");
  });

  test("of a refusal is retryable where the hub says when to try again", () => {
    const full = { ...refusal, code: "ERR_QUOTA", limitName: "searches", limitValue: 5 };
    expect(errorOfHub({ ...full, retryAfterMs: 250 }, undefined)).toMatchObject({
      code: "ERR_QUOTA",
      messageZh: "中",
      retryable: true,
      retryAfterMs: 250,
      details: { limitName: "searches", limitValue: 5 },
    });
    expect(errorOfHub(full, undefined).retryable).toBe(false);
  });

  test("of a code from a newer hub keeps it in its details", () => {
    expect(errorOfHub({ ...refusal, code: "ERR_OF_TOMORROW" }, undefined)).toMatchObject({
      code: "ERR_INTERNAL",
      details: { peerCode: "ERR_OF_TOMORROW" },
    });
  });

  test.each([
    [1, "ERR_UNAVAILABLE", true],
    [2, "ERR_PROTOCOL", false],
    [4, "ERR_DEADLINE", true],
    [7, "ERR_FORBIDDEN", false],
    [8, "ERR_OVERLOADED", true],
    [12, "ERR_PROTOCOL", false],
    [13, "ERR_PROTOCOL", false],
    [14, "ERR_UNAVAILABLE", true],
    [16, "ERR_UNAUTHENTICATED", false],
  ])("of status %d without a refusal is %s", (status, code, retryable) => {
    expect(errorOfStatus({ status, message: "m", cause: undefined })).toMatchObject({
      code,
      retryable,
    });
  });

  test.each([
    ["7", 7_000],
    ["Wed, 21 Oct 2026 07:28:00 GMT", undefined],
    ["-1", undefined],
    ["99999999", undefined],
  ])("reads retry-after %j", (retryAfter, retryAfterMs) => {
    const error = errorOfStatus({ status: 14, message: "m", retryAfter, cause: undefined });
    expect(error.retryAfterMs).toBe(retryAfterMs);
  });
});
