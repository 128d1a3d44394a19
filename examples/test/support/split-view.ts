/**
 * A hub that shows one agent a history of its own, against a quorum of two of three witnesses: the agent itself and two
 * others, who see what everybody sees.
 *
 * @module
 */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  formatAddCheckpoint,
  formatNote,
  generateSigningKey,
  ManualClock,
  MemoryCheckpointStore,
  parseNote,
  parseSignatureLines,
  parseWitnessSize,
  type TrustedLog,
  utf8,
  WITNESS_STATUS,
  type WitnessAnswer,
} from "@tributary/proto";
import { type QuorumStanding, QuorumWatch } from "../../../node-agent/src/publish/quorum-watch.ts";
import { NOTHING_COSIGNED, Witness } from "../../../node-agent/src/publish/witness.ts";
import { HostileHub, watchOver } from "./hostile-hub.ts";

const SIGNAL = new AbortController().signal;
const VICTIM = "copper";
const OTHERS = ["tin", "zinc"] as const;

/** What the hub may show to the agent that it deceives. */
export const SHOWN = ["what cosigned the fork", "the cosignatures of the others' log"] as const;

/** What became of it. */
export interface SplitView {
  /** Receipts of the deceived agent: the one before the fork is final, the one on the fork must not be. */
  readonly before: QuorumStanding;
  readonly after: QuorumStanding;
  /** What the other witnesses answer to a checkpoint of the fork, as large as what they cosigned. */
  readonly answers: readonly WitnessAnswer[];
  /** Size of the fork. */
  readonly size: number;
  /** Files of the others, and of the deceived agent, that prove it. */
  readonly files: readonly string[];
  readonly victimFiles: readonly string[];
  readonly trust: TrustedLog;
}

/**
 * Lets three witnesses cosign one log, then the hub goes on with two.
 *
 * @param folder Holds the agents' files afterwards.
 */
export async function observeSplitView(
  shown: (typeof SHOWN)[number],
  folder: string,
): Promise<SplitView> {
  const everybody = await HostileHub.open();
  await everybody.publish();
  const victim = await witnessOf(VICTIM, everybody, folder);
  const others = await Promise.all(OTHERS.map((name) => witnessOf(name, everybody, folder)));
  const all = [victim, ...others];
  const policy = [
    ...all.map(({ name, witness }) => `witness ${name} ${witness.vkey}`),
    `group most 2 ${all.map(({ name }) => name).join(" ")}`,
    "quorum most",
  ].join("\n");
  let note = await cosigned(everybody, all);
  const fork = everybody.fork();
  const { watch: logWatch, memo, files: victimFiles } = await watchOver(fork, victim.folder);
  const quorum = new QuorumWatch({
    log: fork.trust,
    policy,
    view: {
      cosigned: async () => note,
      consistencyProof: (from, to, signal) => fork.view.consistencyProof(from, to, signal),
    },
    logWatch,
    store: everybody.center,
    memo,
    clock: new ManualClock(),
  });
  await quorum.look(SIGNAL);
  const before = await quorum.standing();

  await everybody.grow(1);
  const onEverybodys = await cosigned(everybody, others);
  await Promise.all(others.map(({ watch }) => watch.look(SIGNAL)));
  await fork.publish();
  const answers = await Promise.all(others.map(({ witness }) => ask(fork, witness)));
  note = shown === "what cosigned the fork" ? await cosigned(fork, [victim]) : onEverybodys;
  await quorum.look(SIGNAL);
  await Promise.all(others.map(({ checked }) => Promise.all(checked)));
  return {
    before,
    after: await quorum.standing(),
    answers,
    size: fork.shown.size,
    files: others.flatMap(({ files }) => files),
    victimFiles,
    trust: fork.trust,
  };
}

/** An agent that cosigns what it is asked about, and looks closer at what contradicts that. */
async function witnessOf(name: string, hub: HostileHub, parent: string) {
  const folder = join(parent, name);
  await mkdir(folder);
  const { watch, files } = await watchOver(hub, folder);
  await watch.look(SIGNAL);
  const checked: Promise<boolean>[] = [];
  const store = new MemoryCheckpointStore();
  await store.write(utf8(NOTHING_COSIGNED));
  const witness = new Witness({
    log: hub.trust,
    name,
    key: await generateSigningKey(),
    store,
    clock: new ManualClock(),
    onCosigned: () => {},
    onContradiction: (note) => checked.push(watch.check(note, SIGNAL)),
  });
  return { name, folder, witness, watch, files, checked };
}

/** What a witness says to the newest checkpoint, when the hub goes by the size that it names. */
async function ask({ shown, checkpoint }: HostileHub, witness: Witness): Promise<WitnessAnswer> {
  const about = async (oldSize: number) => {
    const path = await shown.consistencyProof(oldSize, shown.size);
    return witness.answer(formatAddCheckpoint({ oldSize, path, checkpoint }));
  };
  const answer = await about(0);
  const size = parseWitnessSize(answer.body);
  return answer.status === WITNESS_STATUS.conflict && size !== undefined ? about(size) : answer;
}

/** The newest checkpoint with the lines of these witnesses. @throws {Error} if one does not cosign. */
async function cosigned(
  hub: HostileHub,
  witnesses: readonly { readonly name: string; readonly witness: Witness }[],
): Promise<string> {
  const { text, signatures } = parseNote(hub.checkpoint);
  const lines = await Promise.all(
    witnesses.map(async ({ name, witness }) => {
      const { status, body } = await ask(hub, witness);
      if (status !== WITNESS_STATUS.ok) throw new Error(`${name} answers ${status}: ${body}`);
      return parseSignatureLines(body);
    }),
  );
  return formatNote({ text, signatures: [...signatures, ...lines.flat()] });
}
