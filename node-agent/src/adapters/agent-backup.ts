/**
 * The backup of an agent: settings, mappings, keys, decisions and the ledger of outcomes in one file.
 *
 * The signed feed is not in it: an agent that lost its database opens a new feed by itself, and says everything again. Nor is the
 * key of a witness: a copy that does not know what the key signed since could sign another history.
 *
 * @module
 */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fromBase64, sha256Text, TributaryError, toBase64, toHex } from "@tributary/proto";
import { z } from "zod";
import type { AgentFolder } from "./agent-folder.ts";
import { replaceFile } from "./file-write.ts";

const FORMAT = "tributary-agent-backup/1";
/** Paths within the folder that a backup may have; nothing else is ever written by a restore. */
const PATH =
  /^(?:tributary-agent\.yaml|mappings\/[^/\\]{1,100}\.yaml|keys\/(?!witness)[a-z][a-z.]{0,40}|data\/(?:decisions\.jsonl|feed\.mark|log\.receipt))$/;
const FOLDERS = ["", "mappings", "keys", "data"];

const backup = z.strictObject({
  files: z.record(z.string().regex(PATH), z.base64()),
  /** See `backupLedger`; empty where there are no outcomes. */
  ledger: z.string(),
});

/** The backup of a folder. @param ledger Backup of its ledger; empty for none. */
export async function backupAgent({ path }: AgentFolder, ledger: string): Promise<string> {
  const files: Record<string, string> = {};
  for (const folder of FOLDERS) {
    for (const name of await namesIn(join(path, folder))) {
      const file = folder === "" ? name : `${folder}/${name}`;
      if (PATH.test(file)) files[file] = toBase64(await readFile(join(path, file)));
    }
  }
  const json = JSON.stringify({ files, ledger } satisfies z.infer<typeof backup>);
  return `${FORMAT} ${toHex(sha256Text(json))}\n${json}\n`;
}

/**
 * Writes the files of a backup into a new folder.
 *
 * @returns The backup of its ledger; empty if there is none.
 * @throws {TributaryError} `ERR_STORE_DAMAGED` if it is none, or was changed; `ERR_ALREADY_EXISTS` if the folder has files.
 */
export async function restoreAgent({ path }: AgentFolder, text: string): Promise<string> {
  const { files, ledger } = parse(text);
  if ((await namesIn(path)).length > 0) {
    throw new TributaryError(
      "ERR_ALREADY_EXISTS",
      `${path} has files; an agent is restored into an empty or a new folder`,
      { messageZh: `${path} 中已有文件；请恢复到空目录或新目录` },
    );
  }
  for (const [file, content] of Object.entries(files)) {
    await replaceFile(join(path, file), fromBase64(content), 0o600);
  }
  return ledger;
}

function parse(text: string): z.infer<typeof backup> {
  const [first = "", json = ""] = text.split("\n");
  try {
    if (first !== `${FORMAT} ${toHex(sha256Text(json))}`) throw new TypeError("its hash is wrong");
    return backup.parse(JSON.parse(json));
  } catch (cause) {
    throw new TributaryError(
      "ERR_STORE_DAMAGED",
      "the file is no backup of an agent, or was changed since it was made",
      { messageZh: "该文件不是代理备份，或生成后被修改", cause },
    );
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
