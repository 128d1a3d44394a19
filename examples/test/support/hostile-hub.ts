/**
 * A hub that holds its key and does with its log what it likes, and what an agent finds out about it.
 *
 * Log, log API and signatures are those of the hub, watch, store and files those of the agent; between them is no network.
 *
 * @module
 */

import { join } from "node:path";
import {
  encodeRestart,
  generateSigningKey,
  LogFollower,
  type LogView,
  ManualClock,
  type TrustedLog,
} from "@tributary/proto";
import { MemoryCheckpointAnchor } from "../../../hub/src/adapters/memory-checkpoint-anchor.ts";
import { MemoryLogStore } from "../../../hub/src/adapters/memory-log-store.ts";
import { createLogApi } from "../../../hub/src/api/log-api.ts";
import {
  type CheckpointSigner,
  createCheckpointSigner,
} from "../../../hub/src/log/checkpoint-signer.ts";
import { MerkleLog } from "../../../hub/src/log/merkle-log.ts";
import { fileCheckpointStore } from "../../../node-agent/src/adapters/file-checkpoint-store.ts";
import { MemoryFeedStore } from "../../../node-agent/src/adapters/memory-feed-store.ts";
import { misbehaviourReports } from "../../../node-agent/src/adapters/misbehaviour-reports.ts";
import { LogWatch } from "../../../node-agent/src/publish/log-watch.ts";
import { openMemo } from "../../../node-agent/src/sync/memo.ts";

/** An entry as the hub would write it. */
interface Written {
  readonly text: string;
  /** Ms since the epoch. */
  readonly atMs: number;
}

const ORIGIN = "hub.example/hostile";
const SIGNAL = new AbortController().signal;
/** Within how many checkpoint periods an agent has to find out. */
const PERIODS = 2;

/** One log that is shown, and one under the same key that receipts may come from. */
class HostileHub {
  readonly trust: TrustedLog;
  readonly #signer: CheckpointSigner;
  #nowMs = Date.UTC(2026, 0, 1);
  entries: readonly Written[] = [];
  /** What it shows. */
  shown: MerkleLog;

  private constructor(signer: CheckpointSigner, shown: MerkleLog) {
    this.#signer = signer;
    this.trust = signer;
    this.shown = shown;
  }

  static async open(): Promise<HostileHub> {
    const signer = createCheckpointSigner(ORIGIN, await generateSigningKey());
    const hub = new HostileHub(signer, await logOf([], signer));
    await hub.grow(6);
    return hub;
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

  get checkpoint(): string {
    return this.shown.requireHead().checkpoint;
  }

  get view(): LogView {
    const api = () => createLogApi(this.shown, this.trust.vkey);
    return {
      checkpoint: async () => (await api().getCheckpoint({})).checkpoint,
      consistencyProof: async (fromSize, toSize) =>
        (await api().getConsistencyProof({ fromSize, toSize })).hashes,
      receipt: async (position) => (await api().getInclusionProof({ position })).receipt,
    };
  }
}

async function logOf(entries: readonly Written[], signer: CheckpointSigner): Promise<MerkleLog> {
  const clock = new ManualClock(entries[0]?.atMs);
  const log = await MerkleLog.open({
    store: new MemoryLogStore(),
    anchor: new MemoryCheckpointAnchor(),
    signer,
    clock,
  });
  for (const { text, atMs } of entries) {
    clock.advance(atMs - clock.now());
    const statement = encodeRestart({ version: text, logSize: log.size });
    await log.append({ type: "restart", statement });
  }
  return log;
}

/** What a hub does after an agent has seen its log. @returns The newest checkpoint that a receipt brings, if one does. */
type Attack = (hub: HostileHub) => Promise<string | undefined>;

/** By name. What only withholds leaves no signed contradiction, so no file can prove it. */
export const ATTACKS: Readonly<
  Record<string, { readonly act: Attack; readonly isProvable: boolean }>
> = {
  edit: {
    isProvable: true,
    act: async (hub) => {
      await hub.show([...hub.entries.with(2, { ...at(hub, 2), text: "edited" }), hub.entry()]);
      return undefined;
    },
  },
  drop: {
    isProvable: true,
    act: async (hub) => {
      await hub.show([...hub.entries.toSpliced(2, 1), hub.entry(), hub.entry()]);
      return undefined;
    },
  },
  insert: {
    isProvable: true,
    act: async (hub) => {
      await hub.show(hub.entries.toSpliced(3, 0, { ...at(hub, 3), text: "back-dated" }));
      return undefined;
    },
  },
  fork: {
    isProvable: true,
    act: async (hub) => {
      await hub.show(hub.entries.with(-1, { ...at(hub, -1), text: "for this agent" }));
      return undefined;
    },
  },
  "fork between receipts and checkpoints": {
    isProvable: true,
    act: async (hub) => {
      const before = hub.entries;
      await hub.grow(1);
      const { checkpoint } = hub;
      await hub.show([...before, hub.entry("for visitors"), hub.entry()]);
      return checkpoint;
    },
  },
  shrink: {
    isProvable: true,
    act: async (hub) => {
      await hub.show([...hub.entries.slice(0, 4), hub.entry()]);
      return undefined;
    },
  },
  "shrink and stay so": {
    isProvable: false,
    act: async (hub) => {
      await hub.show(hub.entries.slice(0, 4));
      return undefined;
    },
  },
  freeze: {
    isProvable: false,
    act: async (hub) => {
      const before = hub.entries;
      await hub.grow(2);
      const { checkpoint } = hub;
      await hub.show(before);
      return checkpoint;
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

/**
 * Lets an agent follow an honest log for two periods, then the attack happens.
 *
 * @param folder Of the agent; holds the file afterwards.
 * @throws {Error} if the agent complains about the honest log.
 */
export async function observe(act: Attack, folder: string): Promise<Observation> {
  const hub = await HostileHub.open();
  const { trust } = hub;
  const memo = await openMemo(new MemoryFeedStore());
  const files: string[] = [];
  const report = misbehaviourReports(folder, () => ({ log: trust, foundBy: "test", foundAtMs: 0 }));
  const store = fileCheckpointStore(join(folder, "log.receipt"));
  const watch = new LogWatch({
    follower: new LogFollower({ log: trust, view: hub.view, store }),
    memo,
    clock: new ManualClock(),
    async report(misbehaviour) {
      const path = await report(misbehaviour);
      files.push(path);
      return path;
    },
  });
  const complaint = () => memo.agent.pause ?? memo.agent.logProblem;
  const receive = (note: string) => memo.updateAgent({ checkpoint: { size: 0, root: "", note } });

  await watch.look(SIGNAL);
  await hub.grow(2);
  await receive(hub.checkpoint);
  await watch.look(SIGNAL);
  if (complaint() !== undefined) throw new Error(`false alarm: ${complaint()?.message}`);

  const note = await act(hub);
  if (note !== undefined) await receive(note);
  for (let periods = 1; periods <= PERIODS; periods += 1) {
    await watch.look(SIGNAL);
    const code = complaint()?.code;
    if (code !== undefined) return { periods, code, file: files[0], trust };
  }
  return { periods: undefined, code: "", file: undefined, trust };
}
