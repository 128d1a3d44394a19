/**
 * What `tributary-hub nats setup` keeps in the data folder: the hub's own secrets on the NATS server.
 *
 * ```text
 * nats/             0700
 *   hub.jwk         0600  key with which the hub reads batches and answers
 *   setup.jwk       0600  key with which the set-up command creates streams
 *   route-password  0600  with which the servers of a cluster know each other
 *   setup.json      0600  what the set-up was told, so that it can be run again without options
 *   *.conf          0600  the server's configuration
 * ```
 *
 * @module
 */

import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  exportSigningKey,
  generateSigningKey,
  importSigningKey,
  randomBytes,
  type SigningKey,
  TributaryError,
  toHex,
} from "@tributary/proto";
import { z } from "zod";
import { readOptional, replaceFile } from "./small-file.ts";

const SETTINGS_FILE = "setup.json";

const settingsFile = z.strictObject({
  /** `name=host:port` or, in a cluster, `name=host:port:clusterPort`. */
  nodes: z.array(z.string()).default(["nats-1=127.0.0.1:4222"]),
  storeFolder: z.string().optional(),
  storeGib: z.number().default(32),
  streamMib: z.number().default(64),
  tlsCertificate: z.string().optional(),
  tlsKey: z.string().optional(),
  synced: z.boolean().default(false),
});

/** What the set-up command was told. */
export type NatsSettings = z.infer<typeof settingsFile>;

/** Secrets of the hub on its NATS server. */
export interface NatsSecrets {
  readonly hubKey: SigningKey;
  readonly setupKey: SigningKey;
  readonly routePassword: string;
}

/** Reads the secrets, or makes those that are missing. */
export async function ensureNatsSecrets(folder: string): Promise<NatsSecrets> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const newKey = async () => exportSigningKey(await generateSigningKey());
  return {
    hubKey: await importSigningKey(await ensureFile(join(folder, "hub.jwk"), newKey)),
    setupKey: await importSigningKey(await ensureFile(join(folder, "setup.jwk"), newKey)),
    routePassword: await ensureFile(join(folder, "route-password"), async () =>
      toHex(randomBytes(24)),
    ),
  };
}

/** The hub's key on the server. @throws {TributaryError} `ERR_CONFIG_INVALID` if the set-up was not run. */
export async function readNatsHubKey(folder: string): Promise<SigningKey> {
  const text = await readOptional(join(folder, "hub.jwk"));
  if (text !== undefined) return importSigningKey(text);
  throw new TributaryError(
    "ERR_CONFIG_INVALID",
    "the hub has no key for NATS yet; start it without --nats and run: tributary-hub nats setup",
    {
      messageZh: "枢纽尚无 NATS 密钥；请先不带 --nats 启动，再运行 tributary-hub nats setup",
    },
  );
}

/** What the set-up was told last; defaults before. @throws {TributaryError} `ERR_CONFIG_INVALID` if the file is damaged. */
export async function readNatsSettings(folder: string): Promise<NatsSettings> {
  const text = await readOptional(join(folder, SETTINGS_FILE));
  if (text === undefined) return settingsFile.parse({});
  try {
    return settingsFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new TributaryError(
      "ERR_CONFIG_INVALID",
      `${join(folder, SETTINGS_FILE)} is damaged; remove it and run the set-up with its options again`,
      {
        messageZh: `${join(folder, SETTINGS_FILE)} 已损坏；请删除后带选项重新运行设置`,
        cause,
      },
    );
  }
}

export async function writeNatsSettings(folder: string, settings: NatsSettings): Promise<void> {
  await writeNatsFiles(
    folder,
    new Map([[SETTINGS_FILE, `${JSON.stringify(settings, null, 2)}\n`]]),
  );
}

/** Replaces files of the server's configuration; each appears whole or not at all. @returns Their paths. */
export async function writeNatsFiles(
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<string[]> {
  const paths: string[] = [];
  for (const [name, text] of files) {
    const path = join(folder, name);
    await replaceFile(path, text, 0o600);
    paths.push(path);
  }
  return paths;
}

async function ensureFile(path: string, make: () => Promise<string>): Promise<string> {
  const text = await readOptional(path);
  if (text !== undefined) return text.trim();
  const made = await make();
  await writeFile(path, `${made}\n`, { mode: 0o600, flag: "wx", flush: true });
  return made;
}
