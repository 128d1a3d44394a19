/**
 * Names on a NATS server: subjects, streams and inboxes of a center.
 *
 * A center's user may publish on `batch` and `ask`, subscribe to `receipt` and below `inboxPrefix`, and nothing else. An
 * identifier has no dot and no wildcard, so that it is one token of a subject.
 *
 * @module
 */

/** What belongs to one center. */
export interface NatsNames {
  /** Subject of frames; the stream takes them. */
  readonly batch: string;
  /** Subject of questions to the hub, answered to a reply subject below `inboxPrefix`. */
  readonly ask: string;
  /** Subject of the hub's answers to batches: `PublishResponse` messages. */
  readonly receipt: string;
  readonly inboxPrefix: string;
  /** The JetStream stream of `batch`. */
  readonly stream: string;
}

/** Name of the durable consumer by which the hub reads each stream. */
export const NATS_CONSUMER = "hub";

/** Subject of the questions of all centers. */
export const NATS_ALL_ASKS = "ask.*";

/** Largest message of a center's stream, in bytes: the largest frame and its headers. */
export const MAX_NATS_MESSAGE_BYTES = 901 * 1024;

/** @param centerId An identifier. */
export function natsNamesOf(centerId: string): NatsNames {
  return {
    batch: `in.${centerId}.batch`,
    ask: `ask.${centerId}`,
    receipt: `out.${centerId}.receipt`,
    inboxPrefix: `_INBOX_${centerId}`,
    stream: `IN_${centerId}`,
  };
}

/** The center of a subject that {@link NATS_ALL_ASKS} matches. */
export function centerOfAsk(subject: string): string {
  return subject.slice("ask.".length);
}
