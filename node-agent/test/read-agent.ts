/**
 * A program that reads what an agent believes of its folder, and would go on publishing from. Takes paths as messages of its
 * parent, and answers each with a reading.
 *
 * What a hub gives again is left out: receipts, what waits for one, and when sources were looked at.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LogFollower, ManualClock, toHex } from "@tributary/proto";
import { answerReadings } from "../../hub/test/support/reader-process.ts";
import { readHubFile } from "../src/adapters/agent-folder.ts";
import { fileCheckpointStore } from "../src/adapters/file-checkpoint-store.ts";
import { readKeyFile } from "../src/adapters/file-keys.ts";
import { verifyFeed } from "../src/feed/verify-feed.ts";
import { Witness } from "../src/publish/witness.ts";
import { type Agent, openAgent } from "../src/start.ts";

answerReadings(async (path) => {
  const hash = createHash("sha256");
  await using agent = await openAgent(path, { killAt: undefined });
  const { feed, store, hub } = agent;
  // The new feed repeats everything, whatever was lost.
  if (feed.state.ordinal > 1) return { error: `${feed.state.reason} feed` };
  for (const { publicKey } of await agent.verifyingKeys()) hash.update(publicKey);
  hash.update(JSON.stringify(hub)).update(feed.state.feedId).update(feed.key.publicKey);
  hash.update(`${feed.state.nextSeq} ${feed.state.nextRecordSeq}`).update(feed.state.lastHash);
  for await (const { seq, header, signature } of store.headers(1, 0n)) {
    const records = await store.records(1, seq);
    hash
      .update(header)
      .update(signature)
      .update(records ?? "none");
  }
  const refs = [];
  for await (const rows of store.rows("providers")) {
    hash.update(JSON.stringify(rows));
    refs.push(...rows);
  }
  for (const state of await store.recordStates(refs)) {
    hash.update(`${state?.revision} ${state?.feed} ${state?.isLive}`);
    hash.update(state?.contentHash ?? "none");
  }
  await updateWithFiles(hash, agent);
  return { digest: toHex(hash.digest()), problems: await problemsOf(agent) };
});

type Hash = ReturnType<typeof createHash>;

async function updateWithFiles(hash: Hash, { folder, decisions, outcomes }: Agent): Promise<void> {
  hash.update((await readKeyFile(folder.recoveryKeyFile)).publicKey);
  hash.update(decisions.revision);
  const { ledger, budget, keys } = await outcomes();
  hash.update(JSON.stringify(await ledger.head()));
  for (const entry of (await budget?.entries()) ?? []) hash.update(entry);
  hash.update(keys.enterprise).update(keys.nullifier).update(keys.salt);
}

/** What `feed verify` finds, and what follower and witness say of what they keep. */
async function problemsOf({ folder, feed, store, hub, verifyingKeys }: Agent): Promise<string[]> {
  const { origin, vkey } = (await readHubFile(folder)) ?? hub;
  const keys = await verifyingKeys();
  const verified = await verifyFeed(store, feed.state, { keys, hubOrigin: origin, hubVkey: vkey });
  const log = { origin, vkey };
  const newest = readFileSync(join(folder.path, "..", "checkpoint"), "utf8");
  const unasked = () => Promise.reject(new Error("asked for what is held already"));
  const follower = new LogFollower({
    log,
    view: { checkpoint: async () => newest, receipt: unasked, consistencyProof: unasked },
    store: fileCheckpointStore(folder.logReceiptFile),
  });
  await follower.look(new AbortController().signal);
  const witness = new Witness({
    log,
    name: "w",
    key: await readKeyFile(folder.witnessKeyFile),
    store: fileCheckpointStore(folder.witnessFile),
    clock: new ManualClock(),
    onCosigned: () => undefined,
    onContradiction: () => undefined,
  });
  const { body } = await witness.answer(readFileSync(join(folder.path, "..", "request"), "utf8"));
  return [
    ...verified.faults.map(({ message }) => message),
    ...(body === readFileSync(join(folder.path, "..", "answer"), "utf8")
      ? []
      : [`answers ${body}`]),
  ];
}
