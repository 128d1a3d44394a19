import fc from "fast-check";
import { expect, test } from "vitest";
import { toHex, utf8 } from "./bytes.ts";
import { sha256, sha256Text } from "./sha256.ts";
import * as node from "./sha256-node.ts";
import * as portable from "./sha256-portable.ts";

// FIPS 180-4 example "abc" (NIST, SHA256.pdf), and the hash of nothing.
test.each([
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
])("SHA-256 of %j is the published one on both platforms", (text, hash) => {
  expect(toHex(node.sha256Of(utf8(text)))).toBe(hash);
  expect(toHex(portable.sha256Of(utf8(text)))).toBe(hash);
});

test("both platforms and any split into parts agree", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 }), (parts) => {
      const whole = Uint8Array.from(parts.flatMap((part) => [...part]));
      expect(sha256(...parts)).toEqual(portable.sha256Of(whole));
      expect(sha256(...parts)).toEqual(node.sha256Of(whole));
    }),
  );
});

test("the hash of a text is that of its UTF-8, on both platforms", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(sha256Text(text)).toEqual(sha256(utf8(text)));
      expect(portable.sha256Of(text)).toEqual(sha256(utf8(text)));
    }),
  );
  expect(sha256Text("a\ud800")).toEqual(sha256(utf8("a\ufffd")));
});

test("a hash is a plain Uint8Array of its own memory", () => {
  const hash = sha256(utf8("a"));
  expect(hash.constructor).toBe(Uint8Array);
  expect(hash.buffer.byteLength).toBe(32);
});
