/**
 * The hub's data folder: what is in it, and what only its owner may read.
 *
 * ```text
 * hub.json           origin and layout version; made once by init
 * keys/              0700
 *   checkpoint.jwk   0600  key that signs checkpoints
 *   admin-token      0600  token of the operator's commands
 *   tls-ca.key       0600  key of the hub's own certificate authority; made at the first start with TLS
 *   tls-ca.crt       its certificate, which join codes carry
 * log/               the log: the truth
 * log.healing/       made by `heal`: what it puts together; log.healed/: the same, checked, a moment before it becomes log/
 * log.damaged-<n>/   what log/ was before a `heal`; may be deleted
 * checkpoint         newest published checkpoint, against a store that lost its end
 * invitations.json   0600  open invitations, hashed
 * api-keys.json      0600  API keys, hashed
 * catalog/ index/    derived from the log; may be deleted while the hub is stopped
 * catalog.damaged    says that the folder is deleted before it is opened next; also index.damaged
 * semantic/          what was learnt from the records; may be deleted while the hub is stopped
 * semantic-vectors/  their vectors by a model of the operator's; likewise
 * nats/              0700  made by `nats setup`: the hub's keys on a NATS server, and the server's configuration
 * unclean-ends       while stores are open: how many lives in a row did not close them, counting this one
 * running.json       process and addresses while the hub runs
 * restored.json      made by `restore`: the hub signs nothing until its operator accepts what was restored
 * ```
 *
 * @module
 */

import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  exportSigningKey,
  generateSigningKey,
  importSigningKey,
  isOrigin,
  randomBytes,
  type SigningKey,
  TributaryError,
  toBase64Url,
  toHex,
} from "@tributary/proto";
import { z } from "zod";
import { readOptional, replaceFile } from "./small-file.ts";

const LAYOUT_VERSION = 1;

const hubFile = z.strictObject({ version: z.literal(LAYOUT_VERSION), origin: z.string() });
const restoredFile = z.strictObject({ size: z.number(), restoredAtMs: z.number() });
const runningFile = z.strictObject({
  pid: z.number(),
  grpc: z.string(),
  web: z.string(),
  /** Certificate of the gRPC port, PEM; absent without TLS. */
  certificate: z.string().optional(),
});

/** A hub that runs on a folder. Addresses are `host:port`. */
export type RunningHub = z.infer<typeof runningFile>;

/** What was restored, and when. */
export type RestoredMark = z.infer<typeof restoredFile>;

/** What a hub needs of its folder before it opens its stores. */
export interface DataFolder {
  readonly path: string;
  readonly origin: string;
  readonly signingKey: SigningKey;
  /** Token of the operator's commands. */
  readonly adminToken: string;
  readonly logFolder: string;
  readonly catalogFolder: string;
  readonly indexFolder: string;
  readonly semanticFolder: string;
  readonly checkpointFile: string;
  readonly invitationFile: string;
  readonly apiKeyFile: string;
  /** Accounts of operators, with hashes for secrets. */
  readonly accountFile: string;
  readonly natsFolder: string;
  /** Certificate and key of the hub's own authority. */
  readonly tlsAuthority: { readonly certificateFile: string; readonly keyFile: string };
}

/**
 * Makes a new hub in a folder that does not exist or is empty.
 *
 * @param origin Name of the hub's log; a random one under `hub.tributary.local` if undefined.
 * @throws {TributaryError} `ERR_ARGUMENT_INVALID` if the folder has something in it or the origin cannot be one.
 */
export async function initDataFolder(
  path: string,
  origin: string | undefined,
): Promise<DataFolder> {
  const name = origin ?? `hub.tributary.local/${toHex(randomBytes(4))}`;
  if (!isOrigin(name)) {
    throw new TributaryError(
      "ERR_ARGUMENT_INVALID",
      `${name} cannot be an origin: use a host name and a path, without scheme, spaces and plus signs`,
      { messageZh: `${name} 不能作为来源名：请使用主机名加路径，不含协议、空格与加号` },
    );
  }
  const key = await exportSigningKey(await generateSigningKey());
  return completeDataFolder(await prepareDataFolder(path, name, key));
}

