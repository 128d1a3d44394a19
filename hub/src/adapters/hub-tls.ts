/**
 * What the settings make of TLS: with which certificate the port shows itself, what join codes tell agents to trust, and
 * who issues the certificates of centers.
 *
 * @module
 */

import { type Clock, TributaryError } from "@tributary/proto";
import type { CertificateIssuer } from "../ports/certificate-issuer.ts";
import type { TlsFiles } from "./tls-identity.ts";
import { TlsIdentity } from "./tls-identity.ts";
import { openX509Authority } from "./x509-authority.ts";

export interface HubTlsOptions {
  readonly settings: {
    readonly mode: "off" | "on" | "proxy";
    readonly files: TlsFiles | undefined;
    readonly centerLifeMs: number;
  };
  readonly authority: { readonly certificateFile: string; readonly keyFile: string };
  readonly origin: string;
  /** `host:port` under which agents reach the port; undefined: where it listens. */
  readonly publicAddress: string | undefined;
  /** Where it listens. */
  readonly host: string;
  readonly clock: Clock;
  readonly onFailed: (error: TributaryError) => void;
}

export interface HubTls {
  readonly trust: { readonly tls: boolean; readonly ca: string | undefined };
  readonly certificates: CertificateIssuer;
  /** Undefined where the port speaks without TLS. */
  readonly identity: TlsIdentity | undefined;
}

/** Under these a hub is reached on its own machine. */
const OWN_HOSTS = ["localhost", "127.0.0.1", "::1"];

/** @throws {TributaryError} `ERR_CONFIG_INVALID` if a certificate or key cannot be used. */
export async function openHubTls(options: HubTlsOptions): Promise<HubTls> {
  const { mode, files, centerLifeMs } = options.settings;
  if (mode !== "on") {
    const trust = { tls: mode === "proxy", ca: undefined };
    return {
      trust,
      certificates: { issue: () => Promise.reject(unsupported()) },
      identity: undefined,
    };
  }
  const { origin, publicAddress, host, clock, onFailed } = options;
  const authority = await openX509Authority({ ...options.authority, origin, clock, centerLifeMs });
  const named = publicAddress === undefined ? [] : [hostOf(publicAddress)];
  const hosts = [...new Set([...named, host, ...OWN_HOSTS])];
  return {
    trust: { tls: true, ca: files === undefined ? authority.certificate : undefined },
    certificates: authority,
    identity: await TlsIdentity.open({ authority, files, hosts, clock, onFailed }),
  };
}

function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(":")).replace(/^\[|\]$/g, "");
}

function unsupported(): TributaryError {
  return new TributaryError(
    "ERR_UNSUPPORTED",
    "this hub's port speaks without TLS, so that it issues no certificates",
    { messageZh: "本枢纽端口未启用 TLS，不签发证书" },
  );
}
