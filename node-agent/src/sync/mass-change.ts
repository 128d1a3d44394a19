/**
 * The mass-change guard: absence is no proof. A source that loses or exchanges much of what it held at once has more
 * often been cut, filtered or replaced by mistake than emptied on purpose, so a person is asked first.
 *
 * @module
 */

/** How the records of a source would change. */
export interface KeyChange {
  /** Records that are published now. */
  readonly live: number;
  /** Of these, how many are no longer in the source. */
  readonly vanished: number;
  /** How many are in the source and not published. */
  readonly added: number;
}

/** Why somebody has to confirm. */
export type MassChange = "vanished" | "exchanged";

/** Below this many records a share says nothing. */
const FEWEST_RECORDS = 8;
const MOST_VANISHED = 0.25;
const MOST_EXCHANGED = 0.5;

/**
 * "vanished" if more than 25 % of the records would be withdrawn; "exchanged" if records would be withdrawn and more
 * than 50 % of all keys, old and new together, are in only one of the two. Undefined if nobody has to be asked; pure
 * growth never is.
 */
export function massChangeOf({ live, vanished, added }: KeyChange): MassChange | undefined {
  if (live < FEWEST_RECORDS || vanished === 0) return undefined;
  if (vanished > live * MOST_VANISHED) return "vanished";
  if (vanished + added > (live + added) * MOST_EXCHANGED) return "exchanged";
  return undefined;
}
