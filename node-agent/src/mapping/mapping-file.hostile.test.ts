import { isTributaryError, type TributaryError } from "@tributary/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadMapping } from "./mapping-file.ts";

const SOURCE = "source: { type: csv, path: a.csv }";

/** What is wrong with a file, in English; fails if nothing is. */
function refusal(text: string): TributaryError {
  try {
    loadMapping(text, "m.yaml");
  } catch (error) {
    if (isTributaryError(error, "ERR_CONFIG_INVALID")) return error;
    throw error;
  }
  throw new Error("the mapping was taken");
}

describe("loadMapping", () => {
  test("refuses an anchor that unfolds into a billion values, at once", () => {
    const levels = Array.from({ length: 12 }, (_, i) => {
      const inner = i === 0 ? "lol" : `*a${i - 1}`;
      return `a${i}: &a${i} [${Array(10).fill(inner).join(", ")}]`;
    });
    const { message, messageZh } = refusal([...levels, SOURCE].join("\n"));
    expect(message).toMatch(/^m\.yaml: .*alias/i);
    expect(messageZh).toMatch(/^m\.yaml：/);
  });

  test("refuses an alias to nothing", () => {
    expect(refusal(`${SOURCE}\ntables: *nothing`).message).toMatch(/^m\.yaml.*nothing/);
  });

  test.each([
    ["lists", "[".repeat(50_000)],
    ["closed lists", `${"[".repeat(20_000)}${"]".repeat(20_000)}`],
    ["maps", "{a: ".repeat(50_000)],
    ["block lists", `${"- ".repeat(20_000)}a`],
  ])("refuses %s inside of each other without end", (_, text) => {
    expect(refusal(`tables: ${text}`).code).toBe("ERR_CONFIG_INVALID");
  });

  test("refuses a file that is too long to be a mapping", () => {
    expect(refusal(`#${"x".repeat(1_000_000)}\n${SOURCE}`).message).toContain("1000000 characters");
  });

  test.each(["", "---", "null", "[]", "42", "a", "\0", "- a\n- b", "%YAML 9.9\n---\na: 1"])(
    "refuses %j with a sentence",
    (text) => {
      expect(refusal(text).message).toMatch(/^m\.yaml/);
    },
  );

  test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "refuses %s as a name at every level",
    (name) => {
      const places = [
        `${name}: x\n${SOURCE}\ntables: [{ kind: provider, key: [a], fields: { name: a } }]`,
        `source: { type: csv, path: a.csv, ${name}: x }\ntables: [{ kind: provider, key: [a], fields: { name: a } }]`,
        `${SOURCE}\ntables: [{ kind: provider, key: [a], ${name}: x, fields: { name: a } }]`,
        `${SOURCE}\ntables: [{ kind: provider, key: [a], fields: { name: a, ${name}: b } }]`,
        `${SOURCE}\ntables: [{ kind: provider, key: [a], fields: { name: { column: a, ${name}: b } } }]`,
      ];
      for (const text of places) expect(refusal(text).message).toContain(name);
    },
  );

  test("takes the same names as titles of columns", () => {
    const text = `${SOURCE}\ntables: [{ kind: provider, key: [__proto__], fields: { name: constructor } }]`;
    expect(loadMapping(text, "m.yaml").tables[0]).toMatchObject({
      key: ["__proto__"],
      fields: { name: "constructor" },
    });
  });

  test("tells duplicate keys with their line", () => {
    const text = `${SOURCE}\ntables:\n  - kind: provider\n    kind: case\n    key: [a]\n    fields: { name: a }`;
    expect(refusal(text).message).toMatch(/^m\.yaml:4/);
  });

  test("throws nothing but its own error, for any text", () => {
    const piece = fc.constantFrom(
      ..."{}[]:,-&*!|>'\"%@`#? \n\t",
      "a",
      "key",
      "&x",
      "*x",
      "<<: *x",
      "!!binary ",
      "!!map ",
      "\n  - ",
      ": ",
      SOURCE,
      "tables:",
      "__proto__: ",
      "\ud800",
      "\0",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 40 }).map((all) => all.join("")),
    );
    fc.assert(
      fc.property(text, (given) => {
        expect(refusal(given).message).toMatch(/^m\.yaml/);
      }),
      { numRuns: 500 },
    );
  });
});
