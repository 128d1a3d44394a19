import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testAnalyzer } from "../../../test/support/open-test-index.ts";
import { aDocument } from "../../ports/search-index.contract.ts";
import { buildSegment } from "./build.ts";
import { type Deletes, withDeleted } from "./deletes.ts";
import { mergeSegments } from "./merge.ts";
import { Segment } from "./segment.ts";
import { createTextUnits, unitsToText } from "./text-units.ts";

const analyzer = testAnalyzer();

const text = fc
  .array(
    fc.constantFrom("预测性维护", "设备", " ", "的", "𠮷", "MES", "pumps", "重庆", "㎏", " · "),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(""));

const document = fc
  .record({
    key: fc.uuid(),
    center: fc.constantFrom("north", "south"),
    title: text,
    tags: text,
    body: text,
    year: fc.subarray(["2023", "2024", "2025"]),
    visibility: fc.constantFrom("public", "members", "centers"),
    receivedAtMs: fc.integer({ min: 1, max: 4 }),
    validUntilMs: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    isDeleted: fc.boolean(),
  })
  .map(({ year, validUntilMs, isDeleted, ...parts }) => ({
    isDeleted,
    document: aDocument({
      ...parts,
      facets: year.length === 0 ? {} : { year },
      ...(validUntilMs === undefined ? {} : { validUntilMs }),
    }),
  }));

describe("mergeSegments", () => {
  test("gives the bytes of the segment of the living documents, for any segments", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(document, { minLength: 1, maxLength: 6 }), {
          minLength: 1,
          maxLength: 4,
        }),
        (groups) => {
          const inputs = groups.map((group) => {
            const deleted = group.flatMap((entry, doc) => (entry.isDeleted ? [doc] : []));
            const deletes: Deletes =
              deleted.length === 0 ? undefined : withDeleted(undefined, group.length, deleted);
            const segment = new Segment(
              buildSegment(
                group.map((e) => e.document),
                analyzer,
              ),
            );
            return { segment, deletes };
          });
          const living = groups.flat().filter(({ isDeleted }) => !isDeleted);
          const expected = buildSegment(
            living.map((entry) => entry.document),
            analyzer,
          );
          expect(Buffer.from(mergeSegments(inputs))).toEqual(Buffer.from(expected));
        },
      ),
    );
  });
});

describe("a segment", () => {
  test("keeps names, times and texts as they were, for any documents", () => {
    const anyText = fc.string({ unit: "binary", maxLength: 40 });
    fc.assert(
      fc.property(fc.array(fc.tuple(anyText, anyText), { minLength: 1, maxLength: 5 }), (texts) => {
        const documents = texts.map(([title, body], i) =>
          aDocument({
            key: `${["case-", "钥匙", "\ufeff", "é".repeat(200)][i % 4]}${i}`,
            title,
            body,
          }),
        );
        const segment = new Segment(buildSegment(documents, analyzer));
        const units = createTextUnits();
        documents.forEach((wanted, doc) => {
          expect(segment.ref(doc)).toEqual(wanted.ref);
          expect(segment.docsOf(wanted.ref)).toEqual([doc]);
          segment.readTexts(doc, units);
          const [titleEnd = 0, , summaryEnd = 0, bodyEnd = 0] = units.ends;
          expect(unitsToText(units.units, 0, titleEnd)).toBe(wanted.text.title);
          expect(unitsToText(units.units, summaryEnd, bodyEnd)).toBe(wanted.text.body);
        });
      }),
    );
  });

  test("refuses bytes that are no segment", () => {
    expect(() => new Segment(new SharedArrayBuffer(64))).toThrow(
      expect.objectContaining({ code: "ERR_STORE_DAMAGED" }),
    );
  });
});
