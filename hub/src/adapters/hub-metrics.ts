/**
 * The hub's metrics for Prometheus, and its log lines for the same events.
 *
 * Labels have few values: codes, states and centers, never records.
 *
 * @module
 */

import type { TributaryError, TributaryErrorCode } from "@tributary/proto";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { HubEvents } from "../ports/hub-events.ts";
import type { Logger } from "./logger.ts";
import type { NatsEvents } from "./nats-courier.ts";
import { toThreadError } from "./thread.ts";

/** Values that are read when somebody asks. */
export interface HubGauges {
  readonly logEntries: () => number;
  readonly logQueuedBytes: () => number;
  readonly ingestBytesInMemory: () => number;
  readonly catalogEntries: () => number;
  readonly indexEntries: () => number;
  /** By state. */
  readonly members: () => ReadonlyMap<string, number>;
  /** Entries of the newest checkpoint that a witness cosigned. */
  readonly cosignedEntries: () => number;
  /** Whether the log takes entries. */
  readonly isLogWriting: () => boolean;
}

const RECEIPT_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts events and says them. One a hub. */
export class HubMetrics implements HubEvents, NatsEvents {
  readonly #registry = new Registry();
  readonly #logger: Logger;
  readonly #batches: Counter;
  readonly #records: Counter;
  readonly #bytes: Counter;
  readonly #refusals: Counter;
  readonly #pauses: Counter;
  readonly #calls: Histogram;
  /** What was said last of the broker, by center. */
  readonly #natsFailures = new Map<string, string>();

  constructor(logger: Logger) {
    this.#logger = logger;
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#batches = new Counter({
      name: "tributary_ingest_batches_total",
      help: "Batches by center and outcome: accepted, repeated.",
      labelNames: ["center", "outcome"],
      registers,
    });
    this.#records = new Counter({
      name: "tributary_ingest_records_total",
      help: "Records accepted, by center.",
      labelNames: ["center"],
      registers,
    });
    this.#bytes = new Counter({
      name: "tributary_ingest_bytes_total",
      help: "Bytes of records accepted, by center.",
      labelNames: ["center"],
      registers,
    });
    this.#refusals = new Counter({
      name: "tributary_ingest_refusals_total",
      help: "Batches refused, by center and code.",
      labelNames: ["center", "code"],
      registers,
    });
    this.#pauses = new Counter({
      name: "tributary_feed_pauses_total",
      help: "Feeds that were paused, by center and code.",
      labelNames: ["center", "code"],
      registers,
    });
    this.#calls = new Histogram({
      name: "tributary_call_seconds",
      help: "Calls by RPC and code; an empty code is success.",
      labelNames: ["rpc", "code"],
      buckets: RECEIPT_BUCKETS_S,
      registers,
    });
  }

  /** Adds the values that are read on demand. Call it once. */
  observe(gauges: HubGauges): void {
    const single: readonly (readonly [name: string, help: string, read: () => number])[] = [
      ["tributary_log_entries", "Entries of the log that are published.", gauges.logEntries],
      ["tributary_log_queued_bytes", "Bytes that wait for a commit.", gauges.logQueuedBytes],
      [
        "tributary_ingest_memory_bytes",
        "Bytes of frames between reading and answer.",
        gauges.ingestBytesInMemory,
      ],
      ["tributary_catalog_entries", "Log entries that the catalog covers.", gauges.catalogEntries],
      ["tributary_index_entries", "Log entries that answers rest on.", gauges.indexEntries],
      [
        "tributary_log_cosigned_entries",
        "Entries of the newest checkpoint that a witness cosigned; 0 without witnesses.",
        gauges.cosignedEntries,
      ],
      [
        "tributary_log_writing",
        "1 if the log takes entries, 0 if it has stopped.",
        () => Number(gauges.isLogWriting()),
      ],
    ];
    for (const [name, help, read] of single) {
      new Gauge({
        name,
        help,
        registers: [this.#registry],
        collect() {
          this.set(read());
        },
      });
    }
    new Gauge({
      name: "tributary_members",
      help: "Members by state.",
      labelNames: ["state"],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [state, count] of gauges.members()) this.set({ state }, count);
      },
    });
  }

  /** The text that Prometheus reads. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Content type of {@link HubMetrics.text}. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  batchAccepted(center: string, records: number, bytes: number): void {
    this.#batches.inc({ center, outcome: "accepted" });
    this.#records.inc({ center }, records);
    this.#bytes.inc({ center }, bytes);
    this.#logger.debug({ event: "batch_accepted", center, records, bytes });
  }

  batchRepeated(center: string): void {
    this.#batches.inc({ center, outcome: "repeated" });
    this.#logger.debug({ event: "batch_repeated", center });
  }

  batchRefused(center: string, code: TributaryErrorCode): void {
    this.#refusals.inc({ center, code });
    this.#logger.info({ event: "batch_refused", center, code });
  }

  feedPaused(center: string, code: string): void {
    this.#pauses.inc({ center, code });
    this.#logger.warn({ event: "feed_paused", center, code });
  }

  feedReleased(center: string): void {
    this.#logger.info({ event: "feed_released", center });
  }

  witnessFailed(center: string, problem: string): void {
    this.#logger.warn({ event: "witness_failed", center, problem });
  }

  witnessRecovered(center: string): void {
    this.#logger.info({ event: "witness_recovered", center });
  }

  memberChanged(center: string, state: string): void {
    this.#logger.info({ event: "member_changed", center, state });
  }

  callEnded(rpc: string, code: string, durationMs: number): void {
    this.#calls.observe({ rpc, code }, durationMs / 1_000);
  }

  logStopped(code: TributaryErrorCode, message: string): void {
    this.#logger.error({ event: "log_stopped", code, message });
  }

  projectionStopped(error: TributaryError, restartInMs: number): void {
    const { code, message } = error;
    this.#logger.error({ event: "projection_stopped", code, message, restartInMs });
  }

  semanticStopped(error: TributaryError, restartInMs: number): void {
    const { code, message } = error;
    this.#logger.error({ event: "semantic_stopped", code, message, restartInMs });
  }

  matchingFailed({ code, message }: TributaryError): void {
    this.#logger.error({ event: "matching_failed", code, message });
  }

  insightFailed({ code, message }: TributaryError): void {
    this.#logger.error({ event: "insight_failed", code, message });
  }

  /** The certificate of the port could not be made anew; the one before is shown on. */
  tlsFailed({ code, message }: TributaryError): void {
    this.#logger.error({ event: "tls_failed", code, message });
  }

  /** People cannot sign in at their organisation's provider. */
  signInFailed(reason: string): void {
    this.#logger.error({ event: "organisation_sign_in_failed", reason });
  }

  /** An epoch summary could not be written. */
  epochFailed(error: unknown, retryInMs: number): void {
    const { code, message } = toThreadError(error);
    this.#logger.error({ event: "epoch_failed", code, message, retryInMs });
  }

  natsConnected(server: string): void {
    this.#natsFailures.clear();
    this.#logger.info({ event: "nats_connected", server });
  }

  /** Said once until it changes: a server that is down for a night is tried again all night. */
  natsFailed({ code, message }: TributaryError, center = ""): void {
    if (this.#natsFailures.get(center) === message) return;
    this.#natsFailures.set(center, message);
    this.#logger.warn({ event: "nats_failed", code, message, center });
  }

  natsDefect(center: string, err: unknown): void {
    this.#logger.error({ event: "nats_defect", center, err });
  }

  projectionRebuilt(reason: string): void {
    this.#logger.warn({ event: "projection_rebuilt", reason });
  }
}
