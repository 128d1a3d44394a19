/**
 * Settings of a hub: command line over environment over defaults, checked before anything starts.
 *
 * @module
 */

import { ROLES, type Role, TributaryError } from "@tributary/proto";
import { z } from "zod";

/** Where to listen. */
export interface ListenAddress {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** `host:port`, with brackets around an IPv6 host. */
export function formatAddress({ host, port }: ListenAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** How agents reach the gRPC port. */
export interface TlsSettings {
  /** Without TLS; with TLS by the hub itself; or without, behind a proxy that adds it. */
  readonly mode: "off" | "on" | "proxy";
  /** The operator's certificate with its chain, and its key; undefined where the hub's own authority issues one. */
  readonly files: { readonly certificate: string; readonly key: string } | undefined;
  /** For how long a certificate of a center is good; ms. */
  readonly centerLifeMs: number;
}

/** How people sign in at their organisation's OpenID provider. */
export interface OrganisationSettings {
  /** `iss`; https, or http on this machine. */
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined for a public client, which has PKCE only. */
  readonly clientSecretFile: string | undefined;
  /** Origin at which browsers reach the hub. */
  readonly hubUrl: string;
  /** With spaces between. */
  readonly scopes: string;
  readonly nameClaim: string;
  readonly roleClaim: string;
  /** Values of the claim, the one that counts most first. */
  readonly roles: readonly (readonly [value: string, role: Role])[];
  /** Lower case; empty for any. */
  readonly emailDomains: readonly string[];
}

/** Everything that a hub is told from outside. */
export interface HubConfig {
  /** Made by `tributary-hub init`. */
  readonly dataFolder: string;
  readonly grpc: ListenAddress;
  readonly web: ListenAddress;
  /** `host:port` at which agents reach the hub, as join codes say it; the gRPC address unless set. */
  readonly publicAddress: string | undefined;
  readonly tls: TlsSettings;
  readonly connections: {
    /** On each port. */
    readonly total: number;
    readonly perAddress: number;
  };
  /** Addresses of the NATS server or cluster over which batches come too; empty for none. */
  readonly natsServers: readonly string[];
  readonly quota: {
    readonly batchesPerSecond: number;
    readonly recordsPerMinute: number;
    readonly bytesPerDay: number;
  };
  /** Bytes of frames in memory between reading and answer, over all streams. */
  readonly ingestMemoryBytes: number;
  /** Bytes of the disk that stay free. */
  readonly diskReserveBytes: number;
  /** File on another disk that keeps a copy of the newest checkpoint; undefined for none. */
  readonly anchorFile: string | undefined;
  /** Requests a minute and address on the web port. */
  readonly webRequestsPerMinute: number;
  /** For how long a center may be silent before its records are shown as stale. */
  readonly staleAfterMs: number;
  /** Folder of an embedding model for the meaning of records; undefined for one that is trained on them. */
  readonly semanticModelFolder: string | undefined;
  /** Whose access tokens are taken; undefined for nobody's. */
  readonly accessTokens:
    | {
        readonly issuer: string;
        readonly audience: string;
        /** A path, or a URL: https, or http on this machine. */
        readonly jwks: string;
        readonly algorithms: readonly string[];
      }
    | undefined;
  /** At whose OpenID provider people sign in, and as what; undefined for nobody's. */
  readonly organisation: OrganisationSettings | undefined;
  /** How often the hub states in its log what it has of each center; ms. */
  readonly epochMs: number;
  readonly logLevel: string;
}

/** Values that the command line sets; what is undefined comes from the environment. */
export type ConfigFlags = Partial<
  Record<"data" | "grpc" | "web" | "public" | "nats", string | undefined>
>;

const MIB = 2 ** 20;

const listen = z
  .string()
  .regex(/^(?:[\w.-]+|\[[0-9a-f:]+\]):\d{1,5}$/i, "must be host:port, for example 127.0.0.1:7443")
  .transform((text): ListenAddress => {
    const cut = text.lastIndexOf(":");
    return { host: text.slice(0, cut).replace(/^\[|\]$/g, ""), port: Number(text.slice(cut + 1)) };
  })
  .refine(({ port }) => port <= 65_535, "port must be 0 to 65535");

/** Also for the command line. */
export const natsUrls = z
  .string()
  .regex(
    /^(?:nats|tls):\/\/(?:[\w.-]+|\[[0-9a-f:]+\]):\d{1,5}(?:,(?:nats|tls):\/\/(?:[\w.-]+|\[[0-9a-f:]+\]):\d{1,5})*$/i,
    "must be nats://host:port or tls://host:port; several with commas between",
  )
  .transform((text): readonly string[] => text.split(","));

/** Signatures only: a shared secret would let whoever checks tokens make them. */
const algorithms = z
  .string()
  .transform((text) => text.split(","))
  .pipe(z.array(z.enum(["EdDSA", "ES256", "ES384", "PS256", "RS256"])).min(1));

/** Nobody on the way changes what is asked there. */
function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  const isHere = ["127.0.0.1", "[::1]", "localhost"].includes(hostname);
  return protocol === "https:" || (protocol === "http:" && isHere);
}

const jwks = z
  .string()
  .min(1)
  .refine(
    (text) => !/^\w+:\/\//.test(text) || isSafeUrl(text),
    "must be a file or an https address; http only on this machine",
  );

const safeUrl = z.string().refine(isSafeUrl, "must be an https address; http only on this machine");

/** An address without path, as browsers name it in `origin`. */
const webOrigin = safeUrl
  .refine(
    (text) => isSafeUrl(text) && new URL(text).href === `${new URL(text).origin}/`,
    "must have neither a path nor anything behind it, for example https://hub.example",
  )
  .transform((text) => new URL(text).origin);

/** Semicolons, since names of groups in directories have commas and equals signs. */
const roleMap = z
  .string()
  .transform((text) =>
    text.split(";").map((pair) => {
      const cut = pair.lastIndexOf("=");
      return [pair.slice(0, Math.max(0, cut)).trim(), pair.slice(cut + 1).trim()] as const;
    }),
  )
  .pipe(
    z.array(
      z.tuple(
        [z.string().min(1), z.enum(ROLES)],
        "must be VALUE=role;VALUE=role, as in hub-admins=admin",
      ),
    ),
  );

const domains = z
  .string()
  .transform((text) => text.toLowerCase().split(","))
  .pipe(z.array(z.string().regex(/^[\p{L}\p{N}.-]+$/u, "must be domains with commas between")));

const scopes = z
  .string()
  .refine(
    (text) => text.split(" ").includes("openid"),
    "must be scopes with spaces between, openid among them",
  );

const count = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

/** Every variable, with its default and, in the comment, what it means. The README's table is compared with it. */
export const VARIABLES = {
  /** Data folder. */
  TRIBUTARY_HUB_DATA: z.string().min(1).default("./tributary-hub"),
  /** Address of the gRPC port. */
  TRIBUTARY_HUB_GRPC: listen.prefault("127.0.0.1:7443"),
  /** Address of the web port. */
  TRIBUTARY_HUB_WEB: listen.prefault("127.0.0.1:7080"),
  /** Address that join codes name; the gRPC address when it is not set. */
  TRIBUTARY_HUB_PUBLIC: z.string().min(3).optional(),
  /** TLS of the gRPC port: off, on, or proxy for one in front of the hub that adds it. */
  TRIBUTARY_HUB_TLS: z.enum(["off", "on", "proxy"]).default("off"),
  /** With TLS on: PEM file of the operator's own certificate and its chain; the hub's authority issues one when it is not set. */
  TRIBUTARY_HUB_TLS_CERTIFICATE: z.string().min(1).optional(),
  /** PEM file of its key. */
  TRIBUTARY_HUB_TLS_KEY: z.string().min(1).optional(),
  /** Ms that a certificate of a center is good; agents renew theirs after two thirds. */
  TRIBUTARY_HUB_TLS_CENTER_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .max(90 * 86_400_000)
    .default(7 * 86_400_000),
  /** Connections that each port holds open. */
  TRIBUTARY_HUB_CONNECTIONS: count.default(4_096),
  /** Connections that each port holds open from one address. */
  TRIBUTARY_HUB_CONNECTIONS_PER_ADDRESS: count.default(512),
  /** Addresses of a NATS server or cluster, with commas between; batches come over gRPC only when it is not set. */
  TRIBUTARY_HUB_NATS: natsUrls.optional(),
  /** Batches a second that one center may send. */
  TRIBUTARY_HUB_QUOTA_BATCHES_PER_SECOND: count.default(50),
  /** Records a minute that one center may send. */
  TRIBUTARY_HUB_QUOTA_RECORDS_PER_MINUTE: count.default(20_000),
  /** Bytes a day that one center may send. */
  TRIBUTARY_HUB_QUOTA_BYTES_PER_DAY: count.default(2 * 2 ** 30),
  /** Bytes of frames in memory, over all streams. */
  TRIBUTARY_HUB_INGEST_MEMORY_BYTES: count.default(64 * MIB),
  /** Bytes of the disk that stay free. */
  TRIBUTARY_HUB_DISK_RESERVE_BYTES: z.coerce
    .number()
    .int()
    .min(0)
    .default(256 * MIB),
  /** File on another disk for a copy of the newest checkpoint, so that an older data folder is noticed. */
  TRIBUTARY_HUB_ANCHOR: z.string().min(1).optional(),
  /** Requests a minute and address on the web port. */
  TRIBUTARY_HUB_WEB_REQUESTS_PER_MINUTE: count.default(6_000),
  /** Ms of silence after which a center's records are shown as stale. */
  TRIBUTARY_HUB_STALE_AFTER_MS: count.default(86_400_000),
  /** Ms between two epoch summaries, which state in the log what the hub has of each center. */
  TRIBUTARY_HUB_EPOCH_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .max(7 * 86_400_000)
    .default(6 * 3_600_000),
  /** Folder of an ONNX embedding model (`onnx-dir`); a model is trained on the records (`lsa`) when it is not set. */
  TRIBUTARY_HUB_SEMANTIC_MODEL: z.string().min(1).optional(),
  /** Issuer of access tokens (`iss`); without it none is taken. */
  TRIBUTARY_HUB_TOKEN_ISSUER: z.string().min(1).optional(),
  /** Audience of access tokens (`aud`). */
  TRIBUTARY_HUB_TOKEN_AUDIENCE: z.string().min(1).optional(),
  /** File or https address of the issuer's JSON Web Key Set. */
  TRIBUTARY_HUB_TOKEN_JWKS: jwks.optional(),
  /** Algorithms of access tokens, with commas between. */
  TRIBUTARY_HUB_TOKEN_ALGORITHMS: algorithms.prefault("EdDSA,ES256,RS256"),
  /** Issuer of the OpenID provider at which people sign in; without it they have passwords only. */
  TRIBUTARY_HUB_OIDC_ISSUER: safeUrl.optional(),
  /** The hub's client id there. */
  TRIBUTARY_HUB_OIDC_CLIENT_ID: z.string().min(1).optional(),
  /** File with the client's secret, mode 0600; a public client when it is not set. */
  TRIBUTARY_HUB_OIDC_CLIENT_SECRET_FILE: z.string().min(1).optional(),
  /** Address at which browsers reach the hub; the provider sends them back to it. */
  TRIBUTARY_HUB_OIDC_HUB_URL: webOrigin.optional(),
  /** Which value of the claim gives which role, VALUE=role with semicolons between; the first that fits counts. */
  TRIBUTARY_HUB_OIDC_ROLES: roleMap.optional(),
  /** Claim with the value or the list of values that give a role. */
  TRIBUTARY_HUB_OIDC_ROLE_CLAIM: z.string().min(1).default("tributary_role"),
  /** Claim with the name of the person. */
  TRIBUTARY_HUB_OIDC_NAME_CLAIM: z.string().min(1).default("preferred_username"),
  /** Domains of verified e-mail addresses that may sign in, with commas between; any when it is not set. */
  TRIBUTARY_HUB_OIDC_EMAIL_DOMAINS: domains.optional(),
  /** Scopes that are asked for, with spaces between. */
  TRIBUTARY_HUB_OIDC_SCOPES: scopes.prefault("openid profile email"),
  /** trace, debug, info, warn, error or silent. */
  TRIBUTARY_HUB_LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "silent"])
    .default("info"),
} as const;

