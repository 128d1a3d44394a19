/**
 * A hub that holds its key and does with its log what it likes, and what an agent finds out about it.
 *
 * Log, log API and signatures are those of the hub, watch, store and files those of the agent; between them is no network.
 *
 * @module
 */

import { join } from "node:path";
import {
  batchHeaderHash,
  type CenterSummary,
  type EpochSummary,
  encodeBatchHeader,
  encodeEpochSummary,
  encodeRestart,
  epochParts,
  generateSigningKey,
  LogFollower,
  type LogView,
  ManualClock,
  TributaryError,
  type TrustedLog,
  ZERO_HASH,
} from "@tributary/proto";
import { MemoryCheckpointAnchor } from "../../../hub/src/adapters/memory-checkpoint-anchor.ts";
import { MemoryLogStore } from "../../../hub/src/adapters/memory-log-store.ts";
import { createLogApi } from "../../../hub/src/api/log-api.ts";
import {
  type CheckpointSigner,
  createCheckpointSigner,
} from "../../../hub/src/log/checkpoint-signer.ts";
import { type EntryDraft, MerkleLog } from "../../../hub/src/log/merkle-log.ts";
import { fileCheckpointStore } from "../../../node-agent/src/adapters/file-checkpoint-store.ts";
import { MemoryFeedStore } from "../../../node-agent/src/adapters/memory-feed-store.ts";
import { misbehaviourReports } from "../../../node-agent/src/adapters/misbehaviour-reports.ts";
import { EpochWatch } from "../../../node-agent/src/publish/epoch-watch.ts";
import { LogWatch } from "../../../node-agent/src/publish/log-watch.ts";
import { openMemo } from "../../../node-agent/src/sync/memo.ts";

/** An entry as the hub would write it: a restart of that name, or else a draft. */
interface Written {
  readonly text: string;
  /** Ms since the epoch. */
  readonly atMs: number;
  readonly draft?: EntryDraft;
}

const ORIGIN = "hub.example/hostile";
const CENTER = "copper";
const SIGNAL = new AbortController().signal;
/** Between two epoch summaries; ms. */
const EPOCH_MS = 60_000;
/** Within how many checkpoint periods an agent has to find out. */
const PERIODS = 2;

/** One log that is shown, and one under the same key that receipts may come from. */
export class HostileHub {
  readonly trust: TrustedLog;
  readonly #signer: CheckpointSigner;
  #nowMs = Date.UTC(2026, 0, 1);
  entries: readonly Written[] = [];
  /** What it shows. */
  shown: MerkleLog;
  /** What the center keeps: its headers and receipts. */
  readonly center: MemoryFeedStore;
  /** What an honest summary says of the center; undefined before its first batch. */
  row: CenterSummary | undefined;

  private constructor(signer: CheckpointSigner, shown: MerkleLog, center = new MemoryFeedStore()) {
    this.#signer = signer;
    this.trust = signer;
    this.shown = shown;
    this.center = center;
  }

  static async open(): Promise<HostileHub> {
    const signer = createCheckpointSigner(ORIGIN, await generateSigningKey());
    const hub = new HostileHub(signer, await logOf([], signer));
    await hub.grow(6);
    return hub;
  }

