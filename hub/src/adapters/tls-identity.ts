/**
 * With which certificate the hub's gRPC port shows itself: one of the hub's own authority, made anew before it ends, or
 * the operator's files, read anew when they change.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { type Clock, isTributaryError, TributaryError } from "@tributary/proto";
import { type CertifiedKey, HUB_LIFE_MS, type X509Authority } from "./x509-authority.ts";

/** Files of the operator, PEM. */
export interface TlsFiles {
  /** The certificate, and those between it and a root. */
  readonly certificate: string;
  readonly key: string;
}

export interface TlsIdentityOptions {
  readonly authority: X509Authority;
  /** Undefined: the hub's own authority issues the certificate. */
  readonly files: TlsFiles | undefined;
  /** Names and addresses of the port. */
  readonly hosts: readonly string[];
  readonly clock: Clock;
  /** A change could not be made, and what was shown before is shown on. */
  readonly onFailed: (error: TributaryError) => void;
}

/** How often the certificate is looked at. */
const LOOK_MS = 60_000;

/** The certificate of the port. One owner. */
export class TlsIdentity {
  readonly #options: TlsIdentityOptions;
  #current: CertifiedKey;
  #listener: () => void = () => undefined;

  private constructor(options: TlsIdentityOptions, current: CertifiedKey) {
    this.#options = options;
    this.#current = current;
  }

  /** @throws {TributaryError} `ERR_CONFIG_INVALID` if the operator's files cannot be used. */
  static async open(options: TlsIdentityOptions): Promise<TlsIdentity> {
    return new TlsIdentity(options, await made(options));
  }

  /** What is shown now. */
  get current(): CertifiedKey {
    return this.#current;
  }

  /** Certificates that callers' certificates have to be issued by, PEM. */
  get clientAuthority(): string {
    return this.#options.authority.certificate;
  }

  /** Calls back at each change: the port shows it from then on. One listener. */
  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  /** Keeps it current until aborted. @param tell Called after each change, for who has to know what is shown. */
  async run(signal: AbortSignal, tell: () => Promise<unknown>): Promise<void> {
    const { clock, onFailed } = this.#options;
    while (!signal.aborted) {
      await clock.sleep(LOOK_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
      try {
        if (await this.look()) await tell();
      } catch (error) {
        if (!isTributaryError(error)) throw error;
        onFailed(error);
      }
    }
  }

  /** Makes or reads the certificate anew if it is time. @returns Whether it changed. @throws {TributaryError} `ERR_CONFIG_INVALID` */
  async look(): Promise<boolean> {
    const { files, clock } = this.#options;
    if (files === undefined) {
      const endsAtMs = new X509Certificate(this.#current.certificate).validToDate.getTime();
      if (endsAtMs - clock.now() > HUB_LIFE_MS / 3) return false;
    }
    const next = await made(this.#options);
    if (next.certificate === this.#current.certificate) return false;
    this.#current = next;
    this.#listener();
    return true;
  }
}

function made({ authority, files, hosts }: TlsIdentityOptions): Promise<CertifiedKey> {
  return files === undefined ? authority.issueForHub(hosts) : readFiles(files);
}

async function readFiles(files: TlsFiles): Promise<CertifiedKey> {
  try {
    const certificate = await readFile(files.certificate, "utf8");
    const key = await readFile(files.key, "utf8");
    // Fails where the two do not belong together.
    createSecureContext({ cert: certificate, key });
    return { certificate, key };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TributaryError(
      "ERR_CONFIG_INVALID",
      `${files.certificate} and ${files.key} cannot be used for TLS: ${why}`,
      { messageZh: `${files.certificate} 与 ${files.key} 无法用于 TLS：${why}`, cause },
    );
  }
}
