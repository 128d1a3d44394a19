/**
 * The steps after which a batch is a little safer than before, in the order in which they happen.
 *
 * The feed and the publisher announce each step through a callback, so that a test can kill the process exactly there.
 * Nothing in the product listens.
 *
 * @module
 */

/** The durability steps of one batch. */
export const STEPS = [
  /** Records were taken for a batch; nothing is signed or written. */
  "append",
  /** The header is signed, in memory only. */
  "sign",
  /** Header, signature, records and row states are on disk, in one synced write. */
  "sync",
  /** The mark file names the batch and is on disk. */
  "mark",
  /** The frame was handed to the courier. */
  "send",
  /** A receipt came and verifies; it is not written yet. */
  "receipt",
  /** The receipt is on disk and the outbox copy is gone, in one synced write. */
  "truncate",
] as const;

export type Step = (typeof STEPS)[number];

/** Called when a step is done. */
export type Steps = (step: Step) => void;
