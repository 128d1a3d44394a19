/**
 * Limits of the protocol. A receiver refuses what passes them; a sender never makes it.
 *
 * @module
 */

/** Largest body of a record, in bytes. */
export const MAX_BODY_BYTES = 256 * 1024;

/** Largest encoded record, in bytes: a body and an envelope with 256 readers. */
export const MAX_RECORD_BYTES = MAX_BODY_BYTES + 32 * 1024;

/** Most fields, list elements and map entries of one body, counted over all its messages. */
export const MAX_BODY_ELEMENTS = 20_000;

/** Deepest nesting of messages in one body; the body itself is 1. */
export const MAX_BODY_DEPTH = 8;

/** Most records of a batch. */
export const MAX_BATCH_RECORDS = 4096;

/** At how many records an agent closes a batch. */
export const TARGET_BATCH_RECORDS = 1000;

/** At how many bytes of records an agent closes a batch. */
export const TARGET_BATCH_BYTES = 768 * 1024;

/** Largest encoded batch header, in bytes. */
export const MAX_HEADER_BYTES = 1024;

/** Largest frame over gRPC, in bytes. */
export const MAX_FRAME_BYTES = 3.5 * 1024 * 1024;

/** Largest frame over NATS, in bytes. */
export const MAX_NATS_FRAME_BYTES = 900 * 1024;

/** Largest encoded log entry, in bytes: what the uint16 of an entry bundle can tell (C2SP tlog-tiles). */
export const MAX_LOG_ENTRY_BYTES = 65_535;

/** Longest life of a caller token, in ms. */
export const MAX_CALLER_TOKEN_MS = 600_000;
