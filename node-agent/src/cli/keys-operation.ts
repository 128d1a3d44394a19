/**
 * Changing the key of an agent.
 *
 * @module
 */

import { toBase64Url } from "@tributary/proto";
import type { Operation } from "./operations.ts";

export interface KeysRotateAnswer {
  /** Key id, base64url. */
  readonly keyId: string;
  /** Position in the hub's log from which the key is valid. */
  readonly validFromPosition: number;
  readonly isNewFeed: boolean;
  /** True if the agent may publish over NATS, whose users follow from keys. */
  readonly usesNats: boolean;
}

/** Longest time for the hub's answers; below the time that a command waits for the process that has the folder. */
const TIMEOUT_MS = 25_000;

/** `{ recoveryFile? }`: a new key, permitted by the current one or by the recovery key in a file. */
export const keysRotate: Operation = async ({ agent, look }, args): Promise<KeysRotateAnswer> => {
  const file = args["recoveryFile"];
  const recoveryFile = typeof file === "string" ? file : undefined;
  const rotated = await agent.rotateKey(recoveryFile, AbortSignal.timeout(TIMEOUT_MS));
  if (rotated.isNewFeed) {
    await agent.memo.updateAgent({ pause: undefined });
    for (const sourceId of agent.sourceIds) look(sourceId);
  }
  const keyId = toBase64Url(agent.feed.key.keyId);
  return { ...rotated, keyId, usesNats: agent.config.transport !== "grpc" };
};
