/**
 * Epoch summaries of a hub in a process of its own: written by the clock, served with a proof, kept over a restart.
 */

import {
  type CenterSummary,
  decodeEpochSummary,
  encodeReceipt,
  fromBase64,
  parseTlogProof,
  systemClock,
  verifyReceipt,
} from "@tributary/proto";
import { expect, test } from "vitest";
import { Drill } from "./support/drill.ts";
import { type HubProcess, runHubCommand } from "./support/hub-process.ts";
import { temporaryPath } from "./support/temporary-folder.ts";

/** The newest summary; undefined before the first. */
async function newestEpoch({ up }: HubProcess, centerId: string) {
  const answer = await fetch(`${up.web}/tributary.v1.LogService/GetEpoch`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ centerId }),
  });
  if (answer.status === 404) return undefined;
  const { receipt } = (await answer.json()) as { receipt: { entry: string; proof: string } };
  const parts = { entry: fromBase64(receipt.entry), ...parseTlogProof(receipt.proof) };
  const { entry, position } = await verifyReceipt(encodeReceipt(parts), up);
  return { summary: decodeEpochSummary(entry.statement), position };
}

/** Waits for a summary that is wanted. */
async function epochWhere(
  hub: HubProcess,
  isWanted: (row: CenterSummary | undefined, epoch: number) => boolean,
) {
  for (;;) {
    const newest = await newestEpoch(hub, "jinling");
    const row = newest?.summary.centers.find(({ centerId }) => centerId === "jinling");
    if (newest !== undefined && isWanted(row, newest.summary.epoch)) return { ...newest, row };
    await systemClock.sleep(200);
  }
}

test("a hub states each period what it has of every center, also after a restart, and its log stays sound", async () => {
  const drill = await Drill.open(temporaryPath("epochs"));
  const env = { TRIBUTARY_HUB_EPOCH_MS: "1000" };
  let before: Awaited<ReturnType<typeof epochWhere>>;
  {
    await using hub = await drill.start(env);
    await drill.feed(hub, { untilDead: false, atLeast: 2 });
    before = await epochWhere(hub, (row) => row?.nextSeq === 2);
    expect(before.summary).toMatchObject({ periodMs: 1_000, afterCenterId: "", untilCenterId: "" });
    expect(before.summary.logSize).toBeLessThanOrEqual(before.position);
    expect(before.row).toMatchObject({
      feedId: drill.agent.feedId,
      lastHash: drill.agent.lastHash,
      accepted: 40,
      quarantined: 0,
    });
  }
  {
    await using hub = await drill.start(env);
    const after = await epochWhere(
      hub,
      (_, epoch) => epoch > Math.max(9, before.summary.epoch + 1),
    );
    expect(after.row).toEqual(before.row);
    const { status, stdout } = await runHubCommand([
      "log",
      "audit",
      hub.up.web,
      "--vkey",
      hub.up.vkey,
      "--json",
    ]);
    expect([status, JSON.parse(stdout)]).toMatchObject([
      0,
      { problems: [], records: 40, centers: [{ centerId: "jinling", nextSeq: 2, accepted: 40 }] },
    ]);
    expect(JSON.parse(stdout).epoch.number).toBeGreaterThanOrEqual(after.summary.epoch);
    const own = await runHubCommand(["log", "audit", "--data", drill.folder, "--lang", "en"]);
    expect([own.status, own.stdout]).toEqual([0, expect.stringMatching(/jinling +2 +40/)]);
    const keyless = await runHubCommand(["log", "audit", hub.up.web, "--json"]);
    expect([keyless.status, JSON.parse(keyless.stdout).error.code]).toEqual([
      2,
      "ERR_ARGUMENT_INVALID",
    ]);
  }
  const rebuilt = await runHubCommand([
    "log",
    "audit",
    "--records",
    "--data",
    drill.folder,
    "--json",
  ]);
  expect([rebuilt.status, JSON.parse(rebuilt.stdout)]).toMatchObject([
    0,
    { summaries: 10, rows: 10, partly: 0, problems: [] },
  ]);
  await drill.check();
}, 240_000);