  /** The same hub, which from now on may show the center another history under the same key. */
  fork(): HostileHub {
    const other = new HostileHub(this.#signer, this.shown, this.center);
    other.#nowMs = this.#nowMs;
    other.entries = this.entries;
    other.row = this.row;
    return other;
  }

  /** A new entry, later than all before. */
  entry(text = "honest"): Written {
    this.#nowMs += 1_000;
    return { text, atMs: this.#nowMs };
  }

  /** Shows the log of other entries, signed with the same key. */
  async show(entries: readonly Written[]): Promise<void> {
    this.entries = entries;
    this.shown = await logOf(entries, this.#signer);
  }

  async grow(count: number): Promise<void> {
    await this.show([...this.entries, ...Array.from({ length: count }, () => this.entry())]);
  }

  /** Takes the center's next batch, and gives it the receipt. */
  async publish(): Promise<void> {
    const { nextSeq = 0, lastHash = ZERO_HASH, accepted = 0 } = this.row ?? {};
    const seq = BigInt(nextSeq);
    const feedId = new Uint8Array(16).fill(7);
    const header = encodeBatchHeader({
      hubOrigin: ORIGIN,
      centerId: CENTER,
      keyId: new Uint8Array(32),
      feedId,
      seq,
      prevHash: lastHash,
      firstRecordSeq: BigInt(accepted),
      recordCount: 1,
      recordsRoot: new Uint8Array(32),
      createdAtMs: this.#nowMs,
      snapshot: "none",
    });
    const signature = new Uint8Array(64);
    const draft: EntryDraft = { type: "batch", statement: header, signature };
    await this.show([...this.entries, { ...this.entry(), draft }]);
    this.row = {
      centerId: CENTER,
      feedId,
      nextSeq: nextSeq + 1,
      lastHash: batchHeaderHash(header),
      accepted: accepted + 1,
      quarantined: 0,
      stale: 0,
      withdrawn: 0,
      erased: 0,
      catalogDigest: new Uint8Array(32),
    };
    await this.center.commit({
      feed: {
        ordinal: 1,
        feedId,
        reason: "first",
        openedAtMs: 0,
        nextSeq: seq + 1n,
        lastHash: this.row.lastHash,
        nextRecordSeq: BigInt(accepted + 1),
        isSnapshotOpen: false,
        live: {},
      },
      batch: { seq, header, signature, records: new Uint8Array(), tally: {} },
    });
    const receipt = await this.shown.freshReceipt(this.shown.size - 1);
    await this.center.commit({ receipt: { feed: 1, seq, receipt, bytes: 0 } });
  }

  /** States what it has of its centers. */
  async summarize(centers: readonly CenterSummary[]): Promise<void> {
    const epoch = this.entries.filter(isSummary).length;
    const logSize = this.entries.length;
    const [part] = epochParts({ epoch, logSize, periodMs: EPOCH_MS, centers });
    const statement = encodeEpochSummary(part as EpochSummary);
    await this.show([...this.entries, { ...this.entry(), draft: { type: "epoch", statement } }]);
  }

  get checkpoint(): string {
    return this.shown.requireHead().checkpoint;
  }

  get view(): LogView & { readonly epoch: () => Promise<Uint8Array> } {
    const api = () =>
      createLogApi({
        log: this.shown,
        vkey: this.trust.vkey,
        epochs: { placeOf: () => this.#newest() },
        cosigning: { checkpoint: undefined },
      });
    return {
      epoch: async () => (await api().getEpoch({ centerId: CENTER })).receipt,
      checkpoint: async () => (await api().getCheckpoint({})).checkpoint,
      consistencyProof: async (fromSize, toSize) =>
        (await api().getConsistencyProof({ fromSize, toSize })).hashes,
      receipt: async (position) => (await api().getInclusionProof({ position })).receipt,
    };
  }

  #newest(): number {
    const position = this.entries.findLastIndex(isSummary);
    if (position >= 0) return position;
    throw new TributaryError("ERR_NOT_FOUND", "the log has no epoch summary");
  }
}

function isSummary({ draft }: Written): boolean {
  return draft?.type === "epoch";
}

async function logOf(entries: readonly Written[], signer: CheckpointSigner): Promise<MerkleLog> {
  const clock = new ManualClock(entries[0]?.atMs);
  const log = await MerkleLog.open({
    store: new MemoryLogStore(),
    anchor: new MemoryCheckpointAnchor(),
    signer,
    clock,
  });
  for (const { text, atMs, draft } of entries) {
    clock.advance(atMs - clock.now());
    const statement = encodeRestart({ version: text, logSize: log.size });
    await log.append(draft ?? { type: "restart", statement });
  }
  return log;
}

/**
 * What a hub does after an agent has seen its log.
 *
 * @param clock Of the agent.
 * @returns The newest checkpoint that a receipt brings, if one does.
 */
type Act = (hub: HostileHub, clock: ManualClock) => Promise<string | undefined>;

/** One attack, and what the agent has to make of it. */
export interface Attack {
  readonly act: Act;
  /** What only withholds leaves no signed contradiction, so no file can prove it. */
  readonly isProvable: boolean;
  /** What the agent says. */
  readonly code: string;
}

const PROVEN = { isProvable: true, code: "ERR_LOG_MISBEHAVED" } as const;
const TOLD = { isProvable: false, code: "ERR_CHECKPOINT_INCONSISTENT" } as const;

/** By name. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  edit: {
    ...PROVEN,
    act: async (hub) => {
      await hub.show([...hub.entries.with(2, { ...at(hub, 2), text: "edited" }), hub.entry()]);
      return undefined;
    },
  },
  drop: {
    ...PROVEN,
    act: async (hub) => {
      await hub.show([...hub.entries.toSpliced(2, 1), hub.entry(), hub.entry()]);
      return undefined;
    },
  },
  insert: {
    ...PROVEN,
    act: async (hub) => {
      await hub.show(hub.entries.toSpliced(3, 0, { ...at(hub, 3), text: "back-dated" }));
      return undefined;
    },
  },
  fork: {
    ...PROVEN,
    act: async (hub) => {
      await hub.show(hub.entries.with(-1, { ...at(hub, -1), text: "for this agent" }));
      return undefined;
    },
  },
  "fork between receipts and checkpoints": {
    ...PROVEN,
    act: async (hub) => {
      const before = hub.entries;
      await hub.grow(1);
      const { checkpoint } = hub;
      await hub.show([...before, hub.entry("for visitors"), hub.entry()]);
      return checkpoint;
    },
  },
  shrink: {
    ...PROVEN,
    act: async (hub) => {
      await hub.show([...hub.entries.slice(0, 4), hub.entry()]);
      return undefined;
    },
  },
  "shrink and stay so": {
    ...TOLD,
    act: async (hub) => {
      await hub.show(hub.entries.slice(0, 4));
      return undefined;
    },
  },
  freeze: {
    ...TOLD,
    act: async (hub) => {
      const before = hub.entries;
      await hub.grow(2);
      const { checkpoint } = hub;
      await hub.show(before);
      return checkpoint;
    },
  },
  "stand still": {
    isProvable: false,
    code: "ERR_EPOCH_OVERDUE",
    act: async (_, clock) => {
      clock.advance(3 * EPOCH_MS);
      return undefined;
    },
  },
  "hide a center": {
    ...PROVEN,
    act: async (hub) => {
      await hub.summarize([]);
      return undefined;
    },
  },
  "hide a batch": {
    ...PROVEN,
    act: async (hub) => {
      const { row } = hub;
      await hub.publish();
      await hub.summarize([row as CenterSummary]);
      return undefined;
    },
  },
  "state another batch": {
    ...PROVEN,
    act: async (hub) => {
      await hub.summarize([{ ...(hub.row as CenterSummary), lastHash: new Uint8Array(32) }]);
      return undefined;
    },
  },
};

function at({ entries }: HostileHub, index: number): Written {
  return entries.at(index) as Written;
}

/** What became of one attack. */
export interface Observation {
  /** Checkpoint periods until the agent knew; undefined if it did not. */
  readonly periods: number | undefined;
  /** What the agent says; empty if nothing. */
  readonly code: string;
  /** Path of the file that proves it; undefined if there is none. */
  readonly file: string | undefined;
  readonly trust: TrustedLog;
}

/** The watch of an agent over what a hub shows it, with what it remembers and the files that it wrote. */
export async function watchOver(hub: HostileHub, folder: string, clock = new ManualClock()) {
  const { trust } = hub;
  const memo = await openMemo(new MemoryFeedStore());
  const files: string[] = [];
  const report = misbehaviourReports(folder, () => ({ log: trust, foundBy: "test", foundAtMs: 0 }));
  const store = fileCheckpointStore(join(folder, "log.receipt"));
  const watch = new LogWatch({
    follower: new LogFollower({ log: trust, view: hub.view, store }),
    epochs: new EpochWatch({
      log: trust,
      centerId: CENTER,
      store: hub.center,
      ask: () => hub.view.epoch(),
    }),
    memo,
    clock,
    async report(misbehaviour) {
      const path = await report(misbehaviour);
      files.push(path);
      return path;
    },
  });
  return { watch, memo, files, clock };
}

/**
 * Lets an agent follow an honest log for two periods, then the attack happens.
 *
 * @param folder Of the agent; holds the file afterwards.
 * @throws {Error} if the agent complains about the honest log.
 */
export async function observe(act: Act, folder: string): Promise<Observation> {
  const hub = await HostileHub.open();
  const { trust } = hub;
  const { watch, memo, files, clock } = await watchOver(hub, folder);
  const complaint = () => memo.agent.pause ?? memo.agent.logProblem;
  const receive = (note: string) => memo.updateAgent({ checkpoint: { size: 0, root: "", note } });

  await hub.publish();
  await hub.summarize([hub.row as CenterSummary]);
  await watch.look(SIGNAL);
  await hub.grow(2);
  await receive(hub.checkpoint);
  await watch.look(SIGNAL);
  if (complaint() !== undefined) throw new Error(`false alarm: ${complaint()?.message}`);

  const note = await act(hub, clock);
  if (note !== undefined) await receive(note);
  for (let periods = 1; periods <= PERIODS; periods += 1) {
    await watch.look(SIGNAL);
    const code = complaint()?.code;
    if (code !== undefined) return { periods, code, file: files[0], trust };
  }
  return { periods: undefined, code: "", file: undefined, trust };
}
