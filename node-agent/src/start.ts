/**
 * The composition root: builds adapters and hands them to the domain.
 *
 * @module
 */

import { basename } from "node:path";
import {
  type Checkpoint,
  type Clock,
  isTributaryError,
  LogFollower,
  openCheckpoint,
  randomBytes,
  type SigningKey,
  systemClock,
  TributaryError,
  type TrustedLog,
  type VerifyingKey,
  verifyingKeyOf,
} from "@tributary/proto";
import { HubTerms } from "@tributary/proto/vocabulary";
import {
  type AgentFolder,
  agentFolder,
  type HubFile,
  type MappingFile,
  makePrivateFolder,
  readConfigFile,
  readHubFile,
  readMappingFiles,
} from "./adapters/agent-folder.ts";
import { chokidarWatcher } from "./adapters/chokidar-watcher.ts";
import { csvSourceType } from "./adapters/csv-source.ts";
import { ExcelBadRowBook } from "./adapters/excel-bad-row-book.ts";
import { excelSourceType } from "./adapters/excel-source.ts";
import { fileCheckpointStore } from "./adapters/file-checkpoint-store.ts";
import { fileDecisionLog } from "./adapters/file-decision-log.ts";
import { fileFeedMark } from "./adapters/file-feed-mark.ts";
import { adoptNextKey, ensureKeyFile, readKeyFile, readRetiredKeys } from "./adapters/file-keys.ts";
import type { CallerOptions } from "./adapters/grpc-channel.ts";
import { grpcCourier } from "./adapters/grpc-courier.ts";
import { grpcHubView } from "./adapters/grpc-hub-view.ts";
import { grpcLogView } from "./adapters/grpc-log-view.ts";
import { grpcMemberClient } from "./adapters/grpc-member-client.ts";
import { readHubTerms, writeHubTerms } from "./adapters/hub-terms-file.ts";
import { jsonSourceType } from "./adapters/json-source.ts";
import { openLevelFeedStore } from "./adapters/level-feed-store.ts";
import { misbehaviourReports } from "./adapters/misbehaviour-reports.ts";
import { natsCourier } from "./adapters/nats-courier.ts";
import { sqliteSourceType } from "./adapters/sqlite-source.ts";
import { type CertificateHolder, readCertifiedKey, tlsFile } from "./adapters/tls-file.ts";
import { type AgentConfig, type Environment, parseAgentConfig, settingsOf } from "./config.ts";
import { type Feed, openFeed } from "./feed/feed.ts";
import { STEPS, type Step, type Steps } from "./feed/steps.ts";
import { compileMapping } from "./mapping/compile.ts";
import { loadMapping } from "./mapping/mapping-file.ts";
import type { Mapping } from "./mapping/mapping-spec.ts";
import { preparedSource } from "./mapping/prepare-source.ts";
import type { Courier } from "./ports/courier.ts";
import type { FeedStore } from "./ports/feed-store.ts";
import type { HubView } from "./ports/hub-view.ts";
import type { MemberClient } from "./ports/member-client.ts";
import type { SourceCheck } from "./ports/source.ts";
import type { Watcher } from "./ports/watcher.ts";
import { type DecisionBook, openDecisionBook } from "./privacy/decision-book.ts";
import { ensureCertificate, type HeldCertificate, keepCertificate } from "./publish/certificate.ts";
import { EpochWatch } from "./publish/epoch-watch.ts";
import { LogWatch } from "./publish/log-watch.ts";
import { QuorumWatch } from "./publish/quorum-watch.ts";
import { rekeyedCourier } from "./publish/rekeyed-courier.ts";
import { type Rotated, rotateKey } from "./publish/rotate.ts";
import { switchingCourier } from "./publish/switching-courier.ts";
import { badRowSheets } from "./report/bad-row-sheet.ts";
import { SourceRegistry } from "./sources/source-registry.ts";
import { type Outcomes, openOutcomes } from "./start-outcomes.ts";
import { runWitnessOf } from "./start-witness.ts";
import { KnownClients } from "./sync/known-clients.ts";
import type { ScheduledPlan } from "./sync/loop.ts";
import { type Memo, openMemo } from "./sync/memo.ts";
import type { PrivacyRules } from "./sync/pass.ts";
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

