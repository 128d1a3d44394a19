import { cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { toHex } from "@tributary/proto";
import { beforeAll, describe, expect, test } from "vitest";
import { openLevelLogStore } from "../src/adapters/level-log-store.ts";
import { catalogDigest } from "../src/catalog/digest.ts";
import { command } from "./support/command.ts";
import { CoreDrill } from "./support/core-drill.ts";
import { openCoreHub } from "./support/core-hub.ts";
import { harmLog } from "./support/harm-log.ts";
import { temporaryPath } from "./support/temporary-folder.ts";

const QUIET = { TRIBUTARY_HUB_LOG_LEVEL: "silent", TRIBUTARY_HUB_DISK_RESERVE_BYTES: "0" };

/** A stopped hub with eight batches of three records each. */
let drill: CoreDrill;
/** What a reader finds in it. */
let digest: string;
/** `fsck` of it. */
let sound: { readonly size: number; readonly root: string };
/** Position of the third batch. */
let position: number;

beforeAll(async () => {
  drill = await CoreDrill.open(temporaryPath("hub"));
  await drill.take(8);
  ({ digest } = await catalogOf(drill.folder));
  const { status, answer } = await command(["fsck", "--data", drill.folder]);
  expect(status).toBe(0);
  sound = answer;
  position = sound.size - 6;
});

/** A copy of the hub's folder. */
function copy(): string {
  const folder = temporaryPath("hub");
  cpSync(drill.folder, folder, { recursive: true });
  return folder;
}

const harm = (folder: string, letter: string, { at = position, isGone = false } = {}) =>
  harmLog(join(folder, "log"), letter, { at, isGone });

const keptFrame = (seq: bigint) => drill.batches[Number(seq)]?.frame;
const fsck = (folder: string) => command(["fsck", "--data", folder]);

/** Heals while an agent answers; it has what `frameOf` finds. */
async function heal(
  folder: string,
  options: readonly string[] = [],
  frameOf?: (seq: bigint) => Uint8Array | undefined,
) {
  const { promise: address, resolve } = Promise.withResolvers<string | undefined>();
  const healed = command(
    ["heal", "--data", folder, "--grpc", "127.0.0.1:0", ...options],
    QUIET,
    (text) => resolve(/Waiting on (\S+)/.exec(text)?.[1]),
  );
  const at = await Promise.race([address, healed.then(() => undefined)]);
  if (at === undefined || frameOf === undefined) return { ...(await healed), error: undefined };
  const publisher = await drill.agent.publisher(at, (_, seq) => frameOf(seq));
  // A hub that is being healed takes nothing.
  expect(await publisher.credit).toEqual({ batches: 0, bytes: 0 });
  return { ...(await healed), error: await publisher.ended };
}

/** Everything that agents and auditors rely on: entries, records, receipts. */
async function contentsOf(folder: string): Promise<unknown[]> {
  await using store = await openLevelLogStore(join(folder, "log"), { reserveBytes: 0 });
  const contents: unknown[] = [await store.readHead()];
  for await (const entry of store.readEntries(0, Number.MAX_SAFE_INTEGER)) {
    contents.push(entry, await store.readReceipt(entry.position));
  }
  return contents;
}

/** What a hub on the folder shows. */
async function catalogOf(folder: string): Promise<{ digest: string; live: number }> {
  await using hub = await openCoreHub(folder);
  await hub.caughtUp();
  const digest = toHex(await catalogDigest(hub.catalog));
  let live = 0;
  for await (const { verdict } of hub.catalog.rows({ kind: "case", centerId: "jinling" }))
    live += verdict === "live" ? 1 : 0;
  return { digest, live };
}

describe("heal", () => {
  test.each([
    ["an entry", "e"],
    ["a receipt", "p"],
    ["a tile", "t"],
    ["a derived fact", "f"],
    ["the head", "h"],
  ])("makes %s anew from what the log has elsewhere, without any agent", async (_, letter) => {
    for (const isGone of [false, true]) {
      const folder = copy();
      await harm(folder, letter, { isGone });
      expect((await fsck(folder)).status).not.toBe(0);
      const healed = await heal(folder);
      expect(healed).toMatchObject({ status: 0, answer: { healed: true, lost: 0, held: false } });
      expect((await fsck(folder)).answer).toEqual(sound);
      // Byte for byte, receipts too; but that a receipt of its own commit comes back under a later checkpoint.
      const isOther = letter === "p" ? 1 : 0;
      const whole = await contentsOf(drill.folder);
      const same = (await contentsOf(folder)).filter((value, i) =>
        isDeepStrictEqual(value, whole[i]),
      );
      expect(same).toHaveLength(whole.length - isOther);
      expect(readdirSync(folder)).toContain("log.damaged-1");
      expect(readdirSync(folder)).not.toContain("log.healing");
    }
  });

  test("has the agent give back records that are lost; the log has the same root, and they are served again", async () => {
    const folder = copy();
    await harm(folder, "r");
    await harm(folder, "r", { at: position + 1, isGone: true });
    const found = await fsck(folder);
    expect(found.status).toBe(1);
    const asked: bigint[] = [];
    const healed = await heal(folder, [], (seq) => {
      asked.push(seq);
      return keptFrame(seq);
    });
    expect(healed).toMatchObject({ status: 0, answer: { lost: 2, returned: 2, missing: [] } });
    expect(asked).toEqual([2n, 3n]);
    expect((await fsck(folder)).answer).toEqual(sound);
    expect(await contentsOf(folder)).toEqual(await contentsOf(drill.folder));
    expect(await catalogOf(folder)).toEqual({ digest, live: 24 });
  });

  test("leaves what no agent has named and quarantined, the rest is served; a later heal completes it", async () => {
    const folder = copy();
    await harm(folder, "r");
    const missing = [{ position, center: "jinling", seq: "2" }];
    expect(await heal(folder, ["--wait", "0"])).toMatchObject({ status: 3, answer: { missing } });
    // At once: the agent has said that it does not have it.
    const gone = await heal(folder, [], () => undefined);
    expect(gone).toMatchObject({ status: 3, answer: { missing, returned: 0 } });
    expect(gone.messages).toContain("feed renew");
    const { status, answer } = await fsck(folder);
    expect({ status, root: answer.root }).toEqual({ status: 1, root: sound.root });
    expect(answer.problems).toEqual([
      { position, problem: expect.stringContaining("batch 2 of jinling are lost") },
    ]);
    expect((await catalogOf(folder)).live).toBe(21);
    const healed = await heal(folder, [], keptFrame);
    expect(healed).toMatchObject({ status: 0, answer: { returned: 1 } });
    expect((await fsck(folder)).answer).toEqual(sound);
    expect((await catalogOf(folder)).digest).toBe(digest);
    expect(readdirSync(folder).filter((name) => name.startsWith("log.damaged-"))).toHaveLength(3);
  });

  test("believes no agent that gives back other records than were signed", async () => {
    const folder = copy();
    await harm(folder, "r");
    const { batches } = drill;
    const other = await heal(folder, ["--wait", "2"], () => batches[3]?.frame);
    expect(other).toMatchObject({ status: 3, answer: { returned: 0 } });
    expect(other.error).toMatchObject({ code: "ERR_RECORDS_ROOT" });
    const junk = await heal(folder, ["--wait", "2"], () => Uint8Array.of(1, 2, 3));
    expect(junk).toMatchObject({ status: 3, error: { code: "ERR_FRAME_MALFORMED" } });
    expect((await fsck(folder)).status).toBe(1);
  });

  test("keeps erased what was erased before it was lost", async () => {
    const folder = copy();
    {
      await using hub = await openCoreHub(folder);
      await hub.caughtUp();
      const refs = [{ kind: "case" as const, key: "2-0" }];
      const order = { centerId: "jinling", refs, actor: "operator", reason: "asked for" };
      await hub.eraser.erase(order, new AbortController().signal);
      await hub.caughtUp();
    }
    const before = await contentsOf(folder);
    await harm(folder, "r");
    expect(await heal(folder, [], keptFrame)).toMatchObject({ status: 0 });
    expect(await contentsOf(folder)).toEqual(before);
  });

  test("changes nothing in a dry run, says what it would do, and what it found in its status", async () => {
    const folder = copy();
    expect(await heal(folder, ["--dry-run"])).toMatchObject({
      status: 0,
      answer: { healed: true },
    });
    await harm(folder, "r");
    await harm(folder, "e", { at: position + 2 });
    const before = readdirSync(folder);
    expect(await heal(folder, ["--dry-run"])).toMatchObject({
      status: 1,
      answer: {
        healed: false,
        entriesFromReceipts: 1,
        missing: [{ position, center: "jinling", seq: "2" }],
        damagedFolder: null,
      },
    });
    expect(readdirSync(folder)).toEqual(before);
  });

  test("gives up where an entry is lost with its receipt, and leaves the log as it was", async () => {
    const folder = copy();
    await harm(folder, "e");
    await harm(folder, "p");
    const before = readdirSync(folder).sort();
    const { status, answer } = await heal(folder);
    expect({ status, code: answer.error.code }).toEqual({ status: 1, code: "ERR_LOG_DAMAGED" });
    expect(answer.error.message).toContain("restore a backup");
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  test("holds the hub where no copy of the published checkpoint is left", async () => {
    const folder = copy();
    await harm(folder, "t");
    const file = join(folder, "checkpoint");
    const checkpoint = readFileSync(file, "utf8");
    writeFileSync(file, checkpoint.replace(/\n.*$/s, "\n"));
    const healed = await heal(folder);
    expect(healed).toMatchObject({ status: 0, answer: { held: true } });
    expect(healed.messages).toContain("--accept-restored");
    expect(readFileSync(file, "utf8")).toBe(checkpoint);
  });

  test("is finished by the next command where it ended between two renames", async () => {
    const folder = copy();
    renameSync(join(folder, "log"), join(folder, "log.healed"));
    expect((await fsck(folder)).answer).toEqual(sound);
    expect(existsSync(join(folder, "log.healed"))).toBe(false);
  });

  test("refuses a time that is none", async () => {
    for (const wait of ["-1", "1.5", "86401", "soon"]) {
      const { status, answer } = await heal(drill.folder, [`--wait=${wait}`]);
      expect({ status, code: answer.error.code }).toEqual({
        status: 2,
        code: "ERR_ARGUMENT_INVALID",
      });
    }
  });
});
