/**
 * Composition of what reaches the hub: couriers and calls as the center, and the certificate that they show.
 *
 * @module
 */

import {
  type Checkpoint,
  isTributaryError,
  openCheckpoint,
  type SigningKey,
  systemClock,
  TributaryError,
} from "@tributary/proto";
import { HubTerms } from "@tributary/proto/vocabulary";
import {
  type AgentFolder,
  agentFolder,
  type HubFile,
  readHubFile,
} from "./adapters/agent-folder.ts";
import { readKeyFile } from "./adapters/file-keys.ts";
import type { CallerOptions } from "./adapters/grpc-channel.ts";
import { grpcCourier } from "./adapters/grpc-courier.ts";
import { grpcHubView } from "./adapters/grpc-hub-view.ts";
import { grpcLogView } from "./adapters/grpc-log-view.ts";
import { grpcMemberClient } from "./adapters/grpc-member-client.ts";
import { readHubTerms, writeHubTerms } from "./adapters/hub-terms-file.ts";
import { natsCourier } from "./adapters/nats-courier.ts";
import { type CertificateHolder, readCertifiedKey, tlsFile } from "./adapters/tls-file.ts";
import type { AgentConfig } from "./config.ts";
import type { Courier } from "./ports/courier.ts";
import type { HubView } from "./ports/hub-view.ts";
import type { MemberClient } from "./ports/member-client.ts";
import { ensureCertificate, type HeldCertificate } from "./publish/certificate.ts";
import { switchingCourier } from "./publish/switching-courier.ts";

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

export function holderOf({ center: centerId }: HubFile, { keyId }: SigningKey): CertificateHolder {
  return { centerId, keyId };
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

/** Connections to the hub over gRPC, as the center. */
export function courierTo(folder: AgentFolder, hub: HubFile, key: SigningKey): Courier {
  return grpcCourier(callerOf(folder, hub, key));
}

export function callerOf(
  { tlsFile: path }: AgentFolder,
  hub: HubFile,
  key: SigningKey,
): CallerOptions {
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

export function notJoined(path: string): TributaryError {
  return new TributaryError(
    "ERR_NOT_JOINED",
    `the agent in ${path} has not joined a hub; ask the hub's operator for an invitation and run: tributary-agent join --folder ${path}`,
    {
      messageZh: `${path} 中的代理尚未加入任何枢纽；请向管理员索取加入码并运行 tributary-agent join --folder ${path}`,
    },
  );
}
