/**
 * Which number formats of a spreadsheet mean a date, and which day a serial number is.
 *
 * @module
 */

const MS_A_DAY = 86_400_000;

/** Formats that every workbook has without declaring them (ECMA-376 part 1, 18.8.30, with those of East Asia). */
export function isBuiltInDate(id: number): boolean {
  return (
    (id >= 14 && id <= 22) ||
    (id >= 27 && id <= 36) ||
    id === 45 ||
    id === 47 ||
    (id >= 50 && id <= 58)
  );
}

/** Excel's own limit; what is longer was written by something else, and takes long to read. */
const MOST_FORMAT_LENGTH = 255;

/** True for a format code that shows a date or a time of day; elapsed time such as `[h]:mm` is a quantity. */
export function isDateFormat(code: string): boolean {
  const [positive = ""] = code.slice(0, MOST_FORMAT_LENGTH).split(";");
  if (/\[(?:h+|m+|s+)\]/i.test(positive)) return false;
  const bare = positive.replace(/"[^"]*"|\\.|_.|\*.|\[[^\]]*\]/g, "");
  return !/general/i.test(bare) && /[ymdhs]/i.test(bare);
}

/** The moment of a serial number, as UTC; undefined for a time of day without a date and for what no calendar has. */
export function dateOfSerial(serial: number, date1904: boolean): Date | undefined {
  if (!(serial >= 1 && serial < 2_958_466)) return undefined;
  const origin = date1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30);
  const days = Math.floor(serial);
  // Seconds are what a cell shows; the rest is noise of binary fractions.
  const seconds = Math.round((serial - days) * 86_400);
  return new Date(origin + days * MS_A_DAY + seconds * 1000);
}
