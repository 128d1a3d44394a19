import { RECORD_KINDS, toBase64Url, utf8 } from "@tributary/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatCursor, parseCursor, recordsAfter } from "./list-cursor.ts";

const FILTERS = [{ field: "kind", values: ["case", "event"] }];

const place = fc.record({
  pageToken: fc.string(),
  after: fc.option(
    fc.record({
      centerId: fc.constantFrom("copper", "smes"),
      kind: fc.constantFrom(...RECORD_KINDS),
      key: fc.stringMatching(/^[a-z铜0-9/]{1,20}$/u),
    }),
    { nil: undefined },
  ),
});

describe("a cursor", () => {
  test("reads back as the place that it was made of, for any place", () => {
    fc.assert(
      fc.property(fc.option(place, { nil: undefined }), (at) => {
        expect(parseCursor(formatCursor(at, FILTERS), FILTERS)).toEqual(at);
      }),
    );
  });

  test("is the beginning when empty, and the end is not", () => {
    expect(parseCursor("", FILTERS)).toEqual({ pageToken: "", after: undefined });
    expect(formatCursor(undefined, FILTERS)).not.toBe("");
  });

  test.each([
    ["no base64url", "???"],
    ["no JSON", toBase64Url(utf8("{"))],
    ["no list", toBase64Url(utf8('{"a":1}'))],
    ["not of texts", toBase64Url(utf8('["x",1]'))],
    ["of other filters", formatCursor(undefined, [])],
    ["of other values", formatCursor(undefined, [{ field: "kind", values: ["case"] }])],
  ])("is refused when it is %s", (_, cursor) => {
    expect(() => parseCursor(cursor, FILTERS)).toThrow(
      expect.objectContaining({ code: "ERR_PAGE_TOKEN" }),
    );
  });

  test("is refused when it names no record", () => {
    const [fingerprint] = JSON.parse(
      Buffer.from(formatCursor(undefined, FILTERS), "base64url").toString(),
    );
    for (const parts of [
      [fingerprint, "", "nonsense", "copper", "1"],
      [fingerprint, "", "case", "Not An Id", "1"],
      [fingerprint, "", "case", "copper", ""],
      [fingerprint, "", "case"],
    ]) {
      expect(() => parseCursor(toBase64Url(utf8(JSON.stringify(parts))), FILTERS)).toThrow(
        expect.objectContaining({ code: "ERR_PAGE_TOKEN" }),
      );
    }
  });
});

describe("recordsAfter", () => {
  test("orders by kind, center and key, each by UTF-8 bytes", () => {
    const record = (kind: "case" | "event", centerId: string, key: string) => ({
      ref: { kind, centerId, key },
    });
    // U+FF5E sorts before U+1F600 by UTF-8, and after it by UTF-16.
    const records = [
      record("case", "a1", "～"),
      record("case", "a1", "😀"),
      record("case", "b1", "a"),
      record("event", "a1", "a"),
    ];
    for (const [index, { ref }] of records.entries()) {
      expect(recordsAfter(records, ref)).toEqual(records.slice(index + 1));
    }
    expect(recordsAfter(records, undefined)).toBe(records);
  });
});
