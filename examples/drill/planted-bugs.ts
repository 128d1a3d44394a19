/**
 * Bugs that the simulation must find. Each is one edit; each loses, doubles or changes something only under faults, or
 * keeps something from going on.
 *
 * @module
 */

import type { PlantedBug } from "../../.tools/planted-copy.ts";

const LOG = "hub/src/log/merkle-log.ts";
const INGEST = "hub/src/ingest/ingest.ts";
const FEED_TABLE = "hub/src/ingest/feed-table.ts";
const PROJECTOR = "hub/src/catalog/project.ts";
const FEED = "node-agent/src/feed/feed.ts";
const LOOP = "node-agent/src/sync/loop.ts";
const PUBLISHER = "node-agent/src/publish/publisher.ts";
const DISK = "examples/drill/simulation/disk-stores.ts";

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: "the log answers before its entries are synced",
    file: DISK,
    find: "{ entries, facts }, SYNCED,",
    replace: "{ entries, facts }, LAZY,",
  },
  {
    name: "the agent sends what it has not synced",
    file: DISK,
    find: "write(change, SYNCED)",
    replace: "write(change, LAZY)",
  },
  {
    name: "receipts leave before the head is written",
    file: LOG,
    find: "    await this.#store.writeHead({",
    replace: "    void this.#store.writeHead({",
  },
  {
    name: "entries are not waited for",
    file: LOG,
    find: "    await this.#store.writeEntries(entries, facts);",
    replace: "    void this.#store.writeEntries(entries, facts);",
  },
  {
    name: "a start leaves entries behind the head as they are",
    file: LOG,
    find: "if (!log.isHeld) await log.#conclude(size, await store.entryCount());",
    replace: "",
  },
  {
    name: "the log goes on after a write that failed in its middle, and stops after one that was refused",
    file: LOG,
    find: "    if (!isUntouched) this.#failure = error;",
    replace: "    if (isUntouched) this.#failure = error;",
  },
  {
    name: "the time of entries follows a clock that goes back",
    file: LOG,
    find: "Math.max(this.#clock.now(), this.#newestAtMs)",
    replace: "this.#clock.now()",
  },
  {
    name: "what was concluded from a batch that was not written stays",
    file: INGEST,
    find: "        for (const undoOne of undo.reverse()) undoOne();",
    replace: "",
  },
  {
    name: "a batch that comes again while it is written is looked for on disk",
    file: INGEST,
    find: "const waiting = this.#inFlight.get(name);",
    replace: "const waiting = undefined as InFlight | undefined;",
  },
  {
    name: "where a feed stands is not kept",
    file: INGEST,
    find: "        ...changed.map(feedFact),",
    replace: "",
  },
  {
    name: "where a batch is, is not kept",
    file: INGEST,
    find: "        [name, encodeBatchPlace({ position, headerHash })],",
    replace: "",
  },
  {
    name: "a gap in the sequence is taken for a fork",
    file: FEED_TABLE,
    find: 'if (header.seq > feed.nextSeq) return { type: "gap", feed };',
    replace: "",
  },
  {
    name: "the number of the next record is one too high",
    file: FEED_TABLE,
    find: "header.firstRecordSeq + BigInt(header.recordCount),",
    replace: "header.firstRecordSeq + BigInt(header.recordCount) + 1n,",
  },
  {
    name: "the catalog believes to be one entry further than it is",
    file: PROJECTOR,
    find: "    this.#catalogPosition = change.position;",
    replace: "    this.#catalogPosition = change.position + 1;",
  },
  {
    name: "the index keeps what the catalog no longer shows",
    file: PROJECTOR,
    find: "      else deletes.push(row.ref);",
    replace: "",
  },
  {
    name: "the mark is not written before a batch leaves",
    file: FEED,
    find: "      await this.#options.mark.write({ feedId, seq: newest });",
    replace: "",
  },
  {
    name: "a database that is behind its mark goes on",
    file: FEED,
    find: "(markedSeq !== undefined && markedSeq >= current.nextSeq)",
    replace: "false",
  },
  {
    name: "a batch is sent while it is written",
    file: FEED,
    find: "    await this.#commit({\n      feed: next,",
    replace: "    void this.#commit({\n      feed: next,",
  },
  {
    name: "a new feed does not begin with a snapshot",
    file: FEED,
    find: "    isSnapshotOpen: true,",
    replace: "    isSnapshotOpen: false,",
  },
  {
    name: "the batch behind one that got its receipt is forgotten",
    file: FEED,
    find: "firstSeq: batches === 0 ? undefined : seq + 1n,",
    replace: "firstSeq: batches === 0 ? undefined : seq + 2n,",
  },
  {
    name: "revisions follow a clock that goes back",
    file: FEED,
    find: "following > BigInt(nowMs) ? following : BigInt(nowMs)",
    replace: "BigInt(nowMs)",
  },
  {
    name: "a clock that was set back stops the looks at sources",
    file: LOOP,
    find: "due.plannedAtMs - nowMs > LOOK_MS ? nowMs : due.atMs",
    replace: "due.atMs",
  },
  {
    name: "a batch that overtook another needs a person",
    file: PUBLISHER,
    find: '["ERR_BATCH_GAP", "ERR_FEED_UNKNOWN"]',
    replace: "[]",
  },
];
