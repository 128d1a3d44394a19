/**
 * Composition root: builds the adapters of a hub, hands them over, and takes them down in reverse order.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import {
  type Clock,
  encodeRestart,
  isTributaryError,
  randomBytes,
  sha256Text,
  systemClock,
  TributaryError,
} from "@tributary/proto";
import { CallLog } from "./adapters/call-log.ts";
import {
  openDataFolder,
  readRestored,
  writeRestored,
  writeRunning,
} from "./adapters/data-folder.ts";
import { readEmbeddingModelFolder } from "./adapters/embedding-model-folder.ts";
import { FileAccountStore } from "./adapters/file-account-store.ts";
import { FileApiKeyStore } from "./adapters/file-api-key-store.ts";
import { FileCheckpointAnchor } from "./adapters/file-checkpoint-anchor.ts";
import { FileInvitationStore } from "./adapters/file-invitation-store.ts";
import { startGrpcServer } from "./adapters/grpc-server.ts";
import { CALLBACK } from "./adapters/http-organisation.ts";
import { type Readiness, startHttpServer } from "./adapters/http-server.ts";
import { HubMetrics } from "./adapters/hub-metrics.ts";
import { openHubTls } from "./adapters/hub-tls.ts";
import { openJwksAccessTokens } from "./adapters/jwks-access-tokens.ts";
import { openLevelLogStore } from "./adapters/level-log-store.ts";
import type { Logger } from "./adapters/logger.ts";
import { type NatsCourier, startNatsCourier } from "./adapters/nats-courier.ts";
import { readNatsHubKey } from "./adapters/nats-folder.ts";
import { openOpenidProvider } from "./adapters/openid-provider.ts";
import { ScryptPasswords } from "./adapters/scrypt-passwords.ts";
import { StoreLife } from "./adapters/store-life.ts";
import { WorkerInsights } from "./adapters/worker-insights.ts";
import { WorkerMatcher } from "./adapters/worker-matcher.ts";
import { openProjection, type Projection } from "./adapters/worker-projection.ts";
import { createAccessApi } from "./api/access-api.ts";
import { createAccountApi } from "./api/account-api.ts";
import { createAdminApi } from "./api/admin-api.ts";
import { createAssessmentApi } from "./api/assessment-api.ts";
import { createBenchmarkApi } from "./api/benchmark-api.ts";
import { ByteBudget } from "./api/byte-budget.ts";
import { CatalogStatus } from "./api/catalog-status.ts";
import { createCollectionApi } from "./api/collection-api.ts";
import { createCourierApi } from "./api/courier-api.ts";
import { createCurationApi } from "./api/curation-api.ts";
import { createPreview } from "./api/curation-preview.ts";
import { CurationQueue } from "./api/curation-queue.ts";
import { createEntityApi } from "./api/entity-api.ts";
import { createHandlers } from "./api/handlers.ts";
import { createIngestApi } from "./api/ingest-api.ts";
import { createInsightApi } from "./api/insight-api.ts";
import { createLogApi } from "./api/log-api.ts";
import { createMatchApi } from "./api/match-api.ts";
import { createMemberApi } from "./api/member-api.ts";
import { createOffboard } from "./api/offboard.ts";
import { createAuthenticator, type Principal } from "./api/principal.ts";
import { createQueryApi } from "./api/query.ts";
import { readerOf } from "./api/reader.ts";
import { createReconciliation } from "./api/reconciliation.ts";
import { createVocabularyApi } from "./api/vocabulary-api.ts";
import { createVoucherApi } from "./api/voucher-api.ts";
import { createWitnessApi } from "./api/witness-api.ts";
import type { HubConfig, ListenAddress } from "./config.ts";
import { Eraser } from "./ingest/eraser.ts";
import { FeedTable } from "./ingest/feed-table.ts";
import { Ingest } from "./ingest/ingest.ts";
import { QuotaMeter } from "./ingest/quota.ts";
import { createCheckpointSigner } from "./log/checkpoint-signer.ts";
import { Cosigning } from "./log/cosigning.ts";
import { Epochs } from "./log/epochs.ts";
import { MerkleLog } from "./log/merkle-log.ts";
import type { OnStep } from "./log/steps.ts";
import { WitnessList } from "./log/witness-list.ts";
import { Accounts } from "./members/accounts.ts";
import { ApiKeys } from "./members/api-keys.ts";
import { Membership } from "./members/membership.ts";
import { OrganisationSignIn } from "./members/organisation-sign-in.ts";
import { PresenceBoard } from "./members/presence.ts";
import { MemberRegistry } from "./members/registry.ts";

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

/** How many ports after the wished one are tried. */
const PORTS_TRIED = 20;

