/**
 * What kinds of things centers publish.
 *
 * @module
 */

/** All kinds, in the order of their numbers on the wire. */
export const RECORD_KINDS = [
  "center",
  "provider",
  "case",
  "policy",
  "training",
  "event",
  "outcome",
  "demand",
  "voucher_programme",
] as const;

/** What kind of thing a record is. */
export type RecordKind = (typeof RECORD_KINDS)[number];

/** True for the name of a kind. */
export function isRecordKind(text: string): text is RecordKind {
  return (RECORD_KINDS as readonly string[]).includes(text);
}