/**
 * Sees to it that the folder has a certificate for TLS, under this key and with time left; nothing without TLS, and where
 * the hub issues none.
 *
 * @throws {TributaryError} As `ensureCertificate`, but for `ERR_UNSUPPORTED`.
 */
export async function certify(
  folder: AgentFolder,
  hub: HubFile,
  key: SigningKey,
  signal: AbortSignal,
): Promise<void> {
  if (!hub.tls) return;
  await using client = memberClientTo(hub);
  const { origin, vkey, center: centerId } = hub;
  const store = tlsFile(folder.tlsFile, () => holderOf(hub, key));
  try {
    const options = { origin, vkey, centerId, client, store, key, clock: systemClock };
    await ensureCertificate(options, signal);
  } catch (error) {
    // A proxy in front of the hub ends TLS: there the token alone proves who calls.
    if (!isTributaryError(error, "ERR_UNSUPPORTED")) throw error;
  }
}

/** The certificate of a folder; undefined if there is none that is of its center and key. */
export async function heldCertificate(
  folder: AgentFolder,
  hub: HubFile,
  key: SigningKey,
): Promise<HeldCertificate | undefined> {
  return tlsFile(folder.tlsFile, () => holderOf(hub, key)).read();
}

function holderOf({ center: centerId }: HubFile, { keyId }: SigningKey): CertificateHolder {
  return { centerId, keyId };
}

/** What people decided about texts of a folder. @throws {TributaryError} `ERR_STORE_DAMAGED`. */
export function readDecisions(folder: AgentFolder): Promise<DecisionBook> {
  return openDecisionBook(fileDecisionLog(folder.decisionsFile));
}

/** What the gate goes by for texts about clients: what people decided, and the clients that all the plans' sources name. */
export function clientRules(
  decisions: DecisionBook,
  plans: readonly Plan[],
): (signal: AbortSignal) => Promise<PrivacyRules> {
  const clients = new KnownClients(plans);
  return async (signal) => {
    const { known, digest } = await clients.names(signal);
    return {
      policy: { verdictOn: (placed) => decisions.verdictOn(placed), known },
      revision: `${decisions.revision} ${digest}`,
    };
  };
}

/** The settings in a folder. @throws {TributaryError} `ERR_FOLDER_MISSING`, `ERR_CONFIG_INVALID`. */
export async function readConfig(folder: AgentFolder): Promise<AgentConfig> {
  return parseAgentConfig(await readConfigFile(folder), "tributary-agent.yaml");
}

/** The kinds of source that this agent reads. */
export function sourceRegistry(): SourceRegistry {
  return new SourceRegistry([csvSourceType, excelSourceType, jsonSourceType, sqliteSourceType]);
}

/** A source with its mapping, ready to be read, and the path to watch. */
export interface Plan extends ScheduledPlan {
  readonly mapping: Mapping;
}

/**
 * The plan in a mapping file. Opens nothing.
 *
 * @throws {TributaryError} `ERR_CONFIG_INVALID`
 */
export function planOf(
  file: MappingFile,
  folder: AgentFolder,
  { config, terms }: { readonly config: AgentConfig; readonly terms: HubTerms },
): Plan {
  const mapping = loadMapping(file.text, `mappings/${basename(file.path)}`, terms);
  const source = sourceRegistry().open(mapping.source, folder.path);
  return {
    sourceId: file.sourceId,
    source: preparedSource(source, mapping),
    mappers: compileMapping(mapping, terms),
    schedule: settingsOf(config, file.sourceId).schedule,
    mapping,
  };
}

/** True if rows of the source become engagements. */
export function hasEngagements({ mappers }: Plan): boolean {
  return mappers.some(({ kind }) => kind === "engagement");
}

/** All plans of a folder. @throws {TributaryError} as {@link planOf}, and as `readMappingFiles`. */
export async function loadPlans(folder: AgentFolder, config: AgentConfig): Promise<Plan[]> {
  const terms = await hubTerms(folder);
  return (await readMappingFiles(folder)).map((file) => planOf(file, folder, { config, terms }));
}