/**
 * Makes everything of a hub's folder but what says that it is complete.
 *
 * @param checkpointJwk The key that signs checkpoints.
 * @throws {TributaryError} `ERR_ARGUMENT_INVALID` if the folder has something in it; `ERR_KEY_MALFORMED`.
 */
export async function prepareDataFolder(
  path: string,
  origin: string,
  checkpointJwk: string,
): Promise<DataFolder> {
  const signingKey = await importSigningKey(checkpointJwk);
  await mkdir(path, { recursive: true });
  if ((await readdir(path)).length > 0) {
    throw new TributaryError("ERR_ARGUMENT_INVALID", `${path} is not empty; choose a new folder`, {
      messageZh: `${path} 不是空目录，请另选目录`,
    });
  }
  await chmod(path, 0o700);
  await mkdir(join(path, "keys"), { mode: 0o700 });
  const adminToken = toBase64Url(randomBytes(32));
  await writeSecret(join(path, "keys", "checkpoint.jwk"), checkpointJwk.trim());
  await writeSecret(join(path, "keys", "admin-token"), adminToken);
  return describe(resolve(path), origin, signingKey, adminToken);
}

/** Makes a folder that was prepared a hub's: it opens from now on. */
export async function completeDataFolder(folder: DataFolder): Promise<DataFolder> {
  const { path, origin } = folder;
  await replaceJson(join(path, "hub.json"), { version: LAYOUT_VERSION, origin });
  return folder;
}

/** The mark of a restore that nobody has accepted yet; undefined if there is none. */
export async function readRestored(folder: DataFolder): Promise<RestoredMark | undefined> {
  const file = join(folder.path, "restored.json");
  const text = await readOptional(file);
  return text === undefined ? undefined : parseFile(restoredFile, file, text);
}

/** Marks the folder as restored; `undefined` takes the mark away. */
export async function writeRestored(
  folder: DataFolder,
  mark: RestoredMark | undefined,
): Promise<void> {
  const file = join(folder.path, "restored.json");
  if (mark === undefined) await rm(file, { force: true });
  else await replaceJson(file, mark);
}

/** @throws {TributaryError} `ERR_FOLDER_MISSING` if `init` did not make it; `ERR_KEY_MALFORMED`. */
export async function openDataFolder(path: string): Promise<DataFolder> {
  const full = resolve(path);
  await finishHeal(full);
  const text = await readOptional(join(full, "hub.json"));
  if (text === undefined) {
    throw new TributaryError(
      "ERR_FOLDER_MISSING",
      `${path} has no hub; make one with: tributary-hub init --data ${path}`,
      { messageZh: `${path} 中没有枢纽，请先运行：tributary-hub init --data ${path}` },
    );
  }
  const { origin } = parseFile(hubFile, join(full, "hub.json"), text);
  const keys = join(full, "keys");
  const signingKey = await importSigningKey(await readFile(join(keys, "checkpoint.jwk"), "utf8"));
  const adminToken = (await readFile(join(keys, "admin-token"), "utf8")).trim();
  return describe(full, origin, signingKey, adminToken);
}

function describe(
  path: string,
  origin: string,
  signingKey: SigningKey,
  adminToken: string,
): DataFolder {
  return {
    path,
    origin,
    signingKey,
    adminToken,
    logFolder: join(path, "log"),
    catalogFolder: join(path, "catalog"),
    indexFolder: join(path, "index"),
    semanticFolder: join(path, "semantic"),
    checkpointFile: join(path, "checkpoint"),
    invitationFile: join(path, "invitations.json"),
    apiKeyFile: join(path, "api-keys.json"),
    accountFile: join(path, "accounts.json"),
    natsFolder: join(path, "nats"),
    tlsAuthority: {
      certificateFile: join(path, "keys", "tls-ca.crt"),
      keyFile: join(path, "keys", "tls-ca.key"),
    },
  };
}

/** The folder in which a log is put together that is to take the place of a damaged one. */
export async function newHealingFolder({ path }: DataFolder): Promise<string> {
  const folder = join(path, "log.healing");
  await rm(folder, { recursive: true, force: true });
  return folder;
}

/**
 * Puts a log that was put together and checked in the place of the damaged one, which is kept. Nobody has either open.
 *
 * @returns The folder of the damaged one.
 */
