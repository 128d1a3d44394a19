import { readFile } from "node:fs/promises";
import { parseMisbehaviourFile, verifyMisbehaviour } from "@tributary/sdk";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../node-agent/test/temporary-folder.ts";
import { ATTACKS, observe } from "./support/hostile-hub.ts";
import { observeSplitView, SHOWN } from "./support/split-view.ts";

describe("an agent finds out within two checkpoint periods about a hub that chooses to", () => {
  test.each(Object.entries(ATTACKS))("%s", async (_, { act, isProvable, code: wanted }) => {
    await using folder = await temporaryFolder();
    const { periods, code, file, trust } = await observe(act, folder.path);
    expect(periods).toBeLessThanOrEqual(2);
    expect(code).toBe(wanted);
    expect(file !== undefined).toBe(isProvable || wanted === "ERR_EPOCH_OVERDUE");
    if (file === undefined) return;
    const { misbehaviour } = parseMisbehaviourFile(await readFile(file, "utf8"));
    const verdict = verifyMisbehaviour(misbehaviour, trust);
    if (isProvable) await verdict;
    else await expect(verdict).rejects.toMatchObject({ code: "ERR_MISBEHAVIOUR_UNPROVEN" });
  });

  test("nothing: then it does not complain", async () => {
    await using folder = await temporaryFolder();
    const honest = async () => undefined;
    expect(await observe(honest, folder.path)).toMatchObject({ periods: undefined, code: "" });
  });
});

describe("a hub that shows one agent a history of its own", () => {
  test.each(SHOWN)("gets none of its receipts there final by showing %s", async (shown) => {
    await using folder = await temporaryFolder();
    const { before, after, answers, size, files, victimFiles, trust } = await observeSplitView(
      shown,
      folder.path,
    );
    expect(before).toMatchObject({ final: 1, pending: 0 });
    expect(after).toMatchObject({ final: 1, pending: 1 });
    // The others have cosigned as many entries of the log that everybody sees.
    const refusal = { status: 409, body: `${size}\n` };
    expect(answers).toEqual([refusal, refusal]);
    expect(victimFiles).toHaveLength(shown === "the cosignatures of the others' log" ? 1 : 0);
    expect(files).toHaveLength(2);
    for (const file of [...files, ...victimFiles]) {
      const { misbehaviour } = parseMisbehaviourFile(await readFile(file, "utf8"));
      const { kind } = await verifyMisbehaviour(misbehaviour, trust);
      expect(kind).toBe(files.includes(file) ? "fork" : "rewritten");
    }
  });
});
