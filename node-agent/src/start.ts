/**
 * The composition root: builds adapters and hands them to the domain.
 *
 * @module
 */

import {
  type Clock,
  LogFollower,
  randomBytes,
  systemClock,
  TributaryError,
  type TrustedLog,
  type VerifyingKey,
  verifyingKeyOf,
} from "@tributary/proto";
import {
  type AgentFolder,
  agentFolder,
  type HubFile,
  makePrivateFolder,
  readHubFile,
  readMappingFiles,
} from "./adapters/agent-folder.ts";
import { chokidarWatcher } from "./adapters/chokidar-watcher.ts";
import { ExcelBadRowBook } from "./adapters/excel-bad-row-book.ts";
import { fileCheckpointStore } from "./adapters/file-checkpoint-store.ts";
import { fileFeedMark } from "./adapters/file-feed-mark.ts";
import { adoptNextKey, ensureKeyFile, readKeyFile, readRetiredKeys } from "./adapters/file-keys.ts";
import { grpcLogView } from "./adapters/grpc-log-view.ts";
import { openLevelFeedStore } from "./adapters/level-feed-store.ts";
import { misbehaviourReports } from "./adapters/misbehaviour-reports.ts";
import { tlsFile } from "./adapters/tls-file.ts";
import type { AgentConfig, Environment } from "./config.ts";
import { type Feed, openFeed } from "./feed/feed.ts";
import { STEPS, type Step, type Steps } from "./feed/steps.ts";
import type { Courier } from "./ports/courier.ts";
import type { FeedStore } from "./ports/feed-store.ts";
import type { Watcher } from "./ports/watcher.ts";
import type { DecisionBook } from "./privacy/decision-book.ts";
import { keepCertificate } from "./publish/certificate.ts";
import { EpochWatch } from "./publish/epoch-watch.ts";
import { LogWatch } from "./publish/log-watch.ts";
import { QuorumWatch } from "./publish/quorum-watch.ts";
import { rekeyedCourier } from "./publish/rekeyed-courier.ts";
import { type Rotated, rotateKey } from "./publish/rotate.ts";
import { badRowSheets } from "./report/bad-row-sheet.ts";
import { callerOf, certify, courierOf, holderOf, memberClientTo, notJoined } from "./start-hub.ts";
import { type Outcomes, openOutcomes } from "./start-outcomes.ts";
import { readConfig, readDecisions } from "./start-plans.ts";
import { runWitnessOf } from "./start-witness.ts";
import { type Memo, openMemo } from "./sync/memo.ts";
import type { SyncOptions } from "./sync/sync-source.ts";

const MIB = 2 ** 20;

/** An agent whose folder is open: no other process has it. */
export interface Agent extends AsyncDisposable {
  readonly folder: AgentFolder;
  readonly config: AgentConfig;
  readonly hub: HubFile;
  /** Sources in the configuration: names of the mapping files. */
  readonly sourceIds: readonly string[];
  readonly store: FeedStore;
  readonly memo: Memo;
  readonly feed: Feed;
  /** What people decided about texts. */
  readonly decisions: DecisionBook;
  /** The center's own key, and those before it. */
  readonly verifyingKeys: () => Promise<readonly VerifyingKey[]>;
  /**
   * Changes the key, or finishes a change that was begun.
   *
   * @param recoveryFile File with the recovery key; without it the current key permits the change.
   */
  readonly rotateKey: (recoveryFile: string | undefined, signal: AbortSignal) => Promise<Rotated>;
  readonly courier: Courier;
  /** Looks at the hub's log. */
  readonly logWatch: LogWatch;
  /** Looks for the witnesses that the settings ask for; undefined if they ask for none. */
  readonly quorumWatch: QuorumWatch | undefined;
  /** Cosigns the hub's checkpoints until aborted, if the settings give the agent that role. */
  readonly runWitness: (signal: AbortSignal) => Promise<never>;
  /** Keeps the certificate for TLS fresh, where the hub issues one. */
  readonly keepCertificate: (
    onFailed: (error: unknown) => void,
    signal: AbortSignal,
  ) => Promise<never>;
  readonly clock: Clock;
  readonly steps: Steps;
  /** Most bytes of the outbox. */
  readonly maxOutboxBytes: number;
  /** What waits and what was released of outcomes; opened when first asked for. */
  readonly outcomes: () => Promise<Outcomes>;
  /** Writes the workbook of a source's bad rows, or removes it. */
  readonly report: SyncOptions["report"];
}

/**
 * Opens the folder of an agent that has joined a hub.
 *
 * @throws {TributaryError} `ERR_FOLDER_MISSING`, `ERR_CONFIG_INVALID`, `ERR_NOT_JOINED`, `ERR_KEY_FILE`,
 * `ERR_FOLDER_IN_USE`, `ERR_STORE_FULL`, `ERR_STORE_DAMAGED`, `ERR_WITNESS_POLICY`.
 */
