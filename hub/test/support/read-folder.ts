/**
 * A program that reads everything a hub would serve of a folder. Takes paths as messages of its parent, and answers each
 * with a reading.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { formatVkey, tilePath, toHex } from "@tributary/proto";
import { openDataFolder } from "../../src/adapters/data-folder.ts";
import { FileAccountStore } from "../../src/adapters/file-account-store.ts";
import { FileApiKeyStore } from "../../src/adapters/file-api-key-store.ts";
import { FileInvitationStore } from "../../src/adapters/file-invitation-store.ts";
import { openLevelIndexStore } from "../../src/adapters/level-index-store.ts";
import { catalogDigest } from "../../src/catalog/digest.ts";
import { checkFolder, logProblemsOf } from "../../src/cli/check-folder.ts";
import { openCoreHub } from "./core-hub.ts";
import { expectedAt, titlesOf } from "./index-changes.ts";
import { openTestIndex } from "./open-test-index.ts";
import { answerReadings } from "./reader-process.ts";

answerReadings(async (folder) => {
  const digest = await digestOf(folder);
  return { digest, problems: await problemsOf(folder) };
});

/** Reads what a start, every question and every agent could ask for. */
async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  const folder = await openDataFolder(path);
  hash.update(formatVkey(folder.origin, folder.signingKey.publicKey));
  {
    await using hub = await openCoreHub(path);
    const { log, catalog, registry } = hub;
    hash.update(log.head?.checkpoint ?? "");
    for await (const { position, entry, records } of log.entries(0, log.size)) {
      hash
        .update(entry)
        .update(records)
        .update(await log.issuedReceipt(position));
    }
    hash.update((await log.tile(tilePath(0, 0), log.size)) ?? "none");
    for await (const [name, value] of log.facts("")) hash.update(name).update(value);
    for (const { centerId, state, key } of registry.list()) {
      hash.update(`${centerId} ${state}`).update(key.publicKey);
    }
    await hub.caughtUp();
    await hub.scrub();
    hash.update(await catalogDigest(catalog));
    for await (const { ref, verdict } of catalog.rows({}))
      hash.update(JSON.stringify([ref, verdict]));
  }
  hash.update(JSON.stringify(await new FileApiKeyStore(folder.apiKeyFile).read()));
  hash.update(JSON.stringify(await new FileAccountStore(folder.accountFile).read()));
  hash.update(JSON.stringify(await new FileInvitationStore(folder.invitationFile).read()));
  await using index = await openTestIndex(await openLevelIndexStore(folder.indexFolder));
  const titles = titlesOf(index.generation());
  // Of what is missing, the projector is told by the position.
  const isRight = isDeepStrictEqual(titles, expectedAt(await index.writer.position()));
  hash.update(isRight ? "right" : JSON.stringify([...titles]));
  return toHex(hash.digest());
}

async function problemsOf(folder: string): Promise<readonly string[]> {
  const found = await checkFolder(await openDataFolder(folder));
  return logProblemsOf(found)
    .map(({ problem }) => problem)
    .concat(found.wrongFacts);
}
