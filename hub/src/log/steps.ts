/**
 * The steps of the hub's work at which a crash is worth trying. Each announces itself before the next begins, so that
 * a drill can stop the process there.
 *
 * @module
 */

/** In the order in which a batch passes them. */
export const STEPS = [
  "receive",
  "verify",
  "write",
  "sync",
  "tiles",
  "head",
  "publish",
  "receipt",
  "ack",
  "index",
] as const;

export type Step = (typeof STEPS)[number];

/** Hears each step. Must not throw. */
export type OnStep = (step: Step) => void;
