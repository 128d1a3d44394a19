/**
 * The streams on the NATS server, as the set-up command makes them. Nothing else makes or changes a stream, and nothing
 * at all removes one.
 *
 * @module
 */

import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "@nats-io/jetstream";
import {
  MAX_NATS_MESSAGE_BYTES,
  NATS_CONSUMER,
  natsNamesOf,
  type SigningKey,
  TributaryError,
} from "@tributary/proto";
import { connectNats, natsError } from "./nats-connection.ts";
import { SETUP_INBOX } from "./nats-server-config.ts";

export interface NatsStreamPlan {
  readonly servers: readonly string[];
  /** Key of the set-up user. */
  readonly key: SigningKey;
  readonly centers: readonly string[];
  /** Bytes that may wait for the hub, per center. */
  readonly streamBytes: number;
  /** Copies of each stream: 1, 3 or 5, and as many servers. */
  readonly replicas: number;
}

/** What was done about a stream. */
export interface StreamOutcome {
  readonly stream: string;
  readonly outcome: "created" | "updated" | "unchanged";
}

/**
 * Delivered and not acknowledged. The hub has 32 in flight at most; the rest is room for what a hub that crashed left
 * behind, which is delivered again only after the wait, and would keep its successor from everything newer.
 */
const MAX_ACK_PENDING = 128;
const ACK_WAIT_MS = 60_000;
const CALL_TIMEOUT_MS = 10_000;

/**
 * Makes the stream and the consumer of each center, or brings them to what the plan says.
 *
 * @throws {TributaryError} `ERR_UNAVAILABLE`, `ERR_UNAUTHENTICATED` if the server does not run with the written
 * configuration; `ERR_OVERLOADED` if it has no room for a stream.
 */
export async function ensureNatsStreams(plan: NatsStreamPlan): Promise<StreamOutcome[]> {
  const connection = await connectNats({
    servers: plan.servers,
    key: plan.key,
    inboxPrefix: SETUP_INBOX,
    name: "tributary-hub nats setup",
  });
  try {
    const manager = await jetstreamManager(connection, {
      timeout: CALL_TIMEOUT_MS,
      checkAPI: false,
    });
    const outcomes: StreamOutcome[] = [];
    for (const centerId of plan.centers) outcomes.push(await ensureStream(manager, centerId, plan));
    return outcomes;
  } catch (error) {
    throw streamError(error, plan.servers);
  } finally {
    await connection.close();
  }
}

async function ensureStream(
  { streams, consumers }: JetStreamManager,
  centerId: string,
  { streamBytes, replicas }: NatsStreamPlan,
): Promise<StreamOutcome> {
  const { stream, batch } = natsNamesOf(centerId);
  const wanted = {
    name: stream,
    subjects: [batch],
    storage: StorageType.File,
    retention: RetentionPolicy.Workqueue,
    // A full stream refuses: what was taken is never dropped for what is newer.
    discard: DiscardPolicy.New,
    max_bytes: streamBytes,
    max_msg_size: MAX_NATS_MESSAGE_BYTES,
    num_replicas: replicas,
    deny_delete: true,
    deny_purge: true,
  } as const satisfies Partial<StreamConfig>;
  const found = await streams.info(stream).catch((error: unknown) => {
    const isMissing =
      error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
    if (isMissing) return undefined;
    throw error;
  });
  let outcome: StreamOutcome["outcome"] = "unchanged";
  if (found === undefined) {
    await streams.add(wanted);
    outcome = "created";
  } else if (
    found.config.max_bytes !== streamBytes ||
    found.config.num_replicas !== replicas ||
    found.config.max_msg_size !== MAX_NATS_MESSAGE_BYTES
  ) {
    await streams.update(stream, { ...found.config, ...wanted });
    outcome = "updated";
  }
  // Repeating it with the same settings changes nothing.
  await consumers.add(stream, consumerConfig(replicas));
  return { stream, outcome };
}

function consumerConfig(replicas: number): Partial<ConsumerConfig> {
  return {
    durable_name: NATS_CONSUMER,
    deliver_policy: DeliverPolicy.All,
    ack_policy: AckPolicy.Explicit,
    ack_wait: ACK_WAIT_MS * 1_000_000,
    max_ack_pending: MAX_ACK_PENDING,
    num_replicas: replicas,
  };
}

/** The server's error codes for "insufficient resources" (10023) and "insufficient storage" (10047). */
const NO_ROOM: ReadonlySet<number> = new Set([10023, 10047]);

function streamError(error: unknown, servers: readonly string[]): TributaryError {
  if (error instanceof JetStreamApiError && NO_ROOM.has(error.code)) {
    return new TributaryError(
      "ERR_OVERLOADED",
      `the NATS server has no room for another stream (${error.message}); give it more with --store-gib, or each center less with --stream-mib`,
      {
        messageZh: `NATS 服务器空间不足（${error.message}）；请用 --store-gib 增加总量，或用 --stream-mib 减少每个中心的配额`,
        cause: error,
      },
    );
  }
  return natsError(error, servers);
}
