/**
 * Builds the witness of an agent that has the role.
 *
 * @module
 */

import {
  type Clock,
  formatVkey,
  type SigningKey,
  systemClock,
  type TrustedLog,
} from "@tributary/proto";
import { type AgentFolder, exists, type HubFile } from "./adapters/agent-folder.ts";
import { fileCheckpointStore } from "./adapters/file-checkpoint-store.ts";
import { ensureKeyFile, readKeyFile } from "./adapters/file-keys.ts";
import { ensureFile } from "./adapters/file-write.ts";
import type { CallerOptions } from "./adapters/grpc-channel.ts";
import { grpcWitnessStream } from "./adapters/grpc-witness.ts";
import type { AgentConfig } from "./config.ts";
import type { LogWatch } from "./publish/log-watch.ts";
import { together } from "./publish/together.ts";
import { NOTHING_COSIGNED, Witness, witnessForgot } from "./publish/witness.ts";
import { runWitness } from "./publish/witness-role.ts";
import type { Memo } from "./sync/memo.ts";

/** Names the witness's key; unique where origins and center ids are. */
function witnessName({ origin, center }: Pick<HubFile, "origin" | "center">): string {
  return `${origin}/witness/${center}`;
}

/** The key of the witness of a folder, as others verify it; undefined if it never had the role. */
export async function readWitnessVkey(
  { witnessKeyFile }: AgentFolder,
  hub: HubFile,
): Promise<string | undefined> {
  if (!(await exists(witnessKeyFile))) return undefined;
  return vkeyOf(await readKeyFile(witnessKeyFile), hub);
}

/** As {@link readWitnessVkey}; makes the key if there is none. @throws {TributaryError} as {@link openWitness}. */
export async function ensureWitnessVkey(folder: AgentFolder, hub: HubFile): Promise<string> {
  return vkeyOf(await ensureKey(folder), hub);
}

function vkeyOf({ publicKey }: SigningKey, hub: HubFile): string {
  return formatVkey(witnessName(hub), publicKey, "cosignature");
}

async function ensureKey({ witnessKeyFile, witnessFile }: AgentFolder): Promise<SigningKey> {
  if ((await exists(witnessKeyFile)) && !(await exists(witnessFile))) throw witnessForgot();
  // Before the key: a key without this file is one that forgot.
  await ensureFile(witnessFile, NOTHING_COSIGNED, 0o600);
  return await ensureKeyFile(witnessKeyFile);
}

/**
 * Opens the witness; makes its key the first time.
 *
 * @param onContradiction Told of a checkpoint that the log signed and that contradicts what was cosigned.
 * @throws {TributaryError} `ERR_STORE_DAMAGED` if there is a key and not what it signed last; `ERR_KEY_FILE`.
 */
async function openWitness({
  folder,
  hub,
  memo,
  clock,
  onContradiction,
}: {
  readonly folder: AgentFolder;
  readonly hub: HubFile;
  readonly memo: Memo;
  readonly clock: Clock;
  readonly onContradiction: (note: string) => void;
}): Promise<Witness> {
  const log: TrustedLog = { origin: hub.origin, vkey: hub.vkey };
  return new Witness({
    log,
    name: witnessName(hub),
    key: await ensureKey(folder),
    store: fileCheckpointStore(folder.witnessFile),
    clock,
    onCosigned: (size, atMs) =>
      memo.noteAgent({ cosigned: { size, atMs }, witnessProblem: undefined }),
    onContradiction,
  });
}

/**
 * Cosigns the hub's checkpoints until aborted, if the settings give the agent that role. What is cosigned nowhere because it
 * contradicts something is looked at by the log watch, which accuses the hub where that can be proven.
 */
export async function runWitnessOf(
  {
    folder,
    config,
    hub,
    memo,
    logWatch,
    caller,
  }: {
    readonly folder: AgentFolder;
    readonly config: Pick<AgentConfig, "witness">;
    readonly hub: HubFile;
    readonly memo: Memo;
    readonly logWatch: LogWatch;
    readonly caller: () => CallerOptions;
  },
  signal: AbortSignal,
): Promise<never> {
  const clock = systemClock;
  if (!config.witness) return await untilAborted(signal);
  const failed = Promise.withResolvers<never>();
  const onContradiction = (note: string) => {
    logWatch.check(note, signal).catch(failed.reject);
  };
  const open = () => openWitness({ folder, hub, memo, clock, onContradiction });
  const stream = grpcWitnessStream(caller);
  return await together(signal, [
    (signal) => runWitness({ open, stream, memo, clock, random: Math.random }, signal),
    (signal) => Promise.race([failed.promise, untilAborted(signal)]),
  ]);
}

/** Rejects with the signal's reason. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
