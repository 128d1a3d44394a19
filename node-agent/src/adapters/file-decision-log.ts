/**
 * {@link DecisionLog} in a file: one decision a line, as JSON with a sum. Readable with any editor, for whoever has to account
 * for what left. A line that is gone is a text that nobody decided about, which stays.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { RECORD_KINDS, TributaryError } from "@tributary/proto";
import { z } from "zod";
import type { DecisionLog } from "../ports/decision-log.ts";
import type { Decision } from "../privacy/decision.ts";
import { replaceFile } from "./file-write.ts";
import { parseSummedJson, summedJson } from "./summed-json.ts";

const decisionSchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{12}$/),
  verdict: z.enum(["approved", "rejected"]),
  by: z.string().min(1),
  atMs: z.number(),
  detectors: z.int(),
  textSha256: z.string().regex(/^[0-9a-f]{64}$/),
  kind: z.enum(RECORD_KINDS),
  key: z.string(),
  field: z.string(),
});

/** The log in the file at `path`, which is made by the first decision; its owner alone may read it. */
export function fileDecisionLog(path: string): DecisionLog {
  const text = () =>
    readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
  return {
    async read(): Promise<readonly Decision[]> {
      return parseLines(await text(), path);
    },
    async add(decision): Promise<void> {
      const before = await text();
      parseLines(before, path);
      await replaceFile(path, `${before}${summedJson(decision)}\n`, 0o600);
    },
  };
}

function parseLines(text: string, path: string): readonly Decision[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line, index) => {
    try {
      return decisionSchema.parse(parseSummedJson(line));
    } catch (cause) {
      throw new TributaryError(
        "ERR_STORE_DAMAGED",
        `line ${index + 1} of ${path} is no decision; mend it or take the file away: without it nothing is approved`,
        {
          messageZh: `${path} 第 ${index + 1} 行无法读取；请修复或移走该文件：没有它，所有文本均视为未审批`,
          cause,
        },
      );
    }
  });
}
