/**
 * Bugs that tests must find: each is one edit that a tired person could make, and the tests that guard the line.
 *
 * @module
 */

import type { PlantedBug } from "./planted-copy.ts";

/** One planted bug. */
export interface Mutant extends PlantedBug {
  /** Test files or folders, one of which must fail. */
  readonly tests: readonly string[];
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: "a batch is taken without checking its signature",
    file: "proto/src/batch/batch.ts",
    find: "  await verifyBatchSignature(headerBytes, signature, expected.key);",
    replace: "",
    tests: ["proto/src/batch"],
  },
  {
    name: "the records of a batch are not compared with the signed root",
    file: "proto/src/batch/batch.ts",
    find: "if (!equalBytes(merkleRoot(hashes), header.recordsRoot)) {",
    replace: "if (false) {",
    tests: ["proto/src/batch"],
  },
  {
    name: "a batch for another hub is taken",
    file: "proto/src/batch/batch.ts",
    find: "if (header.hubOrigin !== hubOrigin) {",
    replace: "if (false) {",
    tests: ["proto/src/batch"],
  },
  {
    name: "an inclusion proof may end above or below the root",
    file: "proto/src/log/merkle.ts",
    find: "  return last === 0 ? root : undefined;",
    replace: "  return root;",
    tests: ["proto/src/log"],
  },
  {
    name: "lengths in a frame need not be minimal",
    file: "proto/src/batch/frame.ts",
    find: 'if (byte === 0 && shift > 0) throw malformed("length is not minimal", reader.at);',
    replace: "",
    tests: ["proto/src/batch", "proto/test"],
  },
  {
    name: "a batch that follows another history is taken",
    file: "hub/src/ingest/feed-table.ts",
    find: 'if (!equalBytes(header.prevHash, feed.lastHash)) return { type: "fork", feed };',
    replace: "",
    tests: ["hub/src/ingest"],
  },
  {
    name: "a gap in the sequence is taken",
    file: "hub/src/ingest/feed-table.ts",
    find: 'if (header.seq > feed.nextSeq) return { type: "gap", feed };',
    replace: "",
    tests: ["hub/src/ingest"],
  },
  {
    name: "a paused feed takes batches",
    file: "hub/src/ingest/feed-table.ts",
    find: `    if (feed.pausedCode !== "") return { type: "paused", feed };`,
    replace: "",
    tests: ["hub/src/ingest"],
  },
  {
    name: "the log does not read back what it wrote",
    file: "hub/src/log/merkle-log.ts",
    find: "        throw damaged(`entry ${stored.position} reads back otherwise than it was written`);",
    replace: "",
    tests: ["hub/src/log"],
  },
  {
    name: "the hub starts on a log that forgot a published checkpoint",
    file: "hub/src/log/merkle-log.ts",
    find: "if (anchor.size > this.size || !equalBytes(await this.#tree.root(anchor.size), anchor.root)) {",
    replace: "if (false) {",
    tests: ["hub/src/log"],
  },
  {
    name: "a value of the log's store is not compared with its hash",
    file: "hub/src/adapters/level-log-store.ts",
    find: "  if (!isWhole) throw damaged(`the value of ${nameOf(key)} does not match its hash`);",
    replace: "",
    tests: ["hub/src/adapters/level-log-store.test.ts"],
  },
  {
    name: "an older revision replaces a newer one",
    file: "hub/src/catalog/accept.ts",
    find: "return place.feedPosition !== before.feedPosition || revision > before.revision;",
    replace: "return true;",
    tests: ["hub/src/catalog"],
  },
  {
    name: "everybody may read every record",
    file: "hub/src/api/query-view.ts",
    find: "  return isShown(row) ? mayRead(row, reader) : mayInspect(row, reader);",
    replace: "  return isShown(row) || mayInspect(row, reader);",
    tests: ["hub/src/api"],
  },
  {
    name: "the agent forgets a batch on a receipt that proves another",
    file: "node-agent/src/feed/feed.ts",
    find: "      const verified = await verifyReceipt(receipt, { origin: hubOrigin, vkey: hubVkey });",
    replace:
      "      const verified = await verifyReceipt(receipt, { origin: hubOrigin, vkey: hubVkey }).catch(() => undefined as never);",
    tests: ["node-agent/src/feed", "node-agent/src/publish"],
  },
  {
    name: "the mark file is not written before a batch leaves",
    file: "node-agent/src/feed/feed.ts",
    find: "      await this.#options.mark.write({ feedId, seq: newest });",
    replace: "",
    tests: ["node-agent/src/feed"],
  },
  {
    name: "the mass-change guard is inverted",
    file: "node-agent/src/sync/mass-change.ts",
    find: '  if (vanished > live * MOST_VANISHED) return "vanished";',
    replace: '  if (vanished < live * MOST_VANISHED) return "vanished";',
    tests: ["node-agent/src/sync"],
  },
  {
    name: "a center's confirmation counts for any snapshot of the feed",
    file: "hub/src/catalog/fold-batch.ts",
    find: " || held.position !== ended) return;",
    replace: ") return;",
    tests: ["hub/src/catalog"],
  },
  {
    name: "a source that is suddenly empty withdraws everything",
    file: "node-agent/src/sync/pass.ts",
    find: "      if (before > 0 && this.#tableRows[table] === 0) throw emptySource(table, before);",
    replace: "",
    tests: ["node-agent/src/sync"],
  },
  {
    name: "a code that lost its digits is published",
    file: "node-agent/src/mapping/cell-problem.ts",
    find: "    isFatal: true,",
    replace: "",
    tests: ["node-agent/src/mapping"],
  },
  {
    name: "the agent sends more than the hub granted",
    file: "node-agent/src/publish/window.ts",
    find: "      batches: Math.min(this.#credit.batches, this.#limits.batches),",
    replace: "      batches: this.#limits.batches,",
    tests: ["node-agent/src/publish"],
  },
];
