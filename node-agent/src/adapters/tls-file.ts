/**
 * The agent's certificate for TLS and its key, in one file, so that the two always belong together.
 *
 * @module
 */

import { createPrivateKey, generateKeyPair, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { equalBytes, readCertificateNames } from "@tributary/proto";
import type { CertificateStore, HeldCertificate } from "../publish/certificate.ts";
import { replaceFile } from "./file-write.ts";

/** Of whom a certificate has to be. */
export interface CertificateHolder {
  readonly centerId: string;
  /** Of the center's key now. */
  readonly keyId: Uint8Array;
}

/**
 * The certificate and its key for a new connection, PEM; undefined if there is none that could be shown.
 *
 * Read for each connection, of which there are few, so that a renewal is in force with the next one.
 */
export function readCertifiedKey(
  path: string,
): { readonly certificate: string; readonly key: string } | undefined {
  try {
    const text = readFileSync(path, "utf8");
    const certificate = new X509Certificate(text);
    const key = createPrivateKey(text);
    if (!certificate.checkPrivateKey(key)) return undefined;
    return { certificate: text, key: text };
  } catch {
    return undefined; // missing or damaged: it is asked for anew, and the hub says what a call without it lacks
  }
}

/** The certificate in a file, for its renewal. @param holder Who holds it now: a center may change its key. */
export function tlsFile(path: string, holder: () => CertificateHolder): CertificateStore {
  return {
    async read() {
      const text = readCertifiedKey(path)?.certificate;
      return text === undefined ? undefined : contentOf(text, holder());
    },
    async makeKey() {
      const { privateKey, publicKey } = await promisify(generateKeyPair)("ec", {
        namedCurve: "P-256",
      });
      const pem = privateKey.export({ format: "pem", type: "pkcs8" });
      return {
        publicKey: new Uint8Array(publicKey.export({ format: "der", type: "spki" })),
        keep: (certificate) => {
          const text = new X509Certificate(certificate).toString();
          return replaceFile(path, `${text}${pem}`, 0o600);
        },
      };
    },
  };
}

function contentOf(pem: string, { centerId, keyId }: CertificateHolder): HeldCertificate {
  const { validFromDate, validToDate, subjectAltName } = new X509Certificate(pem);
  const names = readCertificateNames(subjectAltName ?? "");
  return {
    fromMs: validFromDate.getTime(),
    untilMs: validToDate.getTime(),
    isCurrent: names?.centerId === centerId && equalBytes(names.keyId, keyId),
  };
}
