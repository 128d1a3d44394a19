import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDate, parseDateRange, parseQuarter } from "./parse-date.ts";

describe("parseDate", () => {
  test.each([
    ["2024.3", "2024-03"],
    ["2024.10", "2024-10"],
    ["2024年3月", "2024-03"],
    ["2024年", "2024"],
    ["2024 年 3 月 5 日", "2024-03-05"],
    ["２０２４年３月", "2024-03"],
    ["2024/03", "2024-03"],
    ["2024-3-5", "2024-03-05"],
    ["2024.03.05", "2024-03-05"],
    ["2024-03-05 10:20:00", "2024-03-05"],
    ["2024-03-05T10:20:00Z", "2024-03-05"],
    ["20240305", "2024-03-05"],
    ["202403", "2024-03"],
    ["45352", "2024-03-01"],
    ["二〇二四年三月五日", "2024-03-05"],
    ["二零二四年十二月", "2024-12"],
    ["5 March 2024", "2024-03-05"],
    ["March 5, 2024", "2024-03-05"],
    ["1st Sept. 2024", "2024-09-01"],
    ["Mar 2024", "2024-03"],
    ["2024-02-29", "2024-02-29"],
  ])("reads %s as %s", (text, iso) => {
    expect(parseDate(text)).toEqual({ iso });
  });

  test.each([
    [45352, "2024-03-01"],
    [45352.75, "2024-03-01"],
    [2024, "2024"],
    [2024.3, "2024-03"],
    [2024.12, "2024-12"],
    [20240305, "2024-03-05"],
    [new Date(Date.UTC(2024, 2, 5)), "2024-03-05"],
  ])("reads the cell %s as %s", (value, iso) => {
    expect(parseDate(value)).toEqual({ iso });
  });

  // 2024.10 typed into a number cell is stored as 2024.1.
  test("keeps only the year where a number may have lost the zero of its month", () => {
    expect(parseDate(2024.1)).toEqual({ iso: "2024", doubt: "month_from_number" });
  });

  test("counts serials from 1904 where the workbook does", () => {
    expect(parseDate(43890, { date1904: true })).toEqual({ iso: "2024-03-01" });
  });

  test.each([
    "",
    "03/05/2024",
    "2024-02-30",
    "2023-02-29",
    "2024.13",
    "2024-00-10",
    "长期",
    "1812",
    "99999",
    "2024-3-5-7",
    "约2024",
  ])("does not guess for %j", (text) => {
    expect(parseDate(text)).toBeUndefined();
  });

  test("reads back every day of the spreadsheet calendar, as serial, text and date", () => {
    fc.assert(
      fc.property(fc.integer({ min: 20_000, max: 70_000 }), (serial) => {
        const date = new Date(Date.UTC(1899, 11, 30) + serial * 86_400_000);
        const iso = date.toISOString().slice(0, 10);
        const [y, m, d] = iso.split("-").map(Number);
        for (const value of [
          serial,
          date,
          iso,
          `${y}年${m}月${d}日`,
          `${y}/${m}/${d}`,
          `${y}.${m}.${d}`,
        ]) {
          expect(parseDate(value)).toEqual({ iso });
        }
      }),
    );
  });

  test("is quick on a long run of digits", () => {
    expect(parseDate("2".repeat(1_000_000))).toBeUndefined();
  });
});

describe("parseDateRange", () => {
  test.each([
    ["2025年6月10日-12日", "2025-06-10", "2025-06-12"],
    ["2025年6月10日至7月2日", "2025-06-10", "2025-07-02"],
    ["2025.6.10-6.12", "2025-06-10", "2025-06-12"],
    ["2024.3-2024.9", "2024-03", "2024-09"],
    ["2025年6月-8月", "2025-06", "2025-08"],
    ["2025-06-10 至 2025-06-12", "2025-06-10", "2025-06-12"],
    ["2025-06-10", "2025-06-10", "2025-06-10"],
  ])("reads %s as %s to %s", (text, start, end) => {
    expect(parseDateRange(text)).toEqual({ start: { iso: start }, end: { iso: end } });
  });

  test.each(["2025年6月10日-8日", "6月10日", "", "长期有效"])("does not guess for %j", (text) => {
    expect(parseDateRange(text)).toBeUndefined();
  });
});

describe("parseQuarter", () => {
  test.each([
    ["2025Q1", "2025Q1"],
    ["2025年第一季度", "2025Q1"],
    ["2025年四季度", "2025Q4"],
    ["2025年3月", "2025Q1"],
    ["2025-12-31", "2025Q4"],
    ["2025", "2025"],
    [45352, "2024Q1"],
  ])("reads %s as %s", (value, quarter) => {
    expect(parseQuarter(value)).toBe(quarter);
  });
});
