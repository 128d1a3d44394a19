import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compareBytes,
  concatBytes,
  equalBytes,
  fromBase64,
  fromBase64Url,
  fromHex,
  fromUtf8,
  toBase64,
  toBase64Url,
  toHex,
  utf8,
} from "./bytes.ts";

const refused = expect.objectContaining({ code: "ERR_ENCODING_MALFORMED" });

describe("text forms of bytes", () => {
  // RFC 4648, section 10.
  test.each([
    ["", ""],
    ["f", "Zg=="],
    ["fo", "Zm8="],
    ["foo", "Zm9v"],
    ["foob", "Zm9vYg=="],
    ["fooba", "Zm9vYmE="],
    ["foobar", "Zm9vYmFy"],
  ])("writes %j as base64 %s", (text, encoded) => {
    expect(toBase64(utf8(text))).toBe(encoded);
    expect(toBase64Url(utf8(text))).toBe(encoded.replaceAll("=", ""));
    expect(fromBase64(encoded)).toEqual(utf8(text));
  });

  test("agree with those of Node, and read back, for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const buffer = Buffer.from(bytes);
        expect(toHex(bytes)).toBe(buffer.toString("hex"));
        expect(toBase64(bytes)).toBe(buffer.toString("base64"));
        expect(toBase64Url(bytes)).toBe(buffer.toString("base64url"));
        expect(fromHex(toHex(bytes))).toEqual(bytes);
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
        expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
      }),
    );
  });

  test("are read only in the spelling in which they are written, for any text", () => {
    const spelling = fc.string({ unit: fc.constantFrom(..."Aab/+-_= \nZ09é") });
    fc.assert(
      fc.property(spelling, (text) => {
        for (const [read, write] of [
          [fromHex, toHex],
          [fromBase64, toBase64],
          [fromBase64Url, toBase64Url],
        ] as const) {
          let bytes: Uint8Array;
          try {
            bytes = read(text);
          } catch (error) {
            expect(error).toEqual(refused);
            continue;
          }
          expect(write(bytes)).toBe(text);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    "Zg",
    "Zg=",
    "Zh==",
    "Zm9=",
    "Zg==\n",
    " Zg==",
    "Zg===",
    "Z",
    "====",
    "Zm9v====",
    "Zm-_",
  ])("refuses base64 %j", (text) => {
    expect(() => fromBase64(text)).toThrow(refused);
  });

  test.each(["Zg==", "Zh", "Zm9+", "Z", "Zm 9"])("refuses base64url %j", (text) => {
    expect(() => fromBase64Url(text)).toThrow(refused);
  });

  test.each(["0", "AB", "0g", "0x00"])("refuses hex %j", (text) => {
    expect(() => fromHex(text)).toThrow(refused);
  });

  test("refuses bytes that are not UTF-8, and keeps a byte-order mark", () => {
    expect(() => fromUtf8(Uint8Array.of(0xc3))).toThrow(refused);
    expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe("\ufeffa");
  });
});

describe("comparing and joining", () => {
  test("agrees with Node, for any bytes", () => {
    const some = fc.uint8Array({ max: 2, maxLength: 4 });
    fc.assert(
      fc.property(some, some, (a, b) => {
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
        expect(concatBytes(a, b)).toEqual(new Uint8Array(Buffer.concat([a, b])));
      }),
    );
  });
});
