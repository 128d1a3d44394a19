/**
 * Bits flip and files lose their ends, in every class of files of a hub's folder: what would be served is what was written, or
 * an error says so, or `fsck` does; what can be made from the log is made anew.
 */

import { cpSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { randomBytes, sha256, toHex, utf8 } from "@tributary/proto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDataFolder } from "../src/adapters/data-folder.ts";
import { FileAccountStore } from "../src/adapters/file-account-store.ts";
import { FileApiKeyStore } from "../src/adapters/file-api-key-store.ts";
import { FileInvitationStore } from "../src/adapters/file-invitation-store.ts";
import { openLevelIndexStore } from "../src/adapters/level-index-store.ts";
import { CoreDrill } from "./support/core-drill.ts";
import { damage, filesOf } from "./support/damage.ts";
import { changeAt } from "./support/index-changes.ts";
import { openTestIndex } from "./support/open-test-index.ts";
import { ENDED, ReaderProcess, type Reading } from "./support/reader-process.ts";
import { rounds } from "./support/rounds.ts";
import { temporaryPath } from "./support/temporary-folder.ts";

const PROGRAM = fileURLToPath(new URL("support/read-folder.ts", import.meta.url));

const folder = temporaryPath("hub");
const copy = temporaryPath("hub");
let whole: Reading;
const reader = new ReaderProcess(PROGRAM);

beforeAll(async () => {
  await fill();
  whole = await readCopy(() => undefined);
  expect(whole).toEqual({ digest: expect.any(String), problems: [] });
});

afterAll(() => reader[Symbol.dispose]());

test.for([
  ["table of the log", /^log\/.*\.ldb$/],
  ["journal of the log", /^log\/.*\.log$/],
  ["manifest of the log", /^log\/(MANIFEST-.*|CURRENT)$/],
  ["table of the catalog", /^catalog\/.*\.ldb$/, "is made anew"],
  ["journal of the catalog", /^catalog\/.*\.log$/, "is made anew"],
  ["manifest of the catalog", /^catalog\/(MANIFEST-.*|CURRENT)$/, "is made anew"],
  ["index", /^index\/(.*\.ldb|.*\.log|MANIFEST-.*|CURRENT)$/, "is made anew"],
  ["published checkpoint", /^checkpoint$/],
  ["hub.json", /^hub\.json$/],
  ["signing key", /^keys\/checkpoint\.jwk$/],
  ["list of API keys", /^api-keys\.json$/],
  ["list of invitations", /^invitations\.json$/],
  ["list of accounts", /^accounts\.json$/],
] as const)("a damaged %s changes nothing unnoticed", async ([, pattern, derived], context) => {
  const files = filesOf(folder, pattern);
  expect(files).not.toEqual([]);
  const wrong: string[] = [];
  for (const round of rounds(context, 4)) {
    let what = "";
    let {
      digest,
      error,
      problems = [],
    } = await readCopy(() => {
      what = damage(copy, files, round);
    });
    if (digest === whole.digest) continue;
    // LevelDB ends the process where it merges some damage; the start after the next says what it was.
    for (let starts = 0; starts < 2 && error === ENDED; starts += 1) {
      ({ digest, error, problems = [] } = await reader.read(copy));
    }
    // An error with a code says so, or a check.
    const isNoticed = /^ERR_/.test(error ?? "") || problems.length > 0;
    const isHealed = digest === whole.digest && derived !== undefined;
    if (!isNoticed && !isHealed) wrong.push(`${what}: ${error ?? "another value"}`);
    // What is derived is made anew, at the latest by the next start.
    if (derived === undefined || isHealed) continue;
    const again = await reader.read(copy);
    if (again.digest !== whole.digest)
      wrong.push(`${what}: ${again.error ?? "another value"} again`);
  }
  expect(wrong).toEqual([]);
});

/** A log in tables and in its journal, a catalog, an index, and the small files. */
async function fill(): Promise<void> {
  const drill = await CoreDrill.open(folder);
  for (const receipts of [40, 12, 8]) await drill.live({ receipts, delayMs: 0 });
  await drill.check();
  // Opening a store moves its journal into tables.
  await drill.take(8);
  const { apiKeyFile, accountFile, invitationFile, indexFolder } = await openDataFolder(folder);
  const hashOf = (text: string) => toHex(sha256(utf8(text)));
  const times = { createdAtMs: 1_770_000_000_000, expiresAtMs: 1_790_000_000_000 };
  await new FileApiKeyStore(apiKeyFile).write(
    ["portal", "report"].map((name) => ({
      id: toHex(randomBytes(8)),
      secretHash: hashOf(name),
      name,
      scopes: ["read", "read:members"] as const,
      ...times,
      revokedAtMs: undefined,
    })),
  );
  await new FileInvitationStore(invitationFile).write([
    {
      secretHash: hashOf("invitation"),
      centerId: "xihu",
      centerName: "西湖",
      expiresAtMs: times.expiresAtMs,
      isPreapproved: false,
    },
  ]);
  await new FileAccountStore(accountFile).write([
    {
      name: "operator",
      role: "admin",
      password: hashOf("password"),
      linkHash: undefined,
      linkExpiresAtMs: 0,
      createdAtMs: times.createdAtMs,
    },
  ]);
  await using index = await openTestIndex(await openLevelIndexStore(indexFolder));
  for (const number of [0, 1]) {
    await index.writer.apply(changeAt(number));
    await index.writer.flush();
  }
}

/** Reads a copy of the folder that has come to harm. */
function readCopy(harm: () => void): Promise<Reading> {
  rmSync(dirname(copy), { recursive: true, force: true });
  cpSync(folder, copy, { recursive: true });
  harm();
  return reader.read(copy);
}