const schema = z
  .strictObject(VARIABLES)
  .refine(
    ({ TRIBUTARY_HUB_TLS_CERTIFICATE: certificate, TRIBUTARY_HUB_TLS_KEY: key, ...v }) =>
      certificate === undefined
        ? key === undefined
        : key !== undefined && v.TRIBUTARY_HUB_TLS === "on",
    "TRIBUTARY_HUB_TLS_CERTIFICATE and _KEY are set together, with TRIBUTARY_HUB_TLS=on",
  )
  .refine((v) => {
    const given = [
      v.TRIBUTARY_HUB_TOKEN_ISSUER,
      v.TRIBUTARY_HUB_TOKEN_AUDIENCE,
      v.TRIBUTARY_HUB_TOKEN_JWKS,
    ];
    return new Set(given.map((value) => value === undefined)).size === 1;
  }, "TRIBUTARY_HUB_TOKEN_ISSUER, _AUDIENCE and _JWKS are set together or not at all")
  .refine((v) => {
    const isAsked = v.TRIBUTARY_HUB_OIDC_ISSUER !== undefined;
    const needed = [
      v.TRIBUTARY_HUB_OIDC_CLIENT_ID,
      v.TRIBUTARY_HUB_OIDC_HUB_URL,
      v.TRIBUTARY_HUB_OIDC_ROLES,
    ];
    return needed.every((value) => (value !== undefined) === isAsked);
  }, "TRIBUTARY_HUB_OIDC_ISSUER, _CLIENT_ID, _HUB_URL and _ROLES are set together or not at all");

