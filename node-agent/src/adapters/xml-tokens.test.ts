import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attributeOf, XmlError, XmlReader } from "./xml-tokens.ts";

/** What a reader says of a document that comes in pieces of `size` bytes. */
function tokens(document: string | Buffer, size = 1_000_000): string[] {
  const seen: string[] = [];
  let text = "";
  const flush = () => {
    if (text !== "") seen.push(`"${text}"`);
    text = "";
  };
  const reader = new XmlReader({
    open(name, attributes) {
      flush();
      seen.push(`<${name}${attributes === "" ? "" : ` ${attributes.trim()}`}>`);
    },
    close(name) {
      flush();
      seen.push(`</${name}>`);
    },
    text(piece) {
      text += piece;
    },
  });
  const bytes = Buffer.from(document);
  for (let at = 0; at < bytes.length; at += size) reader.write(bytes.subarray(at, at + size));
  reader.end();
  flush();
  return seen;
}

const DOCUMENT = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><x:a p='1 > 0' q="it's"><!-- <no> --><b/>中&amp;&#20013;&#x4e2d;&b;<![CDATA[<d>&amp;]]></x:a>`;

describe("XmlReader", () => {
  test("reads tags, text, entities and CDATA, and skips the rest", () => {
    expect(tokens(DOCUMENT)).toEqual([
      `<a p='1 > 0' q="it's">`,
      "<b>",
      "</b>",
      '"中&中中&b;<d>&amp;"',
      "</a>",
    ]);
  });

  test("reads the same in pieces of any size", () => {
    const whole = tokens(DOCUMENT);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (size) => {
        expect(tokens(DOCUMENT, size)).toEqual(whole);
      }),
    );
  });

  test("reads UTF-16 by its mark", () => {
    expect(tokens(Buffer.from("\ufeff<a>中</a>", "utf16le"), 3).slice(-3)).toEqual([
      "<a>",
      '"中"',
      "</a>",
    ]);
  });

  test.each(["<a", "<a b='", "<![CDATA[x", "<!-- x", "<a>x</a"])(
    "refuses a document that ends in %j",
    (text) => {
      expect(() => tokens(text)).toThrow(XmlError);
    },
  );
});

describe("attributeOf", () => {
  test.each([
    [' r="A1" s="2"', "s", "2"],
    [" r='A1'", "r", "A1"],
    [' r:id="x" id="y"', "id", "x"],
    [' grid="z"', "id", undefined],
    [' a="&quot;&lt;"', "a", '"<'],
    [' a="', "a", undefined],
    ["", "a", undefined],
  ])("in %j of %s is %j", (attributes, name, value) => {
    expect(attributeOf(attributes, name)).toBe(value);
  });
});
