/**
 * Composition root of a hub that is being healed: agents can connect, and are asked for what was lost. Nothing else works,
 * and nothing is appended to its log.
 *
 * @module
 */

import { type Clock, isTributaryError, sha256Text, TributaryError } from "@tributary/proto";
import { CallLog } from "./adapters/call-log.ts";
import type { DataFolder } from "./adapters/data-folder.ts";
import { FileApiKeyStore } from "./adapters/file-api-key-store.ts";
import { startGrpcServer } from "./adapters/grpc-server.ts";
import { HubMetrics } from "./adapters/hub-metrics.ts";
import { openHubTls } from "./adapters/hub-tls.ts";
import { openLevelCatalogStore } from "./adapters/level-catalog-store.ts";
import { openLevelLogStore } from "./adapters/level-log-store.ts";
import type { Logger } from "./adapters/logger.ts";
import { MemoryCheckpointAnchor } from "./adapters/memory-checkpoint-anchor.ts";
import { SERVICES } from "./adapters/rpc-messages.ts";
import { type FeedHeadRequest, feedHeadOf } from "./api/ingest-api.ts";
import { membershipStatusOf } from "./api/member-api.ts";
import { createAuthenticator } from "./api/principal.ts";
import { createReclaimApi } from "./api/reclaim-api.ts";
import { withAuthorization } from "./api/rpc.ts";
import type { HubConfig, ListenAddress } from "./config.ts";
import { Eraser } from "./ingest/eraser.ts";
import { FeedTable } from "./ingest/feed-table.ts";
import { Reclaim, type ReclaimOptions } from "./ingest/reclaim.ts";
import { createCheckpointSigner } from "./log/checkpoint-signer.ts";
import { MerkleLog } from "./log/merkle-log.ts";
import type { LostBatch } from "./log/salvage.ts";
import { ApiKeys } from "./members/api-keys.ts";
import { MemberRegistry } from "./members/registry.ts";

export interface StartHealOptions extends Pick<ReclaimOptions, "onAnswer"> {
  readonly folder: DataFolder;
  /** Folder of the log that is put together; whole but for the records of what is lost. */
  readonly logFolder: string;
  readonly lost: readonly LostBatch[];
  readonly config: HubConfig;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
}

/** Asks agents as they connect. */
export interface HealingHub extends AsyncDisposable {
  readonly grpc: ListenAddress;
  readonly reclaim: Reclaim;
}

/** @throws {TributaryError} `ERR_PORT_IN_USE`: agents know no other port; what opening the stores throws. */
export async function startHealing(options: StartHealOptions): Promise<HealingHub> {
  const { folder, logFolder, lost, config, logger, clock, random, onAnswer } = options;
  const { origin, signingKey } = folder;
  await using opening = new AsyncDisposableStack();
  const store = opening.use(
    await openLevelLogStore(logFolder, { reserveBytes: config.diskReserveBytes }),
  );
  const log = await MerkleLog.open({
    store,
    // The published checkpoint was compared when the entries were.
    anchor: new MemoryCheckpointAnchor(),
    signer: createCheckpointSigner(origin, signingKey),
    clock,
    isHeld: true,
  });
  const registry = await MemberRegistry.load(log, origin);
  const feeds = await FeedTable.load((prefix) => log.facts(prefix));
  const catalog = opening.use(await openLevelCatalogStore(folder.catalogFolder));
  const eraser = new Eraser({
    log,
    store,
    // It may be damaged too; then what a release was judged to be is judged anew.
    catalog: { fact: async (name) => catalog.fact(name).catch(undefinedIfDamaged) },
  });
  const reclaim = new Reclaim({
    lost,
    keep: ({ position, header }, records) => eraser.putBack(header.centerId, position, records),
    ...(onAnswer && { onAnswer }),
  });
  const apiKeys = await ApiKeys.load({
    store: new FileApiKeyStore(folder.apiKeyFile),
    clock,
    random,
  });
  const metrics = new HubMetrics(logger);
  const { identity } = await openHubTls({
    settings: config.tls,
    authority: folder.tlsAuthority,
    origin,
    publicAddress: config.publicAddress,
    host: config.grpc.host,
    clock,
    onFailed: (error) => metrics.tlsFailed(error),
  });
  const server = opening.use(
    await startGrpcServer({
      ...config.grpc,
      tls: identity,
      limits: config.connections,
      handlers: withAuthorization({
        ...closedHandlers(),
        "IngestService.FeedHead": {
          type: "unary",
          call: async ({ centerId, feedId }: FeedHeadRequest) =>
            feedHeadOf(feeds.get(centerId, feedId.length === 0 ? undefined : feedId)),
        },
        "IngestService.Publish": {
          type: "bidi-streaming",
          call: createReclaimApi(reclaim).publish,
        },
        "MemberService.GetStatus": {
          type: "unary",
          call: async ({ centerId }: { readonly centerId: string }) =>
            membershipStatusOf(registry, centerId),
        },
      }),
      authenticator: createAuthenticator({
        hubOrigin: origin,
        registry,
        apiKeys,
        sessions: { get: () => undefined },
        accessTokens: undefined,
        clock,
        adminTokenHash: sha256Text(folder.adminToken),
      }),
      callLog: new CallLog(logger, metrics),
      clock,
    }),
  );
  const running = opening.move();
  return {
    grpc: { host: config.grpc.host, port: server.port },
    reclaim,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function undefinedIfDamaged(error: unknown): undefined {
  if (!isTributaryError(error, "ERR_STORE_DAMAGED")) throw error;
}

/** Every call of every service, refused. */
function closedHandlers(): Parameters<typeof withAuthorization>[0] {
  const closed = () => {
    throw new TributaryError(
      "ERR_UNAVAILABLE",
      "the hub is being healed and answers nothing meanwhile",
      { messageZh: "枢纽正在修复，暂不提供服务" },
    );
  };
  const types = {
    unary: "unary",
    server_streaming: "server-streaming",
    bidi_streaming: "bidi-streaming",
    client_streaming: "unary",
  } as const;
  const handlers = SERVICES.flatMap(({ name, methods }) =>
    methods.map((method) => [
      `${name}.${method.name}`,
      { type: types[method.methodKind], call: closed },
    ]),
  );
  return Object.fromEntries(handlers) as Parameters<typeof withAuthorization>[0];
}
