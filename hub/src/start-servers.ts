/**
 * Composition of the two ports: gRPC for agents and programs, HTTP for the page, JSON and the log's files.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { type Clock, isTributaryError } from "@tributary/proto";
import type { CallLog } from "./adapters/call-log.ts";
import { type GrpcServer, startGrpcServer } from "./adapters/grpc-server.ts";
import { type Readiness, startHttpServer } from "./adapters/http-server.ts";
import type { HubMetrics } from "./adapters/hub-metrics.ts";
import type { HubTls } from "./adapters/hub-tls.ts";
import type { Projection } from "./adapters/worker-projection.ts";
import type { HubConfig, ListenAddress } from "./config.ts";
import type { Cosigning } from "./log/cosigning.ts";
import type { MerkleLog } from "./log/merkle-log.ts";
import type { Apis } from "./start-apis.ts";
import type { SignIn } from "./start-sign-in.ts";

/** How many ports after the wished one are tried. */
const PORTS_TRIED = 20;

const CONSOLE_FOLDER = fileURLToPath(new URL("../console/dist", import.meta.url));

export interface ServersOptions {
  readonly config: HubConfig;
  readonly apis: Apis;
  readonly signIn: SignIn;
  readonly tls: HubTls;
  readonly log: MerkleLog;
  /** Entries of the log when it was opened. */
  readonly sizeAtStart: number;
  readonly cosigning: Cosigning;
  readonly projection: Projection;
  readonly isNatsConnected: () => boolean | undefined;
  readonly callLog: CallLog;
  readonly metrics: HubMetrics;
  readonly clock: Clock;
  /** Where it listens; each is replaced by the one that it got as soon as it has it. */
  readonly addresses: { grpc: ListenAddress; web: ListenAddress };
}

/**
 * Listens on both ports. Health says that nothing is served until it is told otherwise.
 *
 * @param opening Closes what is opened here.
 * @throws {TributaryError} `ERR_PORT_IN_USE`.
 */
export async function startServers(
  options: ServersOptions,
  opening: AsyncDisposableStack,
): Promise<GrpcServer> {
  const { config, apis, signIn, tls, log, cosigning, projection, addresses } = options;
  const { sizeAtStart, isNatsConnected, callLog, metrics, clock } = options;
  const { handlers, reconciliation } = apis;
  const { authenticator, organisation } = signIn;
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
        readiness: () => readinessOf(log, projection, sizeAtStart, isNatsConnected()),
        metrics,
        reconciliation,
        organisation: organisation && {
          signIn: organisation,
          isSecure: config.organisation?.hubUrl.startsWith("https:") === true,
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
  return grpc;
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
