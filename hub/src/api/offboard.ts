/**
 * What a hub does when a center has left: erases what it wants erased, looks for what is left, and signs what it found.
 *
 * @module
 */

import { type SigningKey, signOffboarding } from "@tributary/proto";
import type { MerkleLog } from "../log/merkle-log.ts";
import { type ResidueOptions, residueOf } from "./residue.ts";

export interface OffboardOptions extends ResidueOptions {
  readonly log: MerkleLog;
  readonly hubOrigin: string;
  readonly signingKey: SigningKey;
  /** Resolves when the first `logSize` entries of the log are in catalog and index. */
  readonly waitUntilSearchable: (logSize: number, signal: AbortSignal) => Promise<unknown>;
  readonly nowMs: () => number;
}

/** A center that left. */
export interface Departure {
  readonly centerId: string;
  /** Position in the log of the entry that says so. */
  readonly position: number;
  /** Whether the contents of its records stay in the log. */
  readonly keepsContents: boolean;
}

/**
 * @returns The certificate, see `openOffboarding`.
 * @throws {TributaryError} What erasing and looking throw; the signal's reason. Asked again, it goes on.
 */
export type Offboard = (departure: Departure, signal: AbortSignal) => Promise<string>;

export function createOffboard(options: OffboardOptions): Offboard {
  const { log, eraser, hubOrigin, signingKey, waitUntilSearchable, nowMs } = options;
  return async ({ centerId, position, keepsContents }, signal) => {
    // What became of a release is in the catalog, and has to stay with what is left of it.
    await waitUntilSearchable(position + 1, signal);
    if (!keepsContents) {
      const order = { centerId, refs: undefined, actor: centerId, reason: "the center left" };
      await eraser.erase(order, signal);
    }
    const { size, root } = log.requireHead();
    await waitUntilSearchable(size, signal);
    const found = await residueOf(centerId, options, signal);
    return signOffboarding(
      {
        hubOrigin,
        centerId,
        leftAtPosition: position,
        logSize: size,
        logRoot: root,
        atMs: nowMs(),
        ...found,
      },
      signingKey,
    );
  };
}
