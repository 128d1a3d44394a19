/**
 * The hub's own certificate authority: it issues the certificates of centers, and one for the hub's port.
 *
 * ECDSA on P-256 throughout, which every TLS library speaks. Nothing is revoked by a list: a center's certificate is
 * short-lived, and each call compares it with the membership.
 *
 * @module
 */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import {
  type CertificateNames,
  type Clock,
  certificateUris,
  randomBytes,
  TributaryError,
  toHex,
} from "@tributary/proto";
import type { CertificateIssuer } from "../ports/certificate-issuer.ts";
import { readOptional, replaceFile } from "./small-file.ts";

/** A certificate and its private key, PEM. */
export interface CertifiedKey {
  readonly certificate: string;
  readonly key: string;
}

export interface X509Authority extends CertificateIssuer {
  /** Its own certificate, PEM: what agents trust. */
  readonly certificate: string;
  /** Issues a certificate for the hub's port, with a new key. @param hosts Names and addresses of the port. */
  issueForHub(hosts: readonly string[]): Promise<CertifiedKey>;
}

export interface X509AuthorityOptions {
  /** Where its certificate is, PEM; made with the key if there is none. */
  readonly certificateFile: string;
  /** Where its private key is, PEM (PKCS#8); for the owner only. */
  readonly keyFile: string;
  /** Origin of the hub, for people who look at certificates. */
  readonly origin: string;
  readonly clock: Clock;
  /** For how long a center's certificate is good; ms. */
  readonly centerLifeMs: number;
}

const DAY_MS = 86_400_000;
const AUTHORITY_LIFE_MS = 20 * 365 * DAY_MS;
/** For how long a certificate of the hub's port is good. */
export const HUB_LIFE_MS: number = 30 * DAY_MS;
/** Clocks of agents may be behind ours by as much. */
const BACKDATED_MS = DAY_MS;

const KEY = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };

/**
 * Opens the authority, or makes it.
 *
 * @throws {TributaryError} `ERR_CONFIG_INVALID` if one of its files is missing or damaged, or they do not belong together.
 */
export async function openX509Authority(options: X509AuthorityOptions): Promise<X509Authority> {
  const { origin, clock, centerLifeMs } = options;
  // A third of a second that only a hub with TLS pays; the library needs its metadata polyfill before it.
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const { subtle } = globalThis.crypto;
  const own = (await readAuthority(options)) ?? (await makeAuthority());
  const signingKey = await subtle
    .importKey("pkcs8", fromPem(own.key), KEY, false, ["sign"])
    .catch((cause) => {
      throw damaged(options, cause);
    });
  const issuer = new x509.X509Certificate(own.certificate);

  return {
    certificate: own.certificate,

    async issue(names, tlsPublicKey) {
      const publicKey = await subtle
        .importKey("spki", new Uint8Array(tlsPublicKey), KEY, true, ["verify"])
        .catch((cause) => {
          throw notP256(cause);
        });
      const nowMs = clock.now();
      const certificate = await x509.X509CertificateGenerator.create({
        ...common(nowMs, nowMs + centerLifeMs),
        subject: `CN=${names.centerId}`,
        issuer: issuer.subject,
        publicKey,
        signingKey,
        extensions: [...leafExtensions("1.3.6.1.5.5.7.3.2"), urisOf(names)],
      });
      return new Uint8Array(certificate.rawData);
    },

    async issueForHub(hosts) {
      const keys = await subtle.generateKey(KEY, true, ["sign", "verify"]);
      const nowMs = clock.now();
      const certificate = await x509.X509CertificateGenerator.create({
        ...common(nowMs - BACKDATED_MS, nowMs + HUB_LIFE_MS),
        subject: `CN=${escaped(origin)}`,
        issuer: issuer.subject,
        publicKey: keys.publicKey,
        signingKey,
        extensions: [
          ...leafExtensions("1.3.6.1.5.5.7.3.1"),
          new x509.SubjectAlternativeNameExtension(
            hosts.map((value) => ({
              type: isIP(value) === 0 ? "dns" : ("ip" as "dns" | "ip"),
              value,
            })),
          ),
        ],
      });
      return {
        certificate: `${certificate.toString("pem")}\n`,
        key: keyPem(await subtle.exportKey("pkcs8", keys.privateKey)),
      };
    },
  };

  async function makeAuthority(): Promise<CertifiedKey> {
    const keys = await subtle.generateKey(KEY, true, ["sign", "verify"]);
    const nowMs = clock.now();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      ...common(nowMs - BACKDATED_MS, nowMs + AUTHORITY_LIFE_MS),
      name: `CN=${escaped(`${origin} CA`)}`,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    const made = {
      certificate: `${certificate.toString("pem")}\n`,
      key: keyPem(await subtle.exportKey("pkcs8", keys.privateKey)),
    };
    // The key first: a certificate without its key would be found damaged.
    await replaceFile(options.keyFile, made.key, 0o600);
    await replaceFile(options.certificateFile, made.certificate, 0o600);
    return made;
  }

  function common(fromMs: number, untilMs: number) {
    return {
      // Positive, and 127 bits of it random (RFC 5280, section 4.1.2.2).
      serialNumber: `4${toHex(randomBytes(16)).slice(1)}`,
      notBefore: new Date(fromMs),
      notAfter: new Date(untilMs),
      signingAlgorithm: SIGNATURE,
    };
  }

  function leafExtensions(usage: string) {
    return [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([usage], true),
    ];
  }

  function urisOf(names: CertificateNames) {
    return new x509.SubjectAlternativeNameExtension(
      certificateUris(names).map((value) => ({ type: "url" as const, value })),
    );
  }

  function keyPem(pkcs8: ArrayBuffer): string {
    return `${x509.PemConverter.encode(pkcs8, "PRIVATE KEY")}\n`;
  }
}

/** What the files hold; undefined if there is no authority yet. */
async function readAuthority(options: X509AuthorityOptions): Promise<CertifiedKey | undefined> {
  const [certificate, key] = await Promise.all([
    readOptional(options.certificateFile),
    readOptional(options.keyFile),
  ]);
  // A crash between the two files leaves a key alone: nobody has heard of it.
  if (certificate === undefined) return undefined;
  try {
    if (key === undefined) throw new Error(`${options.keyFile} is missing`);
    if (new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) {
      return { certificate, key };
    }
    throw new Error("the key is of another certificate");
  } catch (cause) {
    throw damaged(options, cause);
  }
}

function fromPem(pem: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64"));
}

/** A text in a distinguished name (RFC 4514, section 2.4). */
function escaped(text: string): string {
  return text.replace(/[",+;<>\\=#]/g, "\\$&");
}

function notP256(cause: unknown): TributaryError {
  return new TributaryError(
    "ERR_ARGUMENT_INVALID",
    "the key for TLS is not an ECDSA key on P-256 as SubjectPublicKeyInfo in DER",
    {
      messageZh: "TLS 公钥须为 P-256 曲线上的 ECDSA 公钥（DER 编码的 SubjectPublicKeyInfo）",
      cause,
    },
  );
}

function damaged({ certificateFile, keyFile }: X509AuthorityOptions, cause: unknown) {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new TributaryError(
    "ERR_CONFIG_INVALID",
    `${certificateFile} and ${keyFile} are not a certificate and its key (${why}); put both back from a copy: centers trust exactly this certificate`,
    {
      messageZh: `${certificateFile} 与 ${keyFile} 不是一对有效的证书与私钥（${why}）；请从副本恢复二者：各中心只信任该证书`,
      cause,
    },
  );
}
