import { describe, expect, test } from "vitest";
import { toHex, utf8 } from "./bytes.ts";
import { hmacSha256 } from "./hmac.ts";

describe("hmacSha256", () => {
  test.each([
    [
      "RFC 4231, case 1",
      new Uint8Array(20).fill(0x0b),
      "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ],
    [
      "RFC 4231, case 2: a key shorter than the code",
      utf8("Jefe"),
      "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    [
      "RFC 4231, case 6: a key longer than a block",
      new Uint8Array(131).fill(0xaa),
      "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
  ])("%s", (_, key, text, expected) => {
    expect(toHex(hmacSha256(key)(utf8(text)))).toBe(expected);
  });

  test("takes parts as one text", () => {
    const mac = hmacSha256(utf8("key"));
    expect(mac(utf8("ab"), utf8("c"))).toEqual(mac(utf8("abc")));
  });
});
