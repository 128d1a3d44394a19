/**
 * What the pages look at: the folder of the agent as it is on disk at each request.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";
import { type AgentFolder, agentFolder } from "../../adapters/agent-folder.ts";
import type { LocalReply, LocalRequest } from "../../adapters/local-page.ts";
import { clientRules, loadPlans, type Plan, readConfig, readDecisions } from "../../start-plans.ts";
import type { View } from "../../ui/page.ts";
import { type CommandContext, createContext } from "../context.ts";
import { chosen } from "../preview-rows.ts";

/** One request for a page, with what answering it needs. */
export interface Visit {
  readonly request: LocalRequest;
  readonly view: View;
  /** As a command would have it, in the language of the page; stopped when nobody waits for the answer. */
  readonly context: CommandContext;
  readonly folder: AgentFolder;
}

/** Answers the requests of one chapter. @param name What follows the chapter in the path; undefined for nothing. */
export type Chapter = (visit: Visit, name: string | undefined) => Promise<LocalReply>;

export function visitOf(context: CommandContext, request: LocalRequest, view: View): Visit {
  const { io, options } = context;
  return {
    request,
    view,
    context: createContext(
      { ...io, signal: request.signal },
      { ...options, language: view.language },
    ),
    folder: agentFolder(options.folder),
  };
}

/** All plans, and what the gate goes by. @throws {TributaryError} `ERR_CONFIG_INVALID` if a mapping file cannot be used. */
export async function plansOf({ folder }: Visit) {
  const plans = await loadPlans(folder, await readConfig(folder));
  return { plans, rules: clientRules(await readDecisions(folder), plans) };
}

/** The plan of that name, else the first. @throws {TributaryError} `ERR_NOT_FOUND`, `ERR_CONFIG_INVALID`. */
export function planOfName(plans: readonly Plan[], name: string | undefined): Plan {
  const [plan] = chosen(plans, name);
  return plan as Plan;
}

/** A page. */
export function htmlReply(body: string, status = 200): LocalReply {
  return { status, body, headers: { "content-type": "text/html; charset=utf-8" } };
}

/** Goes on with another page: after a form, so that loading it again sends nothing twice. */
export function goTo(location: string): LocalReply {
  return { status: 303, body: "", headers: { location } };
}

/** @throws {TributaryError} `ERR_NOT_FOUND` */
export function noSuchPage(): never {
  throw new TributaryError("ERR_NOT_FOUND", "there is no such page", { messageZh: "没有此页面" });
}
