/**
 * Epochs of release: calendar quarters in UTC, as whole numbers, so that waiting is a subtraction.
 *
 * @module
 */

/** Quarters since the year 0: 4 x year + quarter - 1. */
export type Epoch = number;

/** The epoch of a text like 2026Q1; undefined for anything else, also for a year alone. */
export function parseEpoch(text: string): Epoch | undefined {
  const [, year, quarter] = /^(\d{4})Q([1-4])$/.exec(text) ?? [];
  return year === undefined ? undefined : 4 * Number(year) + Number(quarter) - 1;
}

/** Like 2026Q1. */
export function epochText(epoch: Epoch): string {
  return `${String(Math.floor(epoch / 4)).padStart(4, "0")}Q${(epoch % 4) + 1}`;
}

/** The epoch that is running at a time. @param ms Milliseconds since 1970. */
export function epochAt(ms: number): Epoch {
  const date = new Date(ms);
  return 4 * date.getUTCFullYear() + Math.floor(date.getUTCMonth() / 3);
}

/** The last epoch of the calendar year of an epoch. */
export function lastOfYear(epoch: Epoch): Epoch {
  return epoch - (epoch % 4) + 3;
}

/** When an epoch ends, which is its tick: nothing of it leaves before. In ms since 1970. */
export function tickOf(epoch: Epoch): number {
  return Date.UTC(Math.floor((epoch + 1) / 4), 3 * ((epoch + 1) % 4), 1);
}
