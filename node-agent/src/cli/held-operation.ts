/**
 * Confirming what the hub holds back: that the records which a snapshot of this center left out are meant to go.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";
import { noteHeld } from "../publish/held.ts";
import { hubView } from "../start-hub.ts";
import type { Operation } from "./operations.ts";

export interface ConfirmHeldAnswer {
  /** Position in the hub's log of the snapshot that was confirmed. */
  readonly held: number;
  /** Position in the hub's log of the confirmation. */
  readonly position: number;
  /** Records that the snapshot left out. */
  readonly omitted: number;
}

/** Longest time for the hub's answers; below the time that a command waits for the process that has the folder. */
const TIMEOUT_MS = 25_000;
const OPEN_FEED = new Uint8Array();

/**
 * `{ held, reason }`: confirms the snapshot at a position of the hub's log, signed by the center's key. The position is
 * said by whoever confirms, so that nobody confirms another change than the one that was looked at.
 */
export const confirmHeld: Operation = async ({ agent }, args): Promise<ConfirmHeldAnswer> => {
  const { memo, folder, courier } = agent;
  const reason = typeof args["reason"] === "string" ? args["reason"] : "";
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  await using session = courier.connect();
  // What is remembered may be old: a curator or a complete snapshot ended it.
  await noteHeld(memo, await session.feedHead(OPEN_FEED, signal));
  const { held } = memo.agent;
  if (held === undefined || held.position !== args["held"]) {
    throw notHeld(String(args["held"]), held?.position);
  }
  await using view = await hubView(folder.path, signal);
  const { feedId, position: ended, omitted } = held;
  const position = await view.confirm({ feedId, position: ended, reason }, signal);
  await memo.updateAgent({ held: undefined });
  return { held: ended, position, omitted };
};

function notHeld(asked: string, held: number | undefined): TributaryError {
  const now =
    held === undefined
      ? { en: "it holds nothing back", zh: "枢纽目前没有暂留的快照" }
      : { en: `it holds that at ${held} back`, zh: `枢纽目前暂留的是日志第 ${held} 条` };
  return new TributaryError(
    "ERR_NOT_FOUND",
    `the hub does not hold back a snapshot at log entry ${asked}: ${now.en}; see tributary-agent status`,
    { messageZh: `枢纽没有暂留日志第 ${asked} 条的快照：${now.zh}；请查看 tributary-agent status` },
  );
}
