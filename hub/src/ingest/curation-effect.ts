/**
 * What a decision does to the feeds of centers.
 *
 * @module
 */

import { type CurationDecision, centerOfUrn } from "@tributary/proto";

/** Prefix of the facts that find a decision by its identifier. */
const FACT = "decision/";

/**
 * Centers whose feed is paused or released by a decision, with the code from then on; empty where it is released.
 *
 * @param decisionOf Finds an earlier decision.
 */
export function pausedCodeAfter(
  decision: Omit<CurationDecision, "decisionId" | "authorization">,
  decisionOf: (decisionId: string) => CurationDecision | undefined,
): ReadonlyMap<string, string> {
  switch (decision.action) {
    case "pause":
      return codesOf(decision, "ERR_FEED_PAUSED");
    case "release":
      return codesOf(decision, "");
    case "retract": {
      const retracted = decisionOf(decision.retracts);
      return retracted?.action === "pause" ? codesOf(retracted, "") : new Map();
    }
    default:
      return new Map();
  }
}

function codesOf(
  { subjects }: Pick<CurationDecision, "subjects">,
  pausedCode: string,
): ReadonlyMap<string, string> {
  const centers = subjects.map(centerOfUrn).filter((centerId) => centerId !== undefined);
  return new Map(centers.map((centerId) => [centerId, pausedCode]));
}

/** Name of the fact that finds a decision. */
export function decisionFactName(decisionId: string): string {
  return FACT + decisionId;
}

/** The fact that finds a decision: its position, 8 bytes big-endian. */
export function decisionFact(
  { decisionId }: CurationDecision,
  position: number,
): readonly [name: string, value: Uint8Array] {
  const value = new Uint8Array(8);
  new DataView(value.buffer).setBigUint64(0, BigInt(position));
  return [decisionFactName(decisionId), value];
}

export function decodeDecisionPosition(value: Uint8Array): number {
  return Number(new DataView(value.buffer, value.byteOffset, 8).getBigUint64(0));
}
