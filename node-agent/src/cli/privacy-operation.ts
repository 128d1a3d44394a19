/**
 * Deciding about a text where the folder is open, so that the next pass goes by it.
 *
 * @module
 */

import { RECORD_KINDS, TributaryError } from "@tributary/proto";
import { z } from "zod";
import { decide } from "../privacy/decision.ts";
import type { Operation } from "./operations.ts";

const argsSchema = z.object({
  source: z.string(),
  verdict: z.enum(["approved", "rejected"]),
  by: z.string().min(1).max(200),
  kind: z.enum(RECORD_KINDS),
  key: z.string(),
  field: z.string(),
  text: z.string(),
});

/** `{ source, verdict, by, kind, key, field, text }`: records the decision and asks for a look at the source. */
export const privacyDecideOperation: Operation = async ({ agent, look }, args) => {
  const parsed = argsSchema.safeParse(args);
  if (!parsed.success) {
    throw new TributaryError("ERR_ARGUMENT_INVALID", `no decision: ${parsed.error.message}`);
  }
  const { source, verdict, by, ...placed } = parsed.data;
  const decision = decide(placed, { verdict, by, atMs: agent.clock.now() });
  await agent.decisions.add(decision);
  look(source);
  return decision;
};