export async function replaceLog(
  { path, logFolder }: DataFolder,
  healing: string,
): Promise<string> {
  const healed = join(path, HEALED);
  // Of a heal that ended before the damaged log was out of the way; this one has seen all of that.
  await rm(healed, { recursive: true, force: true });
  await rename(healing, healed);
  const before = (await readdir(path))
    .filter((name) => name.startsWith(DAMAGED))
    .map((name) => Number(name.slice(DAMAGED.length)));
  const damaged = join(path, `${DAMAGED}${Math.max(0, ...before) + 1}`);
  await rename(logFolder, damaged);
  await rename(healed, logFolder);
  return damaged;
}

/** Finishes what a crash cut between the two renames. */
async function finishHeal(path: string): Promise<void> {
  const names = await readOptionalFolder(path);
  if (names.includes(HEALED) && !names.includes("log")) {
    await rename(join(path, HEALED), join(path, "log"));
  }
}

const HEALED = "log.healed";
const DAMAGED = "log.damaged-";

async function readOptionalFolder(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Certificate and key of the hub's own authority, PEM; undefined where TLS was never on. */
export async function readTlsAuthority({
  tlsAuthority: { certificateFile, keyFile },
}: DataFolder): Promise<{ readonly certificate: string; readonly key: string } | undefined> {
  const [certificate, key] = await Promise.all([
    readOptional(certificateFile),
    readOptional(keyFile),
  ]);
  return certificate === undefined || key === undefined ? undefined : { certificate, key };
}

/** Puts the authority of a backup into a folder that has none. */
export async function writeTlsAuthority(
  { tlsAuthority: { certificateFile, keyFile } }: DataFolder,
  { certificate, key }: { readonly certificate: string; readonly key: string },
): Promise<void> {
  await replaceFile(keyFile, key, 0o600);
  await replaceFile(certificateFile, certificate, 0o600);
}

/** The hub that says it runs on this folder; undefined if none does. It may have died without a word. */
export async function readRunning(folder: DataFolder): Promise<RunningHub | undefined> {
  const file = join(folder.path, "running.json");
  const text = await readOptional(file);
  return text === undefined ? undefined : parseFile(runningFile, file, text);
}

/** Says that a hub runs; returns how to take that back. */
export async function writeRunning(
  folder: DataFolder,
  running: RunningHub,
): Promise<() => Promise<void>> {
  const file = join(folder.path, "running.json");
  await replaceJson(file, running);
  return () => rm(file, { force: true });
}

/** How many lives in a row ended without {@link endLife}. */
export async function readUncleanEnds({ path }: DataFolder): Promise<number> {
  const text = await readOptional(join(path, UNCLEAN_ENDS));
  // What is damaged in it says at least that a life has begun.
  return text === undefined ? 0 : Number(/^\d{1,6}$/.exec(text.trim()) ?? ENDS_OF_DAMAGED_MARK);
}

/** Says that a life begins, after so many that ended without a word. */
export function beginLife({ path }: DataFolder, uncleanEnds: number): Promise<void> {
  return replaceFile(join(path, UNCLEAN_ENDS), `${uncleanEnds + 1}\n`, 0o600);
}

/** Says that all stores are closed. */
export function endLife({ path }: DataFolder): Promise<void> {
  return rm(join(path, UNCLEAN_ENDS), { force: true });
}

const UNCLEAN_ENDS = "unclean-ends";
const ENDS_OF_DAMAGED_MARK = 2;

async function writeSecret(file: string, text: string): Promise<void> {
  await writeFile(file, `${text}\n`, { mode: 0o600, flag: "wx", flush: true });
}

function replaceJson(file: string, value: object): Promise<void> {
  return replaceFile(file, `${JSON.stringify(value)}\n`, 0o600);
}

function parseFile<T>(schema: z.ZodType<T>, file: string, text: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TributaryError("ERR_CONFIG_INVALID", `${file} is not JSON`, { cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new TributaryError(
    "ERR_CONFIG_INVALID",
    `${file} is not of this version of the hub: ${z.prettifyError(result.error)}`,
    { messageZh: `${file} 与此版本的枢纽不符` },
  );
}
