import { readdirSync } from "node:fs";
import { join } from "node:path";
import { utf8 } from "@tributary/proto";
import { expect, test } from "vitest";
import { agent, joinedFolder, writeRows } from "./agent-process.ts";
import { FakeHub } from "./fake-hub.ts";

test("a hub that forks its log gets no more records, and a file convicts it where there is no hub", async () => {
  await using hub = await FakeHub.start();
  const folder = await joinedFolder(hub);
  writeRows(folder, new Map([["k1", "青禾"]]));
  expect((await agent(["run", "--once", "--folder", folder])).status).toBe(0);

  hub.log.cut(hub.log.size - 1);
  await hub.log.append(utf8("another history"), new Uint8Array(64), "policy");
  const stopped = await agent(["run", "--once", "--folder", folder]);
  expect(stopped.status, stopped.stderr).toBe(6);
  const { stdout } = await agent(["status", "--json", "--folder", folder]);
  expect(JSON.parse(stdout).summary.code).toBe("ERR_LOG_MISBEHAVED");

  const [name = ""] = readdirSync(join(folder, "reports"));
  expect(name).toMatch(/^misbehaviour-fork-[0-9a-f]{8}\.json$/);
  const file = join(folder, "reports", name);
  const verify = ["verify-misbehaviour", file, "--json"];
  const proven = await agent([...verify, "--vkey", hub.log.vkey]);
  expect(JSON.parse(proven.stdout)).toMatchObject({ proven: true, kind: "fork" });
  expect((await agent([...verify, "--folder", folder])).status).toBe(0);

  await using other = await FakeHub.start();
  const accused = await agent([...verify, "--vkey", other.log.vkey]);
  expect(accused.status).toBe(2);
  expect(accused.stdout + accused.stderr).toContain("ERR_NOTE_");
}, 180_000);
