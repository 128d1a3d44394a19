/**
 * Epochs: in each period the hub states in its log what it has of every center. A hub that leaves a center out then has
 * signed that it does, beside the receipts that the center holds.
 *
 * @module
 */

import {
  type Clock,
  decodeLogEntry,
  type EpochSummary,
  encodeEpochSummary,
  epochParts,
  fromUtf8,
  isInPart,
  TributaryError,
  utf8,
  type WholeEpoch,
} from "@tributary/proto";
import type { MerkleLog } from "./merkle-log.ts";

/** Prefix of the facts that keep where the parts of the newest epoch are. */
const FACTS = "epoch/";
/** After a failure the summary is tried again in so long; ms. */
const RETRY_MS = 60_000;

/** Where a part of an epoch is. */
export interface EpochPlace {
  readonly epoch: number;
  readonly position: number;
  readonly afterCenterId: string;
  readonly untilCenterId: string;
}

/** The fact that keeps where a part is; the parts of the next epoch replace it. */
export function epochFact(
  { epoch, afterCenterId, untilCenterId }: EpochSummary,
  position: number,
): readonly [name: string, value: Uint8Array] {
  return [FACTS + afterCenterId, utf8(JSON.stringify([epoch, position, untilCenterId]))];
}

function decodePlace(name: string, value: Uint8Array): EpochPlace {
  const [epoch, position, untilCenterId] = JSON.parse(fromUtf8(value)) as [number, number, string];
  return { epoch, position, afterCenterId: name.slice(FACTS.length), untilCenterId };
}

export interface EpochOptions {
  readonly log: MerkleLog;
  /** Resolves to what the catalog says when it covers at least `logSize` entries. */
  readonly summarize: (
    logSize: number,
    signal: AbortSignal,
  ) => Promise<Pick<WholeEpoch, "logSize" | "centers">>;
  readonly clock: Clock;
  /** Between two summaries; ms. */
  readonly periodMs: number;
  /** A summary could not be written, and is tried again. */
  readonly onFailed: (error: unknown, retryInMs: number) => void;
}

/** Writes the summaries of one log. */
export class Epochs {
  readonly #options: EpochOptions;
  /** Parts of the newest epoch, in order; empty before the first. */
  #parts: readonly EpochPlace[];
  /** Time of its last part; ms since the epoch. */
  #writtenAtMs: number;

  private constructor(options: EpochOptions, parts: readonly EpochPlace[], writtenAtMs: number) {
    this.#options = options;
    this.#parts = parts;
    this.#writtenAtMs = writtenAtMs;
  }

  static async load(options: EpochOptions): Promise<Epochs> {
    const { log, clock, periodMs } = options;
    const places: EpochPlace[] = [];
    for await (const fact of log.facts(FACTS)) places.push(decodePlace(...fact));
    const newest = Math.max(-1, ...places.map(({ epoch }) => epoch));
    const parts = places
      .filter(({ epoch }) => epoch === newest)
      .sort((a, b) => a.position - b.position);
    const last = parts.at(-1);
    if (last === undefined) return new Epochs(options, [], clock.now());
    const { receivedAtMs } = decodeLogEntry((await log.entry(last.position)).entry);
    // A crash between two parts: the epoch is not whole, and the next one is due.
    const isWhole = last.untilCenterId === "";
    return new Epochs(options, parts, isWhole ? receivedAtMs : receivedAtMs - periodMs);
  }

  /** Position of the newest summary's part for a center. @throws {TributaryError} `ERR_NOT_FOUND` if there is none. */
  placeOf(centerId: string): number {
    const part =
      centerId === "" ? this.#parts[0] : this.#parts.find((place) => isInPart(place, centerId));
    if (part !== undefined) return part.position;
    throw new TributaryError("ERR_NOT_FOUND", "the log has no epoch summary yet", {
      messageZh: "日志尚无周期摘要",
    });
  }

  /** Writes a summary each period until aborted; resolves then. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, periodMs, onFailed } = this.#options;
    while (!signal.aborted) {
      try {
        // A clock that was set back makes nobody wait for longer than a period.
        const waitMs = Math.min(periodMs, this.#writtenAtMs + periodMs - clock.now());
        if (waitMs > 0) await clock.sleep(waitMs, signal);
        await this.write(signal);
      } catch (error) {
        if (signal.aborted) return;
        const retryMs = Math.min(RETRY_MS, periodMs);
        onFailed(error, retryMs);
        await clock.sleep(retryMs, signal).catch(() => undefined);
      }
    }
  }

  /** Writes the next summary now; it covers the one before it. @throws {TributaryError} As {@link MerkleLog.append}. */
  async write(signal: AbortSignal): Promise<void> {
    const { log, summarize, clock, periodMs } = this.#options;
    const last = this.#parts.at(-1);
    const { logSize, centers } = await summarize(
      last === undefined ? 0 : last.position + 1,
      signal,
    );
    const epoch = last === undefined ? 0 : last.epoch + 1;
    const parts = epochParts({ epoch, logSize, periodMs, centers });
    const committed = await Promise.all(
      parts.map((part) =>
        log.append({
          type: "epoch",
          statement: encodeEpochSummary(part),
          facts: (position) => [epochFact(part, position)],
        }),
      ),
    );
    this.#parts = parts.map(({ afterCenterId, untilCenterId }, i) => {
      const { position } = committed[i] as (typeof committed)[number];
      return { epoch, position, afterCenterId, untilCenterId };
    });
    this.#writtenAtMs = clock.now();
  }
}
