/** How the lists of real life are written: many spellings of one value, chosen by a fixed hash. */
import { REGIONS, VOCABULARY } from "./content/index.ts";

/** FNV-1a of a text: the only "randomness" of the demonstration data. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) {
    value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  value ^= value >>> 15;
  value = Math.imul(value, 0x2c1b3c6d) >>> 0;
  return (value ^ (value >>> 13)) >>> 0;
}

export function pick<T>(choices: readonly T[], salt: string): T {
  const choice = choices[hash(salt) % choices.length];
  if (choice === undefined) throw new Error("Nothing to pick from");
  return choice;
}

/** True for about this share of the salts. */
export function chance(share: number, salt: string): boolean {
  return hash(salt) % 1000 < share * 1000;
}

export function between(low: number, high: number, salt: string): number {
  return low + (hash(salt) % (high - low + 1));
}

export function fullWidth(text: string): string {
  return text.replace(/[!-~]/g, (character) =>
    String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0),
  );
}

/** The day number that a spreadsheet shows when the cell lost its date format. */
export function excelSerial(date: string): number {
  const [year = "1900", month = "1", day = "1"] = date.split("-");
  return Date.UTC(Number(year), Number(month) - 1, Number(day)) / 86_400_000 + 25_569;
}

/** Year, month and maybe day, written in one of the usual ways. */
export function messyDate(date: string, salt: string): string {
  const [year = "", month, day] = date.split("-");
  if (month === undefined) return pick([year, `${year}年`], salt);
  const short = String(Number(month));
  if (day === undefined) {
    return pick(
      [
        `${year}.${short}`,
        `${year}年${short}月`,
        `${year}/${month}`,
        `${year}-${month}`,
        String(excelSerial(`${date}-01`)),
      ],
      salt,
    );
  }
  const shortDay = String(Number(day));
  return pick(
    [
      `${year}.${short}.${shortDay}`,
      `${year}年${short}月${shortDay}日`,
      `${year}/${month}/${day}`,
      date,
      String(excelSerial(date)),
    ],
    salt,
  );
}

/** A first and a last day, or one day. */
export function messyDays(dates: string, salt: string): string {
  const [first = "", last] = dates.split("/");
  if (last === undefined) return messyDate(first, salt);
  const [year = "", month = "", day = ""] = first.split("-");
  const [, endMonth = "", endDay = ""] = last.split("-");
  const end =
    endMonth === month ? `${Number(endDay)}日` : `${Number(endMonth)}月${Number(endDay)}日`;
  return pick(
    [
      `${year}年${Number(month)}月${Number(day)}日-${end}`,
      `${year}.${Number(month)}.${Number(day)}-${Number(endMonth)}.${Number(endDay)}`,
      `${first}至${last}`,
    ],
    salt,
  );
}

export function regionNames(code: string): readonly string[] {
  return REGIONS[code] ?? [];
}

export function messyRegion(code: string, salt: string): string {
  const names = regionNames(code);
  const [province = "", city = province, district = ""] = names;
  if (names.length < 2) return province;
  const bare = city.replace(/市$/, "");
  return pick(
    [bare, city, names.join(""), `${province.replace(/[省市]$/, "")}${bare}`, `${city}${district}`],
    salt,
  );
}

export function messyJoin(values: readonly string[], salt: string): string {
  return values.join(pick(["、", "；", "/", "\n", "、", "，"], salt));
}

export function scenarioNames(codes: readonly string[], salt: string): string[] {
  return codes.map((code) => {
    const variant = VOCABULARY.variants[code];
    if (variant !== undefined && chance(0.5, salt + code)) return variant;
    const name = VOCABULARY.scenarios[code];
    if (name === undefined) throw new Error(`No scenario ${code}`);
    return name;
  });
}

/** An amount in 10,000 yuan as people write it; a text that is no number stays as it is. */
export function messyAmount(amount: string, salt: string): string {
  const value = Number(amount);
  if (amount === "" || Number.isNaN(value)) return amount;
  const low = Math.floor(value * 0.9);
  return pick(
    [
      amount,
      `${amount}万`,
      `${amount}万元`,
      value >= 100 ? `${value / 100} million` : amount,
      value >= 20 ? `${low}-${Math.ceil(value * 1.1)}万元` : `约${amount}万`,
      amount,
    ],
    salt,
  );
}

export function messyCapital(capital: number, salt: string): string {
  return pick(
    [
      `${capital}(万元人民币)`,
      `${capital}(万元人民币)`,
      `${capital}万`,
      `${capital}万元`,
      String(capital),
      `${capital}()`,
      `${capital}（万元）`,
      "N/A",
    ],
    salt,
  );
}

export function messyYes(yes: boolean, salt: string): string {
  return yes ? pick(["是", "√", "Y", "有"], salt) : pick(["否", "", "N", "无"], salt);
}

const SURNAMES = ["张", "李", "王", "刘", "陈", "杨", "黄", "周", "吴", "徐"];

/** A masked name and a number that nobody has; they exist to be removed by the agent. */
export function contact(salt: string): { name: string; phone: string } {
  return {
    name: `${pick(SURNAMES, `surname ${salt}`)}**`,
    phone: `1380000${String(hash(`phone ${salt}`) % 10_000).padStart(4, "0")}`,
  };
}
