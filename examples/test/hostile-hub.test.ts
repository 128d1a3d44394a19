import { readFile } from "node:fs/promises";
import { parseMisbehaviourFile, verifyMisbehaviour } from "@tributary/sdk";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../node-agent/test/temporary-folder.ts";
import { ATTACKS, observe } from "./support/hostile-hub.ts";

describe("an agent finds out within two checkpoint periods about a hub that chooses to", () => {
  test.each(Object.entries(ATTACKS))("%s", async (_, { act, isProvable }) => {
    await using folder = await temporaryFolder();
    const { periods, code, file, trust } = await observe(act, folder.path);
    expect(periods).toBeLessThanOrEqual(2);
    expect(code).toBe(isProvable ? "ERR_LOG_MISBEHAVED" : "ERR_CHECKPOINT_INCONSISTENT");
    expect(file !== undefined).toBe(isProvable);
    if (file === undefined) return;
    const { misbehaviour } = parseMisbehaviourFile(await readFile(file, "utf8"));
    await verifyMisbehaviour(misbehaviour, trust);
  });

  test("nothing: then it does not complain", async () => {
    await using folder = await temporaryFolder();
    const honest = async () => undefined;
    expect(await observe(honest, folder.path)).toMatchObject({ periods: undefined, code: "" });
  });
});
