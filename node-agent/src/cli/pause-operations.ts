/**
 * Stopping and going on, of one source or of all publication.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";
import { nearest } from "../mapping/nearest.ts";
import type { Pause } from "../sync/problem.ts";
import type { Operation, OperationContext } from "./operations.ts";

/** `{ source?, untilMs? }`: stops a source, or publication where no source is named. */
export const pauseOperation: Operation = async (context, args) => {
  const { memo, clock } = context.agent;
  const untilMs = typeof args["untilMs"] === "number" ? args["untilMs"] : undefined;
  const pause: Pause = {
    by: "person",
    code: "PAUSED",
    message: "paused at the center; go on with: tributary-agent resume",
    messageZh: "本中心已暂停；继续请运行 tributary-agent resume",
    sinceMs: clock.now(),
    ...(untilMs !== undefined && { untilMs }),
  };
  const sourceId = sourceOf(context, args);
  if (sourceId === undefined) await memo.updateAgent({ pause });
  else await memo.updateSource(sourceId, { pause });
  return { source: sourceId, pause };
};

/**
 * `{ source?, acceptMassChange? }`: goes on. With `acceptMassChange` the next pass of the source may withdraw and
 * exchange as much as it finds; of a source that left the configuration it withdraws everything.
 */
export const resumeOperation: Operation = async (context, args) => {
  const { memo } = context.agent;
  const sourceId = sourceOf(context, args);
  const acceptsMassChange = args["acceptMassChange"] === true;
  if (sourceId === undefined) {
    if (acceptsMassChange) {
      throw new TributaryError(
        "ERR_ARGUMENT_INVALID",
        "name the source whose mass change is meant: tributary-agent resume SOURCE --accept-mass-change; or the snapshot that the hub holds back, as status shows it: tributary-agent resume --accept-mass-change --held POSITION",
        {
          messageZh:
            "请指明要确认的数据源：tributary-agent resume 数据源 --accept-mass-change；或 status 所示由枢纽暂留的快照：tributary-agent resume --accept-mass-change --held 位置",
        },
      );
    }
    await memo.updateAgent({ pause: undefined });
    return { source: undefined };
  }
  await memo.updateSource(sourceId, {
    pause: undefined,
    problem: undefined,
    ...(acceptsMassChange && { acceptsMassChange }),
  });
  context.look(sourceId);
  return { source: sourceId, acceptsMassChange };
};

/** The source that is named. @throws {TributaryError} `ERR_NOT_FOUND` if there is none of that name. */
function sourceOf(
  { agent }: OperationContext,
  args: Readonly<Record<string, unknown>>,
): string | undefined {
  const sourceId = args["source"];
  if (typeof sourceId !== "string") return undefined;
  const known = [...new Set([...agent.sourceIds, ...agent.memo.sources.keys()])];
  if (known.includes(sourceId)) return sourceId;
  const meant = nearest(sourceId, known);
  throw new TributaryError(
    "ERR_NOT_FOUND",
    `there is no source ${sourceId}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
    {
      messageZh: `没有数据源 ${sourceId}${meant === undefined ? "" : `；是否指 ${meant}？`}`,
    },
  );
}