/** The vocabulary as the hub had it when it was last heard. */
export function hubTerms({ termsFile }: AgentFolder): Promise<HubTerms> {
  return readHubTerms(termsFile);
}

/**
 * Asks the hub what it changed in the vocabulary, and keeps the answer.
 *
 * @returns Whether it is another one than was known.
 * @throws {TributaryError} As {@link hubView} and `HubView`; `ERR_STORE_FULL`.
 */
export async function refreshTerms(path: string, signal: AbortSignal): Promise<boolean> {
  const { termsFile } = agentFolder(path);
  await using view = await hubView(path, signal);
  const { terms } = await view.terms(signal);
  const known = await readHubTerms(termsFile);
  if (new HubTerms(terms).id === known.id) return false;
  await writeHubTerms(termsFile, terms);
  return true;
}

/** Whether each source of a folder can be read. */
export async function checkSources(
  plans: readonly Plan[],
  signal: AbortSignal,
): Promise<(SourceCheck & { readonly sourceId: string })[]> {
  const results: (SourceCheck & { readonly sourceId: string })[] = [];
  for (const { sourceId, source } of plans) {
    results.push({ sourceId, ...(await source.check(signal)) });
  }
  return results;
}

/** Connections to the hub over gRPC, as the center. */
export function courierTo(folder: AgentFolder, hub: HubFile, key: SigningKey): Courier {
  return grpcCourier(callerOf(folder, hub, key));
}

function callerOf({ tlsFile: path }: AgentFolder, hub: HubFile, key: SigningKey): CallerOptions {
  const { hub: address, tls, ca } = hub;
  const certificate = () => readCertifiedKey(path);
  return { hub: address, tls, ca, certificate, ...centerOf(hub, key) };
}

/**
 * The hub as the center of a folder sees it.
 *
 * @throws {TributaryError} `ERR_NOT_JOINED`, `ERR_KEY_FILE`.
 */
export async function hubView(path: string, signal: AbortSignal): Promise<HubView> {
  const folder = agentFolder(path);
  const hub = await readHubFile(folder);
  if (hub === undefined) throw notJoined(path);
  const key = await readKeyFile(folder.agentKeyFile);
  await certify(folder, hub, key, signal);
  return grpcHubView(callerOf(folder, hub, key));
}

/**
 * The newest checkpoint of who answers at the hub's address.
 *
 * @throws {TributaryError} `ERR_UNAVAILABLE`; what `openCheckpoint` throws if it is not the log that the center joined.
 */
export async function checkpointAt(
  folder: AgentFolder,
  hub: HubFile,
  signal: AbortSignal,
): Promise<Checkpoint> {
  const key = await readKeyFile(folder.agentKeyFile);
  const note = await grpcLogView(() => callerOf(folder, hub, key)).checkpoint(signal);
  return openCheckpoint(note, hub);
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

/** Connections to the hub over what the settings say. */
export function courierOf(
  { transport, nats }: Pick<AgentConfig, "transport" | "nats">,
  folder: AgentFolder,
  hub: HubFile,
  key: SigningKey,
): Courier {
  if (transport === "grpc") return courierTo(folder, hub, key);
  const overNats = natsCourier({ servers: nats, ...centerOf(hub, key) });
  return transport === "nats"
    ? overNats
    : switchingCourier([courierTo(folder, hub, key), overNats]);
}

function centerOf({ origin, center }: HubFile, key: SigningKey) {
  return { hubOrigin: origin, centerId: center, key, clock: systemClock };
}

/** A connection that proves itself call by call: to a hub that was not joined yet, or without a certificate. */
export function memberClientTo(address: {
  readonly hub: string;
  readonly tls: boolean;
  readonly ca?: string | undefined;
}): MemberClient {
  return grpcMemberClient(address, systemClock);
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

export function notJoined(path: string): TributaryError {
  return new TributaryError(
    "ERR_NOT_JOINED",
    `the agent in ${path} has not joined a hub; ask the hub's operator for an invitation and run: tributary-agent join --folder ${path}`,
    {
      messageZh: `${path} 中的代理尚未加入任何中枢；请向管理员索取加入码并运行 tributary-agent join --folder ${path}`,
    },
  );
}