export async function openAgent(path: string, environment: Environment): Promise<Agent> {
  const folder = agentFolder(path);
  const config = await readConfig(folder);
  const hub = await readHubFile(folder);
  if (hub === undefined) throw notJoined(path);
  const sourceIds = (await readMappingFiles(folder)).map(({ sourceId }) => sourceId);
  const key = await readKeyFile(folder.agentKeyFile);
  await makePrivateFolder(folder.data);
  await using opened = new AsyncDisposableStack();
  const store = opened.use(await openLevelFeedStore(folder.store));
  const clock = systemClock;
  const steps = killAt(environment.killAt);
  const maxOutboxBytes = config.outboxMaxMib * MIB;
  const feed = await openFeed({
    store,
    mark: fileFeedMark(folder.markFile),
    key,
    centerId: hub.center,
    hubOrigin: hub.origin,
    hubVkey: hub.vkey,
    maxOutboxBytes,
    maxKeptBytes: config.keptMaxMib * MIB,
    clock,
    random: randomBytes,
    steps,
  });
  const book = new ExcelBadRowBook(folder.reports);
  const memo = await openMemo(store);
  let outcomes: Promise<Outcomes> | undefined;
  opened.defer(async () => {
    const open = await outcomes?.catch(() => undefined);
    await open?.[Symbol.asyncDispose]();
  });
  const decisions = await readDecisions(folder);
  const logWatch = logWatchOf({ folder, hub, feed, store, memo });
  const closes = opened.move();
  return {
    folder,
    config,
    hub,
    sourceIds,
    store,
    memo,
    feed,
    decisions,
    verifyingKeys: async () => [
      await verifyingKeyOf(feed.key),
      ...(await readRetiredKeys(folder.retiredKeysFile)),
    ],
    rotateKey: (recoveryFile, signal) => rotate({ folder, hub, feed, store, recoveryFile }, signal),
    courier: rekeyedCourier(
      () => feed.key,
      (key) => courierOf(config, folder, hub, key),
    ),
    logWatch,
    quorumWatch: quorumWatchOf(config, { folder, hub, feed, store, memo, logWatch }),
    runWitness: (signal) =>
      runWitnessOf(
        { folder, config, hub, memo, logWatch, caller: () => callerOf(folder, hub, feed.key) },
        signal,
      ),
    keepCertificate: (onFailed, signal) =>
      keepCertificate(
        {
          ensure: (signal) => certify(folder, hub, feed.key, signal),
          store: tlsFile(folder.tlsFile, () => holderOf(hub, feed.key)),
          clock,
          random: randomShare,
          onFailed,
        },
        signal,
      ),
    clock,
    steps,
    maxOutboxBytes,
    outcomes: () => {
      outcomes ??= openOutcomes(folder, config, clock);
      return outcomes;
    },
    report: (sourceId, rows) => book.write(sourceId, badRowSheets(rows)),
    [Symbol.asyncDispose]: () => closes.disposeAsync(),
  };
}

async function rotate(
  {
    folder,
    hub,
    feed,
    store,
    recoveryFile,
  }: Pick<Agent, "folder" | "hub" | "feed" | "store"> & {
    readonly recoveryFile: string | undefined;
  },
  signal: AbortSignal,
): Promise<Rotated> {
  const recoveryKey = recoveryFile === undefined ? undefined : await readKeyFile(recoveryFile);
  const { publicKey } = recoveryKey ?? (await readKeyFile(folder.recoveryKeyFile));
  await using client = memberClientTo(hub);
  const rotated = await rotateKey(
    {
      hubOrigin: hub.origin,
      centerId: hub.center,
      client,
      feed,
      store,
      newKey: await ensureKeyFile(folder.nextKeyFile),
      recoveryPublicKey: publicKey,
      recoveryKey,
      adopt: () => adoptNextKey(folder, feed.key),
    },
    signal,
  );
  // The one before ended with its key.
  await certify(folder, hub, feed.key, signal);
  return rotated;
}

function logWatchOf({
  folder,
  hub,
  feed,
  store,
  memo,
}: Pick<Agent, "folder" | "hub" | "feed" | "store" | "memo">): LogWatch {
  const { logReceiptFile, reports } = folder;
  const log: TrustedLog = { origin: hub.origin, vkey: hub.vkey };
  const clock = systemClock;
  const view = grpcLogView(() => callerOf(folder, hub, feed.key));
  const { center: centerId } = hub;
  return new LogWatch({
    follower: new LogFollower({ log, view, store: fileCheckpointStore(logReceiptFile) }),
    epochs: new EpochWatch({
      log,
      centerId,
      store,
      ask: (signal) => view.epoch(centerId, signal),
    }),
    memo,
    clock,
    report: misbehaviourReports(reports, () => ({
      log,
      foundBy: `agent of ${hub.center}`,
      foundAtMs: clock.now(),
    })),
  });
}

function quorumWatchOf(
  { quorum }: AgentConfig,
  {
    folder,
    hub,
    feed,
    store,
    memo,
    logWatch,
  }: Pick<Agent, "folder" | "hub" | "feed" | "store" | "memo" | "logWatch">,
): QuorumWatch | undefined {
  if (quorum === undefined) return undefined;
  return new QuorumWatch({
    log: { origin: hub.origin, vkey: hub.vkey },
    policy: quorum,
    view: grpcLogView(() => callerOf(folder, hub, feed.key)),
    logWatch,
    store,
    memo,
    clock: systemClock,
  });
}

/** Watches files. */
export function fileWatcher(): Watcher {
  return chokidarWatcher(systemClock);
}

/** A random number in [0, 1), for waits. */
export function randomShare(): number {
  return Math.random();
}

/**
 * A facility of the drills: with `TRIBUTARY_KILL_AT=step:count` the process kills itself, without any clean-up, when
 * it passes the step for the count-th time.
 *
 * @throws {TributaryError} `ERR_CONFIG_INVALID` if the text is something else.
 */
function killAt(text: string | undefined): Steps {
  if (text === undefined) return () => {};
  const [step = "", count = ""] = text.split(":");
  if (!STEPS.includes(step as Step) || !/^[1-9]\d{0,8}$/.test(count)) {
    throw new TributaryError(
      "ERR_CONFIG_INVALID",
      `TRIBUTARY_KILL_AT is step:count with one of ${STEPS.join(", ")}; got ${text}`,
    );
  }
  let left = Number(count);
  return (passed) => {
    if (passed !== step) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, "SIGKILL");
  };
}
