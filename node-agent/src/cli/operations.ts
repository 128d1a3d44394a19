/**
 * What commands do to an agent whose folder may be open in another process: operations with plain JSON in and out,
 * carried out where the folder is open.
 *
 * @module
 */

import { isTributaryError, systemClock, TributaryError } from "@tributary/proto";
import { agentFolder } from "../adapters/agent-folder.ts";
import {
  type ControlHandler,
  type ControlRequest,
  callControl,
} from "../adapters/local-control.ts";
import { readEnvironment } from "../config.ts";
import { toJson } from "../report/json-text.ts";
import { type Agent, openAgent } from "../start.ts";
import type { CommandContext } from "./context.ts";
import { feedList, feedRenew, feedShow, feedVerify } from "./feed-operations.ts";
import { confirmHeld } from "./held-operation.ts";
import { keysRotate } from "./keys-operation.ts";
import {
  agentBackup,
  outcomeBackup,
  outcomeLedger,
  outcomePlan,
  outcomeRetract,
} from "./outcome-operations.ts";
import { pauseOperation, resumeOperation } from "./pause-operations.ts";
import { privacyDecideOperation } from "./privacy-operation.ts";
import { statusOperation } from "./status-operation.ts";

/** What an operation works on. */
export interface OperationContext {
  readonly agent: Agent;
  /** True in a process that synchronises and publishes. */
  readonly isRunning: boolean;
  /** Asks for a look at a source soon, where the process does that. */
  readonly look: (sourceId: string) => void;
}

/** One operation. Its arguments came as JSON; its answer can be made JSON. */
export type Operation = (
  context: OperationContext,
  args: ControlRequest["args"],
) => Promise<unknown>;

const OPERATIONS = {
  status: statusOperation,
  pause: pauseOperation,
  resume: resumeOperation,
  confirmHeld,
  privacyDecide: privacyDecideOperation,
  feedList,
  feedShow,
  feedVerify,
  feedRenew,
  keysRotate,
  outcomePlan,
  outcomeLedger,
  outcomeRetract,
  outcomeBackup,
  agentBackup,
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;

/** How long a command waits for another that has the folder open for a moment. */
const PATIENCE_MS = 3_000;
const RETRY_MS = 50;

/** Answers requests of other processes. */
export function operationHandler(context: OperationContext): ControlHandler {
  return async ({ name, args }) => {
    if (!Object.hasOwn(OPERATIONS, name)) {
      throw new TributaryError("ERR_UNSUPPORTED", `the running agent has no operation ${name}`);
    }
    return asJson(await OPERATIONS[name as OperationName](context, args));
  };
}

/**
 * Carries an operation out: here if no process has the folder open, else there.
 *
 * @throws {TributaryError} what {@link openAgent} and the operation throw.
 */
export async function operate<Result>(
  { io, options }: CommandContext,
  name: OperationName,
  args: ControlRequest["args"] = {},
): Promise<Result> {
  const untilMs = systemClock.now() + PATIENCE_MS;
  for (;;) {
    let inUse: unknown;
    try {
      await using agent = await openAgent(options.folder, readEnvironment(io.env));
      const context = { agent, isRunning: false, look: () => {} };
      return asJson(await OPERATIONS[name](context, args)) as Result;
    } catch (error) {
      if (!isTributaryError(error, "ERR_FOLDER_IN_USE")) throw error;
      inUse = error;
    }
    try {
      const { data } = agentFolder(options.folder);
      return (await callControl(data, { name, args })) as Result;
    } catch (error) {
      if (!isTributaryError(error, "ERR_UNAVAILABLE")) throw error;
      // A process that starts, stops, or only looks: it answers or is gone in a moment.
      if (systemClock.now() > untilMs) throw inUse;
      await systemClock.sleep(RETRY_MS, io.signal);
    }
  }
}

function asJson(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(toJson(value));
}
