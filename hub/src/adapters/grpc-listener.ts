/**
 * The socket of the gRPC port: takes connections within a bound, over TLS where the hub has a certificate, and knows what
 * each connection showed of itself.
 *
 * grpc-js could listen by itself, and would tell a handler nothing of a certificate that has ended or that another
 * authority issued, nor bound the number of connections.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import {
  createServer as createTlsServer,
  type TLSSocket,
  type Server as TlsServer,
} from "node:tls";
import { readCertificateNames, TributaryError } from "@tributary/proto";
import type { TlsPeer } from "../api/tls-peer.ts";
import { ConnectionBound, type ConnectionLimits, nameOf } from "./connection-bound.ts";
import type { TlsIdentity } from "./tls-identity.ts";

export interface GrpcListenerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Undefined: without TLS. */
  readonly tls: Pick<TlsIdentity, "current" | "clientAuthority" | "onChange"> | undefined;
  readonly limits: ConnectionLimits;
  /** Takes over a connection that is ready for HTTP/2. */
  readonly onConnection: (socket: Socket) => void;
}

/** A port that listens. */
export interface GrpcListener {
  readonly port: number;
  /**
   * What the connection of a call showed.
   *
   * @param peer `address:port` of its other end.
   * @returns Undefined without TLS.
   * @throws {TributaryError} `ERR_OVERLOADED` if the connection is beyond the bound.
   */
  peerOf(peer: string): TlsPeer | undefined;
  /** Takes no more connections. Resolves when those that are open have closed. */
  stop(): Promise<void>;
  /** Cuts those that are open. */
  cut(): void;
}

const HANDSHAKE_MS = 10_000;

/** @throws {TributaryError} `ERR_PORT_IN_USE` if another program listens there. */
export async function listenForGrpc(options: GrpcListenerOptions): Promise<GrpcListener> {
  const { host, port, tls, limits, onConnection } = options;
  const bound = new ConnectionBound(limits);
  const peers = new Map<string, TlsPeer>();
  const server = tls === undefined ? createServer() : secureServer(tls);
  // Before TLS begins: a connection beyond the bound does not cost a handshake.
  server.prependListener("connection", (socket: Socket) => bound.admit(socket));
  if (tls === undefined) {
    server.on("connection", (socket: Socket) => {
      if (!socket.destroyed) onConnection(socket);
    });
  } else {
    const authority = new X509Certificate(tls.clientAuthority);
    server.on("secureConnection", (socket: TLSSocket) => {
      const name = nameOf(socket);
      peers.set(name, peerIn(socket, authority));
      socket.once("close", () => peers.delete(name));
      onConnection(socket);
    });
  }
  await listen(server, host, port);
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    peerOf(name) {
      const refusal = bound.refusalOf(name);
      if (refusal !== undefined) throw refusal;
      return tls === undefined ? undefined : (peers.get(name) ?? { certificate: undefined });
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
    cut: () => bound.cut(),
  };
}

function secureServer(tls: NonNullable<GrpcListenerOptions["tls"]>): TlsServer {
  const context = () => {
    const { certificate: cert, key } = tls.current;
    return { cert, key, ca: tls.clientAuthority };
  };
  const server = createTlsServer({
    ...context(),
    ALPNProtocols: ["h2"],
    minVersion: "TLSv1.2",
    handshakeTimeout: HANDSHAKE_MS,
    // Who joins, reads or operates has none: each call says which certificate it needs.
    requestCert: true,
    rejectUnauthorized: false,
  });
  tls.onChange(() => server.setSecureContext(context()));
  return server;
}

function peerIn(socket: TLSSocket, authority: X509Certificate): TlsPeer {
  const shown = socket.getPeerX509Certificate();
  // One that has ended is told from one of another authority by its signature: the handshake names the last of its errors
  // alone, and of a strange certificate that may be that it, or who issued it, has ended.
  const isOurs = shown !== undefined && (socket.authorized || shown.verify(authority.publicKey));
  return { certificate: isOurs ? contentOf(shown) : undefined };
}

function contentOf({ subjectAltName, validToDate }: X509Certificate): TlsPeer["certificate"] {
  const names = readCertificateNames(subjectAltName ?? "");
  return names && { ...names, expiresAtMs: validToDate.getTime() };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: Error) => reject(portInUse(host, port, cause));
    server.once("error", onError);
    server.listen({ host, port }, () => {
      server.off("error", onError);
      resolve();
    });
  });
}

function portInUse(host: string, port: number, cause: Error): TributaryError {
  return new TributaryError(
    "ERR_PORT_IN_USE",
    `${host}:${port} cannot be listened on: ${cause.message}`,
    { messageZh: `无法监听 ${host}:${port}：${cause.message}`, cause },
  );
}