/**
 * Reads the settings.
 *
 * An unknown `TRIBUTARY_HUB_` variable is an error, since it is nearly always a typo that would leave a default in
 * force.
 *
 * @throws {TributaryError} `ERR_CONFIG_INVALID` with one line a problem.
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  flags: ConfigFlags = {},
): HubConfig {
  const given = {
    ...Object.fromEntries(
      Object.entries(env).filter(
        ([name, value]) => name.startsWith("TRIBUTARY_HUB_") && value !== undefined,
      ),
    ),
    ...present({
      TRIBUTARY_HUB_DATA: flags.data,
      TRIBUTARY_HUB_GRPC: flags.grpc,
      TRIBUTARY_HUB_WEB: flags.web,
      TRIBUTARY_HUB_PUBLIC: flags.public,
      TRIBUTARY_HUB_NATS: flags.nats,
    }),
  };
  const result = schema.safeParse(given);
  if (!result.success) {
    const problems = z.prettifyError(result.error);
    throw new TributaryError("ERR_CONFIG_INVALID", `the settings are not valid:\n${problems}`, {
      messageZh: `配置无效：\n${problems}`,
    });
  }
  const v = result.data;
  return {
    dataFolder: v.TRIBUTARY_HUB_DATA,
    grpc: v.TRIBUTARY_HUB_GRPC,
    web: v.TRIBUTARY_HUB_WEB,
    publicAddress: v.TRIBUTARY_HUB_PUBLIC,
    tls: tlsOf(v),
    connections: {
      total: v.TRIBUTARY_HUB_CONNECTIONS,
      perAddress: v.TRIBUTARY_HUB_CONNECTIONS_PER_ADDRESS,
    },
    natsServers: v.TRIBUTARY_HUB_NATS ?? [],
    quota: {
      batchesPerSecond: v.TRIBUTARY_HUB_QUOTA_BATCHES_PER_SECOND,
      recordsPerMinute: v.TRIBUTARY_HUB_QUOTA_RECORDS_PER_MINUTE,
      bytesPerDay: v.TRIBUTARY_HUB_QUOTA_BYTES_PER_DAY,
    },
    ingestMemoryBytes: v.TRIBUTARY_HUB_INGEST_MEMORY_BYTES,
    diskReserveBytes: v.TRIBUTARY_HUB_DISK_RESERVE_BYTES,
    anchorFile: v.TRIBUTARY_HUB_ANCHOR,
    webRequestsPerMinute: v.TRIBUTARY_HUB_WEB_REQUESTS_PER_MINUTE,
    staleAfterMs: v.TRIBUTARY_HUB_STALE_AFTER_MS,
    semanticModelFolder: v.TRIBUTARY_HUB_SEMANTIC_MODEL,
    accessTokens: accessTokensOf(v),
    organisation: organisationOf(v),
    epochMs: v.TRIBUTARY_HUB_EPOCH_MS,
    logLevel: v.TRIBUTARY_HUB_LOG_LEVEL,
  };
}

function tlsOf(v: z.infer<typeof schema>): TlsSettings {
  const { TRIBUTARY_HUB_TLS_CERTIFICATE: certificate, TRIBUTARY_HUB_TLS_KEY: key } = v;
  return {
    mode: v.TRIBUTARY_HUB_TLS,
    files: certificate === undefined || key === undefined ? undefined : { certificate, key },
    centerLifeMs: v.TRIBUTARY_HUB_TLS_CENTER_MS,
  };
}

function accessTokensOf(v: z.infer<typeof schema>): HubConfig["accessTokens"] {
  const { TRIBUTARY_HUB_TOKEN_ISSUER: issuer, TRIBUTARY_HUB_TOKEN_AUDIENCE: audience } = v;
  const jwks = v.TRIBUTARY_HUB_TOKEN_JWKS;
  if (issuer === undefined || audience === undefined || jwks === undefined) return undefined;
  return { issuer, audience, jwks, algorithms: v.TRIBUTARY_HUB_TOKEN_ALGORITHMS };
}

function organisationOf(v: z.infer<typeof schema>): OrganisationSettings | undefined {
  const { TRIBUTARY_HUB_OIDC_ISSUER: issuer, TRIBUTARY_HUB_OIDC_CLIENT_ID: clientId } = v;
  const { TRIBUTARY_HUB_OIDC_HUB_URL: hubUrl, TRIBUTARY_HUB_OIDC_ROLES: roles } = v;
  if (issuer === undefined || clientId === undefined) return undefined;
  if (hubUrl === undefined || roles === undefined) return undefined;
  return {
    issuer,
    clientId,
    clientSecretFile: v.TRIBUTARY_HUB_OIDC_CLIENT_SECRET_FILE,
    hubUrl,
    scopes: v.TRIBUTARY_HUB_OIDC_SCOPES,
    nameClaim: v.TRIBUTARY_HUB_OIDC_NAME_CLAIM,
    roleClaim: v.TRIBUTARY_HUB_OIDC_ROLE_CLAIM,
    roles,
    emailDomains: v.TRIBUTARY_HUB_OIDC_EMAIL_DOMAINS ?? [],
  };
}

function present(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}
