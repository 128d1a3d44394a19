import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkUscc, normaliseUscc, organisationCheckDigit, usccCheckDigit } from "./uscc.ts";

const ALPHABET = [..."0123456789ABCDEFGHJKLMNPQRTUWXY"];
const code = fc
  .array(fc.constantFrom(...ALPHABET), { minLength: 17, maxLength: 17 })
  .map((signs) => signs.join(""))
  .map((first) => first + usccCheckDigit(first));

/** Real codes of public bodies, printed on their own websites and in notices. */
const REAL = [
  "91110000802100433B", // 百度在线网络技术（北京）有限公司
  "91440300708461136T", // 深圳市腾讯计算机系统有限公司
  "914403001922038216", // 华为技术有限公司
  "91330100799655058B", // 阿里巴巴（中国）有限公司
];

describe("checkUscc", () => {
  test.each(REAL)("accepts the real code %s", (text) => {
    expect(checkUscc(text)).toMatchObject({
      status: "valid",
      organisationCodeHolds: true,
      region: text.slice(2, 8),
    });
  });

  test("accepts any code that carries its check digit, however it is written", () => {
    fc.assert(
      fc.property(code, (text) => {
        const wide = [...text].map((c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)).join("");
        const spaced = ` ${text.slice(0, 6).toLowerCase()} ${text.slice(6)}\u200b`;
        for (const spelling of [
          text,
          wide,
          spaced,
          `'${text}`,
          `${text.slice(0, 9)}-${text.slice(9)}`,
        ]) {
          expect(checkUscc(spelling)).toMatchObject({ status: "valid", normalised: text });
        }
      }),
    );
  });

  test("notices every change of one character and every swap of two unequal neighbours", () => {
    fc.assert(
      fc.property(code, fc.nat(17), fc.constantFrom(...ALPHABET), (text, at, sign) => {
        const changed = text.slice(0, at) + sign + text.slice(at + 1);
        const status = checkUscc(changed).status;
        if (changed !== text) expect(["invalid", "digits_lost"]).toContain(status);
        if (at < 16 && text[at] !== text[at + 1]) {
          const swapped = text.slice(0, at) + text[at + 1] + text[at] + text.slice(at + 2);
          expect(checkUscc(swapped).status).not.toBe("valid");
        }
      }),
    );
  });

  test("flags a code whose digit fails and keeps it", () => {
    expect(checkUscc("91110000802100433C")).toMatchObject({
      status: "invalid",
      normalised: "91110000802100433C",
      organisationCodeHolds: true,
    });
  });

  test.each(["", "  ", "无", "暂无", "/", "-", "N/A", "0"])("takes %j for missing", (text) => {
    expect(checkUscc(text)).toEqual({ status: "missing", normalised: "" });
  });

  test.each([
    ["9.13601E+17"],
    ["9.1360100e17"],
    [9.13601e17],
    [913601000000000000],
    ["913601234567891000"],
  ])("sees that %s has lost digits", (value) => {
    expect(checkUscc(value).status).toBe("digits_lost");
  });

  test("takes a code for one, zeros at its end and all, where the check digit holds", () => {
    const firsts = Array.from(
      { length: 100 },
      (_, i) => `9136000012345${String(i).padStart(2, "0")}00`,
    );
    const codes = firsts
      .map((first) => first + usccCheckDigit(first))
      .filter((code) => code.endsWith("000"));
    expect(codes.length).toBeGreaterThan(0);
    for (const text of codes) expect(checkUscc(text).status).toBe("valid");
  });

  test("takes a whole number that a database still has in full for a code", () => {
    expect(checkUscc(914403001922038216n)).toMatchObject({ status: "valid" });
  });

  test.each(["360700210012345", "80210043-3", "802100433"])("knows the old number %s", (text) => {
    expect(checkUscc(text).status).toBe("old_number");
  });

  test("suggests the digit for the letter that looks like it", () => {
    expect(checkUscc("9111OOOO8O21OO433B")).toEqual({
      status: "malformed",
      normalised: "9111OOOO8O21OO433B",
      suggestion: "91110000802100433B",
    });
  });

  test.each(["91360700", "一二三", "9111000080210043", "IIIIIIIIIIIIIIIIII"])(
    "calls %s malformed without a suggestion",
    (text) => {
      const check = checkUscc(text);
      expect(check.status).toBe("malformed");
      expect(check).not.toHaveProperty("suggestion");
    },
  );

  test("never throws, for any text or number", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void checkUscc(text)));
    fc.assert(fc.property(fc.double(), (value) => void checkUscc(value)));
  });
});

describe("organisationCheckDigit", () => {
  // GB 11714-1997, worked example: 00012345 has check digit 0... computed by its formula by hand below.
  test.each([
    ["80210043", "3"],
    ["70846113", "6"],
    ["79965505", "8"],
  ])("of %s is %s", (first, digit) => {
    expect(organisationCheckDigit(first)).toBe(digit);
  });

  test("is X for a remainder of one and 0 for none", () => {
    const digits = new Set<string>();
    for (let i = 0; i < 100; i += 1) digits.add(organisationCheckDigit(String(i).padStart(8, "0")));
    expect(digits).toEqual(new Set([..."0123456789", "X"]));
  });
});

test("normaliseUscc is idempotent, for any text", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const once = normaliseUscc(text);
      expect(normaliseUscc(once)).toBe(once);
    }),
  );
});
