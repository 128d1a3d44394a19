/**
 * The folder of an agent: what is where, and the files that people and `join` write.
 *
 * ```text
 * tributary-agent.yaml   settings
 * mappings/NAME.yaml     one source each
 * keys/                  agent.jwk, recovery.jwk, retired.json (public keys), hub.json, tls.pem (certificate and its key), pseudonyms.json, witness.jwk; for the owner only
 * data/                  store/ (database), feed.mark, terms.json, log.receipt, witness.checkpoint, decisions.jsonl, running.json, agent.sock
 * ledger/                what was released of outcomes; to be backed up
 * budget/                what noised answers have spent; to be backed up
 * reports/NAME.xlsx      bad rows of each source; misbehaviour-*.json: what the hub signed and cannot all be true
 * schemas/               JSON Schemas for editors
 * ```
 *
 * @module
 */

import { chmod, mkdir, readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { isIdentifier, TributaryError } from "@tributary/proto";
import { z } from "zod";
import { replaceFile } from "./file-write.ts";
import { parseSummedJson, summedJson } from "./summed-json.ts";

/** Paths of an agent's folder. */
export interface AgentFolder {
  readonly path: string;
  readonly configFile: string;
  readonly mappings: string;
  readonly keys: string;
  readonly agentKeyFile: string;
  /** A key that the hub may not know yet; there while a rotation is under way. */
  readonly nextKeyFile: string;
  readonly retiredKeysFile: string;
  readonly recoveryKeyFile: string;
  /** The key that cosigns checkpoints; there if the agent is or was a witness. */
  readonly witnessKeyFile: string;
  readonly hubFile: string;
  /** Certificate for TLS, as the hub issued it, and its key. */
  readonly tlsFile: string;
  readonly pseudonymsFile: string;
  readonly data: string;
  readonly store: string;
  readonly markFile: string;
  /** What the hub changed in the vocabulary, as it was last heard. */
  readonly termsFile: string;
  /** The largest checkpoint of the hub's log, with a receipt. */
  readonly logReceiptFile: string;
  /** The checkpoint that was cosigned last; before the first it says that there was none. */
  readonly witnessFile: string;
  readonly ledger: string;
  readonly budget: string;
  readonly decisionsFile: string;
  readonly reports: string;
  readonly schemas: string;
}

export function agentFolder(path: string): AgentFolder {
  return {
    path,
    configFile: join(path, "tributary-agent.yaml"),
    mappings: join(path, "mappings"),
    keys: join(path, "keys"),
    agentKeyFile: join(path, "keys", "agent.jwk"),
    nextKeyFile: join(path, "keys", "agent.next.jwk"),
    retiredKeysFile: join(path, "keys", "retired.json"),
    recoveryKeyFile: join(path, "keys", "recovery.jwk"),
    witnessKeyFile: join(path, "keys", "witness.jwk"),
    hubFile: join(path, "keys", "hub.json"),
    tlsFile: join(path, "keys", "tls.pem"),
    pseudonymsFile: join(path, "keys", "pseudonyms.json"),
    data: join(path, "data"),
    store: join(path, "data", "store"),
    markFile: join(path, "data", "feed.mark"),
    termsFile: join(path, "data", "terms.json"),
    logReceiptFile: join(path, "data", "log.receipt"),
    witnessFile: join(path, "data", "witness.checkpoint"),
    ledger: join(path, "ledger"),
    budget: join(path, "budget"),
    decisionsFile: join(path, "data", "decisions.jsonl"),
    reports: join(path, "reports"),
    schemas: join(path, "schemas"),
  };
}

/** Text of the settings. @throws {TributaryError} `ERR_FOLDER_MISSING` if `init` did not make the folder. */
export async function readConfigFile({ path, configFile }: AgentFolder): Promise<string> {
  try {
    return await readFile(configFile, "utf8");
  } catch (cause) {
    throw new TributaryError(
      "ERR_FOLDER_MISSING",
      `${path} is not the folder of an agent; make one with: tributary-agent init ${path}`,
      {
        messageZh: `${path} 不是代理目录；请先运行 tributary-agent init ${path}`,
        cause,
      },
    );
  }
}

/** A mapping file as it is. */
export interface MappingFile {
  /** Name of the file without .yaml; names the source. */
  readonly sourceId: string;
  readonly path: string;
  readonly text: string;
}

/**
 * All mapping files, by name.
 *
 * @throws {TributaryError} `ERR_CONFIG_INVALID` if the name of one is no identifier.
 */
export async function readMappingFiles({ mappings }: AgentFolder): Promise<MappingFile[]> {
  const names = await readdir(mappings).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const files = names.filter((name) => /\.ya?ml$/.test(name)).sort();
  return Promise.all(
    files.map(async (name) => {
      const path = join(mappings, name);
      return { sourceId: sourceIdOf(name), path, text: await readFile(path, "utf8") };
    }),
  );
}

function sourceIdOf(fileName: string): string {
  const sourceId = basename(fileName).replace(/\.ya?ml$/, "");
  if (isIdentifier(sourceId)) return sourceId;
  throw new TributaryError(
    "ERR_CONFIG_INVALID",
    `mappings/${fileName}: the name of a mapping file names the source: use 2 to 63 lower-case letters, digits and single hyphens between them, then .yaml`,
    {
      messageZh: `mappings/${fileName}：映射文件名即数据源标识，须为 2 至 63 个小写字母、数字，中间可用单个连字符，后缀 .yaml`,
    },
  );
}

const hubFileSchema = z.object({
  hub: z.string(),
  origin: z.string(),
  vkey: z.string(),
  center: z.string(),
  tls: z.boolean(),
  /** Certificate of the hub's own authority, PEM: no other is trusted. */
  ca: z.string().optional(),
  checkCode: z.string(),
  joinedAtMs: z.number(),
});

/** The hub that was joined, and as whom. */
export type HubFile = z.infer<typeof hubFileSchema>;

/** The hub that was joined; undefined before. @throws {TributaryError} `ERR_CONFIG_INVALID` if the file is damaged. */
export async function readHubFile({ hubFile }: AgentFolder): Promise<HubFile | undefined> {
  const text = await readFile(hubFile, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return hubFileSchema.parse(parseSummedJson(text));
  } catch (cause) {
    throw new TributaryError(
      "ERR_CONFIG_INVALID",
      `${hubFile} is damaged; remove it and join again with a new invitation`,
      { messageZh: `${hubFile} 已损坏；请删除后用新的加入码重新加入`, cause },
    );
  }
}

export function writeHubFile({ hubFile }: AgentFolder, hub: HubFile): Promise<void> {
  return replaceFile(hubFile, `${summedJson(hub, 2)}\n`, 0o600);
}

/** True if there is something at the path. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return false;
      throw error;
    },
  );
}

/** The folder, made if it is missing; its owner alone may enter it. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
}
