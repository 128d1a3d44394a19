import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concatBytes } from "../crypto/bytes.ts";
import { decodeEntryBundle, encodeEntryBundle } from "./entry-bundle.ts";

const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 256 });

describe("entry bundles", () => {
  // C2SP tlog-tiles: "sequences of big-endian uint16 length-prefixed log entries".
  test("are lengths of two bytes, large end first, and entries", () => {
    const long = new Uint8Array(258).fill(7);
    const bundle = encodeEntryBundle([Uint8Array.of(1, 2), long]);
    expect(bundle).toEqual(concatBytes(Uint8Array.of(0, 2, 1, 2, 1, 2), long));
  });

  test("give back what they were made of", () => {
    fc.assert(
      fc.property(entries, (given) => {
        expect(decodeEntryBundle(encodeEntryBundle(given), given.length)).toEqual(given);
      }),
    );
  });

  test("are refused when cut off or with another number of entries", () => {
    fc.assert(
      fc.property(entries, fc.nat(), (given, at) => {
        const bundle = encodeEntryBundle(given);
        const refused = expect.objectContaining({ code: "ERR_LOG_ENTRY_MALFORMED" });
        const cut = bundle.subarray(0, at % bundle.length);
        expect(() => decodeEntryBundle(cut, given.length)).toThrow(refused);
        expect(() => decodeEntryBundle(bundle, given.length + 1)).toThrow(refused);
        expect(() => decodeEntryBundle(bundle, given.length - 1)).toThrow(refused);
      }),
    );
  });

  test("hold 1 to 256 entries of at most 65,535 bytes", () => {
    const none = new Uint8Array();
    expect(() => encodeEntryBundle([])).toThrow();
    expect(() => encodeEntryBundle(Array.from({ length: 257 }, () => none))).toThrow();
    expect(() => encodeEntryBundle([new Uint8Array(65_536)])).toThrow();
    expect(encodeEntryBundle([new Uint8Array(65_535)])).toHaveLength(65_537);
  });
});
