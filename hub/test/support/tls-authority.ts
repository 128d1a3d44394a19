/**
 * Authorities and certificates for tests of TLS.
 *
 * @module
 */

import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CertificateNames, type Clock, systemClock } from "@tributary/proto";
import {
  type CertifiedKey,
  openX509Authority,
  type X509Authority,
  type X509AuthorityOptions,
} from "../../src/adapters/x509-authority.ts";

/** An authority in a folder of its own. */
export function testAuthority(
  options: {
    readonly clock?: Clock;
    readonly folder?: string;
    /** Default: in `folder`. */
    readonly files?: Pick<X509AuthorityOptions, "certificateFile" | "keyFile">;
  } = {},
): Promise<X509Authority> {
  const { clock = systemClock } = options;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "tributary-ca-"));
  const { files = { certificateFile: join(folder, "ca.crt"), keyFile: join(folder, "ca.key") } } =
    options;
  return openX509Authority({
    ...files,
    origin: "hub.example/log",
    clock,
    centerLifeMs: 60_000,
  });
}

/** A certificate of an authority for a center, and its key. */
export async function certified(
  authority: X509Authority,
  names: CertificateNames,
): Promise<CertifiedKey> {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ format: "der", type: "spki" });
  const der = await authority.issue(names, new Uint8Array(spki));
  return {
    certificate: new X509Certificate(der).toString(),
    key: String(privateKey.export({ format: "pem", type: "pkcs8" })),
  };
}
