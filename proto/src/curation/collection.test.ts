import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CollectionStatement, collectionStatement } from "./collection.ts";

const { encode, decode } = collectionStatement;

const statement: CollectionStatement = {
  id: "copper-energy",
  name: { zh: "铜加工节能", en: "Energy in copper works" },
  text: { zh: "", en: "" },
};

const sentence = (minLength: number, maxLength: number) =>
  fc.record({ zh: trimmed(minLength, maxLength), en: trimmed(minLength, maxLength) });

function trimmed(minLength: number, maxLength: number) {
  return fc
    .string({ minLength, maxLength })
    .filter((text) => text === text.trim() && text.length >= minLength);
}

describe("the statement of a collection", () => {
  test("has one text and is read back from it", () => {
    const text = encode(statement);
    expect(text).toBe(
      '{"id":"copper-energy","name":{"zh":"铜加工节能","en":"Energy in copper works"},"text":{"zh":"","en":""}}',
    );
    expect(decode(text)).toEqual(statement);
    fc.assert(
      fc.property(sentence(1, 60), sentence(0, 600), (name, about) => {
        const value = { ...statement, name, text: about };
        expect(decode(encode(value))).toEqual(value);
      }),
    );
  });

  const name = (zh: string, en = "x") => ({ ...statement, name: { zh, en } });
  test.each([
    ["nothing", "", /no JSON object/],
    ["a list", "[]", /lower-case letters/],
    ["no object", "null", /no JSON object/],
    ["another member", encode(statement).replace("{", '{"x":1,'), /members/],
    ["a space", `${encode(statement)} `, /spaces/],
    ["an identifier in capitals", encode({ ...statement, id: "Copper" }), /lower-case letters/],
    ["no Chinese name", encode(name("")), /1 to 60/],
    ["no English name", encode(name("铜", "")), /1 to 60/],
    ["a name that is too long", encode(name("铜".repeat(61))), /1 to 60/],
    ["space around a name", encode(name(" 铜")), /without space/],
    [
      "a text that is too long",
      encode({ ...statement, text: { zh: "", en: "x".repeat(601) } }),
      /at most 600/,
    ],
    ["a name that is none", '{"id":"aa","name":null,"text":{"zh":"","en":""}}', /1 to 60/],
    [
      "a number for a text",
      '{"id":"aa","name":{"zh":1,"en":"x"},"text":{"zh":"","en":""}}',
      /1 to/,
    ],
  ])("is refused with %s", (_, text, message) => {
    expect(() => decode(text)).toThrow(
      expect.objectContaining({
        code: "ERR_STATEMENT_MALFORMED",
        message: expect.stringMatching(message),
        messageZh: expect.stringMatching(/\p{Script=Han}/u),
      }),
    );
  });
});
