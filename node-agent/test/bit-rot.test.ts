/**
 * Bits flip and files lose their ends, in every class of files that an agent writes: what it believes and would go on publishing
 * from is what was written, or an error with a code says so, or a check does, or it opens a new feed and publishes everything
 * once more. What people write, settings and mappings, has no checksum; a damaged certificate is asked for anew.
 */

import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeReceipt, formatAddCheckpoint, randomBytes, utf8 } from "@tributary/proto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { damage, filesOf } from "../../hub/test/support/damage.ts";
import { ReaderProcess, type Reading } from "../../hub/test/support/reader-process.ts";
import { rounds } from "../../hub/test/support/rounds.ts";
import { agentFolder, makePrivateFolder } from "../src/adapters/agent-folder.ts";
import { fileCheckpointStore } from "../src/adapters/file-checkpoint-store.ts";
import { fileDecisionLog } from "../src/adapters/file-decision-log.ts";
import { adoptNextKey, ensureKeyFile, readKeyFile } from "../src/adapters/file-keys.ts";
import { openLevelBudgetLedger } from "../src/adapters/level-budget-ledger.ts";
import { decide } from "../src/privacy/decision.ts";
import { openAgent } from "../src/start.ts";
import { agent, joinedFolder, writeRows } from "./agent-process.ts";
import { FakeHub } from "./fake-hub.ts";

const PROGRAM = fileURLToPath(new URL("read-agent.ts", import.meta.url));
const ROWS = 300;
/** As where the feed is renewed by a start: it says why. */
const NEW_FEED = /^(damaged|restored) feed$/;

const copy = join(mkdtempSync(join(tmpdir(), "tributary-agent-copy-")), "agent");
/** What goes at the end: only what was made here, also where the agent's folder never was. */
const made = [dirname(copy)];
const reader = new ReaderProcess(PROGRAM);
let folder: string;
let whole: Reading;

beforeAll(async () => {
  folder = await fill();
  made.push(dirname(folder));
  whole = await readCopy(() => undefined);
  expect(whole).toEqual({ digest: expect.any(String), problems: [] });
});

afterAll(() => {
  reader[Symbol.dispose]();
  for (const path of made) rmSync(path, { recursive: true, force: true });
});

test.for([
  ["table of the feed", /^data\/store\/.*\.ldb$/],
  ["journal of the feed", /^data\/store\/.*\.log$/],
  ["manifest of the feed", /^data\/store\/(MANIFEST-.*|CURRENT)$/],
  ["mark of the feed", /^data\/feed\.mark$/],
  ["table of a ledger", /^(ledger|budget)\/.*\.ldb$/],
  ["key", /^keys\/(agent|recovery|witness)\.jwk$/],
  ["list of earlier keys", /^keys\/retired\.json$/],
  ["hub.json", /^keys\/hub\.json$/],
  ["file of pseudonyms", /^keys\/pseudonyms\.json$/],
  ["list of decisions", /^data\/decisions\.jsonl$/],
  ["largest checkpoint", /^data\/log\.receipt$/],
  ["cosigned checkpoint", /^data\/witness\.checkpoint$/],
] as const)("a damaged %s changes nothing unnoticed", async ([, pattern], context) => {
  const files = filesOf(folder, pattern);
  expect(files).not.toEqual([]);
  const wrong: string[] = [];
  for (const round of rounds(context, 4)) {
    let what = "";
    const reading = await readCopy(() => {
      what = damage(copy, files, round);
    });
    const { digest, error = "", problems = [] } = reading;
    const isSame = digest === whole.digest && problems.length === 0;
    const isNoticed = /^ERR_/.test(error) || NEW_FEED.test(error) || problems.length > 0;
    if (!isSame && !isNoticed) wrong.push(`${what}: ${error || "another value"}`);
  }
  expect(wrong).toEqual([]);
});

/** A feed in tables and in its journal, ledgers, keys, and what follower and witness keep. */
async function fill(): Promise<string> {
  await using hub = await FakeHub.start();
  const path = await joinedFolder(hub);
  const files = agentFolder(path);
  for (const version of ["a", "b", "c"]) {
    // The last run leaves its journal, which nobody opens.
    if (version === "c") await fillLedgers(path);
    writeRows(
      path,
      new Map(Array.from({ length: ROWS }, (_, n) => [`k${n}`, `青禾 ${n} ${version}`])),
    );
    const { status, stderr } = await agent(["run", "--once", "--folder", path]);
    expect(status, stderr).toBe(0);
  }
  await ensureKeyFile(files.nextKeyFile);
  await adoptNextKey(files, await readKeyFile(files.agentKeyFile));
  await ensureKeyFile(files.witnessKeyFile);
  const decisions = fileDecisionLog(files.decisionsFile);
  for (const [n, verdict] of (["approved", "rejected", "approved"] as const).entries()) {
    const placed = { kind: "case", key: `k${n}`, field: "summary", text: `${n}` } as const;
    await decisions.add(decide(placed, { verdict, by: "李梅", atMs: 1_770_000_000_000 }));
  }
  const receipt = await hub.log.receipt(hub.log.size - 1);
  await fileCheckpointStore(files.logReceiptFile).write(receipt);
  const { checkpoint } = decodeReceipt(receipt);
  await fileCheckpointStore(files.witnessFile).write(utf8(checkpoint));
  const outside = dirname(path);
  writeFileSync(join(outside, "checkpoint"), checkpoint);
  writeFileSync(
    join(outside, "request"),
    formatAddCheckpoint({ oldSize: 0, path: [], checkpoint }),
  );
  writeFileSync(join(outside, "answer"), `${hub.log.size}\n`);
  return path;
}

/** Opened twice: opening moves a journal into tables. */
async function fillLedgers(path: string): Promise<void> {
  const files = agentFolder(path);
  await makePrivateFolder(files.budget);
  for (let position = 0; position < 20; position += 10) {
    await using ledger = await openLevelBudgetLedger(files.budget);
    for (let i = 0; i < 10; i += 1) await ledger.append(position + i, randomBytes(200));
  }
  for (const _ of [1, 2]) {
    await using open = await openAgent(path, { killAt: undefined });
    await (await open.outcomes()).ledger.head();
  }
}

/** Reads a copy of the folder that has come to harm. */
async function readCopy(harm: () => void): Promise<Reading> {
  rmSync(dirname(copy), { recursive: true, force: true });
  cpSync(dirname(folder), dirname(copy), { recursive: true });
  harm();
  return reader.read(copy);
}
