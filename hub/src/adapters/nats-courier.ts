/**
 * The hub's side of the NATS courier: connects, reads the stream of each approved center, answers questions, and
 * connects again for as long as the hub runs.
 *
 * The broker is a courier and no more. Nothing that it says decides anything: not its acknowledgements, not its
 * sequences, not its duplicate detection. A hub without its broker is a hub that takes batches over gRPC only.
 *
 * @module
 */

import type { NatsConnection } from "@nats-io/transport-node";
import { type Clock, isTributaryError, type SigningKey, TributaryError } from "@tributary/proto";
import type { ByteBudget } from "../api/byte-budget.ts";
import type { CourierApi } from "../api/courier-api.ts";
import type { OnStep } from "../log/steps.ts";
import { answerNatsAsks, type NatsAsksOptions } from "./nats-asks.ts";
import { connectNats, HUB_INBOX } from "./nats-connection.ts";
import { runNatsLane } from "./nats-lane.ts";

export interface NatsCourierOptions extends NatsAsksOptions {
  readonly servers: readonly string[];
  /** The hub's own key on the server. */
  readonly key: SigningKey;
  readonly courier: CourierApi;
  readonly budget: ByteBudget;
  /** Centers that may publish now. */
  readonly centers: () => readonly string[];
  readonly clock: Clock;
  readonly onStep: OnStep;
  readonly events: NatsEvents;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** What an operator may want to know of the broker. */
export interface NatsEvents {
  natsConnected(server: string): void;
  /** The connection, or the stream of one center, failed and is tried again. */
  natsFailed(error: TributaryError, centerId?: string): void;
  /** A batch could not be answered because of a mistake of ours. */
  natsDefect(centerId: string, error: unknown): void;
}

/** A courier that runs. Disposing it ends it. */
export interface NatsCourier extends AsyncDisposable {
  readonly isConnected: boolean;
}

const LOOK_AT_MEMBERS_MS = 1_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;

/** Starts the courier. Never fails: a broker that cannot be reached is reported and tried again. */
export function startNatsCourier(options: NatsCourierOptions): NatsCourier {
  const stop = new AbortController();
  const state = { isConnected: false };
  const running = keepConnected(options, state, stop.signal);
  return {
    get isConnected() {
      return state.isConnected;
    },
    async [Symbol.asyncDispose]() {
      stop.abort(new TributaryError("ERR_UNAVAILABLE", "the hub is stopping"));
      await running;
    },
  };
}

async function keepConnected(
  options: NatsCourierOptions,
  state: { isConnected: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { servers, key, clock, random, events } = options;
  for (let failures = 0; !signal.aborted; ) {
    try {
      const connection = await connectNats({
        servers,
        key,
        inboxPrefix: HUB_INBOX,
        name: "tributary-hub",
      });
      try {
        failures = 0;
        state.isConnected = true;
        events.natsConnected(connection.getServer());
        await serve(connection, options, signal);
      } finally {
        state.isConnected = false;
        await connection.close();
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!isTributaryError(error)) throw error;
      events.natsFailed(error);
      await sleep(clock, waitMs(failures, random), signal);
      failures += 1;
    }
  }
}

/** Serves until aborted or the connection is gone. */
async function serve(
  connection: NatsConnection,
  options: NatsCourierOptions,
  signal: AbortSignal,
): Promise<void> {
  const ended = new AbortController();
  const over = AbortSignal.any([signal, ended.signal]);
  const lanes = new Map<string, { readonly stop: AbortController; readonly done: Promise<void> }>();
  const closed = connection.closed().then((cause) => ended.abort(connectionLost(cause)));
  try {
    answerNatsAsks(connection, options, over);
    while (!over.aborted) {
      const centers = new Set(options.centers());
      for (const [centerId, { stop }] of lanes) if (!centers.has(centerId)) stop.abort();
      for (const centerId of centers) {
        if (lanes.has(centerId)) continue;
        const stop = new AbortController();
        const until = AbortSignal.any([over, stop.signal]);
        const done = keepLane(connection, centerId, options, until).finally(() =>
          lanes.delete(centerId),
        );
        lanes.set(centerId, { stop, done });
      }
      await sleep(options.clock, LOOK_AT_MEMBERS_MS, over);
    }
    if (!signal.aborted) throw over.reason;
  } finally {
    ended.abort();
    // Requests that wait at the server end with the connection.
    await connection.close();
    await Promise.all([closed, ...[...lanes.values()].map(({ done }) => done)]);
  }
}

/** Reads one center's stream; where that fails, waits and tries again. */
async function keepLane(
  connection: NatsConnection,
  centerId: string,
  options: NatsCourierOptions,
  signal: AbortSignal,
): Promise<void> {
  const { clock, random, events } = options;
  const onDefect = (center: string, error: unknown) => events.natsDefect(center, error);
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      await runNatsLane({ ...options, connection, centerId, onDefect }, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!isTributaryError(error)) throw error;
      events.natsFailed(error, centerId);
    }
    await sleep(clock, waitMs(failures, random), signal);
  }
}

/** Doubles from 0.25 s to 10 s, with jitter over its upper half. */
function waitMs(failures: number, random: () => number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS) * (0.5 + random() / 2);
}

/** Resolves when the time is over or the signal is aborted. */
async function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

// biome-ignore lint/suspicious/noConfusingVoidType: the type of `closed()` is the library's.
function connectionLost(cause: Error | void): TributaryError {
  const why = cause instanceof Error ? `: ${cause.message}` : "";
  return new TributaryError("ERR_UNAVAILABLE", `the connection to the NATS server is gone${why}`, {
    messageZh: `与 NATS 服务器的连接已断开${why}`,
    cause,
  });
}
