import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteWriter } from "./bytes.ts";
import { decodeUnits, makeTextCode, UnitCounter, UnitEncoder } from "./text-code.ts";

/** The texts as units, in the code that is made for them. */
function encode(texts: readonly Uint16Array[]) {
  const counter = new UnitCounter(texts.length);
  for (const units of texts) counter.addUnits(units, units.length);
  const code = makeTextCode(counter);
  const encoder = new UnitEncoder(code);
  const out = new ByteWriter();
  const places = texts.map((units) => {
    const at = out.length;
    encoder.writeUnits(units, units.length, out);
    return at;
  });
  const read = (i: number) => {
    const units = new Uint16Array(texts[i]?.length ?? 0);
    decodeUnits(code, out.bytes, places[i] as number, units, units.length);
    return units;
  };
  return { code, bytes: out.length, read };
}

function unitsOf(text: string): Uint16Array {
  return Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
}

describe("a text code", () => {
  test("gives back any texts, whatever units follow each other", () => {
    const unit = fc.oneof(
      fc.constantFrom(0, 1, 0x61, 0xd840, 0xdc0b, 0xffff),
      fc.integer({ min: 0x4e00, max: 0x5200 }),
    );
    const part = fc.array(unit, { maxLength: 6 });
    const text = fc
      .tuple(fc.array(part, { maxLength: 4 }), fc.integer({ min: 0, max: 9 }))
      .map(([parts, times]) =>
        Uint16Array.from(Array.from({ length: times }, () => parts.flat()).flat()),
      );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), (texts) => {
        const { read } = encode(texts);
        texts.forEach((units, i) => {
          expect(read(i)).toEqual(units);
        });
      }),
    );
  });

  test("takes two bytes for a pair that comes again and again", () => {
    // Characters that are more frequent take all the single bytes.
    const frequent = Array.from({ length: 300 }, (_, i) =>
      String.fromCharCode(0x4e00 + i).repeat(200),
    );
    const often = unitsOf("龘龖".repeat(100));
    const { code, bytes, read } = encode([unitsOf(frequent.join("")), often]);
    const { bytes: without } = encode([unitsOf(frequent.join(""))]);
    expect([...code.alphabet]).toContain(0x9f989f96);
    expect(read(1)).toEqual(often);
    expect(bytes - without).toBeLessThan(250);
  });

  test("has room for every unit there is", () => {
    const all = Uint16Array.from({ length: 3 * 65_536 }, (_, i) => i % 65_536);
    expect(encode([all]).read(0)).toEqual(all);
  });
});