const CONSOLE_FOLDER = fileURLToPath(new URL("../console/dist", import.meta.url));

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
  const { organisation } = config;
  const provider =
    organisation &&
    (await openOpenidProvider({
      ...organisation,
      redirectUri: organisation.hubUrl + CALLBACK,
      clock,
      onFailed: (reason) => metrics.signInFailed(reason),
    }));

  const life = opening.use(await StoreLife.open(folder));
  // The first to open the store is the last to close it: other threads share its handle.
  const store = opening.use(
    await openLevelLogStore(folder.logFolder, { reserveBytes: config.diskReserveBytes }),
  );
  await life.begin((reason) => metrics.projectionRebuilt(reason));
  const log = await MerkleLog.open({
    store,
    anchor: new FileCheckpointAnchor(folder.checkpointFile, config.anchorFile),
    signer,
    clock,
    onStep,
    isHeld: !acceptRestored && (await readRestored(folder)) !== undefined,
  });
  // Not before the log was compared with the newest checkpoint.
  if (acceptRestored) await writeRestored(folder, undefined);
  opening.defer(() => log.settled());
  const sizeAtStart = log.size;
  const { promise: stopped, resolve: reportStopped } = Promise.withResolvers<TributaryError>();
  log.onFailure((error) => {
    metrics.logStopped(error.code, error.message);
    reportStopped(error);
  });

  const registry = await MemberRegistry.load(log, folder.origin);
  const feeds = await FeedTable.load((prefix) => log.facts(prefix));
  const presence = new PresenceBoard(clock);
  const membership = new Membership({
    log,
    registry,
    feeds,
    invitations: new FileInvitationStore(folder.invitationFile),
    hubOrigin: folder.origin,
    events: metrics,
    clock,
    random: randomBytes,
  });
  const ingest = new Ingest({
    log,
    feeds,
    members: registry,
    quota: new QuotaMeter(config.quota, clock),
    events: metrics,
    hubOrigin: folder.origin,
    onStep,
  });
  const budget = new ByteBudget(config.ingestMemoryBytes);

  let matcher: WorkerMatcher | undefined;
  const projection = opening.use(
    await openProjection({
      logFolder: folder.logFolder,
      catalogFolder: folder.catalogFolder,
      indexFolder: folder.indexFolder,
      semanticFolder: folder.semanticFolder,
      semanticModelFolder: config.semanticModelFolder,
      logSize: log.size,
      clock,
      random: () => (randomBytes(1)[0] as number) / 256,
      onStopped: (error, restartInMs) => metrics.projectionStopped(error, restartInMs),
      onSemanticStopped: (error, restartInMs) => metrics.semanticStopped(error, restartInMs),
      onRebuild: (reason) => {
        metrics.projectionRebuilt(reason);
        matcher?.reset();
      },
      onProgress: () => {
        onStep("index");
        matcher?.follow();
      },
    }),
  );
  // After the projection, whose store it shares.
  matcher = opening.use(
    new WorkerMatcher({
      catalogFolder: folder.catalogFolder,
      clock,
      onFailed: (error) => metrics.matchingFailed(error),
    }),
  );
  const catalogPosition = () => projection.progress.catalogPosition;
  const insights = opening.use(
    new WorkerInsights({
      catalogFolder: folder.catalogFolder,
      catalogPosition,
      clock,
      onFailed: (error) => metrics.insightFailed(error),
    }),
  );
  opening.defer(log.follow(({ size }) => projection.follow(size)));
  const catalog = new CatalogStatus(projection.catalog, () => projection.progress);
  const reading = {
    catalog: projection.catalog,
    index: projection.index,
    catalogPosition,
    lastHeardMs: (centerId: string) => presence.get(centerId)?.lastSeenMs,
    clock,
    staleAfterMs: config.staleAfterMs,
  };
  const query = createQueryApi({
    ...reading,
    log,
    waitBeyond: (position, signal) => projection.waitBeyond(position, signal),
  });

  const eraser = new Eraser({ log, store, catalog: projection.catalog });
  await eraser.finish();

  const { accessTokens } = config;
  const apiKeys = await ApiKeys.load({
    store: new FileApiKeyStore(folder.apiKeyFile),
    clock,
    random: randomBytes,
  });
  const accounts = await Accounts.load({
    store: new FileAccountStore(folder.accountFile),
    passwords: new ScryptPasswords(),
    clock,
    random: randomBytes,
  });
  const signIn =
    organisation &&
    provider &&
    new OrganisationSignIn({
      provider,
      rules: organisation,
      sessions: accounts.sessions,
      clock,
      random: randomBytes,
    });
  const authenticator = createAuthenticator({
    hubOrigin: folder.origin,
    registry,
    apiKeys,
    sessions: accounts.sessions,
    accessTokens: accessTokens && (await openJwksAccessTokens({ ...accessTokens, clock })),
    clock,
    adminTokenHash: sha256Text(folder.adminToken),
  });
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
  const publicAddress = () => config.publicAddress ?? formatAddress(addresses.grpc);
  const tls = await openHubTls({
    settings: config.tls,
    authority: folder.tlsAuthority,
    origin: folder.origin,
    publicAddress: config.publicAddress,
    host: config.grpc.host,
    clock,
    onFailed: (error) => metrics.tlsFailed(error),
  });
  const entity = createEntityApi(reading);
  const readerFor = (principal: Principal) => readerOf(principal, registry);
  const handlers = createHandlers({
    access: createAccessApi(apiKeys),
    account: createAccountApi(accounts, organisation !== undefined),
    admin: createAdminApi({
      membership,
      registry,
      presence,
      feeds,
      log,
      catalog,
      eraser,
      hubOrigin: folder.origin,
      hubVkey: signer.vkey,
      publicAddress,
      trust: tls.trust,
      version,
    }),
    assessment: createAssessmentApi({ ...reading, log, insights, random: randomBytes }),
    benchmark: createBenchmarkApi({ ...reading, log, insights, random: randomBytes }),
    collection: createCollectionApi(reading),
    curation: createCurationApi({
      catalog: projection.catalog,
      log,
      preview: createPreview({ ...reading, list: query.list }),
      queue: new CurationQueue({ ...reading, status: catalog, registry, log }),
      feeds,
      registry,
      hubOrigin: folder.origin,
      events: metrics,
      random: randomBytes,
    }),
    entity,
    ingest: createIngestApi({
      ingest,
      catalog: projection.catalog,
      presence,
      budget,
      clock,
      onStep,
    }),
    insight: createInsightApi({ ...reading, insights }),
    log: createLogApi({ log, vkey: signer.vkey, epochs, cosigning }),
    match: createMatchApi({ ...reading, matcher }),
    member: createMemberApi({
      membership,
      registry,
      presence,
      hubOrigin: folder.origin,
      hubVkey: signer.vkey,
      certificates: tls.certificates,
      offboard: createOffboard({
        ...reading,
        log,
        eraser,
        hubOrigin: folder.origin,
        signingKey: folder.signingKey,
        waitUntilSearchable: (logSize, signal) => projection.waitUntilSearchable(logSize, signal),
        nowMs: () => clock.now(),
      }),
    }),
    query,
    vocabulary: createVocabularyApi({ catalog: projection.catalog, search: query.search }),
    voucher: createVoucherApi({ ...reading, insights }),
    witness: createWitnessApi({ witnesses, cosigning, registry }),
    readerOf: readerFor,
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

  const grpc = opening.use(
    await onFreePort(config.grpc, (address) =>
      startGrpcServer({
        ...address,
        tls: tls.identity,
        limits: config.connections,
        handlers,
        authenticator,
        callLog,
        clock,
      }),
    ),
  );
  addresses.grpc = { host: config.grpc.host, port: grpc.port };
  const web = opening.use(
    await onFreePort(config.web, (address) =>
      startHttpServer({
        ...address,
        handlers,
        authenticator,
        callLog,
        readiness: () => readinessOf(log, projection, sizeAtStart, nats?.isConnected),
        metrics,
        reconciliation: {
          reconciliation: createReconciliation({
            catalog: projection.catalog,
            search: query.search,
            entity,
            hubOrigin: folder.origin,
          }),
          readerOf: readerFor,
        },
        organisation: signIn && {
          signIn,
          isSecure: organisation?.hubUrl.startsWith("https:") === true,
        },
        logFiles: {
          checkpoint: () => cosigning.checkpoint ?? log.head?.checkpoint,
          tile: (path, width) => log.tile(path, width),
          entryBundle: (index, width) => log.entryBundle(index, width),
        },
        consoleFolder: CONSOLE_FOLDER,
        connections: config.connections,
        requestsPerMinute: config.webRequestsPerMinute,
        clock,
      }),
    ),
  );
  addresses.web = { host: config.web.host, port: web.port };

  if (!log.isHeld) {
    await log.append({
      type: "restart",
      statement: encodeRestart({ version, logSize: log.size }),
    });
  }
  if (!log.isHeld) {
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
        handlers,
        authenticator,
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
    firstLink: accounts.firstLink(),
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

/**
 * Ready means: batches are taken and answers rest on the log as it was at the start. How far answers are behind it
 * from then on is a metric, not a reason to send visitors away.
 */
function readinessOf(
  log: MerkleLog,
  { progress, isRunning }: Projection,
  startedAt: number,
  isNatsConnected: boolean | undefined,
): Readiness {
  const { catalogPosition, indexPosition } = progress;
  const isCaughtUp = indexPosition >= startedAt;
  return {
    isReady: log.failure === undefined && !log.isHeld && isRunning && isCaughtUp,
    dependencies: {
      log: { status: log.failure?.code ?? (log.isHeld ? "held" : "ok"), size: log.size },
      projector: {
        status: !isRunning ? "restarting" : isCaughtUp ? "ok" : "catching up",
        catalogPosition,
        indexPosition,
      },
      // No reason to send anybody away: batches come over gRPC meanwhile.
      ...(isNatsConnected !== undefined && {
        nats: { status: isNatsConnected ? "ok" : "connecting" },
      }),
    },
  };
}

/** `host:port`, with brackets around an IPv6 host. */
export function formatAddress({ host, port }: ListenAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Tries the wished port and those after it. */
async function onFreePort<T>(
  wished: ListenAddress,
  start: (address: ListenAddress) => Promise<T>,
): Promise<T> {
  for (let port = wished.port; ; port += 1) {
    try {
      return await start({ host: wished.host, port });
    } catch (error) {
      const isLast = wished.port === 0 || port >= wished.port + PORTS_TRIED || port >= 65_535;
      if (!isTributaryError(error, "ERR_PORT_IN_USE") || isLast) throw error;
    }
  }
}
