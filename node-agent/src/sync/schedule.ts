/**
 * Schedules: cron patterns in local time.
 *
 * @module
 */

import { Cron } from "croner";

/** True for a cron pattern that fires some time. */
export function isSchedule(pattern: string): boolean {
  try {
    return new Cron(pattern, { paused: true }).nextRun() !== null;
  } catch {
    return false; // croner tells by throwing
  }
}

/** The first time of the schedule after `nowMs`; undefined if there is none. */
export function nextRunMs(pattern: string, nowMs: number): number | undefined {
  return new Cron(pattern, { paused: true }).nextRun(new Date(nowMs))?.getTime();
}
