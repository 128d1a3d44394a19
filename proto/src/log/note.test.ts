import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { generateSigningKey, type SigningKey } from "../crypto/keys.ts";
import { formatNote, formatVkey, openNote, parseNote, parseVkey, signNote } from "./note.ts";

const name = "hub.example/x";
const text = "one\n\ntwo\n";
let key: SigningKey;
let vkey: string;
let note: string;

beforeAll(async () => {
  key = await generateSigningKey();
  vkey = formatVkey(name, key.publicKey);
  note = await signNote(text, name, key);
});

const withCode = (code: string) => expect.objectContaining({ code });

describe("a signed note", () => {
  test("opens with its key, blank lines and all", async () => {
    expect((await openNote(note, vkey)).text).toBe(text);
  });

  test("is refused after any change of one character", async () => {
    for (let i = 0; i < note.length; i++) {
      const changed =
        note.slice(0, i) + String.fromCharCode(note.charCodeAt(i) ^ 1) + note.slice(i + 1);
      await expect(openNote(changed, vkey), `at ${i}`).rejects.toThrow();
    }
  });

  test("is refused when cut anywhere", async () => {
    for (let i = 0; i < note.length; i++) {
      await expect(openNote(note.slice(0, i), vkey), `at ${i}`).rejects.toThrow();
    }
  });

  test("is parsed only in its one spelling, for any text", () => {
    const noise = fc.string({ unit: fc.constantFrom(..."—- \nA=+é\t") });
    fc.assert(
      fc.property(noise, noise, (before, after) => {
        const candidate = `${before}${note}${after}`;
        try {
          expect(formatNote(parseNote(candidate))).toBe(candidate);
        } catch (error) {
          expect(error).toEqual(withCode("ERR_NOTE_MALFORMED"));
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("ignores signatures of keys that are not known", async () => {
    const other = await generateSigningKey();
    const parsed = parseNote(note);
    const foreign = parseNote(await signNote(text, "witness.example", other)).signatures;
    const sameName = parseNote(await signNote(text, name, other)).signatures;
    const signatures = [...foreign, ...sameName, ...parsed.signatures];
    expect((await openNote(formatNote({ text, signatures }), vkey)).signatures).toHaveLength(3);
    await expect(
      openNote(formatNote({ text, signatures: [...foreign, ...sameName] }), vkey),
    ).rejects.toThrow(withCode("ERR_NOTE_SIGNATURE"));
  });

  test("is refused if one of two signatures of the known key is wrong", async () => {
    const [good] = parseNote(note).signatures;
    if (good === undefined) throw new Error("no signature");
    const bad = { ...good, signature: good.signature.map((byte) => byte ^ 1) };
    for (const signatures of [
      [good, bad],
      [bad, good],
    ]) {
      await expect(openNote(formatNote({ text, signatures }), vkey)).rejects.toThrow(
        withCode("ERR_NOTE_SIGNATURE"),
      );
    }
  });

  test.each(["no newline", "tab\t\n", "", "a\u0000\n"])("is not made of %j", async (bad) => {
    await expect(signNote(bad, name, key)).rejects.toThrow(withCode("ERR_NOTE_MALFORMED"));
  });

  test.each(["", "a b", "a+b", "a\n"])("is not signed as %j", async (bad) => {
    await expect(signNote(text, bad, key)).rejects.toThrow(withCode("ERR_NOTE_MALFORMED"));
  });

  test("may have many signatures, but not without end", () => {
    const { signatures } = parseNote(note);
    const many = (n: number) => formatNote({ text, signatures: Array(n).fill(signatures[0]) });
    expect(parseNote(many(16)).signatures).toHaveLength(16);
    expect(() => parseNote(many(65))).toThrow(withCode("ERR_NOTE_MALFORMED"));
    const long = (length: number) => formatNote({ text: `${"a".repeat(length)}\n`, signatures });
    expect(parseNote(long(10_000)).text).toHaveLength(10_001);
    expect(() => parseNote(long(65_536))).toThrow(withCode("ERR_NOTE_MALFORMED"));
  });
});

describe("a verifier key", () => {
  test("is read only in its one spelling", () => {
    expect(parseVkey(vkey)).toMatchObject({ name, publicKey: key.publicKey });
    for (let i = 0; i < vkey.length; i++) {
      const changed =
        vkey.slice(0, i) + String.fromCharCode(vkey.charCodeAt(i) ^ 1) + vkey.slice(i + 1);
      expect(() => parseVkey(changed), `at ${i}`).toThrow(withCode("ERR_VKEY_MALFORMED"));
      expect(() => parseVkey(vkey.slice(0, i))).toThrow(withCode("ERR_VKEY_MALFORMED"));
    }
  });

  test("that is weak opens nothing", async () => {
    const weak = formatVkey(name, new Uint8Array(32));
    await expect(openNote(note, weak)).rejects.toThrow(withCode("ERR_KEY_WEAK"));
  });
});
