/** Texts of a log that strangers hand over: one spelling each, and never another error than their own. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatCheckpoint, parseCheckpoint } from "./checkpoint.ts";
import { formatMisbehaviourFile, parseMisbehaviourFile } from "./misbehaviour-file.ts";
import { formatTlogProof, parseTlogProof } from "./proof.ts";
import { entriesPath, tilePath } from "./tiles.ts";

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const position = fc.maxSafeNat();
const line = fc.string({ minLength: 1, maxLength: 20, unit: fc.constantFrom(..."ab/.:1-+é") });
/** What to put where into a text, in the place of how many of its characters. */
const edit = fc.tuple(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.nat(3),
  fc.string({ maxLength: 3, unit: fc.constantFrom(..."0 1=\n\rA+/—-\0x") }),
);

/** Reads texts near good ones: what is read is written as the same text again, the rest refused with the code. */
function expectOneSpelling<Value>(
  values: fc.Arbitrary<Value>,
  format: (value: Value) => string,
  parse: (text: string) => Value,
  code: string,
): void {
  fc.assert(
    fc.property(values, fc.array(edit, { maxLength: 3 }), (value, edits) => {
      const good = format(value);
      expect(parse(good)).toEqual(value);
      const near = edits.reduce((text, [share, without, put]) => {
        const at = Math.floor(share * text.length);
        return text.slice(0, at) + put + text.slice(at + without);
      }, good);
      let read: Value;
      try {
        read = parse(near);
      } catch (error) {
        expect(error).toMatchObject({ code });
        return;
      }
      expect(format(read)).toBe(near);
    }),
    { numRuns: 1_000 },
  );
}

describe("any text near a good one is read in one spelling, or refused with its code:", () => {
  test("a checkpoint", () => {
    expectOneSpelling(
      fc.record({ origin: line, size: position, root: hash }),
      formatCheckpoint,
      parseCheckpoint,
      "ERR_CHECKPOINT_MALFORMED",
    );
  });

  test("a proof", () => {
    const checkpoint = line.map((text) => `${text}\n\n— a b\n`);
    expectOneSpelling(
      fc.record({ index: position, path: fc.array(hash, { maxLength: 53 }), checkpoint }),
      formatTlogProof,
      parseTlogProof,
      "ERR_PROOF_MALFORMED",
    );
  });
});

test("a proof of a path that no log can have is refused before it is read", () => {
  const long = { index: 0, path: Array(54).fill(new Uint8Array(32)), checkpoint: "x" };
  expect(() => parseTlogProof(formatTlogProof(long))).toThrow(
    expect.objectContaining({ code: "ERR_PROOF_MALFORMED" }),
  );
});

test("a misbehaviour file of any JSON is read whole or refused with its code", () => {
  const good = {
    misbehaviour: { kind: "fork", first: "a", second: "b" },
    log: { origin: "hub.example/x", vkey: "v" },
    foundBy: "aa",
    foundAtMs: 1,
  } as const;
  const text = formatMisbehaviourFile(good);
  expect(parseMisbehaviourFile(text)).toEqual(good);
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(JSON.parse(text))), fc.jsonValue(), (name, put) => {
      const changed = JSON.stringify({ ...JSON.parse(text), [name]: put });
      try {
        parseMisbehaviourFile(changed);
      } catch (error) {
        expect(error).toMatchObject({ code: "ERR_MISBEHAVIOUR_MALFORMED" });
      }
    }),
  );
});

test("two tiles never have one path, and no path leaves its folder", () => {
  const tile = fc.record({
    level: fc.integer({ min: 0, max: 63 }),
    index: position,
    width: fc.integer({ min: 1, max: 256 }),
  });
  fc.assert(
    fc.property(tile, tile, (one, other) => {
      const pathOf = ({ level, index, width }: typeof one) => tilePath(level, index, width);
      expect(pathOf(one)).toMatch(/^tile\/\d+(\/x\d{3})*\/\d{3}(\.p\/\d+)?$/);
      expect(pathOf(one) === pathOf(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      expect(entriesPath(one.index, one.width)).not.toBe(pathOf(one));
    }),
    { numRuns: 500 },
  );
});
