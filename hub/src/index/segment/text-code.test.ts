import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foldUnit } from "../analysis/fold.ts";
import { ByteWriter } from "./bytes.ts";
import { makeTextCode, UnitCounter, UnitDecoder, UnitEncoder } from "./text-code.ts";
import { createFoldedUnits, reserveUnits } from "./text-units.ts";

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
  const decoder = new UnitDecoder(code);
  const bytes = out.written();
  /** Text i as it is read alone, and as it is read with its units folded. */
  const read = (i: number) => {
    const into = createFoldedUnits();
    const size = texts[i]?.length ?? 0;
    into.ends[3] = size;
    reserveUnits(into);
    decoder.decode(bytes, places[i] as number, into);
    const alone = into.units.slice(0, size);
    into.units.fill(0);
    decoder.decodeFolded(bytes, places[i] as number, into);
    expect(into.units.slice(0, size)).toEqual(alone);
    return { units: alone, folded: into.folded.slice(0, size) };
  };
  return { code, bytes: bytes.length, read };
}

function unitsOf(text: string): Uint16Array {
  return Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
}

describe("a text code", () => {
  test("gives back any texts, whatever units follow each other", () => {
    const unit = fc.oneof(
      fc.constantFrom(0, 1, 0x61, 0xc0, 0x9a57, 0xd840, 0xdc0b, 0xff21, 0xffff),
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
          expect(read(i)).toEqual({ units, folded: units.map(foldUnit) });
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
    expect(read(1).units).toEqual(often);
    expect(bytes - without).toBeLessThan(250);
  });

  test("gives back U+0000 that comes again and again behind another", () => {
    const frequent = Array.from({ length: 300 }, (_, i) => String.fromCharCode(0x4e00 + i));
    const often = unitsOf("\u9f98\0".repeat(100));
    const { read } = encode([unitsOf(frequent.join("").repeat(200)), often]);
    expect(read(1).units).toEqual(often);
  });

  test("has room for every unit there is", () => {
    const all = Uint16Array.from({ length: 3 * 65_536 }, (_, i) => i % 65_536);
    expect(encode([all]).read(0).units).toEqual(all);
  });
});
