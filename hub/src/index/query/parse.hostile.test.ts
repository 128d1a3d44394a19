import { isTributaryError } from "@tributary/proto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseQuery, withFacetCodes } from "./parse.ts";

const SIGNS = fc.constantFrom(
  ...'"“”「『＂-－−:：,， \t\n\0',
  "title:",
  "标题：",
  "region:",
  "kind:",
  "__proto__:",
  "constructor:",
  "铜",
  "a",
);

test("any text is clauses or is refused with its code", () => {
  const text = fc.oneof(
    fc.array(SIGNS, { maxLength: 60 }).map((parts) => parts.join("")),
    fc.string({ unit: "binary", maxLength: 60 }),
  );
  fc.assert(
    fc.property(text, (query) => {
      try {
        for (const clause of parseQuery(query)) {
          if (clause.type === "facet") {
            expect(["__proto__", "constructor"]).not.toContain(clause.field);
          } else {
            // What is looked for stands in the text.
            for (const word of clause.text.split(" ")) expect(query).toContain(word);
          }
        }
      } catch (error) {
        if (!isTributaryError(error)) throw error;
        expect(error.code).toBe("ERR_QUERY_INVALID");
      }
    }),
    { numRuns: 1_000 },
  );
});

test("any text stays as typed but for codes of facets that became others", () => {
  const parts = fc.array(SIGNS, { maxLength: 30 }).map((signs) => signs.join(""));
  fc.assert(
    fc.property(parts, (query) => {
      expect(withFacetCodes(query, (_, code) => code)).toBe(query);
      const other = withFacetCodes(query, (_, code) => (code === "a" ? "b" : code));
      const said = parseQuery(query).map((clause) =>
        clause.type === "facet" && clause.values.every((code) => /^[\w.-]+$/.test(code))
          ? { ...clause, values: clause.values.map((code) => (code === "a" ? "b" : code)) }
          : clause,
      );
      expect(parseQuery(other)).toEqual(said);
    }),
    { numRuns: 1_000 },
  );
});
