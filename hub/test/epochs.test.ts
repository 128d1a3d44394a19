/**
 * Epoch summaries of a hub in a process of its own: written by the clock, served with a proof, and audited.
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
import { runCli } from "../src/cli/cli.ts";
import { Drill } from "./support/drill.ts";
import type { HubProcess } from "./support/hub-process.ts";
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

/** Runs a command in this process. */
async function command(...args: string[]) {
  let out = "";
  const status = await runCli(args, {
    env: {},
    out: (text) => {
      out += text;
    },
    err: () => undefined,
    isTerminal: false,
    signal: new AbortController().signal,
  });
  return { status, out };
}

test("a hub states each period what it has of every center, and whoever reads its log finds the same", async () => {
  const drill = await Drill.open(temporaryPath("epochs"));
  const folder = ["--data", drill.folder];
  {
    await using hub = await drill.start({ TRIBUTARY_HUB_EPOCH_MS: "1000" });
    await drill.feed(hub, { untilDead: false, atLeast: 2 });
    const { summary, position, row } = await epochWhere(hub, (row) => row?.nextSeq === 2);
    expect(summary).toMatchObject({ periodMs: 1_000, afterCenterId: "", untilCenterId: "" });
    expect(summary.logSize).toBeLessThanOrEqual(position);
    expect(row).toMatchObject({
      feedId: drill.agent.feedId,
      lastHash: drill.agent.lastHash,
      accepted: 40,
      quarantined: 0,
    });
    const { vkey, web } = hub.up;
    const { status, out } = await command("log", "audit", web, "--vkey", vkey, "--json");
    const report = JSON.parse(out);
    expect([status, report]).toMatchObject([
      0,
      { problems: [], records: 40, centers: [{ centerId: "jinling", nextSeq: 2, accepted: 40 }] },
    ]);
    expect(report.epoch.number).toBeGreaterThanOrEqual(summary.epoch);
    const own = await command("log", "audit", ...folder, "--lang", "en");
    expect(own).toEqual({ status: 0, out: expect.stringMatching(/jinling +2 +40/) });
    const keyless = await command("log", "audit", web, "--json");
    expect(keyless.status).toBe(2);
    expect(JSON.parse(keyless.out).error.code).toBe("ERR_ARGUMENT_INVALID");
  }
  for (const check of [["fsck"], ["log", "audit", "--records"]]) {
    const { status, out } = await command(...check, ...folder, "--json");
    expect([status, JSON.parse(out)]).toMatchObject([0, { problems: [] }]);
  }
}, 240_000);
