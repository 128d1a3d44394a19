/**
 * Composition root: builds the adapters of a hub, hands them over, and takes them down in reverse order. What each part
 * is made of stands in the other files `start-*.ts`.
 *
 * @module
 */

import {
  type Clock,
  encodeRestart,
  randomBytes,
  systemClock,
  TributaryError,
} from "@tributary/proto";
import { CallLog } from "./adapters/call-log.ts";
import { openDataFolder, writeRunning } from "./adapters/data-folder.ts";
import { readEmbeddingModelFolder } from "./adapters/embedding-model-folder.ts";
import { HubMetrics } from "./adapters/hub-metrics.ts";
import { openHubTls } from "./adapters/hub-tls.ts";
import type { Logger } from "./adapters/logger.ts";
import { type NatsCourier, startNatsCourier } from "./adapters/nats-courier.ts";
import { readNatsHubKey } from "./adapters/nats-folder.ts";
import { createCourierApi } from "./api/courier-api.ts";
import { formatAddress, type HubConfig, type ListenAddress } from "./config.ts";
import { Eraser } from "./ingest/eraser.ts";
import { createCheckpointSigner } from "./log/checkpoint-signer.ts";
import { Cosigning } from "./log/cosigning.ts";
import { Epochs } from "./log/epochs.ts";
import type { OnStep } from "./log/steps.ts";
import { WitnessList } from "./log/witness-list.ts";
import { createApis } from "./start-apis.ts";
import { loadIntake } from "./start-intake.ts";
import { openLog } from "./start-log.ts";
import { openReading } from "./start-reading.ts";
import { startServers } from "./start-servers.ts";
import { loadSignIn, openProvider } from "./start-sign-in.ts";

export interface StartOptions {
  readonly logger: Logger;
  /** Version of the software, as the log and the status say it. */
  readonly version: string;
  readonly clock?: Clock;
  readonly onStep?: OnStep;
  /** Takes batches again after a restore: the operator says that no larger checkpoint was published. */
  readonly acceptRestored?: boolean;
}

/** A hub that runs. Disposing it stops it: calls first, stores last. */
export interface Hub extends AsyncDisposable {
  readonly origin: string;
  readonly vkey: string;
  /** Where it listens; the ports are those that it got. */
  readonly grpc: ListenAddress;
  readonly web: ListenAddress;
  /** Secret of the link with which the first administrator signs in; undefined where there is one. */
  readonly firstLink: string | undefined;
  /** Whether it was restored from a backup and waits for its operator: it answers questions and takes nothing. */
  readonly isHeld: boolean;
  /** Resolves when the hub can go on only after it was opened again: a write failed, or damage was found. */
  readonly stopped: Promise<TributaryError>;
}

/**
 * Starts a hub.
 *
 * @throws {TributaryError} `ERR_FOLDER_MISSING`, `ERR_FOLDER_IN_USE`, `ERR_LOG_DAMAGED`, `ERR_CHECKPOINT_INCONSISTENT`,
 * `ERR_MODEL_INVALID`, `ERR_PORT_IN_USE`; `ERR_CONFIG_INVALID` if NATS is wanted and was not set up.
 */
