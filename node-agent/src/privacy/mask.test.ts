import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MASK, maskText } from "./mask.ts";

describe("maskText", () => {
  test.each([
    ["mobile", "联系电话：13800138000"],
    ["mobile", "+86 138 0013 8000"],
    ["mobile", "0086-13800138000"],
    ["mobile", "138-0013-8000，欢迎来电"],
    ["mobile", "１３８００１３８０００"],
    ["mobile", "138\u200b0013\u200b8000"],
    ["mobile", "①③⑧⓪⓪①③⑧⓪⓪⓪"],
    ["mobile", "一三八零零一三八零零零"],
    ["mobile", "幺三八〇〇幺三八〇〇〇"],
    ["mobile", "1 3 8 0 0 1 3 8 0 0 0"],
    ["landline", "0791-88888888"],
    ["landline", "（0791）88888888"],
    ["landline", "010 6655 4433转801"],
    ["landline", "021-55667788-12"],
    ["landline", "400-820-8820"],
    ["email", "zhang.san@example.com.cn"],
    ["email", "zhang.san＠example.com"],
    ["email", "lisi(at)example.com"],
    // GB 11643-1999, the example of annex A.
    ["resident_id", "身份证号11010519491231002X"],
    ["resident_id", "440524188001010014"],
    ["resident_id", "身份证：440524800101001"],
    // Test numbers of card networks: no account has them.
    ["bank_card", "卡号 4111 1111 1111 1111"],
    ["bank_card", "6011000990139424"],
    ["wechat_id", "微信号：zhang_san88"],
    ["wechat_id", "加微信 zhangsan_88 咨询"],
    ["wechat_id", "VX:zhangsan88"],
    ["wechat_id", "微\u200b信号：zhang_san"],
    ["wechat_id", "ＷｅＣｈａｔ：zhang_san"],
    ["email", "a＠example.com"],
    ["qq_id", "Ｑ\u2060Ｑ：12345"],
    ["qq_id", "QQ：123456789"],
    ["qq_id", "qq群 87654321"],
  ] as const)("masks a %s in %j", (type, text) => {
    const masked = maskText(text);
    expect(masked.found).toEqual([type]);
    expect(masked.text).toContain(MASK);
    expect(masked.text.replaceAll(/\p{N}{3}/gu, "")).toBe(masked.text);
  });

  test.each([
    "面向五十人以下的注塑车间，2024年交付 120 套，合同额 3500 万元",
    "赣工信数字〔2024〕15号",
    "统一社会信用代码 91360100MADEM00011",
    "2023-01-15 至 2024-12-31",
    "GB/T 39116-2020，ISO 9001:2015",
    "一体化平台，三位一体，四化五力",
    "对接微信小程序与企业微信，支持 QQ 登录",
    "专利号 ZL202310123456.7",
    "设备联网 1,280 台，产值 13,800,138,000 元",
    "订单号 20240115123456",
    "S01、S02、S03；C3670；360100",
    "能耗由 1380 降到 1380 以下",
    "邮箱系统迁移 @ 2024",
  ])("leaves %j as it is", (text) => {
    expect(maskText(text)).toEqual({ text, found: [] });
  });

  test("keeps everything around what it masks, and the punctuation as it was written", () => {
    expect(maskText("联系人（销售）：１３８００１３８０００，邮箱 a@b.com；谢谢。")).toEqual({
      text: `联系人（销售）：${MASK}，邮箱 ${MASK}；谢谢。`,
      found: ["mobile", "email"],
    });
  });

  test("counts each of several", () => {
    expect(maskText("13800138000 / 13900139000").found).toEqual(["mobile", "mobile"]);
  });

  test("removes invisible characters from every text", () => {
    expect(maskText("青禾\u200b智造\ufeff\u202e").text).toBe("青禾智造");
  });

  test("finds the number for any separator and form of its digits", () => {
    const forms = [
      (d: string) => d,
      (d: string) => String.fromCodePoint(0xff10 + Number(d)),
      (d: string) => "零一二三四五六七八九"[Number(d)] as string,
    ];
    fc.assert(
      fc.property(
        fc.stringMatching(/^1[3-9]\d{9}$/),
        fc.constantFrom(...forms),
        fc.constantFrom("", "\u200b", "\u2060", "\ufeff"),
        fc.constantFrom("", "电话", "甲方：", "abc "),
        (number, form, invisible, before) => {
          const written = [...number].map(form).join(invisible);
          const { text, found } = maskText(`${before}${written}。`);
          expect(found).toEqual(["mobile"]);
          expect(text).toBe(`${before}${MASK}。`);
        },
      ),
    );
  });

  test("is done once: what it masked holds nothing more, for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const once = maskText(text);
        expect(maskText(once.text).found).toEqual([]);
      }),
    );
  });

  test("takes time in proportion to a hostile text", () => {
    for (const unit of ["1", "13", "138 ", "a@", "微信", "0791-", "一", "a.b-"]) {
      const text = unit.repeat(20_000 / unit.length);
      const startedAt = performance.now();
      maskText(text);
      expect(performance.now() - startedAt, JSON.stringify(unit)).toBeLessThan(1_000);
    }
  });
});
