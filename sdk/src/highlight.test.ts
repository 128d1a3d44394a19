import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { highlightHtml, highlightParts } from "./highlight.ts";

describe("highlightHtml", () => {
  test("escapes the text and marks the matches", () => {
    const text = `<b>泵 & "阀"</b>'`;
    expect(highlightHtml({ text, spans: [{ start: 3, end: 4 }] })).toBe(
      "&lt;b&gt;<mark>泵</mark> &amp; &quot;阀&quot;&lt;/b&gt;&#39;",
    );
  });

  test("escapes inside a match", () => {
    expect(highlightHtml({ text: "a<b", spans: [{ start: 0, end: 3 }] })).toBe(
      "<mark>a&lt;b</mark>",
    );
  });
});

describe("highlightParts", () => {
  test("unites spans that overlap, touch, are out of order or pass the end", () => {
    const spans = [
      { start: 4, end: 99 },
      { start: 0, end: 2 },
      { start: 1, end: 3 },
    ];
    expect(highlightParts({ text: "abcdef", spans })).toEqual([
      { text: "abc", isMatch: true },
      { text: "d", isMatch: false },
      { text: "ef", isMatch: true },
    ]);
  });

  test("takes a surrogate pair whole", () => {
    expect(highlightParts({ text: "a𠮷b", spans: [{ start: 2, end: 3 }] })).toEqual([
      { text: "a", isMatch: false },
      { text: "𠮷", isMatch: true },
      { text: "b", isMatch: false },
    ]);
  });

  test("for any spans, joins to the text, covers each span and leaves no part empty", () => {
    const span = fc.record({
      start: fc.integer({ min: -3, max: 30 }),
      end: fc.integer({ max: 30 }),
    });
    const text = fc.string({ unit: "grapheme", maxLength: 12 });
    fc.assert(
      fc.property(text, fc.array(span, { maxLength: 6 }), (source, spans) => {
        const parts = highlightParts({ text: source, spans });
        expect(parts.map((part) => part.text).join("")).toBe(source);
        let at = 0;
        for (const part of parts) {
          expect(part.text).not.toBe("");
          expect(part.text.isWellFormed()).toBe(true);
          const end = at + part.text.length;
          const isTouched = spans.some(
            ({ start, end: to }) => Math.max(start, 0, at) < Math.min(to, end, source.length),
          );
          expect(part.isMatch).toBe(isTouched);
          at = end;
        }
      }),
    );
  });
});