export async function startHub(config: HubConfig, options: StartOptions): Promise<Hub> {
  const { logger, version, clock = systemClock, onStep = () => undefined } = options;
  const { acceptRestored = false } = options;
  await using opening = new AsyncDisposableStack();
  const folder = await openDataFolder(config.dataFolder);
  // The thread of meaning opens it when there are documents; a wrong path is told now.
  if (config.semanticModelFolder !== undefined) {
    await readEmbeddingModelFolder(config.semanticModelFolder);
  }
  const hasNats = config.natsServers.length > 0;
  const natsKey = hasNats ? await readNatsHubKey(folder.natsFolder) : undefined;
  let nats: NatsCourier | undefined;
  const signer = createCheckpointSigner(folder.origin, folder.signingKey);
  const metrics = new HubMetrics(logger);
  const provider = await openProvider(config, { metrics, clock });

  const shared = { folder, config, metrics, clock, onStep };
  const { store, log } = await openLog({ ...shared, signer, acceptRestored }, opening);
  const sizeAtStart = log.size;
  const { promise: stopped, resolve: reportStopped } = Promise.withResolvers<TributaryError>();
  log.onFailure((error) => {
    metrics.logStopped(error.code, error.message);
    reportStopped(error);
  });
  const intake = await loadIntake({ ...shared, log });
  const { registry, presence, ingest, budget } = intake;
  const reading = await openReading({ ...shared, log, presence }, opening);
  const { projection, matcher, insights, catalog } = reading;

  const eraser = new Eraser({ log, store, catalog: projection.catalog });
  await eraser.finish();

  const signIn = await loadSignIn({ folder, config, provider, registry, clock });
  const epochs = await Epochs.load({
    log,
    summarize: (logSize, signal) => projection.summarize(logSize, signal),
    clock,
    periodMs: config.epochMs,
    onFailed: (error, retryInMs) => metrics.epochFailed(error, retryInMs),
  });
  const witnesses = await WitnessList.load(log);
  const cosigning = new Cosigning({ log, witnesses, clock, events: metrics });
  const addresses = { grpc: config.grpc, web: config.web };
  const tls = await openHubTls({
    settings: config.tls,
    authority: folder.tlsAuthority,
    origin: folder.origin,
    publicAddress: config.publicAddress,
    host: config.grpc.host,
    clock,
    onFailed: (error) => metrics.tlsFailed(error),
  });
  const apis = createApis({
    ...{ folder, version, signer, log, intake, reading, signIn, eraser },
    ...{ epochs, witnesses, cosigning, tls, metrics, clock, onStep },
    publicAddress: () => config.publicAddress ?? formatAddress(addresses.grpc),
  });
  const callLog = new CallLog(logger, metrics);
  metrics.observe({
    logEntries: () => log.size,
    logQueuedBytes: () => log.queuedBytes,
    ingestBytesInMemory: () => budget.taken,
    catalogEntries: () => catalog.progress.catalogPosition,
    indexEntries: () => catalog.progress.indexPosition,
    members: () => registry.countByState(),
    cosignedEntries: () => cosigning.cosignedSize,
    isLogWriting: () => log.failure === undefined,
  });
  const isNatsConnected = () => nats?.isConnected;
  const grpc = await startServers(
    {
      ...{ config, apis, signIn, tls, log, cosigning, projection, addresses },
      ...{ sizeAtStart, isNatsConnected, callLog, metrics, clock },
    },
    opening,
  );

  if (!log.isHeld) {
    await log.append({
      type: "restart",
      statement: encodeRestart({ version, logSize: log.size }),
    });
    opening.defer(inBackground((signal) => epochs.run(signal)));
    opening.defer(inBackground((signal) => cosigning.run(signal)));
  }
  grpc.setServing(true);
  // Batches are taken meanwhile, and questions wait. What is asked less often comes last.
  projection.opened.then(() => {
    matcher.start();
    insights.start();
  }, reportStopped);
  if (natsKey !== undefined) {
    nats = opening.use(
      startNatsCourier({
        servers: config.natsServers,
        key: natsKey,
        courier: createCourierApi({ ingest, presence }),
        handlers: apis.handlers,
        authenticator: signIn.authenticator,
        callLog,
        budget,
        centers: () => registry.approved(),
        clock,
        onStep,
        events: metrics,
        random: () => (randomBytes(1)[0] as number) / 256,
      }),
    );
  }
  const running = {
    pid: process.pid,
    grpc: formatAddress(addresses.grpc),
    web: formatAddress(addresses.web),
  };
  const tellRunning = () =>
    writeRunning(folder, { ...running, certificate: tls.identity?.current.certificate });
  opening.defer(await tellRunning());
  if (tls.identity !== undefined) {
    const { identity } = tls;
    opening.defer(inBackground((signal) => identity.run(signal, tellRunning)));
  }
  const opened = opening.move();
  return {
    origin: folder.origin,
    vkey: signer.vkey,
    ...addresses,
    firstLink: signIn.accounts.firstLink(),
    isHeld: log.isHeld,
    stopped,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Begins what goes on until the hub stops. @returns How to end it. */
function inBackground(run: (signal: AbortSignal) => Promise<void>): () => Promise<void> {
  const ending = new AbortController();
  const ended = run(ending.signal);
  return () => {
    ending.abort(new TributaryError("ERR_UNAVAILABLE", "the hub is stopping"));
    return ended;
  };
}
