/**
 * Batches whose records the hub lost, on their way back from the agents that keep them.
 *
 * What comes back is believed only if it hashes to the root that the center signed and the log has. What was erased since
 * stays erased.
 *
 * @module
 */

import {
  equalBytes,
  leafHash,
  merkleRoot,
  openBatch,
  type ReturnedBatch,
  splitRecords,
  TributaryError,
  toHex,
} from "@tributary/proto";
import type { LostBatch } from "../log/salvage.ts";

export interface ReclaimOptions {
  readonly lost: readonly LostBatch[];
  /** Keeps records that are what was signed; durable on return. */
  readonly keep: (lost: LostBatch, records: readonly Uint8Array[]) => Promise<void>;
  /** Told of each answer of an agent. */
  readonly onAnswer?: (lost: LostBatch, isBack: boolean) => void;
}

/** Owned by one hub that is being healed. Safe to call concurrently. */
export class Reclaim {
  readonly #options: ReclaimOptions;
  /** By feed and sequence. */
  readonly #missing = new Map<string, LostBatch>();
  /** Those of the missing that their agent does not have. */
  readonly #gone = new Set<string>();
  readonly #settled = Promise.withResolvers<void>();

  constructor(options: ReclaimOptions) {
    this.#options = options;
    for (const lost of options.lost) {
      this.#missing.set(nameOf(lost.header.centerId, lost.header), lost);
    }
    this.#settleIfDone();
  }

  /** Resolves when every batch is back, or its agent has said that it does not have it. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  /** What is not back, by log position. */
  get missing(): readonly LostBatch[] {
    return [...this.#missing.values()];
  }

  /** What a center is to be asked for. */
  wantedOf(centerId: string): readonly LostBatch[] {
    return this.missing.filter(({ header }) => header.centerId === centerId);
  }

  /**
   * Takes what an agent answers.
   *
   * @param returned Attacker-controlled.
   * @throws {TributaryError} `ERR_RECORDS_ROOT` if it is another batch than the one that was lost; what opening a frame
   * throws; `ERR_ARGUMENT_INVALID` if nobody asked for it.
   */
  async take(centerId: string, returned: ReturnedBatch): Promise<void> {
    const name = nameOf(centerId, returned);
    const lost = this.#missing.get(name);
    if (lost === undefined) throw unasked();
    const { frame } = returned;
    const records = frame && recordsIn(frame, lost);
    if (records === undefined) {
      this.#gone.add(name);
    } else {
      await this.#options.keep(lost, records);
      this.#missing.delete(name);
      this.#gone.delete(name);
    }
    this.#options.onAnswer?.(lost, records !== undefined);
    this.#settleIfDone();
  }

  #settleIfDone(): void {
    if (this.#missing.size === this.#gone.size) this.#settled.resolve();
  }
}

/** The records of a batch that came back. Throws unless they are those that its center signed. */
function recordsIn(frame: Uint8Array, { header }: LostBatch): readonly Uint8Array[] {
  const { records } = openBatch(frame);
  const bytes = splitRecords(records, header.recordCount);
  if (equalBytes(merkleRoot(bytes.map(leafHash)), header.recordsRoot)) return bytes;
  throw new TributaryError(
    "ERR_RECORDS_ROOT",
    `the records that came back for batch ${header.seq} of ${header.centerId} are not those that were signed`,
    { messageZh: `${header.centerId} 归还的批次 ${header.seq} 与其签名的内容不符` },
  );
}

/** The center, so that nobody answers for another. */
function nameOf(
  centerId: string,
  { feedId, seq }: { readonly feedId: Uint8Array; readonly seq: bigint },
): string {
  return `${centerId}/${toHex(feedId)}/${seq}`;
}

function unasked(): TributaryError {
  return new TributaryError("ERR_ARGUMENT_INVALID", "the hub did not ask for this batch", {
    messageZh: "枢纽并未请求归还该批次",
  });
}
